"""The words that a note on how something is told quotes, also where they are heard once more and read otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.values import CommunicationCue, CueKind, ReviewedSentence, Sentence

LONGEST_QUOTE = 90  # characters of a sentence
_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][A-Z0-9&]{1,5}s?|(?:[A-Z]\.){2,6}")
_EDGES = re.compile(r"^\W+|(?:['’]s)?\W+$|['’]s$")
_BETWEEN = re.compile(r"[\s/]+")


def bare(word: str) -> str:
    """A word without what stands around it, and without its genitive."""
    return _EDGES.sub("", word)


def is_acronym(word: str) -> bool:
    return any(_ACRONYM.fullmatch(one) for one in (bare(word), f"{bare(word)}."))


def term_key(word: str) -> str:
    """A term as it is remembered: "SLOs", "S.L.O." and "slo" are one."""
    key = bare(word)
    if is_acronym(word):
        key = key.replace(".", "")
        key = key[:-1] if key.endswith("s") and len(key) > 2 else key
    return key.lower()


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
        return cue if _is_said(cue.quote, sentence.text) else None
    quote = whole_quote(sentence)
    if quote == cue.quote:
        return cue
    return replace(cue, quote=quote, start_seconds=sentence.start_seconds, end_seconds=sentence.end_seconds)


def _is_said(term: str, text: str) -> bool:
    """Whether the words of a term stand one behind the other; "IT" is another word than "it"."""
    wanted, said = (_BETWEEN.split(one) for one in (term, text))
    return any(all(map(_is_same, wanted, said[at : at + len(wanted)])) for at in range(len(said) - len(wanted) + 1))


def _is_same(wanted: str, said: str) -> bool:
    return term_key(wanted) == term_key(said) and (is_acronym(said) or not is_acronym(wanted))
