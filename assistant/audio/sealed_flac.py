"""FLAC files of both voices, plain or encrypted, read and written block by block. Not for two threads at once.

libsndfile reaches an encrypted file through callbacks that swallow what is raised in them: what goes wrong there is
kept, and raised as soon as libsndfile is back.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.errors import SealingError
from assistant.sealing.keys import FileKey, is_sealed
from assistant.sealing.stream import SealingFile, UnsealedFile
from assistant.values import SAMPLE_RATE_HZ, Channel

_Result = TypeVar("_Result")
_FORM: dict[str, Any] = {
    "mode": "w", "samplerate": SAMPLE_RATE_HZ, "channels": len(Channel), "subtype": "PCM_16", "format": "FLAC",
}  # fmt: skip


class Flac:
    """A file that is open. Methods raise OSError, soundfile.SoundFileError and, of an encrypted one, SealingError."""

    def __init__(self, path: Path | _Sheltered, **form: Any) -> None:
        self._sheltered = path if isinstance(path, _Sheltered) else None
        # Of text soundfile makes bytes itself, and refuses a name that is no Unicode.
        file = os.fsencode(path) if isinstance(path, Path) and os.name == "posix" else path
        self._file: soundfile.SoundFile
        try:
            self._file = self._checked(lambda: soundfile.SoundFile(file, **form))
        except (OSError, soundfile.SoundFileError, SealingError):
            if self._sheltered is not None:
                self._sheltered.leave()
            raise

    @property
    def length_samples(self) -> int:
        return int(self._file.frames)

    def seek(self, sample: int) -> None:
        self._checked(lambda: self._file.seek(sample))

    def read(self, count: int) -> NDArray[np.int16]:
        """(samples, 2) int16: as many as there are still, `count` at most."""
        block: NDArray[np.int16] = self._checked(lambda: self._file.read(count, dtype="int16", always_2d=True))
        return block

    def write(self, block: NDArray[np.int16]) -> None:
        self._checked(lambda: self._file.write(block))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """What was written is whole when this returns, unless an error ends it."""
        self._file.close()
        if self._sheltered is not None:
            self._sheltered.leave(is_whole=kind is None)

    def _checked(self, does: Callable[[], _Result]) -> _Result:
        try:
            return does()
        finally:
            if self._sheltered is not None:
                self._sheltered.raise_failure()


def read_flac(path: Path) -> Flac:
    """Open one. Raises what the methods of `Flac` do."""
    return Flac(_Sheltered(UnsealedFile(path)) if is_sealed(path) else path)


def write_flac(path: Path, key: FileKey | None) -> Flac:
    """Begin a new one, private to the user, with a `key` encrypted. Raises what the methods of `Flac` do."""
    if key is not None:
        return Flac(_Sheltered(SealingFile(path, key)), **_FORM)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return Flac(path, **_FORM)


class _Sheltered:
    """An encrypted file as libsndfile's callbacks need it: nothing is raised in its methods."""

    def __init__(self, file: UnsealedFile | SealingFile) -> None:
        self._file = file
        self._failure: OSError | SealingError | None = None

    def raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def leave(self, is_whole: bool = False) -> None:
        """Close it; where it was written and `is_whole`, raise what went wrong at that."""
        try:
            self._file.close()
        except OSError:
            if is_whole:
                raise
        if is_whole:
            self.raise_failure()

    def readinto(self, buffer: Any) -> int:
        """As much as is wanted, up to the end: libsndfile takes less for the end."""
        return self._kept(lambda: self._fill(memoryview(buffer).cast("B")), 0)

    def write(self, data: bytes) -> int:
        return self._kept(lambda: self._file.write(data), 0)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._kept(lambda: self._file.seek(offset, whence), 0)

    def tell(self) -> int:
        return self._file.tell()

    def _fill(self, view: memoryview) -> int:
        done = 0
        while count := self._file.readinto(view[done:]):
            done += count
        return done

    def _kept(self, does: Callable[[], _Result], otherwise: _Result) -> _Result:
        try:
            return does()
        except (OSError, SealingError, io.UnsupportedOperation) as error:
            self._failure = self._failure or error
            return otherwise
