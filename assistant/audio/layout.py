"""Which track and channel of a recording is whose voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.audio.decoding import Track, TrackReader, look_into
from assistant.audio.voices import BLOCK_SAMPLES, VoiceComparison
from assistant.errors import AudioFileError
from assistant.parts import SPEAKERS
from assistant.plain import plain
from assistant.values import Channel

ChannelMode = Literal["auto", "split", "mix"]
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Layout:
    """`voices` has one entry for each column of the sound, in the order left, right or first track, second track."""

    tracks: tuple[int, ...]  # numbers of the tracks that are read
    is_mixed: bool  # each track becomes one voice
    voices: tuple[Channel, ...]
    names: tuple[str, ...]  # of the voices, as in "the left channel"
    description: str
    is_surprising: bool  # something in the file is left out or thrown together: say so


def decide_layout(path: Path, mode: ChannelMode, you: Side) -> Layout:
    """Look at the tracks, and where it depends on the sound, at as much sound as it takes.

    Raises:
        AudioFileError: `mode` is "split" and there is nothing to split, or the file can't be read.
    """
    tracks = look_into(path).tracks
    if len(tracks) > 1:
        return _tracks(path, tracks, mode, you)
    (track,) = tracks
    if track.channels == 2 and (mode == "split" or (mode == "auto" and _differ(path, (0,), is_mixed=False))):
        sides = ("the left channel", "the right channel")
        return Layout((0,), False, _voices(you), sides, f"one voice per channel: {_who(sides, you)}", False)
    if mode == "split":
        count = "one channel" if track.channels == 1 else f"{track.channels} channels"
        raise AudioFileError(
            f"{plain(str(path))} has {count}: only two can be split into two voices. "
            "Leave the channels on auto, or export the recording with one voice per channel."
        )
    description = f"all {track.channels} channels together as one voice" if track.channels > 1 else "one voice"
    return Layout((0,), True, (Channel.THEM,), ("the recording",), description, track.channels > 2)


def side_by_side(readers: list[TrackReader]) -> Iterator[NDArray[np.int16]]:
    """(samples, columns) of one reader, or of two with one column each; the shorter one goes on as silence."""
    if len(readers) == 1:
        yield from readers[0].blocks()
        return
    streams = [_Buffered(reader.blocks()) for reader in readers]
    while True:
        pieces = [stream.take(BLOCK_SAMPLES) for stream in streams]
        length = max(len(piece) for piece in pieces)
        if length == 0:
            return
        yield np.hstack([np.pad(piece, ((0, length - len(piece)), (0, 0))) for piece in pieces])


def _tracks(path: Path, tracks: tuple[Track, ...], mode: ChannelMode, you: Side) -> Layout:
    names = tuple(f"track {track.number + 1}" + (f" ({track.title})" if track.title else "") for track in tracks)
    unused = f"; not used: {', '.join(names[2:])}" if len(tracks) > 2 else ""
    if mode == "split" or (mode == "auto" and _differ(path, (0, 1), is_mixed=True)):
        description = f"one voice per track: {_who(names[:2], you)}{unused}"
        return Layout((0, 1), True, _voices(you), names[:2], description, True)
    unused = f"; not used: {', '.join(names[1:])}"
    return Layout((0,), True, (Channel.THEM,), names[:1], f"{names[0]} as one voice{unused}", mode == "mix")


def _differ(path: Path, tracks: tuple[int, ...], *, is_mixed: bool) -> bool:
    readers = [TrackReader(path, number, as_mono=is_mixed) for number in tracks]
    comparison = VoiceComparison()
    try:
        stream = _Buffered(side_by_side(readers))
        while not comparison.is_decided and len(block := stream.take(BLOCK_SAMPLES)) == BLOCK_SAMPLES:
            comparison.add(block[:, 0], block[:, 1])
    finally:
        for reader in readers:
            reader.close()
    return comparison.are_two_voices


def _voices(you: Side) -> tuple[Channel, Channel]:
    return (Channel.YOU, Channel.THEM) if you == "left" else (Channel.THEM, Channel.YOU)


def _who(names: tuple[str, ...], you: Side) -> str:
    return ", ".join(f"{name} is {SPEAKERS[voice]}" for name, voice in zip(names, _voices(you), strict=True))


class _Buffered:
    """Blocks of any length cut to a chosen one."""

    def __init__(self, blocks: Iterator[NDArray[np.int16]]) -> None:
        self._blocks = blocks
        self._rest: NDArray[np.int16] | None = None

    def take(self, samples: int) -> NDArray[np.int16]:
        """The next `samples` rows; fewer only at the end, (0, 1) after it."""
        parts = [] if self._rest is None else [self._rest]
        length = sum(map(len, parts))
        while length < samples and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            length += len(block)
        joined = np.concatenate(parts) if parts else np.zeros((0, 1), np.int16)
        self._rest = joined[samples:]
        return joined[:samples]
