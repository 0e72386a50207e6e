"""A finished file is encrypted or decrypted in its place, or stays as it is. Blocks for as long as the disk needs."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

from assistant.sealing.keys import FileKey, is_sealed
from assistant.sealing.private import create_private
from assistant.sealing.stream import CHUNK_BYTES, SealingFile, UnsealedFile


def convert_file(path: Path, key: FileKey | None) -> None:
    """Encrypt a file with a new `key`, or decrypt it where that is None. What it held is read back and compared before
    it takes the old one's place, all at once.

    Raises:
        OSError, SealingError: it can't be; the file is as it was.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _reader(path) as source, _writer(part, key) as target:
            while piece := source.read(CHUNK_BYTES):
                target.write(piece)
        with _reader(path) as source, _reader(part) as copy:
            while (piece := source.read(CHUNK_BYTES)) == (written := copy.read(CHUNK_BYTES)) and piece:
                pass
        if piece != written:
            raise OSError(errno.EIO, "what was written differs from what was there")
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Write a file, or a folder's entries, through to the disk. Raises OSError."""
    if path.is_dir() and os.name == "nt":
        return  # folders can't be opened there
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _PlainFile(io.FileIO):
    """A new file, private to the user, that is through to the disk when it is closed."""

    def __init__(self, path: Path) -> None:
        super().__init__(create_private(path), "wb")

    def close(self) -> None:
        if not self.closed:
            os.fsync(self.fileno())
        super().close()


def _reader(path: Path) -> io.BufferedReader:
    return io.BufferedReader(UnsealedFile(path) if is_sealed(path) else io.FileIO(path), CHUNK_BYTES)


def _writer(path: Path, key: FileKey | None) -> io.BufferedWriter:
    return io.BufferedWriter(_PlainFile(path) if key is None else SealingFile(path, key), CHUNK_BYTES)
