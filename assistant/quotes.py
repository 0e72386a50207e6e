"""The words that a note on how something is told quotes, also where they are heard once more and read otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assistant.values import CommunicationCue, CueKind, ReviewedSentence, Sentence

LONGEST_QUOTE = 90  # characters of a sentence


def whole_quote(sentence: Sentence) -> str:
    """All of a sentence, or the end of a long one."""
    quote = sentence.text
    return quote if len(quote) <= LONGEST_QUOTE else "… " + quote[-LONGEST_QUOTE:].split(" ", 1)[-1]


def as_they_read(
    cues: Iterable[CommunicationCue], sentences: Iterable[ReviewedSentence]
) -> tuple[CommunicationCue, ...]:
    """The notes of a call by what its sentences read in the end: one on a term that was not said after all goes."""
    read = {reviewed.sentence.index: reviewed.sentence for reviewed in sentences}
    found = (_as_it_reads(cue, read[cue.sentence]) if cue.sentence in read else cue for cue in cues)
    return tuple(cue for cue in found if cue is not None)


def _as_it_reads(cue: CommunicationCue, sentence: Sentence) -> CommunicationCue | None:
    if cue.kind is CueKind.UNEXPLAINED_TERM:
        said = [_letters(word) for word in sentence.text.split()]
        is_said = all(any(word.startswith(_letters(part)) for word in said) for part in cue.quote.split())
        return cue if is_said else None
    quote = whole_quote(sentence)
    if quote == cue.quote:
        return cue
    return replace(cue, quote=quote, start_seconds=sentence.start_seconds, end_seconds=sentence.end_seconds)


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))
