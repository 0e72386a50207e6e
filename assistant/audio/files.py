"""A recording as an audio source: both voices of it, or one, in short frames.

`read` runs on the listening thread; `close` may come from any, and waits for a piece that is being decoded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.decoding import TrackReader, look_into
from assistant.audio.layout import ChannelMode, Side, decide_layout, side_by_side
from assistant.plain import clock, plain
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State, Status

FRAME_SECONDS = 0.02  # a replay is as prompt as a live source, whose frames are up to an eighth of a second long
LONG_FRAME_SECONDS = 0.2  # cost less where nobody waits; no channel runs ahead by more than an echo guard bears

_SILENT_PEAK = 10  # of int16, -70 dBFS: the noise of an open microphone is above


class FileSource:
    """Reads a recording of any length without holding it.

    `channels` "split" takes two channels, or two tracks, as two voices; "mix" makes one voice of all; "auto" splits
    where the two really differ. `you` says which channel is the interviewer's ("left" also stands for the first
    track). One voice alone is the candidate's. `layout` tells in words what was decided. `frame_seconds` is how
    much of a channel comes at once.

    Raises:
        AudioFileError: nothing in it can be read; the text says why and what to do.
    """

    def __init__(
        self,
        path: Path,
        channels: ChannelMode = "auto",
        you: Side = "left",
        frame_seconds: float = FRAME_SECONDS,
    ) -> None:
        self._name = plain(path.name)
        self._frame_samples = round(frame_seconds * SAMPLE_RATE_HZ)
        self._duration_seconds = look_into(path).duration_seconds
        self._plan = decide_layout(path, channels, you)
        self._lock = threading.Lock()  # a container must not be closed while it decodes
        self._is_closed = False
        self._readers: list[TrackReader] = []
        try:
            for number in self._plan.tracks:
                self._readers.append(TrackReader(path, number, as_mono=self._plan.is_mixed))
            items = self._items()
            first = next(items)  # a file without readable sound is told before anything starts
        except BaseException:
            self.close()
            raise
        self._stream = chain([first], items)

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in Channel if channel in self._plan.voices)

    @property
    def duration_seconds(self) -> float | None:
        return self._duration_seconds

    @property
    def layout(self) -> str:
        return self._plan.description

    def read(self) -> AudioFrame | Status | None:
        with self._lock:
            return None if self._is_closed else next(self._stream, None)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            for reader in self._readers:
                reader.close()

    def _items(self) -> Iterator[AudioFrame | Status]:
        columns = len(self._plan.voices)
        rest = np.zeros((0, columns), np.int16)
        peaks = np.zeros(columns, np.int32)
        position = 0
        for block in side_by_side(self._readers):
            if position == 0 and self._plan.is_surprising:
                yield Status(State.WARNING, f"{self._name}: {self._plan.description}.")
            peaks = np.maximum(peaks, np.abs(block.astype(np.int32)).max(axis=0, initial=0))
            joined = np.concatenate((rest, block))
            whole = len(joined) - len(joined) % self._frame_samples
            yield from self._frames(joined[:whole], position)
            position += whole
            rest = joined[whole:]
        yield from self._frames(rest, position)
        yield from self._complaints(peaks)

    def _frames(self, block: NDArray[np.int16], position: int) -> Iterator[AudioFrame]:
        for start in range(0, len(block), self._frame_samples):
            for column, channel in sorted(enumerate(self._plan.voices), key=lambda voice: voice[1] is Channel.THEM):
                samples = np.ascontiguousarray(block[start : start + self._frame_samples, column])
                yield AudioFrame(channel, (position + start) / SAMPLE_RATE_HZ, samples)

    def _complaints(self, peaks: NDArray[np.int32]) -> Iterator[Status]:
        """What is wrong with a file that could be read all the same."""
        for reader in self._readers:
            if reader.damaged_seconds:
                places = ", ".join(clock(seconds) for seconds in reader.damaged_seconds[:5])
                more = " and more" if len(reader.damaged_seconds) > 5 else ""
                yield Status(State.WARNING, f"{self._name} is damaged at {places}{more}; the rest was read.")
        if invalid_seconds := max(reader.invalid_seconds for reader in self._readers):
            yield Status(
                State.WARNING,
                f"{self._name} is damaged: {max(0.1, invalid_seconds):.1f} s of it are no valid sound and were heard "
                "as silence.",
            )
        cuts = [reader.cut_off_seconds for reader in self._readers if reader.cut_off_seconds is not None]
        if cuts:
            yield Status(
                State.WARNING,
                f"{self._name} is cut off at {clock(min(cuts))}: the file ends in the middle. "
                "All up to there was read; copy it again if the original is longer.",
            )
        for channel, name, peak in zip(self._plan.voices, self._plan.names, peaks, strict=True):
            if peak < _SILENT_PEAK:
                who = f" ({channel.value})" if len(self._plan.voices) > 1 else ""
                yield Status(State.WARNING, f"{self._name}: {name}{who} is silent from beginning to end.", channel)
