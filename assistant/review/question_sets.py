"""The main questions of a role, as data: which there are, and which of them an interviewer has just asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from assistant.errors import ReviewError
from assistant.languages import ENGLISH
from assistant.plain import plain
from assistant.review import numbers
from assistant.review.interviewer import understand
from assistant.review.keywords import stem
from assistant.review.questions import QuestionBank, entries_of, language_of
from assistant.review.toml_files import SUFFIX, parsed, read_text, refuse_unknown, rows_of, texts_of
from assistant.review.wording import markup_in
from assistant.transcript.vocabulary import vocabulary
from assistant.values import Aspect

SHARE = 0.6  # of a question's own words that are heard, from which on it counts as asked
LEAST_WORDS = 2  # that have to be heard at least
MOST_CHARACTERS = 160  # of a question that is read aloud
_KEYS = {"text", "cues", "covers"}
_FILE_KEYS = {"name", "language", "question", "follow_up"}
_EMPTY_WORDS = frozenset(
    stem(word)
    for word in vocabulary(
        """
        the a an and or of in on at to for from by with about into that this it its is are was were be been did do does
        has have had i me my you your we our they them which what how why when where who would could can will there
        then one any some so just really maybe please tell
        """
    )
)
_TELL = "tell"
_ASKING = re.compile(
    r"\b(?:(?:tell|give|show|walk) (?:me|us)|describe|share)\b"
    r"|^(?:(?:so|and|okay|well|um|uh|then|now)\b[, ]*)*(?:what|which)\b"
)


@dataclass(frozen=True, slots=True)
class MainQuestion:
    """`cues` are other ways to ask it: the words that have to be heard, all of one cue. "Tell" in a cue
    is any way to begin a question: by that one for something to be proud of is told from praise."""

    text: str
    cues: tuple[frozenset[str], ...]
    covers: tuple[Aspect, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The main questions of a role, in the order in which they are usually asked, and follow-ups of that role."""

    name: str
    questions: tuple[MainQuestion, ...]
    follow_ups: QuestionBank

    def asked_main_question(self, text: str) -> int | None:
        """The index of the question that an interviewer's words ask, None if they ask none of them."""
        asks = bool(_ASKING.search(text.lower()))
        heard = _cue_words(text, asks)
        # "That's a significant improvement, thanks." holds the words of a cue and asks nothing.
        is_english = self.follow_ups.language == ENGLISH  # in others nobody knows a question without its mark
        are_cues_heard = asks or not is_english or understand(text).is_question
        fits = (_fit(question, heard, are_cues_heard) for question in self.questions)
        best = max(((fit, -index) for index, fit in enumerate(fits)), default=(0.0, 0))
        return -best[1] if best[0] >= SHARE else None


def bundled_names() -> tuple[str, ...]:
    """The sets that come with the program, by the name that the setting `question_set` takes."""
    folder = files("assistant.review").joinpath("question_sets")
    return tuple(sorted(f.name.removesuffix(SUFFIX) for f in folder.iterdir() if f.name.endswith(SUFFIX)))


@cache
def bundled(name: str) -> QuestionSet:
    """Raises:
    ReviewError: there is no set of that name.
    """
    if name not in bundled_names():
        raise ReviewError(
            f"There is no question set {name!r}. Take one of {', '.join(bundled_names())}, or the path of your own."
        )
    return parse(bundled_text(name), f"the question set {name!r}")


def bundled_text(name: str) -> str:
    """The file of a set that comes with the program."""
    return files("assistant.review").joinpath("question_sets", name + SUFFIX).read_text(encoding="utf-8")


def load(name_or_path: str) -> QuestionSet:
    """A set that comes with the program, or a file of the user's own (a name that ends in `.toml`).

    Raises:
        ReviewError: it can't be read, or is no question set; the message says where.
    """
    if not name_or_path.endswith(SUFFIX):
        return bundled(name_or_path)
    return parse(read_text(Path(name_or_path), "question set"), name_or_path)


def parse(text: str, where: str) -> QuestionSet:
    """Raises:
    ReviewError: the text is no question set; the message names the entry and what is wrong with it.
    """
    table = parsed(text, where, _FILE_KEYS)
    name, language = table.get("name"), language_of(table, where)
    if not isinstance(name, str) or not plain(name):
        raise ReviewError(f"{where} needs a `name`, for example that of the role.")
    questions = tuple(_question(row, place) for row, place in rows_of(table, "question", text, where))
    own = entries_of(rows_of(table, "follow_up", text, where), language) if "follow_up" in table else ()
    return QuestionSet(plain(name), questions, QuestionBank((own,) if own else (), language))


def _question(row: dict[str, Any], where: str) -> MainQuestion:
    refuse_unknown(row, where, _KEYS)
    text, cues, covers = row.get("text"), texts_of(row.get("cues", [])), texts_of(row.get("covers", []))
    if not isinstance(text, str) or not plain(text) or "\n" in text or len(text) > MOST_CHARACTERS:
        raise ReviewError(f"{where} needs a `text` of one line and at most {MOST_CHARACTERS} characters.")
    if marked_up := markup_in(plain(text)):
        raise ReviewError(f"{where}: {text!r} {marked_up}")
    if cues is None or covers is None:
        raise ReviewError(f"{where}: `cues` and `covers` are lists of texts.")
    try:
        aspects = tuple(Aspect(name) for name in covers)
    except ValueError as error:
        raise ReviewError(f"{where}: {error}. Aspects are {', '.join(Aspect)}.") from error
    return MainQuestion(
        plain(text), tuple(words for cue in cues if (words := _cue_words(cue, _TELL in cue.lower().split()))), aspects
    )


def _fit(question: MainQuestion, heard: frozenset[str], are_cues_heard: bool) -> float:
    """How much of the question is heard, 0..1; a cue that is heard as a whole counts as all of it."""
    if are_cues_heard and any(cue <= heard for cue in question.cues):
        return 1.0
    own = _stems(question.text)
    common = len(own & heard)
    return common / len(own) if common >= LEAST_WORDS else 0.0


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut to their stems; all of them where none tells."""
    reading, _ = numbers.read(text)
    stems = frozenset(stem(token.text) for token in reading.tokens)
    return stems - _EMPTY_WORDS or stems


def _cue_words(text: str, asks: bool) -> frozenset[str]:
    return _stems(text) | {_TELL} if asks else _stems(text)
