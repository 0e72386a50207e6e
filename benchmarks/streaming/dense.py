"""A call of hours in which both talk a lot, made of the voices of other calls, one after the other, without holding it.

Its first and its last minutes are the same sound, so that what they cost can be compared; in between every voice comes
back at another gain, behind another pause.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.files import FRAME_SECONDS
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, Word
from benchmarks.streaming.calls import BenchCall, Voice

LEAST_TALK = 0.35  # of the time that a voice speaks; the others are left out
PAUSE_SECONDS = 1.0  # between two voices
_GAINS_DB = (0.0, -6.0, -12.0, 3.0)
_LONGEST_PAUSE_SECONDS = 5.0
_FRAME = round(FRAME_SECONDS * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class _Piece:
    voice: Voice
    pause_samples: int  # before it
    gain: float

    def sound(self) -> Iterator[NDArray[np.int16]]:
        """A second at a time: whole voices, made and let go every few minutes, would pass for growth of the program."""
        yield np.zeros(self.pause_samples, np.int16)
        for start in range(0, len(self.voice.samples), SAMPLE_RATE_HZ):
            louder = self.voice.samples[start : start + SAMPLE_RATE_HZ] * np.float32(self.gain)
            yield np.clip(np.rint(louder), -32768, 32767).astype(np.int16)


class DenseCall:
    """`seconds` long, with both ends (`end_seconds` each) alike. Raises ValueError where nobody talks enough."""

    def __init__(self, calls: Sequence[BenchCall], seconds: float, end_seconds: float) -> None:
        talkers = [voice for call in calls for voice in call.voices.values() if _talk(voice) >= LEAST_TALK]
        if len(talkers) < len(Channel):
            raise ValueError("a dense call needs two voices that talk a lot")
        self.seconds, self.end_seconds = seconds, end_seconds
        # Each side begins with another voice; no voice is heard on both sides at once.
        half = len(talkers) // 2
        self._talkers = {Channel.YOU: talkers, Channel.THEM: talkers[half:] + talkers[:half]}

    def end(self) -> BenchCall:
        """What is said in the first minutes, and in the last ones again."""
        return BenchCall("ends", Path(), {channel: self._end_of(channel) for channel in Channel})

    def frames(self) -> Iterator[AudioFrame]:
        sides = {channel: self._side(channel) for channel in Channel}
        for number in range(round(self.seconds / FRAME_SECONDS)):
            for channel, side in sides.items():
                yield AudioFrame(channel, number * FRAME_SECONDS, next(side))

    def _side(self, channel: Channel) -> Iterator[NDArray[np.int16]]:
        """The sound of one side in frames, without end."""
        ends, middle = round(self.end_seconds / FRAME_SECONDS), round(self.seconds / FRAME_SECONDS)
        middle -= 2 * ends
        yield from _first(_framed(self._plain(channel)), ends)
        yield from _first(_framed(self._varied(channel)), middle)
        yield from _framed(self._plain(channel))

    def _plain(self, channel: Channel) -> Iterator[_Piece]:
        while True:
            for voice in self._talkers[channel]:
                yield _Piece(voice, round(PAUSE_SECONDS * SAMPLE_RATE_HZ), 1.0)

    def _varied(self, channel: Channel) -> Iterator[_Piece]:
        chosen = random.Random(channel.value)
        for piece in self._plain(channel):
            pause_samples = round(chosen.uniform(PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS) * SAMPLE_RATE_HZ)
            yield replace(piece, pause_samples=pause_samples, gain=10 ** (chosen.choice(_GAINS_DB) / 20))

    def _end_of(self, channel: Channel) -> Voice:
        samples: list[NDArray[np.int16]] = []
        words: list[Word] = []
        speech: list[tuple[float, float]] = []
        at_seconds = 0.0
        for piece in self._plain(channel):
            begin_seconds = at_seconds + piece.pause_samples / SAMPLE_RATE_HZ
            words += [word.moved(begin_seconds) for word in piece.voice.words]
            speech += [(begin_seconds + start, begin_seconds + end) for start, end in piece.voice.speech]
            samples.append(np.concatenate(list(piece.sound())))
            at_seconds += len(samples[-1]) / SAMPLE_RATE_HZ
            if at_seconds >= self.end_seconds:
                break
        heard = [word for word in words if word.end_seconds <= self.end_seconds]
        return Voice(
            np.concatenate(samples)[: round(self.end_seconds * SAMPLE_RATE_HZ)],
            " ".join(word.text for word in heard),
            tuple(stretch for stretch in speech if stretch[1] <= self.end_seconds),
            tuple(heard),
            is_scored=True,
        )


def _talk(voice: Voice) -> float:
    spoken_seconds = sum(end - start for start, end in voice.speech)
    return spoken_seconds / (len(voice.samples) / SAMPLE_RATE_HZ) if voice.is_scored else 0.0


def _framed(pieces: Iterator[_Piece]) -> Iterator[NDArray[np.int16]]:
    rest = np.zeros(0, np.int16)
    for piece in pieces:
        for second in piece.sound():
            rest = np.concatenate([rest, second])
            whole = len(rest) - len(rest) % _FRAME
            for start in range(0, whole, _FRAME):
                yield rest[start : start + _FRAME].copy()
            rest = rest[whole:]


def _first(frames: Iterator[NDArray[np.int16]], count: int) -> Iterator[NDArray[np.int16]]:
    for _, frame in zip(range(count), frames, strict=False):
        yield frame
