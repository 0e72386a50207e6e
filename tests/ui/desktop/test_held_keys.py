"""Keys that are held down, as X11 tells it and Qt often does not notice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.ui.desktop.in_window import READY, button


def tell(
    window, kind: QEvent.Type, key: Qt.Key, text: str, at_ms: int, modifier=Qt.KeyboardModifier.NoModifier
) -> QKeyEvent:
    event = QKeyEvent(kind, key, modifier, text)
    event.setTimestamp(at_ms)
    QApplication.sendEvent(window.windowHandle(), event)
    QApplication.processEvents()
    return event


def hold(window, key: Qt.Key, text: str) -> None:
    """For whatever has the focus: a press, and then a release and a press of one moment, time and again."""
    tell(window, QEvent.Type.KeyPress, key, text, 1000)
    for at_ms in (1660, 1700, 1740):
        tell(window, QEvent.Type.KeyRelease, key, text, at_ms)
        tell(window, QEvent.Type.KeyPress, key, text, at_ms)
    tell(window, QEvent.Type.KeyRelease, key, text, 1765)


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Return, "\r"), (Qt.Key.Key_Space, " ")])
def test_a_key_held_on_start_is_one_press(window, controls, key, text):
    window.show_ready(READY)
    button(window, "Start").setFocus()
    hold(window, key, text)
    assert controls.calls == [] and button(window, "Start without consent").hasFocus()
    tell(window, QEvent.Type.KeyPress, key, text, 3000)
    tell(window, QEvent.Type.KeyRelease, key, text, 3080)
    assert controls.calls == [("start", False)]


def test_enter_held_on_the_way_back_from_the_settings_starts_no_call(window, controls):
    window.show_ready(READY)
    window.settings_over.open()
    button(window, "Back").setFocus()
    hold(window, Qt.Key.Key_Return, "\r")
    assert button(window, "Consent given").hasFocus() and controls.calls == []


def test_a_repeat_is_no_shortcut_and_letters_go_on_being_written(window):
    window.show_ready(READY)
    tell(window, QEvent.Type.KeyRelease, Qt.Key.Key_M, "m", 1660)
    assert tell(window, QEvent.Type.ShortcutOverride, Qt.Key.Key_M, "m", 1660).isAccepted()
    assert not tell(window, QEvent.Type.ShortcutOverride, Qt.Key.Key_M, "m", 2000).isAccepted()
    window.ready_page._role.show()
    window.ready_page._role.setFocus()
    hold(window, Qt.Key.Key_M, "m")
    assert window.ready_page._role.text() == "mmmm"


def test_a_repeat_of_a_key_that_goes_on_while_it_is_held_is_a_shortcut(window):
    control = Qt.KeyboardModifier.ControlModifier
    for key, is_taken in ((Qt.Key.Key_Right, False), (Qt.Key.Key_Left, False), (Qt.Key.Key_E, True)):
        tell(window, QEvent.Type.KeyRelease, key, "", 1660, control)
        assert tell(window, QEvent.Type.ShortcutOverride, key, "", 1660, control).isAccepted() is is_taken


def test_enter_held_goes_on_making_lines_where_there_are_lines(window):
    window.settings_over.open()
    terms = window.settings_over.page.row("glossary").field
    terms.setFocus()
    hold(window, Qt.Key.Key_Return, "\r")
    assert terms.toPlainText() == "\n\n\n\n"
