"""The window during a call: its controls and states, and a whole session that ends in it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog

from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.in_window import button, card_ids, click, hold, status
from tests.ui.in_sight import said_on_screen
from ui.desktop.bridge import Bridge


def test_mark_pause_resume_and_stop_by_key_and_button(window, live, controls):
    state = live(script.events(20.0))
    QTest.keyClick(window, Qt.Key.Key_M)
    QTest.keyClick(window.live_page.transcript, Qt.Key.Key_Space)
    status(window, state, Status(State.PAUSED))
    QTest.keyClick(window.live_page.transcript, Qt.Key.Key_Space)
    status(window, state, Status(State.RECORDING))
    click(window, "Mark")
    click(window, "Pause")
    click(window, "Stop")
    names = [call[0] for call in controls.calls]
    assert names == ["mark", "pause", "resume", "mark", "pause", "stop"]


def test_a_moment_is_marked_with_a_note_that_is_written_later(window, live, controls):
    state = live(script.events(20.0))
    at_seconds = state.clock_seconds
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    line = window.focusWidget()
    assert line is window.live_page.mark_field.line
    state.apply_all(script.events(30.0))  # the call goes on
    QTest.keyClicks(line, "m 1 p ")  # keys of the call are letters here
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert controls.calls == [("mark", "m 1 p", at_seconds)]
    assert window.focusWidget() is window.live_page.transcript and not line.isVisible()
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert line.text() == ""
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert len(controls.calls) == 1 and not line.isVisible()


def test_a_note_that_is_begun_is_kept_when_the_call_is_stopped(window, live, controls):
    state = live(script.events(20.0))
    for text in ("", "ask for the year"):
        QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClicks(window.live_page.mark_field.line, text)
        click(window, "Stop")
    assert controls.calls == [("stop",), ("mark", "ask for the year", state.clock_seconds), ("stop",)]


def test_space_presses_the_control_that_has_the_focus(window, live, controls):
    live(script.events(20.0))
    button(window, "Mark").setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert controls.calls == [("mark", "")]


def test_escape_never_stops_a_recording(window, live, controls):
    live(script.events(20.0))
    for widget in (window, window.live_page.transcript, button(window, "Stop")):
        QTest.keyClick(widget, Qt.Key.Key_Escape)
    assert controls.calls == []
    assert window.isVisible()


def test_each_state_says_so_in_words(window, live):
    state = live(script.events(20.0))
    status(window, state, Status(State.PAUSED))
    assert "Paused" in said_on_screen(window)
    status(window, state, Status(State.RECORDING), Status(State.DEVICE_LOST, "Plug it in again.", Channel.YOU))
    assert "Your microphone is not heard" in said_on_screen(window) and "Plug it in again." in said_on_screen(window)
    status(window, state, Status(State.DEVICE_BACK, channel=Channel.YOU), Status(State.BEHIND, behind_seconds=6.2))
    assert "not heard" not in said_on_screen(window)
    assert "6 s behind: partial text paused" in said_on_screen(window)
    status(window, state, Status(State.DISK_FULL, "Free some space."))
    assert "Not recording" in said_on_screen(window) and "Free some space." in said_on_screen(window)
    status(window, state, Status(State.FINISHED))
    assert button(window, "Done").isVisible()


def test_when_the_call_ends_what_stayed_open_has_no_buttons_any_more(window, live):
    state = live(script.events())
    status(window, state, Status(State.FINISHING), Status(State.FINISHED))
    assert "STAYED OPEN" in said_on_screen(window)
    assert card_ids(window) == ["q3", "q4"]
    assert not [one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.text() == "Later"]


def test_a_stopped_transcription_claims_no_delay(window, live):
    state = live(script.events(20.0))
    assert "0.8 s behind" in said_on_screen(window)
    status(window, state, Status(State.FAILED, "Out of memory."))
    assert "s behind" not in said_on_screen(window)


def test_consent_can_be_noted_during_the_call(window, live, controls):
    live(script.events(20.0))
    click(window, "Note that they gave consent")
    assert controls.calls == [("note_consent",)]
    assert "Consent noted 00:" in said_on_screen(window)


def test_a_covered_chip_shows_its_sentences_by_key(window, live):
    live(script.events())
    chip = button(window, "Hardest part: covered")
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Return)
    assert "our finance lead said no, twice" in window.live_page.bubble_text()
    QTest.keyClick(chip, Qt.Key.Key_Escape)
    assert window.live_page.bubble_text() == ""


@pytest.fixture
def session(window, qtbot):
    """A window with a bridge, and a way to publish from another thread."""
    bridge = Bridge()
    window.show_live("Role", "", bridge)

    def publish(*events: Stamped, is_end: bool = False) -> None:
        def work() -> None:
            for event in events:
                bridge.next(event)
            if is_end:
                bridge.close()

        worker = threading.Thread(target=work)
        worker.start()
        worker.join()
        qtbot.waitUntil(lambda: bridge.waiting() == 0, timeout=3000)
        QApplication.processEvents()

    return publish


def test_events_of_a_session_reach_the_screen(window, session):
    session(*script.events(38.0))
    assert card_ids(window) == ["q1", "q2", "q9"]
    assert window.live_page.model.rowCount() == len(window.state.lines.rows) > 10


def test_closing_during_a_recording_asks_once_in_place(window, controls, session, qtbot):
    session(*script.events(20.0))
    window.close()
    window.close()
    assert window.isVisible() and controls.calls == []
    assert QApplication.activeModalWidget() is None
    click(window, "Keep recording")
    window.close()
    click(window, "Stop and close")
    assert controls.calls == [("stop",)]
    assert window.isVisible()  # until the last words are safe
    with qtbot.waitSignal(window.closed, timeout=3000):
        session(Stamped(Status(State.FINISHED), 21.0, 21.0), is_end=True)
    assert not window.isVisible()


def test_escape_held_takes_one_step_back(window, session):
    session(*script.events(20.0))
    window.settings_over.open()
    window.close()
    assert "still being recorded" in said_on_screen(window)
    hold(window, Qt.Key.Key_Escape, "")
    assert "still being recorded" not in said_on_screen(window)
    assert window.pages.currentWidget() is window.settings_over.page


def test_a_session_that_ends_after_a_failure_lets_the_window_close(window, session, qtbot):
    session(*script.events(20.0), Stamped(Status(State.FAILED, "The engine failed."), 20.0, 20.0), is_end=True)
    qtbot.waitUntil(lambda: "Done" in [one.text() for one in window.findChildren(QAbstractButton) if one.isVisible()])
    assert "The engine failed." in said_on_screen(window)
    with qtbot.waitSignal(window.ready_requested):
        click(window, "Done")
    with qtbot.waitSignal(window.closed):
        window.close()


def test_a_failure_that_the_call_has_told_itself_is_not_told_twice(window, session):
    said = lambda: said_on_screen(window).count("The engine failed.")  # noqa: E731
    session(*script.events(20.0))
    window.show_error("The call has ended early", "The engine failed.")
    assert said() == 1
    session(Stamped(Status(State.FAILED, "The engine failed."), 20.0, 20.0), is_end=True)
    assert said() == 1
    window.show_error("The call has ended early", "The engine failed.")
    assert said() == 1


def test_a_call_can_be_exported_once_it_is_closed_on_the_disk(window, session, qtbot, tmp_path):
    exports = lambda: "Export" in [one.text() for one in window.findChildren(QAbstractButton) if one.isVisible()]  # noqa: E731
    session(*script.events(20.0), Stamped(Status(State.FINISHED), 21.0, 21.0), is_end=True)
    assert not exports()
    window.show_kept("20260301-101500")
    click(window, "Export")
    dialog = window.findChild(QFileDialog)
    with qtbot.waitSignal(window.export_requested) as wanted:
        dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert wanted.args == ["20260301-101500", tmp_path]
    window.show_live("Role", "", Bridge(window))
    assert not exports()
