from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.desktop.after.calls import interview
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.session_page import SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.held_keys import HeldKeys

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


class Sound:
    """A recording that is heard as fast as a test says."""

    def __init__(self, length_seconds: float = 186.85) -> None:
        self.length_seconds = length_seconds
        self.is_playing = self.is_closed = False
        self.position_seconds = 0.0
        self.failure = ""
        self.fails = ""

    def play(self, from_seconds: float | None = None) -> None:
        self.position_seconds = self.position_seconds if from_seconds is None else from_seconds
        self.is_playing, self.failure = not self.fails, self.fails

    def pause(self) -> None:
        self.is_playing = False

    def seek(self, to_seconds: float) -> None:
        self.position_seconds = to_seconds

    def close(self) -> None:
        self.is_playing, self.is_closed = False, True


@pytest.fixture
def sound() -> Sound:
    return Sound()


@pytest.fixture
def shown(qtbot: Any) -> Callable[[QWidget, int], None]:
    def show(page: QWidget, width: int = 400) -> None:
        qtbot.addWidget(page)
        page.resize(width, 800)
        page.show()
        qtbot.waitExposed(page)
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.windowHandle().installEventFilter(HeldKeys(page))  # as the panel's window does

    return show


@pytest.fixture
def session(shown: Callable[..., None], sound: Sound) -> SessionPage:
    page = SessionPage()
    shown(page)
    page.show_session(SessionState.of(interview()), sound)
    page.start()
    QApplication.processEvents()
    return page


@pytest.fixture
def history(shown: Callable[..., None]) -> HistoryPage:
    page = HistoryPage(lambda: NOW)
    shown(page)
    return page


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key for whatever has the focus in the widget's window."""
    QTest.keyClick(widget.window().focusWidget() or widget, key, modifier)
    QApplication.processEvents()
