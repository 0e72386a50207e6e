"""A recording on the disk: reading it in either form, and making the finished form of the raw one. Either may be
encrypted; the finished form of what was encrypted is so from its first byte on.

These functions block for as long as the disk needs: some seconds for an hour of sound. They hold ten seconds of sound
in memory, however long the call.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from assistant.audio.raw_sound import count_samples, raw_path, read_raw
from assistant.audio.sealed_flac import read_flac, write_flac
from assistant.errors import RecordingError, SealingError
from assistant.sealing.files import sync
from assistant.sealing.keys import FileKey, is_sealed, new_key_like
from assistant.values import SAMPLE_RATE_HZ, Channel

FLAC_NAME = "call.flac"
PART_NAME = f"{FLAC_NAME}.part"  # while it is made
_LOCK_NAME = "recording.lock"
_END_NAME = "recording.end"
_STILL_WRITES_SECONDS = 10.0  # a recorder whose program has crashed hears of it within a second, and closes its files
BLOCK_SECONDS = 10.0


def lock_of(folder: Path) -> FileLock:
    """Who writes the raw files holds this lock of the operating system, which ends with its process."""
    return FileLock(folder / _LOCK_NAME, mode=0o600, thread_local=False)


def is_asked_to_end(folder: Path) -> bool:
    """Somebody wants to make a recording whole that goes on without its program."""
    return (folder / _END_NAME).exists()


@contextmanager
def taken_over(folder: Path) -> Iterator[None]:
    """Inside, nobody else writes the raw files. A recorder whose program has crashed is asked to end, and waited for.

    Raises:
        RecordingError: a program that runs is recording there.
        OSError: the folder can't be written.
    """
    lock, request = lock_of(folder), folder / _END_NAME
    try:
        with suppress(Timeout):
            lock.acquire(timeout=0)
        if not lock.is_locked:
            os.close(os.open(request, os.O_WRONLY | os.O_CREAT, 0o600))
            lock.acquire(timeout=_STILL_WRITES_SECONDS)
        yield
    except Timeout:
        raise RecordingError(f"The recording in {folder} is still being written. End that call first.") from None
    finally:
        request.unlink(missing_ok=True)
        lock.release()


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording to read, finished or raw. Its length is that of the moment at which it was opened."""

    folder: Path
    is_finished: bool
    length_samples: int

    @property
    def length_seconds(self) -> float:
        return self.length_samples / SAMPLE_RATE_HZ

    def blocks(self, start_seconds: float = 0.0) -> Iterator[NDArray[np.int16]]:
        """Blocks of at most `BLOCK_SECONDS`: (samples, 2) int16 at 16 kHz, left you, right them.

        Raises:
            RecordingError: the files can't be read.
        """
        start = min(max(0, round(start_seconds * SAMPLE_RATE_HZ)), self.length_samples)
        try:
            yield from self._flac_blocks(start) if self.is_finished else self._raw_blocks(start)
        except (OSError, soundfile.SoundFileError, SealingError) as error:
            raise RecordingError(_cannot_read(self.folder, error)) from error

    def _flac_blocks(self, start: int) -> Iterator[NDArray[np.int16]]:
        with read_flac(self.folder / FLAC_NAME) as file:
            file.seek(start)
            while len(block := file.read(_block_samples())):
                yield block

    def _raw_blocks(self, start: int) -> Iterator[NDArray[np.int16]]:
        for position in range(start, self.length_samples, _block_samples()):
            count = min(_block_samples(), self.length_samples - position)
            block = np.zeros((count, len(Channel)), np.int16)
            for column, channel in enumerate(Channel):
                path = raw_path(self.folder, channel)
                if path.exists():
                    heard = read_raw(path, channel, position, count)
                    block[: len(heard), column] = heard
            yield block


