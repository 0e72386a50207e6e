"""What tests look for, press and show in the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.values import Stamped, Status
from ui.desktop.controls import Ready, Voice

READY = Ready("Backend engineer", Voice("USB microphone"), Voice("Sound of Firefox"))


def button(window, name: str) -> QAbstractButton:
    """The visible button whose name begins so."""
    found = [
        one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.accessibleName().startswith(name)
    ]
    assert len(found) == 1, [one.accessibleName() for one in found]
    return found[0]


def click(window, name: str) -> None:
    QTest.mouseClick(button(window, name), Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def hold(window, key: Qt.Key, text: str = "\r") -> None:
    """Press a key for a second: it repeats itself, each time for whatever has the focus then."""
    for is_repeated in (False, True, True, True):
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, is_repeated)
        QApplication.sendEvent(window.windowHandle(), press)
        QApplication.processEvents()


def card_ids(window) -> list[str]:
    return [widget.card.id for widget in window.live_page.cards.widgets()]


def status(window, state, *statuses: Status) -> None:
    window.call_screen.follow(state.apply_all(Stamped(one, 60.0, 60.0) for one in statuses))
    QApplication.processEvents()
