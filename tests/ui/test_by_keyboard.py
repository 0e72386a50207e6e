"""A whole interview by keyboard alone: real keys, one after the other, for whatever has the focus.

The call is scripted; the window, the pages after a call, the store and the files are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from assistant.settings import Settings
from assistant.store import Store
from assistant.values import Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.conftest import Recorded
from tests.ui.test_past import keep
from ui.desktop.after.export_page import ExportPage
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.session_page import TRANSCRIPT, SessionPage
from ui.desktop.agenda import Agenda
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, Ready, Voice
from ui.desktop.standing import Phase
from ui.desktop.window import PanelWindow
from ui.past import Past

CONTROL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier,
)  # fmt: skip
MICS = (Option("", "The system's default"), Option("usb", "USB microphone"))
READY = Ready("Nurse", Voice("USB", options=MICS), Voice("Firefox", options=MICS), can_choose=True)


class Scripted(Recorded):
    """Answers as the program would, with the script's call."""

    def __init__(self) -> None:
        super().__init__()
        self.window: PanelWindow
        self.past: Past
        self.call_id = ""
        self.bridge = Bridge()
        self.now_seconds = 38.0

    def say(self, *statuses: Status) -> None:
        for one in statuses:
            self.now_seconds += 1.0
            self.bridge.next(Stamped(one, self.now_seconds, self.now_seconds))

    def start(self, consent_given: bool) -> None:
        super().start(consent_given)
        self.window.show_live("Nurse", "Consent given", self.bridge, Agenda(("What was hardest?",), 45))
        for event in script.events(self.now_seconds):
            self.bridge.next(event)

    def pause(self) -> None:
        super().pause()
        self.say(Status(State.PAUSED))

    def resume(self) -> None:
        super().resume()
        self.say(Status(State.RECORDING))

    def stop(self) -> None:
        super().stop()
        self.say(Status(State.FINISHING), Status(State.FINISHED))
        self.window.show_kept(self.call_id)
        self.past.open_after_call(self.call_id)


