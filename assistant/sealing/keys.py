"""The keys that this process may use. Once a history is unlocked everything in the process can read it.

Any thread may ask. Keys are derived with HKDF-SHA256 (RFC 5869) and used with AES-256-GCM (NIST SP 800-38D).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import SealingError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
ID_BYTES = 16
SALT_BYTES = 32
CHECK_BYTES = 16
TAG_BYTES = 16
NONCE_BYTES = 12
_MAGIC: Final = b"DEPTHCUE sealed1"
HEADER_BYTES = len(_MAGIC) + ID_BYTES + SALT_BYTES + CHECK_BYTES


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file, or of the files of one running call, with the header that tells which it is.

    The header says by which history's key and with which salt it was derived; its last bytes are derived, too, so that
    a damaged header is found out before anything is read with it.
    """

    header: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> FileKey:
        """What `text` made."""
        data = bytes.fromhex(text)
        return cls(data[:HEADER_BYTES], data[HEADER_BYTES:])

    def text(self) -> str:
        """The key itself, for a pipe to another process: never for a file, a command line or an environment."""
        return (self.header + self.secret).hex()

    def cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.secret)


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """The key of a history: random, made once, never stored as it is."""

    id: bytes  # ID_BYTES that name it
    secret: bytes = field(repr=False)  # KEY_BYTES

    def for_new_file(self) -> FileKey:
        """A key that nothing else has."""
        return self._for_file(os.urandom(SALT_BYTES))

    def for_database(self) -> bytes:
        """KEY_BYTES."""
        return derived(self.secret, b"", b"depthcue database", KEY_BYTES)

    def _for_file(self, salt: bytes) -> FileKey:
        both = derived(self.secret, salt, b"depthcue file", KEY_BYTES + CHECK_BYTES)
        return FileKey(_MAGIC + self.id + salt + both[KEY_BYTES:], both[:KEY_BYTES])


_unlocked: dict[bytes, HistoryKey] = {}


def remember(key: HistoryKey) -> None:
    """Until this process ends, or `forget_all`."""
    _unlocked[key.id] = key


def known(key_id: bytes) -> HistoryKey | None:
    return _unlocked.get(key_id)


def forget_all() -> None:
    _unlocked.clear()


def is_sealed_head(head: bytes) -> bool:
    """Whether a file that begins like this is a sealed one."""
    return head.startswith(_MAGIC)


def is_torn_head(head: bytes) -> bool:
    """Whether this is all of a sealed file whose writer ended within the header: it holds nothing yet."""
    return 0 < len(head) < HEADER_BYTES and (is_sealed_head(head) or _MAGIC.startswith(head))


def is_sealed(path: Path) -> bool:
    """Whether a file is a sealed one. Raises OSError."""
    with path.open("rb") as file:
        return is_sealed_head(file.read(HEADER_BYTES))


def key_of(header: bytes) -> FileKey:
    """The key of the file that begins with `header`.

    Raises:
        SealingError: the header is damaged, or its key is not known in this process.
    """
    if len(header) != HEADER_BYTES or not is_sealed_head(header):
        raise SealingError("its beginning is damaged")
    file_key = _history_key(header)._for_file(header[len(_MAGIC) + ID_BYTES : -CHECK_BYTES])
    if not hmac.compare_digest(file_key.header, header):
        raise SealingError("its beginning is damaged")
    return file_key


def new_key_like(path: Path) -> FileKey:
    """A key for a new file that the same history's key opens as the sealed file at `path`. Raises what `key_of` does,
    and OSError."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    key_of(header)  # is it whole?
    return _history_key(header).for_new_file()


def _history_key(header: bytes) -> HistoryKey:
    key_id = header[len(_MAGIC) : len(_MAGIC) + ID_BYTES]
    if (key := known(key_id)) is None:
        raise SealingError(
            "it is encrypted, and the kept calls are locked: give the passphrase where the program asks for it"
        )
    return key


def derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    """HKDF-SHA256: `length` bytes for one purpose, from which `secret` and those for others can't be found."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt or bytes(hashlib.sha256().digest_size), purpose).derive(secret)
