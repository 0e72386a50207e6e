"""The tool we compare with does what its authors describe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ, Word
from benchmarks.streaming.local_agreement import Decoded, Stream, Utterance, VoiceController


def decoded(text: str, *segment_ends: float) -> Decoded:
    """Words of half a second from the start of the buffer."""
    words = [Word(f" {word}", place * 0.5, place * 0.5 + 0.5) for place, word in enumerate(text.split())]
    return Decoded(tuple(words), segment_ends)


class Scripted:
    """Gives one answer after the other, and remembers what it was asked."""

    def __init__(self, *answers: Decoded) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[float, str]] = []

    def __call__(self, samples: NDArray[np.float32], prompt: str) -> Decoded:
        self.asked.append((len(samples) / SAMPLE_RATE_HZ, prompt))
        return self._answers.pop(0)


def sound(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


def texts(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()


def test_two_decodes_that_agree_commit_their_common_beginning() -> None:
    utterance = Utterance(Scripted(decoded("so we"), decoded("so we cut"), decoded("so we got costs")), 10.0)
    utterance.hear(sound(1.0))
    utterance.decode()
    assert (texts(utterance.committed), texts(utterance.tail)) == ("", "so we")
    utterance.hear(sound(1.0))
    utterance.decode()
    assert (texts(utterance.committed), texts(utterance.tail)) == ("so we", "cut")
    assert utterance.committed[-1].end_seconds == 11.0
    utterance.decode()
    assert (texts(utterance.committed), texts(utterance.tail)) == ("so we", "got costs")


def test_committed_words_that_come_again_a_little_later_are_skipped() -> None:
    late = Decoded((Word(" we", 1.0, 1.2), Word(" cut", 1.2, 1.5)), ())
    utterance = Utterance(Scripted(decoded("so we"), decoded("so we"), late), 0.0)
    for _ in range(3):
        utterance.decode()
    assert (texts(utterance.committed), texts(utterance.tail)) == ("so we", "cut")


def test_a_long_buffer_is_cut_at_a_committed_segment_and_its_text_is_the_prompt() -> None:
    first = decoded("one two three four", 1.0, 2.0)
    recognise = Scripted(first, first, decoded("three four five"))
    utterance = Utterance(recognise, 0.0)
    utterance.hear(sound(16.0))
    for _ in range(3):
        utterance.decode()
    assert recognise.asked == [(16.0, ""), (16.0, ""), (15.0, " one two")]
    assert (texts(utterance.committed), texts(utterance.tail)) == ("one two three four", "five")


class Silero:
    """Speech wherever the sound is not silent."""

    def run(self, _: None, given: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        is_speech = bool(np.abs(given["input"][0, 64:]).max() > 0.1)
        return [np.array([[0.9 if is_speech else 0.1]]), given["h"], given["c"]]


def test_an_utterance_is_decoded_each_second_and_ends_after_half_a_second_of_silence() -> None:
    shown: list[tuple[str, bool, float, float]] = []

    def show(utterance: Utterance, is_over: bool) -> None:
        text = texts([*utterance.committed, *utterance.tail])
        shown.append((text, is_over, round(utterance.start_seconds, 1), round(utterance.end_seconds, 1)))

    recognise = Scripted(decoded("a"), decoded("a b"), decoded("never asked"))
    stream = Stream(recognise, VoiceController(Silero()), show)
    call = np.concatenate([sound(1.0), np.full(round(1.9 * SAMPLE_RATE_HZ), 0.5, np.float32), sound(2.0)])
    for start in range(0, len(call), 640):
        stream.hear(call[start : start + 640])
        stream.work()
    assert shown == [("a", False, 0.9, 2.0), ("a b", False, 0.9, 3.0), ("a b", True, 0.9, 3.4)]


def test_an_end_and_a_beginning_in_one_piece_of_sound_lose_nothing() -> None:
    shown: list[bool] = []
    stream = Stream(Scripted(), VoiceController(Silero()), lambda _, is_over: shown.append(is_over))
    loud = np.full(8000, 0.5, np.float32)
    stream.hear(np.concatenate([loud, sound(0.8), loud]))
    stream.finish()
    assert shown == [True, True]