class Person:
    """Presses keys. Before each one what has the focus must be there, in the window, and not scrolled away."""

    def __init__(self, window: PanelWindow, qtbot: Any) -> None:
        self.window = window
        self._qtbot = qtbot

    def focus(self) -> QWidget:
        QApplication.processEvents()
        focused = QApplication.focusWidget()
        assert focused is not None and focused.isVisible() and self.window.isAncestorOf(focused), focused
        inner = focused.viewport() if isinstance(focused, QAbstractScrollArea) else focused
        assert not inner.visibleRegion().isEmpty(), f"{focused.accessibleName()} is scrolled away"
        return focused

    def lands_on(self, name: str) -> QWidget:
        """After a step the focus is there, and can be seen to be."""
        focused = self.focus()
        assert focused.accessibleName().startswith(name), focused.accessibleName()
        with_focus = focused.grab().toImage()
        focused.clearFocus()
        assert focused.grab().toImage() != with_focus, f"nobody sees that {name} has the focus"
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
        return focused

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.focus(), key, modifier)
        QApplication.processEvents()

    def write(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)
        QApplication.processEvents()

    def tab_to(self, name: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
        """By Tab, as somebody goes who looks for a control by what it says."""
        passed: list[str] = []
        while (here := self.focus().accessibleName()) not in passed[:-1]:
            if here.startswith(name):
                return
            passed.append(here)
            self.press(key)
        raise AssertionError(f"Tab does not lead to {name}, only to {passed}")

    def page(self, kind: type[QWidget]) -> Any:
        self._qtbot.waitUntil(lambda: isinstance(self.window.pages.currentWidget(), kind), timeout=5000)
        return self.window.pages.currentWidget()


@pytest.fixture
def controls(home: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> Iterator[Scripted]:
    monkeypatch.setattr("ui.desktop.card_stack.motion_ms", lambda _widget: 0)
    made = Scripted()
    made.call_id = keep(home, "Nurse")
    window = made.window = PanelWindow(made)
    qtbot.addWidget(window)
    made.past = Past(window)
    made.past.left.connect(lambda: window.show_ready(READY))
    window.resize(400, 900)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_settings(Settings(title="Nurse"))
    window.show_ready(READY)
    yield made
    made.past.end()


def test_a_whole_interview(controls: Scripted, qtbot: Any, tmp_path: Path) -> None:
    window, person = controls.window, Person(controls.window, qtbot)
    phase = lambda: window.state.standing.phase  # noqa: E731

    # Before the call: another microphone, the settings and back; then Enter on consent is all.
    person.lands_on("Consent given")
    person.press(Qt.Key.Key_Comma, CONTROL)
    person.tab_to("Show the plan")
    person.press(Qt.Key.Key_Escape)
    person.lands_on("Consent given")
    person.tab_to("Role", Qt.Key.Key_Backtab)
    person.press(Qt.Key.Key_H, CONTROL)
    person.page(HistoryPage)
    person.press(Qt.Key.Key_Escape)
    person.lands_on("Consent given")
    person.tab_to("Microphone", Qt.Key.Key_Backtab)
    person.press(Qt.Key.Key_Down)
    person.tab_to("Consent given")
    person.press(Qt.Key.Key_Return)
    assert controls.calls[-2:] == [("choose", "mic", "usb"), ("start", True)]

    # During it: a card asked, one put off, a mark, a pause, the reason of a mark, the plan, a chip.
    qtbot.waitUntil(lambda: len(window.live_page.cards.widgets()) == 3)
    controls.calls.clear()
    person.lands_on("Transcript")
    person.press(Qt.Key.Key_1)
    qtbot.wait(750)  # keys are deaf for a moment when cards have got other numbers
    person.press(Qt.Key.Key_1, SHIFT)
    person.press(Qt.Key.Key_M)
    person.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: phase() is Phase.PAUSED)
    person.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: phase() is Phase.RECORDING)
    assert [call[0] for call in controls.calls] == ["asked", "dismissed", "mark", "pause", "resume"]
    person.press(Qt.Key.Key_Left)
    assert "Not said" in window.live_page.bubble_text()
    person.press(Qt.Key.Key_Escape)
    person.press(Qt.Key.Key_P)
    person.press(Qt.Key.Key_P)
    person.tab_to("What was hardest?")
    person.press(Qt.Key.Key_Space)
    assert window.state.agenda.asked == {0}
    person.press(Qt.Key.Key_Q, CONTROL)
    person.lands_on("Keep recording")
    person.press(Qt.Key.Key_Escape)
    person.tab_to("Asked")
    person.press(Qt.Key.Key_Return)
    person.lands_on("Transcript")  # the card that had it is gone
    person.tab_to("Stop the call")
    person.press(Qt.Key.Key_Return)

    # After it: what was covered, a flag, its line corrected, notes, export.
    session = person.page(SessionPage)
    person.lands_on("Summary")
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Return)
    assert session.views.current == TRANSCRIPT and person.focus() is session.transcript
    row = session.transcript.currentIndex().row()
    person.press(Qt.Key.Key_F2)
    person.lands_on("Corrected text")
    person.press(Qt.Key.Key_A, CONTROL)
    person.write("What we say now.")
    person.press(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: session.state.rows[row].text == "What we say now.")
    assert person.focus() is session.transcript
    person.tab_to("View: Transcript", Qt.Key.Key_Backtab)
    for _ in range(3):
        person.press(Qt.Key.Key_Right)
    person.tab_to("Notes on this call")
    person.write("Clear about what went wrong.")
    person.press(Qt.Key.Key_E, CONTROL)
    export = person.page(ExportPage)
    person.lands_on("Write the file")
    export.take_folder(tmp_path)  # the system's own dialog
    person.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(tmp_path.glob("*.md")))
    [written] = tmp_path.glob("*.md")
    assert "What we say now." in written.read_text("utf-8") and "Clear about" in written.read_text("utf-8")
    person.press(Qt.Key.Key_Escape)
    assert person.page(SessionPage) is session
    person.press(Qt.Key.Key_Escape)

    # The history: a word is searched, its place opened, a call deleted and taken back; then the next interview.
    assert window.pages.currentWidget() is window.ready_page
    person.press(Qt.Key.Key_H, CONTROL)
    history = person.page(HistoryPage)
    person.lands_on("Search all transcripts")
    person.write("cardboard")
    qtbot.waitUntil(lambda: bool(history.state.hits))
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Return)
    assert person.page(SessionPage) is session
    person.press(Qt.Key.Key_Escape)
    assert person.page(HistoryPage) is history
    person.press(Qt.Key.Key_Escape)
    person.tab_to("Interviews")
    person.press(Qt.Key.Key_Delete)
    assert history.state.deleted
    person.press(Qt.Key.Key_Z, CONTROL)
    assert not history.state.deleted and person.focus() is history.list
    person.press(Qt.Key.Key_Escape)
    person.lands_on("Consent given")
    with Store.open(tmp_path / "home") as store:
        assert store.load(controls.call_id).notes == "Clear about what went wrong."
