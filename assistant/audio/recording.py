"""The recording of a call: written so that a crash at any moment costs at most the last second.

While a call runs there is one file per channel (`you.pcm`, `them.pcm`) that needs no end and no index, so whatever has
reached the disk is readable (`assistant.audio.raw_sound`). When the call is over they become one `call.flac` (left you,
right them). Either is encrypted where the recorder was given a key.

The recorder belongs to one thread, which writes; a thread of its own has the system bring what was written through to
the disk, which may take long. `free_seconds` may be asked from any thread.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from filelock import Timeout

from assistant.audio.raw_sound import BYTES_PER_SAMPLE, RawSound, open_raw, raw_path
from assistant.audio.recorded import (
    FLAC_NAME,
    Recording,
    find_recording,
    finish,
    is_asked_to_end,
    lock_of,
    read_recording,
    reason,
    taken_over,
)
from assistant.errors import RecordingError, SealingError
from assistant.sealing.keys import FileKey
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel

_SYNC_SECONDS = 1.0  # what a power cut may cost; a crash of the program costs nothing that was written
__all__ = [
    "CrashSafeRecorder",
    "Recording",
    "find_recording",
    "finish",
    "is_asked_to_end",
    "read_recording",
    "taken_over",
]


class CrashSafeRecorder:
    """Writes each channel strictly by the call's clock; implements `assistant.ports.Recorder`.

    What a channel did not hear is silence in its file. After a failed write the recorder is still usable: once there
    is space again, later frames land at their own times.
    """

    def __init__(
        self, folder: Path, channels: Sequence[Channel], *, goes_on: bool = False, key: FileKey | None = None
    ) -> None:
        """Start empty files in `folder`, which is made if needed; or go on with what a recorder left there that ended
        too early. With a `key` they are encrypted.

        Raises:
            RecordingError: the folder can't be written, it holds a recording already, or another recorder writes it.
        """
        self._folder = folder
        self._sounds: dict[Channel, RawSound] = {}
        self._kept_samples = 0  # of the longest channel, once the files are closed
        self._lock = lock_of(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire(timeout=0)
            self._open(channels, goes_on, key)
        except Timeout:
            raise RecordingError(_cannot_start(folder, FileExistsError(errno.EEXIST, "in use"))) from None
        except (OSError, SealingError) as error:
            self._lock.release()
            raise RecordingError(_cannot_start(folder, error)) from error
        self._syncing = _Syncing(tuple(sound.descriptor for sound in self._sounds.values()))
        self._syncing.start()

    def _open(self, channels: Sequence[Channel], goes_on: bool, key: FileKey | None) -> None:
        """Raises OSError and SealingError, with nothing made that was not there before."""
        if (self._folder / FLAC_NAME).exists():
            raise FileExistsError(errno.EEXIST, "there is a finished recording", FLAC_NAME)
        try:
            for channel in channels:
                self._sounds[channel] = open_raw(self._folder, channel, key, goes_on=goes_on)
        except (OSError, SealingError):
            for channel, sound in self._sounds.items():
                os.close(sound.descriptor)
                if not goes_on:
                    raw_path(self._folder, channel).unlink()
            raise

    def write(self, item: AudioFrame | AudioGap) -> None:
        """Add a frame, or silence for a gap. It has left the program when this returns.

        Sound that overlaps with what is already there is cut, so that nothing later moves.

        Raises:
            RecordingError: the disk takes no more; everything before is kept.
        """
        try:
            sound = self._sounds[item.channel]
            if isinstance(item, AudioGap):
                sound.extend(round(item.end_seconds * SAMPLE_RATE_HZ))
            else:
                start = round(item.start_seconds * SAMPLE_RATE_HZ)
                sound.extend(start)
                sound.append(item.samples[sound.samples - start :])
            if (failure := self._syncing.take_failure()) is not None:
                raise failure
        except OSError as error:
            raise RecordingError(self._stopped_text(error)) from error

    def free_seconds(self, reserve_bytes: int = 0) -> float:
        """How long the disk lasts at the rate of this recording, if so many bytes of it are left free.

        Raises:
            RecordingError: the folder is gone.
        """
        try:
            free_bytes = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise RecordingError(self._stopped_text(error)) from error
        bytes_per_second = max(1, len(self._sounds)) * SAMPLE_RATE_HZ * BYTES_PER_SAMPLE
        return (free_bytes - reserve_bytes) / bytes_per_second

    def close(self) -> None:
        """Write everything through to the disk. Safe to call twice.

        Raises:
            RecordingError: the disk did not take the last second.
        """
        self._syncing.stop()
        failure = self._syncing.take_failure()
        while self._sounds:
            _, sound = self._sounds.popitem()
            self._kept_samples = max(self._kept_samples, sound.samples)
            try:
                os.fsync(sound.descriptor)
            except OSError as error:
                failure = error
            finally:
                os.close(sound.descriptor)
        self._lock.release()
        if failure:
            raise RecordingError(self._stopped_text(failure)) from failure

    def _stopped_text(self, error: OSError) -> str:
        samples = max((sound.samples for sound in self._sounds.values()), default=self._kept_samples)
        kept = samples / SAMPLE_RATE_HZ
        advice = (
            "Free some space on that disk, then start a new recording."
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            else "Check that disk, then start a new recording."
        )
        return (
            f"The recording stopped: {error.strerror or error}. The first {_length(kept)} are kept in {self._folder}; "
            f"what is said from now on is not recorded. {advice}"
        )


class _Syncing(threading.Thread):
    """Brings files through to the disk every second, so that a power cut costs no more than that. Its own thread."""

    def __init__(self, descriptors: Sequence[int]) -> None:
        super().__init__(name="recording-sync", daemon=True)
        self._descriptors = descriptors
        self._stopped = threading.Event()
        self._failure: OSError | None = None

    def run(self) -> None:
        while not self._stopped.wait(_SYNC_SECONDS):
            try:
                for descriptor in self._descriptors:
                    os.fsync(descriptor)
            except OSError as error:
                self._failure = error

    def take_failure(self) -> OSError | None:
        """What the system could not write, once; called by the recorder's thread."""
        failure, self._failure = self._failure, None
        return failure

    def stop(self) -> None:
        """Returns when the descriptors may be closed."""
        self._stopped.set()
        self.join()


def _length(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _cannot_start(folder: Path, error: OSError | SealingError) -> str:
    if isinstance(error, FileExistsError):
        return f"There is a recording in {folder} already; it is left as it is. Start a new call instead."
    return (
        f"The recording can't be started: {folder} can't be written ({reason(error)}). "
        "Make the folder writable or free some space, then start again."
    )
