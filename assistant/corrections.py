"""Corrected lines of a transcript: the words a person wrote, at the times of those that were heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from assistant.call import Call
from assistant.transcript.agreement import letters
from assistant.values import TranscriptUpdate, Word


def corrected(call: Call) -> tuple[TranscriptUpdate, ...]:
    """The utterances of a call as they read now, in their order."""
    texts = {correction.utterance: correction.text for correction in call.corrections}
    return tuple(
        replace(update, words=corrected_words(update.words, texts[update.utterance]))
        if update.utterance in texts
        else update
        for update in call.utterances
    )


def corrected_words(heard: Sequence[Word], text: str) -> tuple[Word, ...]:
    """The words of `text`. Those that were heard so keep their times; the others share the time of what they replace,
    by their lengths. A word that nothing was heard for lasts no time."""
    written = text.split()
    matcher = SequenceMatcher(None, [letters(word.text) for word in heard], [letters(word) for word in written], False)
    words: list[Word] = []
    for kind, first, last, first_new, last_new in matcher.get_opcodes():
        if kind == "equal":
            pairs = zip(heard[first:last], written[first_new:last_new], strict=True)
            words += [replace(word, text=new) for word, new in pairs]
        else:
            words += _spread(written[first_new:last_new], *_room(heard, first, last))
    return tuple(words)


def _room(heard: Sequence[Word], first: int, last: int) -> tuple[float, float]:
    """From when to when the words `first` to `last` were heard; the moment before `first` if there are none."""
    if first < last:
        return heard[first].start_seconds, heard[last - 1].end_seconds
    if not heard:
        return 0.0, 0.0
    at_seconds = heard[first].start_seconds if first < len(heard) else heard[-1].end_seconds
    return at_seconds, at_seconds


def _spread(written: Sequence[str], start_seconds: float, end_seconds: float) -> Iterator[Word]:
    total = sum(map(len, written))
    before = 0
    for text in written:
        begin = start_seconds + (end_seconds - start_seconds) * before / total
        before += len(text)
        end = start_seconds + (end_seconds - start_seconds) * before / total
        yield Word(text, round(begin, 3), round(end, 3))
