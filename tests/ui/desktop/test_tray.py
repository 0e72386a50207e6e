"""The sign in the system's tray while a call runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSystemTrayIcon

from tests.ui.desktop import script

Reason = QSystemTrayIcon.ActivationReason


@pytest.fixture
def icon(window, live, monkeypatch):
    monkeypatch.setattr("ui.desktop.tray.QSystemTrayIcon.isSystemTrayAvailable", lambda: True)
    live(script.events(20.0))
    window.showMaximized()
    window.showMinimized()
    return window.findChild(QSystemTrayIcon)


def test_a_press_brings_the_window_back_as_it_was(window, icon):
    icon.activated.emit(Reason.Trigger)
    assert not window.isMinimized() and window.isMaximized() and window.isVisible()


def test_a_press_for_the_menu_leaves_the_window_alone(window, icon):
    icon.activated.emit(Reason.Context)
    assert window.isMinimized()
    [show] = icon.contextMenu().actions()
    show.trigger()
    assert window.windowState() == Qt.WindowState.WindowMaximized
