"""Can calls be kept here, and are those that are kept as they should be?"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assistant import settings as stored_settings
from assistant.errors import SealingError, StoreError
from assistant.plain import counted, plain
from assistant.values import SAMPLE_RATE_HZ
from ui.doctor.finding import Finding, Health

_KEY_STORE_PATIENCE_SECONDS = 15.0  # a person may have to open it first
_HOUR_BYTES = 2 * 2 * SAMPLE_RATE_HZ * 3600  # two channels of 16 bit, as a call is kept while it runs


def data_folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "data folder",
            Health.PROBLEM,
            f"{plain(str(folder))} can't be written ({error.strerror}): nothing can be kept. Mend its permissions, or "
            f"set {stored_settings.HOME_VARIABLE} to a folder of yours.",
        )
    hours = free_bytes / _HOUR_BYTES
    text = f"{plain(str(folder))}, {free_bytes / 1e9:.1f} GB free, room for {hours:.0f} h of calls"
    if hours < 1:
        return Finding("data folder", Health.PROBLEM, f"{text}. Free some space before a call.")
    return Finding("data folder", Health.OK if hours >= 5 else Health.NOTE, text)


def encryption(folder: Path) -> Finding:
    from assistant.store import conversion

    try:
        state = conversion.encryption(folder)
    except StoreError as error:
        return Finding("encryption", Health.PROBLEM, str(error))
    if state.is_wanted and state.is_settled:
        return Finding("encryption", Health.OK, "all kept calls are encrypted")
    if state.is_wanted:
        parts = f"{counted(state.waiting, 'part')} of the history"
        return Finding("encryption", Health.NOTE, f"on, but {parts} can be read still: depthcue sessions encrypt")
    if not state.is_settled:
        return Finding("encryption", Health.NOTE, "off, but some of it is still encrypted: depthcue sessions decrypt")
    return Finding("encryption", Health.OK, "off; `depthcue sessions encrypt` or the settings turn it on")


def opens_by_itself(folder: Path) -> Iterator[Finding]:
    """Whether this computer opens encrypted calls by itself, where it is to."""
    from assistant.sealing import key_store, vault

    try:
        kept = vault.find(folder)
        if kept is None or not key_store.is_remembered(kept):
            return
        does_open = key_store.recall(folder, key_store.Patience(_KEY_STORE_PATIENCE_SECONDS))
    except SealingError as error:
        yield Finding("key store", Health.NOTE, str(error))
    else:
        yield (
            Finding("key store", Health.OK, "opens the kept calls by itself, for whoever uses this computer as you")
            if does_open
            else Finding(
                "key store",
                Health.NOTE,
                "was to open the kept calls, but has nothing here that does, so the passphrase is asked for. Turn "
                '"Remember on this computer" in the settings off and on again.',
            )
        )


def database(folder: Path) -> Finding:
    from assistant.store import Store, conversion
    from assistant.store.driver import located

    try:
        if not located(folder).exists():
            return Finding("history", Health.OK, "empty; the first call starts it")
        if conversion.encryption(folder).is_locked:
            return Finding("history", Health.OK, "locked, so its calls are not counted")
        with Store.open(folder) as store:
            return Finding("history", Health.OK, counted(len(store.sessions()), "call"))
    except (SealingError, StoreError) as error:
        return Finding("history", Health.PROBLEM, str(error))
