"""What opens an encrypted history: the history's key, wrapped once for each secret that may open it.

`encryption.json` beside the database, and a copy of it, hold a slot for the passphrase and one for the recovery code
(`assistant.sealing.slots`). Without one of the two secrets nobody can read what is encrypted, its owner included. While
the file is there the history is encrypted, or on its way to or from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from assistant.errors import SealingError
from assistant.sealing import gate
from assistant.sealing.files import sync
from assistant.sealing.gate import COPY_NAME, FILE_NAME
from assistant.sealing.keys import ID_BYTES, KEY_BYTES, HistoryKey, forget_all, known, remember
from assistant.sealing.private import create_private
from assistant.sealing.slots import USUAL_COST, Cost, Slot, new_code, unwrapped, wrapped_by

LEAST_CHARACTERS: Final = 10
_FORMAT: Final = 2
_FORMAT_WITHOUT_CHECK: Final = 1
_MOST_MEMORY_KIB: Final = 1 << 21
FORGOTTEN: Final = (
    "Nobody can read the calls without the passphrase or the recovery code: if you lose both, they are lost, too."
)
NOT_ENCRYPTED: Final = "The kept calls are not encrypted."
NEITHER: Final = "That is neither the passphrase nor the recovery code. Nothing was changed: try again."
HOW_TO_UNLOCK: Final = (
    "Open them with your passphrase: the panel asks for it, and so does `depthcue` in a terminal. Another window that "
    "was open before they were encrypted has to be started again."
)


@dataclass(frozen=True, slots=True)
class Vault:
    """`is_wanted`: what is new is encrypted; False while the history is being decrypted."""

    id: bytes
    slots: tuple[Slot, ...]
    is_wanted: bool = True

    @property
    def is_locked(self) -> bool:
        return known(self.id) is None


def find(folder: Path) -> Vault | None:
    """The vault of the history in `folder`; None where that is not encrypted.

    Raises:
        SealingError: there is one, but it can't be read, nor can its copy.
    """
    failure: Exception | None = None
    for path in (folder / FILE_NAME, folder / COPY_NAME):
        try:
            return _vault(json.loads(path.read_bytes()))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            failure = failure or error
    if failure is None:
        return None
    reason = failure.strerror if isinstance(failure, OSError) else "it is damaged"
    raise SealingError(
        f"The kept calls are encrypted, and {folder / FILE_NAME}, which holds their key, can't be read ({reason}). Put "
        "a backup of that file in its place; it is needed beside your passphrase. Nothing was changed."
    ) from failure


def create(folder: Path, passphrase: str, cost: Cost = USUAL_COST) -> tuple[HistoryKey, str]:
    """Make a new key and keep it in `folder`, opened by `passphrase` and by the recovery code that is returned with it.
    From then on this process has it.

    Raises:
        SealingError: the passphrase is too short, there is a vault already, or it can't be written.
    """
    check_passphrase(passphrase)
    key = HistoryKey(os.urandom(ID_BYTES), os.urandom(KEY_BYTES))
    code = new_code()
    slots = (wrapped_by("passphrase", passphrase, key, cost), wrapped_by("recovery", code, key, cost))
    if find(folder) is not None:  # not before the slots, which take a while: another window may have made one meanwhile
        raise SealingError("The kept calls are encrypted already.")
    save(Vault(key.id, slots), folder)
    remember(key)
    return key, code


def unlock(folder: Path, secret: str) -> HistoryKey:
    """Open the vault in `folder` with the passphrase or the recovery code; from then on this process has its key.

    Raises:
        SealingError: it is neither (nothing is changed), or there is no vault.
    """
    if (vault := find(folder)) is None:
        raise SealingError(NOT_ENCRYPTED)
    if not any(unlock_by(kind, secret, vault, folder) for kind in ("passphrase", "recovery")):
        raise SealingError(NEITHER)
    return opened(folder, vault)


def unlock_by(kind: str, secret: str, vault: Vault, folder: Path) -> bool:
    """Whether `secret` opens the slot of that kind of the vault in `folder`; from then on this process has the key."""
    for slot in vault.slots:
        if slot.kind == kind and (secret_key := unwrapped(slot, secret, vault.id)) is not None:
            remember(HistoryKey(vault.id, secret_key))
            _make_missing_copy(folder)
            return True
    return False


def opened(folder: Path, vault: Vault) -> HistoryKey:
    """The key of the vault that is in `folder`: known already, or asked for through the gate.

    Raises:
        SealingError: nobody has unlocked it.
    """
    if vault.is_locked:
        gate.ask(folder)
    if (key := known(vault.id)) is None:
        raise SealingError("The kept calls are encrypted and locked. " + HOW_TO_UNLOCK)
    return key


def change_passphrase(folder: Path, passphrase: str, cost: Cost = USUAL_COST) -> None:
    """Let another passphrase open the vault, which is unlocked; the recovery code stays, and no call is rewritten.

    Raises:
        SealingError: the passphrase is too short, the vault is locked, or it can't be written: the old one counts.
    """
    check_passphrase(passphrase)
    put_slot("passphrase", passphrase, folder, cost)


def change_code(folder: Path, cost: Cost = USUAL_COST) -> str:
    """Another recovery code, in place of the one there was. Raises SealingError, as `change_passphrase` does."""
    code = new_code()
    put_slot("recovery", code, folder, cost)
    return code


def want(folder: Path, *, is_wanted: bool) -> None:
    """What is new is encrypted, or not any more. Raises SealingError: it can't be written."""
    if (vault := find(folder)) is not None:
        save(replace(vault, is_wanted=is_wanted), folder)


