"""One audio track of a media file, decoded piece by piece: however long the recording, a few seconds are in memory.

Positions follow the file's own time stamps, so that what a transcript says matches what a player shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from assistant.audio.resampling import Resampler, bounded
from assistant.audio.wholeness import is_cut_short, states_its_duration
from assistant.errors import AudioFileError, SealingError
from assistant.plain import plain
from assistant.sealing.keys import is_sealed
from assistant.sealing.stream import UnsealedFile

# Only what a recording comes in: playlists and the like can name other files and addresses, and a file of a stranger
# must not make this program open them.
_FORMATS = "wav,w64,rf64,aiff,caf,flac,mp3,aac,amr,ogg,mov,mp4,m4a,matroska,webm,mpegts,avi,asf"
_JUMP_SECONDS = 0.1  # time stamps of containers are rounded and jitter; more than this is a hole
_LONGEST_HOLE_SECONDS = 3600.0  # a longer one, in a file that doesn't say how long it is, is a broken stamp
_MISSING_SECONDS = 0.5  # encoders' delays make a file this much shorter than it says
_PIECE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Track:
    """An audio track as the container describes it."""

    number: int  # among the file's audio tracks, from 0
    channels: int
    title: str  # printable; empty where the file gives none


@dataclass(frozen=True, slots=True)
class Contents:
    tracks: tuple[Track, ...]
    duration_seconds: float | None


def look_into(path: Path) -> Contents:
    """What a recording holds.

    Raises:
        AudioFileError: it isn't there, can't be read or holds no sound.
    """
    with _open(path) as container:
        if not container.streams.audio:
            kind = "a video without sound" if container.streams.video else "a file without sound"
            raise AudioFileError(f"{plain(str(path))} is {kind}: there is nothing to transcribe.")
        tracks = []
        for number, stream in enumerate(container.streams.audio):
            if stream.codec_context is None:
                raise _undecodable(path)
            tracks.append(Track(number, stream.codec_context.channels, plain(stream.metadata.get("title", ""))[:60]))
        duration_seconds = container.duration / av.time_base if container.duration else None
        return Contents(tuple(tracks), duration_seconds)


class TrackReader:
    """Reads one track from its beginning. Not for two threads at once.

    Raises (also while reading):
        AudioFileError: the file can't be opened, or the track holds nothing that can be decoded.
    """

    def __init__(self, path: Path, number: int, *, as_mono: bool) -> None:
        self.cut_off_seconds: float | None = None  # known after the last block: the file ends before it should
        self.damaged_seconds: list[float] = []  # where a piece could not be decoded, and sound went on after it
        self.invalid_seconds = 0.0  # of samples that are no numbers
        self._path = path
        self._container = _open(path)
        self._stream = self._container.streams.audio[number]
        self._channels = 1 if as_mono else self._stream.codec_context.channels
        self._rate_hz = 0
        self._resampler: Resampler | None = None
        self._position_seconds = 0.0
        self._start_seconds = (self._container.start_time or 0) / av.time_base

    def close(self) -> None:
        self._container.close()

    def blocks(self) -> Iterator[NDArray[np.int16]]:
        """The sound in order, (samples, channels) int16 at 16 kHz, about a second at a time."""
        for samples, rate_hz in self._in_pieces():
            if self._resampler is None or rate_hz != self._rate_hz:  # a chained file may change its rate
                if self._resampler is not None:
                    yield self._resampler.finish()
                self._rate_hz = rate_hz
                self._resampler = Resampler(rate_hz, self._channels)
            yield self._resampler.process(self._sound(samples, rate_hz))
        if self._resampler is None:
            raise AudioFileError(
                f"{plain(str(self._path))} holds no sound that can be read: it is of zero length or damaged. "
                "Copy or export it again from where it was recorded."
            )
        yield self._resampler.finish()

    def _in_pieces(self) -> Iterator[tuple[NDArray[np.float32], int]]:
        """What is decoded, about a second at a time: a codec's frames are so short that each would cost more to handle
        than to decode."""
        held: list[NDArray[np.float32]] = []
        length, held_rate_hz = 0, 0
        for samples, rate_hz in self._decoded():
            is_like_held = rate_hz == held_rate_hz and (not held or samples.shape[1] == held[0].shape[1])
            if held and (not is_like_held or length >= _PIECE_SECONDS * held_rate_hz):
                yield np.concatenate(held), held_rate_hz
                held, length = [], 0
            held.append(samples)
            length, held_rate_hz = length + len(samples), rate_hz
        if held:
            yield np.concatenate(held), held_rate_hz

    def _sound(self, samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
        """With the wanted number of channels and nothing in it that is no number."""
        self.invalid_seconds += np.count_nonzero(~np.isfinite(samples).all(axis=1)) / rate_hz
        samples = bounded(samples)
        if samples.shape[1] == self._channels:
            return samples
        # All in one, or a track that changes its layout on the way.
        mean = samples.mean(axis=1, keepdims=True, dtype=np.float32)
        return np.repeat(mean, self._channels, axis=1)

    def _decoded(self) -> Iterator[tuple[NDArray[np.float32], int]]:
        """(samples, channels) at the track's own rate, holes filled with silence."""
        failed_at_seconds: float | None = None
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    if failed_at_seconds is None:
                        failed_at_seconds = self._position_seconds
                    continue
                for frame in frames:
                    if failed_at_seconds is not None:
                        self.damaged_seconds.append(failed_at_seconds)
                        failed_at_seconds = None
                    yield from self._placed(frame)
        except SealingError as error:
            raise AudioFileError(f"{plain(str(self._path))} can't be read: {error}. Its transcript is kept.") from error
        except (av.FFmpegError, OSError):  # the container itself ends in the middle, or the disk does
            failed_at_seconds = self._position_seconds
        if failed_at_seconds is not None or self._ends_early():
            self.cut_off_seconds = self._position_seconds

    def _ends_early(self) -> bool:
        if is_cut_short(self._path, self._container.format.name):
            return True
        if not states_its_duration(self._path, self._container.format.name):
            return False
        duration = self._stream.duration
        if duration is not None and self._stream.time_base is not None:
            return self._position_seconds < float(duration * self._stream.time_base) - _MISSING_SECONDS
        # What the container says counts its longest track, which a single audio track of a video need not be.
        has_video = bool(self._container.streams.video)
        return not has_video and self._position_seconds < self._duration_seconds() - _MISSING_SECONDS

    def _duration_seconds(self) -> float:
        return (self._container.duration or 0) / av.time_base

    def _placed(self, frame: av.AudioFrame) -> Iterator[tuple[NDArray[np.float32], int]]:
        """The frame, behind as much silence as its time stamp asks for."""
        rate_hz = frame.sample_rate
        if frame.pts is not None and frame.time_base is not None:
            hole_seconds = float(frame.pts * frame.time_base) - self._start_seconds - self._position_seconds
            limit_seconds = (self._duration_seconds() or _LONGEST_HOLE_SECONDS) - self._position_seconds
            if _JUMP_SECONDS < hole_seconds <= max(limit_seconds, _JUMP_SECONDS):
                yield from self._silence(hole_seconds, rate_hz)
        samples = _as_float(self._array(frame), frame)
        self._position_seconds += len(samples) / rate_hz
        yield samples, rate_hz

    def _array(self, frame: av.AudioFrame) -> NDArray[Any]:
        try:
            data: NDArray[Any] = frame.to_ndarray()
        except ValueError as error:  # whole numbers of 64 bits, for which PyAV knows no array
            raise _undecodable(self._path) from error
        return data

    def _silence(self, seconds: float, rate_hz: int) -> Iterator[tuple[NDArray[np.float32], int]]:
        left = round(seconds * rate_hz)
        while left > 0:
            piece = min(left, round(_PIECE_SECONDS * rate_hz))
            left -= piece
            self._position_seconds += piece / rate_hz
            yield np.zeros((piece, self._channels), np.float32), rate_hz


