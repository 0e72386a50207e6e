from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from ui.desktop.keyboard import KEYBOARD
from ui.desktop.panel_state import PanelState
from ui.desktop.shortcuts import Keys
from ui.desktop.window import PanelWindow


class Recorded:
    """Controls that remember what was asked of them."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def start(self, consent_given: bool) -> None:
        self.calls.append(("start", consent_given))

    def note_consent(self) -> None:
        self.calls.append(("note_consent",))

    def pause(self) -> None:
        self.calls.append(("pause",))

    def resume(self) -> None:
        self.calls.append(("resume",))

    def stop(self) -> None:
        self.calls.append(("stop",))

    def mark(self, note: str, at_seconds: float | None = None) -> None:
        self.calls.append(("mark", note) if at_seconds is None else ("mark", note, at_seconds))

    def asked(self, follow_up_id: str) -> None:
        self.calls.append(("asked", follow_up_id))

    def dismissed(self, follow_up_id: str) -> None:
        self.calls.append(("dismissed", follow_up_id))

    def choose(self, name: str, value: object) -> None:
        self.calls.append(("choose", name, value))

    def check_voices(self) -> None:
        self.calls.append(("check_voices",))


@pytest.fixture(autouse=True)
def usual_keys() -> None:
    """Whatever the test before has changed."""
    KEYBOARD.use(Keys())


@pytest.fixture
def controls() -> Recorded:
    return Recorded()


@pytest.fixture
def window(qtbot: Any, controls: Recorded) -> PanelWindow:
    made = PanelWindow(controls)
    qtbot.addWidget(made)
    made.resize(400, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that wants no animations."""
    monkeypatch.setattr("ui.desktop.card_stack.motion_ms", lambda _widget: 0)


@pytest.fixture
def live(window: PanelWindow) -> Callable[..., PanelState]:
    """Show a call after some events."""

    def show(events: Any, title: str = "Role", consent: str = "") -> PanelState:
        state = PanelState(title=title, consent=consent)
        state.apply_all(events)
        window.show_state(state, is_live=True)
        QApplication.processEvents()
        return state

    return show
