"""What all formats share: names of things, the head of a document, lines and the flags over their words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.call import Call, CallState, FlagFate
from assistant.corrections import corrected
from assistant.languages import LANGUAGES, is_reviewed
from assistant.plain import clock, plain
from assistant.values import Channel, ClaimKind, TranscriptUpdate, Verbosity, Word

KINDS = {ClaimKind.VAGUE: "vague", ClaimKind.NUMBER_ONLY: "only a number", ClaimKind.ASPECT: "not touched yet"}
VERBOSITIES = {
    Verbosity.QUIET: "quiet: only the surest flags",
    Verbosity.NORMAL: "normal",
    Verbosity.EAGER: "eager: doubtful flags, too",
}


def milliseconds(seconds: float) -> int:
    """The nearest, a half upwards. The inner rounding undoes what binary fractions add to 0.9995."""
    return math.floor(round(seconds * 1000, 6) + 0.5)


def title_of(call: Call) -> str:
    return plain(call.title) or "Call"


def consent_of(call: Call) -> str:
    return plain(call.consent or "") or "nothing was noted"


def corrections_of(call: Call) -> str:
    count = len(call.corrections)
    return "one line was corrected by hand" if count == 1 else f"{count} lines were corrected by hand"


def header(call: Call) -> Iterator[tuple[str, str]]:
    """What is to know about a call, as names with values (not escaped for any format)."""
    yield "Date", call.started.isoformat(" ", "minutes")
    yield "Length", clock(call.duration_seconds)
    yield "Speech model", plain(call.model) or "none (imported transcript)"
    if call.language:
        name = LANGUAGES.get(call.language, plain(call.language))
        yield "Language", name if is_reviewed(call.language) else f"{name}; flags and follow-ups work for English only"
    if call.verbosity is not None and call.sentences and is_reviewed(call.language):
        yield "Review", VERBOSITIES[call.verbosity]
    yield "Consent", consent_of(call)
    if call.corrections:
        yield "Corrections", f"{corrections_of(call)}; what was heard there stands under “Corrected by hand”"
    if call.state is CallState.RECORDING:
        yield "State", "still being recorded: this is what there is so far"
    elif call.state is CallState.RECOVERED:
        yield "State", f"the program ended in mid-call; everything up to {clock(call.duration_seconds)} was recovered"


@dataclass(frozen=True, slots=True)
class Line:
    """Something said, to be written as one paragraph or one cue."""

    channel: Channel
    start_seconds: float
    words: tuple[Word, ...]
    is_corrected: bool = False  # it was heard otherwise


def lines_of(call: Call) -> list[Line]:
    """What was said, in order: the utterances as they read now, or the sentences of a transcript that has none."""
    if call.utterances:
        by_hand = {correction.utterance for correction in call.corrections}
        return [
            Line(update.channel, _start(update), update.words, update.utterance in by_hand)
            for update in corrected(call)
        ]
    return [
        Line(one.sentence.channel, one.sentence.start_seconds, one.sentence.words)
        for one in call.sentences
        if one.sentence.words
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of a line under the same flags."""

    text: str
    flags: tuple[FlagFate, ...]


def runs_of(line: Line, flags: tuple[FlagFate, ...]) -> list[Run]:
    """The words of a line, parted where a flag begins or ends. Words belong to a flag by their times, since sentences
    and utterances cut the same speech at different places."""
    runs: list[Run] = []
    for word in line.words:
        middle = (word.start_seconds + word.end_seconds) / 2
        over = tuple(
            fate
            for fate in flags
            if fate.flag.channel is line.channel
            and fate.flag.start_seconds < fate.flag.end_seconds
            and fate.flag.start_seconds <= middle <= fate.flag.end_seconds
        )
        text = plain(word.text)
        if runs and runs[-1].flags == over:
            runs[-1] = Run(f"{runs[-1].text} {text}".strip(), over)
        else:
            runs.append(Run(text, over))
    return [run for run in runs if run.text]


def _start(update: TranscriptUpdate) -> float:
    """When its first word is said; the audio that was decoded begins earlier."""
    return update.words[0].start_seconds if update.words else update.start_seconds
