"""Encryption of the kept calls in the panel, as a person uses it: real window, real files, real keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from assistant.errors import SealingError
from assistant.sealing import gate, key_store, keys, vault
from assistant.store import Store, conversion, database_copy
from tests.assistant.sealing.test_key_store import InMemory, store
from tests.assistant.store.test_encryption import CHEAP, PASSPHRASE, SECRET, hold_call, readable_files
from ui.desktop.app import application
from ui.desktop.controls import NoControls
from ui.desktop.encryption_form import REMEMBER, TITLE, WARNING
from ui.desktop.passphrase_form import NOT_THE_SAME
from ui.desktop.secret_fields import CodeField, PasswordField
from ui.desktop.tick import Tick
from ui.desktop.unlock_page import UnlockPage
from ui.desktop.window import PanelWindow
from ui.safekeeping import ASKING, BUSY, CHANGED, GOING_ON, NOT_REMEMBERED_HERE, Safekeeping

__all__ = ["store"]  # a fixture that is shared


@pytest.fixture(scope="session")
def qapp() -> Iterator[QApplication]:
    yield application(dark=False)


@pytest.fixture(autouse=True)
def a_kept_call(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(conversion, "convert_database", database_copy._convert)
    monkeypatch.setattr(conversion, "want_encrypted", partial(conversion.want_encrypted, cost=CHEAP))
    with Store.open(home) as store:
        hold_call(store, 1)
    yield
    keys.forget_all()
    gate.ask_by(None)


class Panel:
    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.window = PanelWindow(NoControls())
        self.is_calling = False
        self.safekeeping = Safekeeping(self.window, lambda: self.is_calling)
        qtbot.addWidget(self.window)
        self.window.resize(400, 900)
        self.window.show()
        qtbot.waitExposed(self.window)

    def settings(self) -> None:
        self.window.settings_over.open()
        QApplication.processEvents()

    def found(self, kind: type[Any], name: str) -> Any:
        [one] = [one for one in self.window.findChildren(kind) if one.isVisible() and one.accessibleName() == name]
        return one

    def click(self, name: str) -> None:
        QTest.mouseClick(self.found(QAbstractButton, name), Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def types(self, name: str, text: str, *, enters: bool = False) -> None:
        field = self.found(QLineEdit, name)
        field.clear()
        QTest.keyClicks(field, text)
        if enters:
            QTest.keyClick(field, Qt.Key.Key_Return)

    def said(self) -> str:
        return " | ".join(one.text() for one in self.window.findChildren(QLabel) if one.isVisible())

    def until(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: text in self.said(), timeout=20_000)


@pytest.fixture
def panel(qtbot: Any) -> Iterator[Panel]:
    made = Panel(qtbot)
    yield made
    made.safekeeping.end()


def focused() -> QWidget | None:
    return QApplication.focusWidget()


def test_it_is_turned_on_by_keys_shows_its_code_once_and_is_turned_off(panel: Panel, home: Path) -> None:
    panel.settings()
    tick = panel.found(Tick, TITLE)
    assert not tick.isChecked()
    assert WARNING not in panel.said()
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert WARNING in panel.said()  # before it is turned on
    assert not tick.isChecked()
    assert focused() is panel.found(QLineEdit, "New passphrase")
    assert panel.found(QLineEdit, "New passphrase").echoMode() is QLineEdit.EchoMode.Password
    panel.types("New passphrase", PASSPHRASE, enters=True)
    assert focused() is panel.found(QLineEdit, "The same once more")
    panel.types("The same once more", PASSPHRASE, enters=True)
    assert focused() is tick.parent()  # not at the next button, wherever that is
    panel.until("All kept calls are encrypted.")
    assert focused() is panel.found(CodeField, "Recovery code")
    assert tick.isChecked()
    assert readable_files(home) == []
    code = panel.found(CodeField, "Recovery code").toPlainText()
    panel.click("I have written the recovery code down")
    assert focused() is tick
    assert not [one for one in panel.window.findChildren(CodeField) if one.toPlainText()]
    assert PASSPHRASE not in [one.text() for one in panel.window.findChildren(QLineEdit)]
    keys.forget_all()
    vault.unlock(home, code)

    panel.click(TITLE)
    assert tick.isChecked()
    panel.click("Decrypt all kept calls")
    panel.qtbot.waitUntil(lambda: not gate.is_encrypted(home) and not tick.isChecked(), timeout=20_000)
    assert readable_files(home) != []


def test_what_was_found_before_it_began_is_not_shown_while_it_is_encrypted(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, shown = panel.window.settings_over, []
    show = settings.show_encryption
    monkeypatch.setattr(settings, "show_encryption", lambda state: (shown.append(state), show(state)))
    settings.open()  # which looks how it stands
    settings.encrypt_wanted.emit(PASSPHRASE)
    panel.until("All kept calls are encrypted.")
    *working, last = shown
    assert all(state.is_working for state in working) and not last.is_working


def test_what_is_to_be_typed_and_what_is_wrong_with_it_comes_into_sight(panel: Panel) -> None:
    panel.window.resize(400, 480)
    panel.settings()
    page = panel.window.settings_over.page
    assert page is not None
    tick = panel.found(Tick, TITLE)
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    again = panel.found(QLineEdit, "The same once more")
    panel.qtbot.waitUntil(lambda: again.visibleRegion().boundingRect() == again.rect())
    panel.types("New passphrase", PASSPHRASE)
    panel.types("The same once more", "another", enters=True)
    [problem] = [one for one in panel.window.findChildren(QLabel) if one.text() == NOT_THE_SAME]
    panel.qtbot.waitUntil(lambda: problem.visibleRegion().boundingRect() == problem.rect())


def test_what_cannot_be_is_said_in_place_and_changes_nothing(panel: Panel, home: Path) -> None:
    panel.settings()
    panel.click(TITLE)
    panel.types("New passphrase", PASSPHRASE)
    panel.types("The same once more", PASSPHRASE + "!")
    panel.click("Encrypt all kept calls")
    assert NOT_THE_SAME in panel.said()
    for name in ("New passphrase", "The same once more"):
        panel.types(name, "short")
    panel.click("Encrypt all kept calls")
    panel.until("at least 10 characters")
    assert panel.found(QLineEdit, "New passphrase").text() == "short"  # to be mended, not to be typed anew
    panel.is_calling = True
    for name in ("New passphrase", "The same once more"):  # they are there still
        panel.types(name, PASSPHRASE)
    panel.click("Encrypt all kept calls")
    assert BUSY in panel.said()
    panel.click("Cancel, nothing is changed")
    assert BUSY not in panel.said() and WARNING not in panel.said()
    assert not gate.is_encrypted(home)
    assert not panel.found(Tick, TITLE).isChecked()


def test_another_passphrase_takes_the_place_of_the_old_one(panel: Panel, home: Path) -> None:
    _, code = vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as store:
        conversion.convert(store)
    panel.settings()
    panel.until("All kept calls are encrypted.")
    long = "a passphrase of many words " * 20  # nothing of it may be cut off: it is typed in a terminal, too
    panel.click("Change the passphrase of the kept calls")
    assert focused() is panel.found(QLineEdit, "New passphrase")
    panel.found(QLineEdit, "New passphrase").setText(long)
    panel.found(QLineEdit, "The same once more").setText(long)
    panel.click("Change the passphrase")
    panel.until(CHANGED)
    assert not [one for one in panel.window.findChildren(PasswordField) if one.isVisible()]
    assert panel.found(QAbstractButton, "Change the passphrase of the kept calls")
    assert focused() is panel.found(Tick, TITLE)
    keys.forget_all()
    with pytest.raises(SealingError):
        vault.unlock(home, PASSPHRASE)
    for secret in (long, code):
        vault.unlock(home, secret)
    assert not [one for one in panel.window.findChildren(QLineEdit) if one.text() in (long, code)]


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
    store.kept.clear()  # another computer
    panel.safekeeping.open_first(lambda: opened.append(2))
    panel.until(NOT_REMEMBERED_HERE)
    panel.types("Passphrase", PASSPHRASE, enters=True)
    panel.qtbot.waitUntil(lambda: opened == [1, 2], timeout=20_000)

    keys.forget_all()
    answers = threading.Event()
    store._ask = answers.wait  # type: ignore[assignment]
    panel.safekeeping.open_first(lambda: opened.append(3))
    panel.until(ASKING)
    panel.types("Passphrase", PASSPHRASE, enters=True)  # nobody waits for it
    panel.qtbot.waitUntil(lambda: opened == [1, 2, 3], timeout=20_000)
    answers.set()
    panel.qtbot.wait(50)
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


def test_what_a_kill_has_left_is_gone_on_with_at_the_next_start(panel: Panel, home: Path) -> None:
    vault.create(home, PASSPHRASE, CHEAP)  # and nothing is converted
    panel.settings()
    panel.until("Not all kept calls are encrypted yet.")
    panel.safekeeping.go_on()
    assert GOING_ON in panel.said()
    assert not panel.found(Tick, TITLE).isEnabled()
    panel.until("All kept calls are encrypted.")
    assert panel.found(Tick, TITLE).isEnabled()
    assert readable_files(home) == []


@pytest.fixture
def remembered(home: Path, store: InMemory) -> InMemory:
    """The key store that opens them."""
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as kept:
        conversion.convert(kept)
    key_store.remember(home)
    keys.forget_all()
    return store


def decrypt(panel: Panel) -> None:
    panel.settings()
    panel.until("All kept calls are encrypted.")
    panel.click(TITLE)
    panel.click("Decrypt all kept calls")


def test_a_decryption_that_is_locked_or_broken_off_keeps_the_key_store_as_a_way_in(
    panel: Panel, home: Path, remembered: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    decrypt(panel)
    panel.until("encrypted and locked")
    assert key_store.recall(home)

    def want_plain(folder: Path) -> None:
        conversion_wants_plain(folder)
        panel.is_calling = True

    conversion_wants_plain = conversion.want_plain
    monkeypatch.setattr(conversion, "want_plain", want_plain)
    panel.click("Decrypt all kept calls")
    panel.until("Not all kept calls are decrypted yet.")
    keys.forget_all()
    assert key_store.recall(home)  # at the next start
    panel.is_calling = False
    panel.safekeeping.go_on()
    panel.qtbot.waitUntil(lambda: not gate.is_encrypted(home) and remembered.kept == {}, timeout=20_000)


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


def test_a_key_that_is_damaged_meanwhile_is_told_in_the_settings(
    panel: Panel, home: Path, remembered: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged_after(folder: Path) -> conversion.Encryption:
        found = how_it_stands(folder)
        for name in (gate.FILE_NAME, gate.COPY_NAME):
            (home / name).write_text("{")
        return found

    how_it_stands = conversion.encryption
    monkeypatch.setattr(conversion, "encryption", damaged_after)
    panel.settings()
    panel.until("Put a backup of that file")
