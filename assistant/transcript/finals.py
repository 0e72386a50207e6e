"""What a final decode makes of an utterance: its locked text, live and afterwards alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.ports import Hypothesis
from assistant.speech.listener import Utterance
from assistant.transcript.nonsense import is_nonsense
from assistant.values import TranscriptUpdate, UpdateKind, Word


@dataclass(frozen=True, slots=True)
class Locked:
    """An utterance has its final text; it ended at `at_seconds`."""

    update: TranscriptUpdate
    at_seconds: float


def final_of(number: int, utterance: Utterance, hypothesis: Hypothesis) -> TranscriptUpdate:
    """Without words where the hypothesis is nonsense. Its word times are relative to the utterance's beginning."""
    words = () if is_nonsense(hypothesis) else placed(hypothesis.words, utterance.start_seconds)
    return update_of(UpdateKind.FINAL, number, utterance, tuple(_within_voice(word, utterance) for word in words))


def placed(words: tuple[Word, ...], start_seconds: float) -> tuple[Word, ...]:
    """Words of an utterance on the call's clock."""
    return tuple(word.moved(start_seconds) for word in words)


def update_of(kind: UpdateKind, number: int, utterance: Utterance, words: tuple[Word, ...]) -> TranscriptUpdate:
    return TranscriptUpdate(kind, utterance.channel, number, utterance.start_seconds, utterance.end_seconds, words)


def _within_voice(word: Word, utterance: Utterance) -> Word:
    """Attention wanders into the silence behind the last word; a word never ends after the voice."""
    end_seconds = round(utterance.voice_end_seconds, 3)
    if word.end_seconds <= end_seconds:
        return word
    return replace(word, start_seconds=min(word.start_seconds, end_seconds), end_seconds=end_seconds)
