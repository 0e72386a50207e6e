"""What the settings page offers: each setting with a sentence that says what it does. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from assistant.languages import AUTO, LANGUAGES, language_name
from assistant.settings import RANGES
from ui.desktop.controls import Option


class Kind(Enum):
    CHOICE = auto()
    TICK = auto()
    NUMBER = auto()
    LINES = auto()  # a tuple of texts, one a line
    LINE = auto()  # one text on one line
    TEXT = auto()  # one text, of several lines


@dataclass(frozen=True, slots=True)
class Row:
    """`name` is the field of `Settings`. Options that only the running program knows are added by it."""

    name: str
    title: str
    sentence: str
    kind: Kind = Kind.CHOICE
    options: tuple[Option, ...] = ()
    step: int = 1
    unit: str = ""
    least_text: str = ""  # what is shown in place of the least number
    is_file: bool = False  # what is chosen lies in files that can be edited and imported

    @property
    def range(self) -> tuple[int, int]:
        return RANGES[self.name]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]


BEST_MODEL = Option("", "The best that is installed")
SAME_MODEL = Option("", "The same as during the call")
VERBOSITIES = (Option("quiet", "Quiet"), Option("normal", "Normal"), Option("eager", "Eager"))
DOCKS = (
    Option("no", "Where I put it"),
    Option("left", "At the left edge"),
    Option("right", "At the right edge"),
)
APPEARANCES = (Option("system", "As the system"), Option("light", "Light"), Option("dark", "Dark"))


def _languages() -> tuple[Option, ...]:
    by_name = sorted(LANGUAGES, key=LANGUAGES.__getitem__)
    return (Option(AUTO, "Heard from what is said"), *(Option(code, language_name(code)) for code in by_name))


SECTIONS = (
    Section("INTERVIEW", (
        Row("question_set", "Question set", "The main questions of the role, which the plan ticks as you ask them.",
            is_file=True),
        Row("follow_ups", "Follow-ups", "What is suggested where a claim lacks something. Those that a question set "
            "holds come first. Counts from the next call on.", options=(Option("", "Those of the program"),),
            is_file=True),
        Row("interview_minutes", "Length", "How long an interview is planned to be; the plan shows what is left.",
            Kind.NUMBER, step=5, unit=" min"),
        Row("shows_plan", "Show the plan", "Lists the main questions in the panel during a call.", Kind.TICK),
        Row("verbosity", "Suggestions", "Quiet shows only what is surely worth a question, eager all that may be. "
            "Counts from the next call on.", options=VERBOSITIES),
    )),
    Section("LOCAL LANGUAGE MODEL", (
        Row("rewords_follow_ups", "Reword follow-ups", "A language model on this computer (Ollama, llama.cpp) words "
            "them to fit what was said. No card waits for it, and nothing leaves this computer unless you allow that "
            "below. Counts from the next call on.", Kind.TICK),
        Row("language_model_address", "Server address", "Where the model is reached; its server has to speak "
            "OpenAI's protocol. Only this computer is talked to, unless you allow another one below.", Kind.LINE),
        Row("language_model", "Model name", "As the server calls it, for example llama3.2:3b. Empty where the server "
            "has one only.", Kind.LINE),
        Row("candidate_words_may_leave_this_computer", "The candidate's words may leave this computer", "Allows an "
            "address elsewhere, by https only. Each sentence that a follow-up may be about is sent there then.",
            Kind.TICK),
    )),
    Section("SOUND", (
        Row("mic", "Your microphone", "Through what your voice is heard. Counts from the next call on.",
            options=(Option("", "The system's default"),)),
        Row("call", "The call", "The output, or the one program, through which the candidate is heard. Counts from "
            "the next call on.", options=(Option("", "All that the computer plays"),)),
        Row("remove_echo", "Remove echo", "Takes the call out of your microphone's sound, where loudspeakers play it, "
            "before your words are heard in it. The recording stays as it is. Counts from the next call on.",
            Kind.TICK),
    )),
    Section("SPEECH", (
        Row("model", "Speech model", "What turns speech into text. Larger ones hear better and need more of the "
            "processor. Counts from the next call on.", options=(BEST_MODEL,)),
        Row("language", "Language", "What is spoken. Suggestions work in English; other languages are transcribed "
            "only. Counts from the next call on.", options=_languages()),
        Row("glossary", "Names and terms", "One a line: names, products and terms that may be said. They are written "
            "where something sounds like them. Counts from the next call on.", Kind.LINES),
        Row("decode_threads", "Processor cores", "How many cores one piece of speech may use. More is faster while "
            "nothing else needs them. Counts from the next call on.", Kind.NUMBER),
        Row("refine_finals", "Listen again where in doubt", "Listens once more, while nobody speaks, to what was "
            "understood in haste or with doubt. A better text replaces the line, and flags follow. Counts from the "
            "next call on.", Kind.TICK),
        Row("second_pass", "Transcribe twice", "Transcribes a call once more, without haste, when it is over. The "
            "live text is kept.", Kind.TICK),
        Row("second_pass_model", "Model for the second time", "A larger one may take its time then.",
            options=(SAME_MODEL,)),
        Row("always_pad_to_30_seconds", "Always decode 30 seconds", "What Whisper models were made for, at several "
            "times the cost. For models that repeat themselves. Counts from the next call on.", Kind.TICK),
    )),
    Section("APPEARANCE", (
        Row("appearance", "Colours", "Light, dark, or as the system says.", options=APPEARANCES),
        Row("text_percent", "Size of text", "In percent of the system's text; everything else follows it.",
            Kind.NUMBER, step=10, unit=" %"),
        Row("right_to_left", "Right to left", "Mirrors the panel. Each line of the transcript runs the way its own "
            "script does, with or without this.", Kind.TICK),
        Row("docked", "Place", "At an edge the panel takes the full height of the screen. Other windows are not "
            "moved aside: one that fills the screen lies behind the panel or over it; \"Stay on top\" decides. Back, "
            "the panel stands where it stood before.", options=DOCKS),
        Row("dock_width", "Width at the edge", "How wide the panel is there.", Kind.NUMBER, step=20, unit=" px"),
        Row("stays_on_top", "Stay on top", "Keeps the panel above other windows, also above the call.", Kind.TICK),
    )),
    Section("PRIVACY", (
        Row("consent_text", "How you ask for consent", "Shown before a call, for you to read aloud.", Kind.TEXT),
        Row("keep_days", "Delete calls after", "They are deleted with their recordings, when the program starts. "
            "All calls lie in a folder that only you can read.",
            Kind.NUMBER, step=30, unit=" days", least_text="Never"),
    )),
)  # fmt: skip
