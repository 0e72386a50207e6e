"""A sealed file: chunks of 64 KiB, each encrypted and authenticated by itself, so that it can be read from anywhere.

The header of `assistant.sealing.keys`, then the chunks. The nonce of a chunk is its number and whether it is the last
one: chunks can't be moved, left out or cut off without being found out (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015). Each file has a key
of its own, and each of its chunks is sealed once.

Not for two threads at once.
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import Any

from assistant.errors import SealingError
from assistant.sealing.keys import HEADER_BYTES, TAG_BYTES, FileKey, key_of
from assistant.sealing.private import create_private

CHUNK_BYTES = 64 * 1024
_NONCE = struct.Struct(">3xQB")  # number of the chunk, whether it is the last one


class UnsealedFile(io.RawIOBase):
    """What a sealed file holds, to read and to seek in. Chunks are decrypted as they are wanted."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, and SealingError where its key is not known or its beginning or size is damaged."""
        super().__init__()
        self._file = path.open("rb")
        try:
            key = key_of(self._file.read(HEADER_BYTES))
            self._cipher, self._header = key.cipher(), key.header
            self._chunks, self.length = _sizes(os.fstat(self._file.fileno()).st_size - HEADER_BYTES)
            self._position = 0
            self._number, self._chunk = -1, b""
            if not self.length:
                self._unsealed(0)  # nobody will read there, and it may have been cut off
        except SealingError:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.length}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Raises OSError, and SealingError where the chunk there is damaged; others can be read all the same."""
        number, start = divmod(self._position, CHUNK_BYTES)
        if self._position >= self.length or not len(buffer):
            return 0
        piece = self._unsealed(number)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _unsealed(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if number != self._number:
            self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
            nonce = _NONCE.pack(number, number == self._chunks - 1)
            try:
                sealed = self._file.read(CHUNK_BYTES + TAG_BYTES)
                self._number, self._chunk = number, self._cipher.decrypt(nonce, sealed, self._header)
            except InvalidTag:
                percent = 100 * number * CHUNK_BYTES // max(1, self.length)
                raise SealingError(f"it is damaged at {percent} % of its length") from None
        return self._chunk


class SealingFile(io.RawIOBase):
    """Writes a sealed file. What is encrypted never touches the disk as it is.

    It is written from its beginning to its end, except that the first chunk may be gone back to until `close`: formats
    that state their length in front do so at the end.
    """

    def __init__(self, path: Path, key: FileKey) -> None:
        """A new file, private to the user. Raises OSError, FileExistsError among them."""
        super().__init__()
        self._file = os.fdopen(create_private(path), "wb")
        self._file.write(key.header)
        self._file.seek(HEADER_BYTES + CHUNK_BYTES + TAG_BYTES)  # the first chunk is sealed last, at its place
        self._cipher, self._header = key.cipher(), key.header
        self._first: bytearray = bytearray()
        self._rest: bytearray = bytearray()  # of the chunk that is being filled, from the second on
        self._sealed_chunks = 1  # the first one as if it were
        self._position = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        """Raises OSError: the disk takes no more, or it is written where it can't be any more."""
        left = memoryview(data).cast("B")
        length = len(left)
        if self._position > self._length or CHUNK_BYTES <= self._position < self._length:
            raise io.UnsupportedOperation("a sealed file is written in order")
        if self._position < CHUNK_BYTES:
            piece = left[: CHUNK_BYTES - self._position]
            self._first[self._position : self._position + len(piece)] = piece
            left = left[len(piece) :]
            if left and self._length > CHUNK_BYTES:
                raise io.UnsupportedOperation("a sealed file is written in order")
        self._rest += left
        while len(self._rest) > CHUNK_BYTES:
            self._seal(self._sealed_chunks, self._rest[:CHUNK_BYTES], is_last=False)
            self._sealed_chunks += 1
            del self._rest[:CHUNK_BYTES]
        self._position += length
        return length

    def close(self) -> None:
        """Write what is missing, through to the disk. Raises OSError: the file is not whole then."""
        if self.closed:
            return
        try:
            if self._rest:
                self._seal(self._sealed_chunks, self._rest, is_last=True)
            self._file.seek(HEADER_BYTES)
            self._seal(0, self._first, is_last=not self._rest)
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
            super().close()

    @property
    def _length(self) -> int:
        beyond = (self._sealed_chunks - 1) * CHUNK_BYTES + len(self._rest)
        return len(self._first) + beyond

    def _seal(self, number: int, chunk: bytes | bytearray, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_NONCE.pack(number, is_last), bytes(chunk), self._header))


def _sizes(sealed_bytes: int) -> tuple[int, int]:
    """How many chunks there are, and how many bytes in them."""
    chunks = max(1, -(-sealed_bytes // (CHUNK_BYTES + TAG_BYTES)))
    length = sealed_bytes - chunks * TAG_BYTES
    if length < 0 or (chunks > 1 and length <= (chunks - 1) * CHUNK_BYTES):  # the last of several is never empty
        raise SealingError("it is cut off")
    return chunks, length