def read_recording(path: Path) -> Recording:
    """The recording in a folder (or that a `call.flac` belongs to). A channel that was not recorded is silent.

    Raises:
        RecordingError: there is none, or it can't be read.
    """
    folder = path.parent if path.name == FLAC_NAME else path
    try:
        if (folder / FLAC_NAME).exists():
            # Both forms exist only between the last two steps of `finish`: by then the finished one is verified.
            with read_flac(folder / FLAC_NAME) as file:
                return Recording(folder, True, file.length_samples)
        raw = [channel for channel in Channel if raw_path(folder, channel).exists()]
        if not raw:
            raise RecordingError(f"There is no recording in {folder}: neither {FLAC_NAME} nor raw sound.")
        lengths = [count_samples(raw_path(folder, channel), channel) for channel in raw]
        return Recording(folder, False, max(lengths))
    except (OSError, soundfile.SoundFileError, SealingError) as error:
        raise RecordingError(_cannot_read(folder, error)) from error


def find_recording(folder: Path) -> Path | None:
    """What `read_recording` can read there: the finished file, the folder with raw sound, or None."""
    if (folder / FLAC_NAME).exists():
        return folder / FLAC_NAME
    return folder if any(raw_path(folder, channel).exists() for channel in Channel) else None


def finish(folder: Path) -> Path | None:
    """Make `call.flac` of the raw files, which are removed once it is verified. Repeating it is harmless.

    Returns:
        The finished file; None where not a single sample was heard (nothing is left then).

    Raises:
        RecordingError: there is no recording, it is still being written, or the disk is full: the raw files stay and
            remain readable.
    """
    read_recording(folder)  # before anything is made: there is one
    try:
        with taken_over(folder):
            finished = _finish(folder)
        (folder / _LOCK_NAME).unlink(missing_ok=True)
        return finished
    except OSError as error:
        raise RecordingError(_cannot_pack(folder, error)) from error


def _finish(folder: Path) -> Path | None:
    target, part = folder / FLAC_NAME, folder / PART_NAME
    recording = read_recording(folder)
    try:
        if not recording.is_finished and recording.length_samples:
            _encode(recording, part, _key_for_finished(folder))
            _verify(recording, part)
            part.replace(target)
            sync(folder)
        for channel in Channel:
            raw_path(folder, channel).unlink(missing_ok=True)
        return target if recording.length_samples else None
    except (OSError, soundfile.SoundFileError, SealingError) as error:
        raise RecordingError(_cannot_pack(folder, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _key_for_finished(folder: Path) -> FileKey | None:
    """A new key where the raw sound is encrypted."""
    for channel in Channel:
        path = raw_path(folder, channel)
        if path.exists() and is_sealed(path):
            return new_key_like(path)
    return None


def _encode(recording: Recording, part: Path, key: FileKey | None) -> None:
    part.unlink(missing_ok=True)
    with write_flac(part, key) as file:
        for block in recording.blocks():
            file.write(block)
    sync(part)


def _verify(recording: Recording, part: Path) -> None:
    """Raises OSError where the file is not sample for sample the recording: an encoder may hide a full disk."""
    with read_flac(part) as file:
        for block in recording.blocks():
            if not np.array_equal(block, file.read(len(block))):
                raise OSError(errno.EIO, "the packed file differs from what was recorded")


def _block_samples() -> int:
    return round(BLOCK_SECONDS * SAMPLE_RATE_HZ)


def reason(error: Exception) -> str:
    """What went wrong, without the name of the file: that stands beside it."""
    if isinstance(error, soundfile.LibsndfileError):
        return str(error.error_string)
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _cannot_pack(folder: Path, error: Exception) -> str:
    return (
        f"The recording could not be packed ({reason(error)}). Nothing is lost: its raw sound stays in {folder} and "
        "can be opened and exported. Free some space on that disk before the next call."
    )


def _cannot_read(folder: Path, error: Exception) -> str:
    if isinstance(error, SealingError):
        return (
            f"The recording in {folder} can't be read here: {error}. Its transcript, other calls, and what lies before "
            "and behind a damaged place are not affected."
        )
    return (
        f"The recording in {folder} can't be read ({reason(error)}). "
        "If it lies on a removable or network disk, connect that and try again; the transcript is not affected."
    )
