"""The history is encrypted, or decrypted again: the database first, then call by call.

Each step writes the new form beside the old one, reads it back, compares, and only then puts it in the old one's place,
all at once. So there is one whole form of everything at any moment, whatever ends the program; what was not done yet is
found by looking, and done by the next run. A call that is recorded just now, or that can't be read, stays as it is.

Runs on the caller's thread for as long as the disk needs. Other windows can't use the history while the database is
converted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.raw_sound import raw_path
from assistant.audio.recorded import FLAC_NAME, PART_NAME, finish, reason
from assistant.errors import AssistantError, SealingError, StoreError
from assistant.sealing import key_store, vault
from assistant.sealing.files import convert_file
from assistant.sealing.keys import HistoryKey, is_sealed
from assistant.sealing.slots import USUAL_COST, Cost
from assistant.store import driver
from assistant.store.database_copy import convert_database, part_of, remove_database
from assistant.store.folders import SESSIONS_NAME
from assistant.store.schema import translated
from assistant.store.store import Store
from assistant.values import Channel

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Encryption:
    """How it stands with the history in a folder."""

    is_wanted: bool = False  # what is new is encrypted
    is_locked: bool = False  # nobody has given the passphrase yet
    waiting: int = 0  # parts of the history that are not as they are wanted yet

    @property
    def is_settled(self) -> bool:
        return not self.waiting


def encryption(data_folder: Path) -> Encryption:
    """Raises StoreError: what is needed for the key is damaged, or the folder can't be read."""
    with translated(data_folder / driver.PLAIN_NAME):
        kept = vault.find(data_folder)
        if kept is None:
            return Encryption()
        waiting = len(_unlike(data_folder, kept.is_wanted)) + _databases(data_folder, kept.is_wanted)[1].exists()
        return Encryption(kept.is_wanted, kept.is_locked, waiting)


def want_encrypted(data_folder: Path, passphrase: str, cost: Cost = USUAL_COST) -> str:
    """From now on what is new is encrypted; the recovery code, which nobody can ask for again. `convert` does the rest.

    Raises:
        SealingError: the passphrase is too short, the history is encrypted already, its key is lost, or the new one
            can't be written.
    """
    kept = vault.find(data_folder)
    if kept is None:
        driver.located(data_folder)  # a new key would open nothing of a history whose own is gone
        return vault.create(data_folder, passphrase, cost)[1]
    if kept.is_wanted:
        raise SealingError("The kept calls are encrypted already.")
    vault.opened(data_folder, kept)
    vault.change_passphrase(data_folder, passphrase, cost)
    code = vault.change_code(data_folder, cost)
    _want(data_folder, is_wanted=True)
    return code


def want_plain(data_folder: Path) -> None:
    """From now on what is new is not encrypted. `convert` does the rest.

    Raises:
        SealingError: it is locked, or can't be written.
    """
    if (kept := vault.find(data_folder)) is not None:
        vault.opened(data_folder, kept)
        _want(data_folder, is_wanted=False)


