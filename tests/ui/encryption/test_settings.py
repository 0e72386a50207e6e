"""Encryption of the kept calls in the panel's settings, as a person uses it: real window, real files, real keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from assistant.errors import SealingError
from assistant.sealing import gate, key_store, keys, vault
from assistant.store import Store, conversion
from tests.assistant.store.encryption.secret_calls import readable_files
from tests.opening import CHEAP, PASSPHRASE, InMemory
from tests.ui.desktop.in_window import hold
from tests.ui.encryption.window import Panel, focused
from ui.desktop.encryption_form import TITLE, WARNING
from ui.desktop.passphrase_form import NOT_THE_SAME
from ui.desktop.secret_fields import CodeField, PasswordField
from ui.desktop.tick import Tick
from ui.safekeeping import BUSY, CHANGED, GOING_ON


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


def test_enter_held_in_the_first_field_moves_on_and_tells_no_mistake(panel: Panel) -> None:
    panel.settings()
    panel.click(TITLE)
    panel.types("New passphrase", PASSPHRASE)
    panel.found(QLineEdit, "New passphrase").setFocus()
    hold(panel.window, Qt.Key.Key_Return)
    assert panel.found(QLineEdit, "The same once more").hasFocus() and NOT_THE_SAME not in panel.said()


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
