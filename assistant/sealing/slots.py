"""A slot is the history's key, encrypted with a key that Argon2id (RFC 9106) makes of one secret that may open it."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import Final

from assistant.sealing.keys import KEY_BYTES, NONCE_BYTES, SALT_BYTES, HistoryKey

_CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that looks like something else
_CODE_GROUPS, _GROUP_LETTERS = 6, 5  # 150 bits


@dataclass(frozen=True, slots=True)
class Cost:
    """How much work a guess of a passphrase is. By default the second choice that RFC 9106 recommends: 64 MiB."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 65_536


USUAL_COST: Final = Cost()


@dataclass(frozen=True, slots=True)
class Slot:
    """The history's key, wrapped by one secret."""

    kind: str  # "passphrase", "recovery", or that of `assistant.sealing.key_store`
    salt: bytes
    cost: Cost
    wrapped: bytes


def wrapped_by(kind: str, secret: str, key: HistoryKey, cost: Cost) -> Slot:
    """`key`, which `secret` opens from then on."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    wrapped = AESGCM(_stretched(_spelling(kind, secret), salt, cost)).encrypt(nonce, key.secret, key.id)
    return Slot(kind, salt, cost, nonce + wrapped)


def unwrapped(slot: Slot, secret: str, key_id: bytes) -> bytes | None:
    """The secret of the history's key; None: `secret` is not the one that wrapped it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(_stretched(_spelling(slot.kind, secret), slot.salt, slot.cost))
    try:
        return cipher.decrypt(slot.wrapped[:NONCE_BYTES], slot.wrapped[NONCE_BYTES:], key_id)
    except InvalidTag:
        return None


def _stretched(secret: str, salt: bytes, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    return kdf.derive(secret.encode("utf-8", "surrogatepass"))


def _spelling(kind: str, secret: str) -> str:
    """A secret as it counts, however it was typed: keyboards differ in accents, people in how they copy a code."""
    if kind == "recovery":
        code = "".join(secret.split()).upper().replace("-", "")
        return code.replace("O", "0").replace("I", "1").replace("L", "1")
    return unicodedata.normalize("NFC", secret)


def new_code() -> str:
    import secrets

    groups = ("".join(secrets.choice(_CODE_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_CODE_GROUPS))
    return "-".join(groups)