def check_passphrase(passphrase: str) -> None:
    """Raises SealingError: it is too short to keep anybody out."""
    if len(passphrase.strip()) < LEAST_CHARACTERS:
        raise SealingError(
            f"The passphrase needs at least {LEAST_CHARACTERS} characters: whoever has the disk can try millions. Four "
            "or five words that nobody would say together are good."
        )


def save(vault: Vault, folder: Path) -> None:
    """Keep it, privately and through to the disk; a half-written file never replaces a good one. It counts from when
    the file is there: should the copy fail then, it is made when the vault is opened the next time.

    Raises:
        SealingError: it can't be written; what was there is kept.
    """
    table = _table(vault)
    part, copy_part = (folder / f"{name}.part" for name in (FILE_NAME, COPY_NAME))
    copy = folder / COPY_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(table, part)
        _write(table, copy_part)
        sync(folder)
        part.replace(folder / FILE_NAME)
    except OSError as error:
        _remove(part, copy_part)
        raise SealingError(
            f"{folder / FILE_NAME} can't be written ({error.strerror}). What was there is kept. Make that folder "
            "writable for you or free some space, then try again."
        ) from error
    try:
        copy_part.replace(copy)
    except OSError:
        _remove(copy, copy_part)  # rather none than one that an old secret opens
    with suppress(OSError):  # the same disk took the same a moment ago; what can be read now is what counts
        sync(folder)


def remove(folder: Path) -> None:
    """Nothing is encrypted any more, so that nobody needs the key. Raises OSError."""
    for name in (COPY_NAME, FILE_NAME):
        (folder / name).unlink(missing_ok=True)
    forget_all()


def put_slot(kind: str, secret: str, folder: Path, cost: Cost) -> None:
    """Let `secret` open the vault, which is unlocked, in place of the one of that kind. Raises SealingError."""
    if (vault := find(folder)) is None:
        raise SealingError(NOT_ENCRYPTED)
    key = opened(folder, vault)
    save(_without(vault, kind, wrapped_by(kind, secret, key, cost)), folder)


def drop_slot(kind: str, folder: Path) -> None:
    """No secret of that kind opens the vault any more. Raises SealingError: it can't be written."""
    if (vault := find(folder)) is not None:
        save(_without(vault, kind), folder)


def _make_missing_copy(folder: Path) -> None:
    """As a `save` that could not replace it has left none. Of what is there now: secrets may have changed while one was
    tried."""
    copy, part = folder / COPY_NAME, folder / f"{COPY_NAME}.part"
    if copy.exists() or (kept := find(folder)) is None:
        return
    try:
        _write(_table(kept), part)
        part.replace(copy)
        sync(folder)
    except OSError:
        _remove(part)  # the calls can be read all the same; it is tried again when they are opened the next time


def _write(table: dict[str, Any], part: Path) -> None:
    """Through to the disk, in place of what an earlier attempt has left. Raises OSError."""
    part.unlink(missing_ok=True)
    with os.fdopen(create_private(part), "w", encoding="ascii") as file:
        json.dump(table, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _remove(*paths: Path) -> None:
    """As far as that is possible; whatever stays is replaced by the next `save`."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _without(vault: Vault, kind: str, *new: Slot) -> Vault:
    kept = tuple(slot for slot in vault.slots if slot.kind != kind)
    return replace(vault, slots=(*kept, *new))


def _table(vault: Vault) -> dict[str, Any]:
    """What is written of it, for `_vault` to read."""
    table: dict[str, Any] = {
        "format": _FORMAT,
        "id": _text(vault.id),
        "is_wanted": vault.is_wanted,
        "slots": [
            {"kind": slot.kind, "salt": _text(slot.salt), "cost": asdict(slot.cost), "wrapped": _text(slot.wrapped)}
            for slot in vault.slots
        ],
    }
    return {**table, "check": _check(table)}


def _vault(table: dict[str, Any]) -> Vault:
    """Raises ValueError, KeyError, TypeError, AttributeError: it is no such table."""
    slots = tuple(
        Slot(str(slot["kind"]), b64decode(slot["salt"]), Cost(**slot["cost"]), b64decode(slot["wrapped"]))
        for slot in table["slots"]
    )
    is_known = table["format"] in (_FORMAT, _FORMAT_WITHOUT_CHECK)
    if not is_known or any(slot.cost.memory_kib > _MOST_MEMORY_KIB for slot in slots):
        raise ValueError("written by a newer version")
    if table["format"] == _FORMAT and table["check"] != _check(table):
        raise ValueError("damaged")
    return Vault(b64decode(table["id"]), slots, bool(table["is_wanted"]))


def _check(table: dict[str, Any]) -> str:
    """By which damage is found out that can still be read: the right passphrase would pass for a wrong one."""
    rest = {name: value for name, value in table.items() if name != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode("ascii")).hexdigest()


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