def _open(path: Path) -> av.container.InputContainer:
    if path.is_dir():
        raise AudioFileError(f"{plain(str(path))} is a folder. Name a recording in it.")
    try:
        if not path.is_file():
            raise AudioFileError(f"There is no recording {plain(str(path))}. Check the name and the folder.")
        if path.stat().st_size == 0:
            raise AudioFileError(
                f"{plain(str(path))} is empty: nothing was recorded, or the copy failed. Copy it again."
            )
        # "file:" keeps a name like "http:x.wav" from being taken for an address.
        file = UnsealedFile(path) if is_sealed(path) else f"file:{path}"
        return av.open(file, "r", options={"format_whitelist": _FORMATS}, metadata_errors="replace")
    except SealingError as error:
        raise AudioFileError(f"{plain(str(path))} can't be opened: {error}.") from error
    except av.InvalidDataError as error:
        if _head(path)[4:8] == b"ftyp":  # an MP4 that begins as it should lacks what is written last
            raise AudioFileError(
                f"{plain(str(path))} is cut off: the recording program ended before it wrote the file's index, and "
                "without it no player can read it. Look for the original, or mend it with a repair tool for MP4."
            ) from error
        raise AudioFileError(
            f"{plain(str(path))} is no recording that can be read. "
            "WAV, FLAC, MP3, M4A, OGG, MP4, MKV and WebM are understood; convert it to one of them."
        ) from error
    except (av.FFmpegError, OSError) as error:
        raise AudioFileError(
            f"{plain(str(path))} can't be opened ({error.strerror}). Check that you may read it."
        ) from error


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _undecodable(path: Path) -> AudioFileError:
    return AudioFileError(
        f"The sound of {plain(str(path))} is coded in a way that can't be decoded here. "
        "Convert it to WAV or FLAC of 16 or 24 bits and try again."
    )


def _as_float(data: NDArray[Any], frame: av.AudioFrame) -> NDArray[np.float32]:
    """(samples, channels) in -1..1 of `data` in whatever sample format the decoder gives; a damaged float file holds
    anything."""
    rows = data.T if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels)
    if data.dtype.kind == "u":
        rows = (rows.astype(np.float32) - 128.0) / 128.0
    elif data.dtype.kind == "i":
        rows = rows / 2.0 ** (8 * data.dtype.itemsize - 1)
    return rows.astype(np.float32)