def convert(
    store: Store,
    told: Callable[[int, int], object] = lambda done, of: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Bring everything into the form that is wanted; `told` hears how many parts of how many are done. Repeating it is
    harmless, and goes on where it was ended.

    Raises:
        StoreError: something could not be converted; it stays as it is, the text names it, and all else is done.
    """
    with translated(store.path):
        kept = vault.find(store.data_folder)
        if kept is None:
            return
        key = vault.opened(store.data_folder, kept)
        _convert_database(store.data_folder, key, kept.is_wanted)
        folders = _unlike(store.data_folder, kept.is_wanted)
    failures: list[str] = []
    for done, folder in enumerate(folders):
        if is_cancelled():
            return
        told(done, len(folders))
        try:
            _convert_call(store, folder, key if kept.is_wanted else None)
        except AssistantError as error:
            failures.append(f"{folder.name}: {error}")
    told(len(folders), len(folders))
    if failures:
        raise StoreError(_not_converted(failures, kept.is_wanted))
    if not kept.is_wanted:
        with translated(store.path):
            if not _unlike(store.data_folder, is_wanted=False):
                vault.remove(store.data_folder)


def convert_history(
    data_folder: Path,
    told: Callable[[int, int], object],
    is_cancelled: Callable[[], bool] = lambda: False,
    patience: key_store.Patience | None = None,
    asking: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """`convert` the history in `data_folder`. Once nothing of it is encrypted any more, the key store of this computer
    forgets its secret, too: it is asked inside of `asking`, and waited for with `patience`.

    Raises:
        StoreError: as `convert` does, or the history can't be opened.
        SealingError: its key is damaged.
    """
    kept = vault.find(data_folder)
    with Store.open(data_folder) as store:
        convert(store, told, is_cancelled)
    if kept is not None:
        with asking():
            key_store.clear(kept, data_folder, patience)


def _want(data_folder: Path, *, is_wanted: bool) -> None:
    """Raises SealingError, StoreError."""
    with translated(data_folder / driver.PLAIN_NAME):
        current = driver.located(data_folder)
        for path in _databases(data_folder, is_wanted):
            if path != current and current.exists():
                remove_database(path)  # an old one that was left would count from now on
        vault.want(data_folder, is_wanted=is_wanted)


def _convert_call(store: Store, folder: Path, key: HistoryKey | None) -> None:
    """Raises StoreError, RecordingError: it stays as it is."""
    with store.owning(folder.name):
        if any(raw_path(folder, channel).exists() for channel in Channel):
            finish(folder)  # a crash, or a full disk, has left it raw
        path = folder / FLAC_NAME
        try:
            if path.exists() and is_sealed(path) != (key is not None):
                convert_file(path, key.for_new_file() if key is not None else None)
            (folder / PART_NAME).unlink(missing_ok=True)  # of a run that was killed, maybe in the other direction
        except (OSError, SealingError) as error:
            raise StoreError(f"Its recording stays as it is: {reason(error)}.") from error


def _convert_database(data_folder: Path, key: HistoryKey, is_wanted: bool) -> None:
    """Raises StoreError, OSError."""
    wanted, other = _databases(data_folder, is_wanted)
    if other.exists() and not wanted.exists():
        convert_database(other, wanted, key)
    for path in (other, part_of(other)):  # a kill, or on Windows somebody who had it open, may have left them
        remove_database(path)


def _databases(data_folder: Path, is_wanted: bool) -> tuple[Path, Path]:
    """Where the database is to be, and where it may still be."""
    encrypted, plain = data_folder / driver.ENCRYPTED_NAME, data_folder / driver.PLAIN_NAME
    return (encrypted, plain) if is_wanted else (plain, encrypted)


def _unlike(data_folder: Path, is_wanted: bool) -> list[Path]:
    """Folders of calls that hold sound in the other form, the oldest first. Raises OSError."""
    folders = sorted(path for path in (data_folder / SESSIONS_NAME).glob("*") if path.is_dir())
    return [folder for folder in folders if any(is_sealed(path) != is_wanted for path in _sounds(folder))]


def _sounds(folder: Path) -> list[Path]:
    paths = (folder / FLAC_NAME, folder / PART_NAME, *(raw_path(folder, channel) for channel in Channel))
    return [path for path in paths if path.exists() and path.stat().st_size]


def _not_converted(failures: Sequence[str], is_wanted: bool) -> str:
    more = f" And {len(failures) - _MOST_NAMED} more." if len(failures) > _MOST_NAMED else ""
    how = "not encrypted yet" if is_wanted else "still encrypted, and the passphrase is kept for them"
    count = "1 call is" if len(failures) == 1 else f"{len(failures)} calls are"
    named = " ".join(failures[:_MOST_NAMED])
    return f"{count} {how}; all else is done. It is tried again at the next start. {named}{more}"
