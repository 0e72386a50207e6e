"""Encrypted calls are opened before all else in the panel: by a passphrase, or by the key store of this computer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from assistant.errors import SealingError
from assistant.sealing import gate, keys, vault
from assistant.store import Store, conversion
from tests.assistant.store.encryption.secret_calls import SECRET
from tests.opening import CHEAP, PASSPHRASE, InMemory
from tests.ui.encryption.window import Panel, focused
from ui.desktop.encryption_form import REMEMBER
from ui.desktop.tick import Tick
from ui.desktop.unlock_page import UnlockPage
from ui.safekeeping import ASKING, NOT_REMEMBERED_HERE


def test_encrypted_calls_are_asked_for_first_and_opened_by_the_passphrase(panel: Panel, home: Path) -> None:
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as store:
        conversion.convert(store)
    keys.forget_all()
    opened: list[str] = []

    def begin() -> None:
        with Store.open(home) as store:
            opened.extend(summary.title for summary in store.sessions())

    panel.safekeeping.open_first(begin)
    panel.until("Your calls are encrypted")
    field = panel.found(QLineEdit, "Passphrase")
    panel.qtbot.waitUntil(lambda: focused() is field)
    panel.types("Passphrase", "not the right one", enters=True)
    panel.until("neither the passphrase nor the recovery code")
    assert opened == []
    panel.types("Passphrase", PASSPHRASE)
    panel.click("Unlock the kept calls")
    panel.qtbot.waitUntil(lambda: opened == [f"{SECRET} 1"], timeout=20_000)
    panel.qtbot.waitUntil(lambda: not isinstance(panel.window.pages.currentWidget(), UnlockPage))
    assert not [one for one in panel.window.findChildren(QLineEdit) if one.text() == PASSPHRASE and one.isVisible()]


def test_a_computer_that_remembers_opens_them_by_itself(panel: Panel, home: Path, store: InMemory) -> None:
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as kept:
        conversion.convert(kept)
    panel.settings()
    panel.until("All kept calls are encrypted.")
    store.is_locked = True
    panel.click(REMEMBER)
    panel.until("the collection is locked")
    assert not panel.found(Tick, REMEMBER).isChecked() and store.kept == {}
    store.is_locked = False
    panel.click(REMEMBER)
    panel.qtbot.waitUntil(lambda: panel.found(Tick, REMEMBER).isChecked(), timeout=20_000)
    opened: list[int] = []
    keys.forget_all()
    panel.safekeeping.open_first(lambda: opened.append(1))
    panel.qtbot.waitUntil(lambda: opened == [1], timeout=20_000)

    keys.forget_all()
    kept_here = dict(store.kept)
    store.kept.clear()  # another computer
    panel.safekeeping.open_first(lambda: opened.append(2))
    panel.until(NOT_REMEMBERED_HERE)
    panel.types("Passphrase", PASSPHRASE, enters=True)
    panel.qtbot.waitUntil(lambda: opened == [1, 2], timeout=20_000)

    keys.forget_all()
    store.kept.update(kept_here)
    answers = threading.Event()
    store._ask = answers.wait  # type: ignore[assignment]
    panel.safekeeping.open_first(lambda: opened.append(3))
    panel.until(ASKING)
    panel.types("Passphrase", PASSPHRASE, enters=True)  # nobody waits for it
    panel.qtbot.waitUntil(lambda: opened == [1, 2, 3], timeout=20_000)
    answers.set()
    is_answered: list[None] = []
    panel.safekeeping._key_store.do(lambda: None, is_answered.append, pytest.fail)  # behind the question
    panel.qtbot.waitUntil(lambda: is_answered == [None], timeout=30_000)
    assert opened == [1, 2, 3]


def test_without_encryption_it_begins_at_once_and_a_damaged_key_is_told(panel: Panel, home: Path) -> None:
    begun: list[int] = []
    panel.safekeeping.open_first(lambda: begun.append(1))
    assert begun == [1]
    vault.create(home, PASSPHRASE, CHEAP)
    for name in (gate.FILE_NAME, gate.COPY_NAME):
        (home / name).write_text("{")
    panel.safekeeping.open_first(lambda: begun.append(2))
    panel.qtbot.waitUntil(lambda: begun == [1, 2])
    panel.until("Put a backup of that file")


def test_the_end_waits_for_no_key_store(panel: Panel, remembered: InMemory) -> None:
    answers = threading.Event()
    remembered._ask = answers.wait  # type: ignore[assignment]
    panel.safekeeping.open_first(lambda: None)
    panel.until(ASKING)
    ending = threading.Thread(target=panel.safekeeping.end)
    ending.start()
    ending.join(5)
    has_ended = not ending.is_alive()
    answers.set()
    ending.join()
    assert has_ended


def test_a_wrong_passphrase_that_the_key_store_has_overtaken_is_told_nobody(
    panel: Panel, remembered: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, is_refused = threading.Event(), threading.Event()
    remembered._ask = answers.wait  # type: ignore[assignment]

    def refuse(*_: object) -> None:
        is_refused.wait()
        raise SealingError(vault.NEITHER)

    monkeypatch.setattr(vault, "unlock", refuse)
    opened: list[int] = []
    panel.safekeeping.open_first(lambda: opened.append(1))
    panel.until(ASKING)
    [page], is_gone = panel.window.findChildren(UnlockPage), threading.Event()
    page.destroyed.connect(is_gone.set)
    panel.types("Passphrase", "not the right one", enters=True)
    answers.set()
    panel.qtbot.waitUntil(lambda: opened == [1] and is_gone.is_set())
    is_refused.set()
    panel.settings()
    panel.until("All kept calls are encrypted.")  # by the same lane, after the refusal
