"""A call that is over, as a person goes through it: real keys and clicks on the real page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QListView, QPlainTextEdit, QWidget

from assistant.call import Correction, Version
from assistant.settings import Appearance
from tests.ui.desktop.after.calls import corrected, interview, long_call
from tests.ui.desktop.after.conftest import Sound, press
from tests.ui.desktop.conftest import said_on_screen
from ui.desktop.after.moments import POINT_NAMES
from ui.desktop.after.session_page import FLAGS, NOTES, SUMMARY, TRANSCRIPT, SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.app import dress
from ui.desktop.theme import Type, font

CONTROL = Qt.KeyboardModifier.ControlModifier


def row_with(page, text: str) -> int:
    return next(row for row, line in enumerate(page.state.rows) if text in line.text)


def place_of_word(page, text: str) -> tuple[QPoint, float]:
    """Where a word stands in the viewport, and when it is said."""
    view = page.transcript
    row = row_with(page, text)
    view.scrollTo(page.model.index(row))
    QApplication.processEvents()
    line = page.state.rows[row]
    first = line.text.index(text)
    box = view._layout_of(row)._boxes(first, first + 3)[0].translated(14, view._rows.top(row) + view._offset())
    word = next(word for word in line.words if text in word.text)
    return box.center().toPoint(), word.start_seconds


def open_view(page, view: int) -> None:
    QTest.mouseClick(page.views.tabs.tab(view), Qt.MouseButton.LeftButton)
    QApplication.processEvents()


# --- views ---


def test_it_opens_with_what_was_covered_and_the_list_leads_to_the_place(session, sound) -> None:
    assert session.views.tabs.current == SUMMARY and session.summary.isVisible() and session.summary.hasFocus()
    press(session, Qt.Key.Key_Down)
    key = session.summary.current_key()
    press(session, Qt.Key.Key_Return)
    assert session.views.tabs.current == TRANSCRIPT and session.transcript.hasFocus()
    assert sound.position_seconds == pytest.approx(float(key.removeprefix("at "))) and not sound.is_playing
    assert session.transcript.currentIndex().row() == session.state.row_at(sound.position_seconds)


def test_a_call_that_was_searched_opens_at_the_line_that_was_found(session, sound) -> None:
    row = row_with(session, "cardboard")
    session.show_session(session.state, sound, session.state.rows[row].utterance)
    session.start()
    assert session.views.tabs.current == TRANSCRIPT and session.transcript.currentIndex().row() == row
    assert session.transcript.viewport().rect().contains(session.transcript.visualRect(session.model.index(row)))
    press(session, Qt.Key.Key_Space)
    assert sound.is_playing and sound.position_seconds == session.state.rows[row].start_seconds


def test_views_and_filters_go_by_arrow_keys(session) -> None:
    session.views.tabs.tab(SUMMARY).setFocus()
    press(session, Qt.Key.Key_Right)
    assert session.views.tabs.current == FLAGS and session.flags.isVisible() and not session.summary.isVisible()
    session.flags.filter.tab(0).setFocus()
    press(session, Qt.Key.Key_Right)
    assert [session.flags.list.entries.entry(row).key for row in range(session.flags.list.entries.rowCount())] == [
        "f3",
        "f4",
    ]
    press(session, Qt.Key.Key_Left)
    press(session, Qt.Key.Key_Left)
    assert session.flags.filter.current == 3 and session.flags.list.current_key() == "f2"
    session.flags.list.setFocus()
    press(session, Qt.Key.Key_Return)
    assert session.views.tabs.current == TRANSCRIPT


def test_wide_the_transcript_stands_beside_the_other_views(session) -> None:
    session.resize(1000, 700)
    QApplication.processEvents()
    assert session.transcript.isVisible() and session.summary.isVisible()
    assert not session.views.tabs.tab(TRANSCRIPT).isVisible()
    open_view(session, NOTES)
    assert session.transcript.isVisible() and session.notes.field.isVisible()
    session.resize(400, 700)
    QApplication.processEvents()
    assert not session.transcript.isVisible() and session.views.tabs.tab(TRANSCRIPT).isVisible()


@pytest.mark.parametrize("width", [320, 400, 520, 800, 1200])
def test_nothing_is_cut_off_at_any_width(session, width: int) -> None:
    session.resize(width, 700)
    for view in (TRANSCRIPT, SUMMARY, FLAGS, NOTES):
        open_view(session, view) if session.views.tabs.tab(view).isVisible() else None
        for child in session.findChildren(QWidget):
            if child.isVisible() and isinstance(child, (QAbstractButton, QListView, QPlainTextEdit)):
                box = QRect(child.mapTo(session, QPoint(0, 0)), child.size())
                assert session.rect().contains(box), (child.accessibleName(), box)
                if isinstance(child, QAbstractButton):
                    assert child.width() >= child.sizeHint().width() - 1, child.accessibleName()


# --- two versions ---


@pytest.fixture
def second(session, sound) -> SessionState:
    """The call transcribed once more, in which nothing is flagged and one line reads otherwise."""
    live = interview()
    said = tuple(replace(word, text=word.text.upper()) for word in live.utterances[4].words)
    utterances = (*live.utterances[:4], replace(live.utterances[4], words=said), *live.utterances[5:])
    again = replace(live, version=Version.SECOND, utterances=utterances, flags=(), follow_ups=(), model="base")
    session.show_session(SessionState.of(again, has_second_pass=True), sound)
    sound.is_closed = False
    QApplication.processEvents()
    return SessionState.of(live, has_second_pass=True)


def test_a_call_with_one_version_has_no_switch(session) -> None:
    assert not session.versions.isVisible()


def test_the_versions_are_switched_by_key_and_everything_follows(session, second, sound, qtbot) -> None:
    assert session.versions.isVisible() and session.versions.current == 1
    open_view(session, FLAGS)
    assert session.flags.list.current_key() == "" and "once more by base" in said_on_screen(session)
    session.player.go_to(61.0)
    session.versions.tab(1).setFocus()
    with qtbot.waitSignal(session.version_wanted) as told:
        press(session, Qt.Key.Key_Left)
    assert told.args == [Version.LIVE]
    session.show_version(second)
    assert session.flags.list.current_key() == "f1" and "once more" not in said_on_screen(session)
    assert session.timeline.value() == 61_000 and sound.position_seconds == 61.0 and not sound.is_closed
    assert session.views.tabs.current == FLAGS and session.versions.tab(0).hasFocus()
    assert session.state.rows[4].text != session.state.rows[4].text.upper()


def test_a_correction_belongs_to_the_version_that_is_shown(session, second) -> None:
    open_view(session, TRANSCRIPT)
    session.transcript.setFocus()
    press(session, Qt.Key.Key_F2)
    assert session.correction.is_open and not session.versions.isEnabled()
    press(session, Qt.Key.Key_Escape)
    assert session.versions.isEnabled()


# --- sound ---


def test_a_click_on_a_word_plays_from_there_and_the_heard_word_is_lit(session, sound, qtbot) -> None:
    open_view(session, TRANSCRIPT)
    place, at_seconds = place_of_word(session, "7000%")
    QTest.mouseClick(session.transcript.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sound.is_playing and sound.position_seconds == at_seconds
    lit = session.transcript._lit
    assert session.state.rows[lit.row].text[lit.first : lit.last] == "7000%."
    before = session.transcript.viewport().grab().toImage()
    sound.position_seconds = 100.0
    qtbot.waitUntil(lambda: session.transcript._lit is not lit)
    row = session.state.words.at(100.0).row
    assert session.transcript._lit.row == row
    assert session.transcript.viewport().rect().intersects(session.transcript.visualRect(session.model.index(row)))
    assert session.transcript.viewport().grab().toImage() != before
    assert session.timeline.value() == 100_000


def test_a_click_beside_the_words_plays_nothing(session, sound) -> None:
    open_view(session, TRANSCRIPT)
    QTest.mouseClick(session.transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    view = session.transcript.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=place_of_word(session, "7000%")[0])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place_of_word(session, "7000%")[0] + QPoint(0, 60))
    assert not sound.is_playing


def test_whoever_scrolls_while_it_plays_is_left_there(session, sound, qtbot) -> None:
    open_view(session, TRANSCRIPT)
    session.player.play_from(1.0)
    bar = session.transcript.verticalScrollBar()
    bar.setValue(bar.maximum())
    there = bar.value()
    lit = session.transcript._lit
    sound.position_seconds = 60.0
    qtbot.waitUntil(lambda: session.transcript._lit is not lit)
    assert bar.value() == there


def test_play_pause_and_skip_by_keyboard(session, sound) -> None:
    press(session, Qt.Key.Key_Space)
    assert sound.is_playing and "Pause" in [b.text() for b in session.player.findChildren(QAbstractButton)]
    press(session, Qt.Key.Key_Right, CONTROL)
    assert sound.position_seconds == 10.0
    press(session, Qt.Key.Key_Space)
    press(session, Qt.Key.Key_Left, CONTROL)
    press(session, Qt.Key.Key_Left, CONTROL)
    assert not sound.is_playing and sound.position_seconds == 0.0 and "00:00 of 03:06" in said_on_screen(session)


def test_where_nothing_can_be_heard_it_says_why_and_the_text_stays(session, sound, qtbot) -> None:
    sound.fails = "The recording can't be heard: no output can be opened."
    with qtbot.waitSignal(session.not_heard) as told:
        press(session, Qt.Key.Key_Space)
    assert told.args == [sound.fails] and session.summary.isVisible()
    session.show_session(SessionState.of(interview()), None)
    press(session, Qt.Key.Key_Space)
    assert "No sound was kept" in said_on_screen(session) and sound.is_closed


def test_the_timeline_goes_to_a_moment_by_click_and_by_key(session, sound) -> None:
    line = session.timeline
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(140.0)), 30))
    assert sound.position_seconds == pytest.approx(140.0, abs=1.0)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(61.0)) + 2, 30))
    assert sound.position_seconds in [point.at_seconds for point in session.state.timeline.points]
    line.setFocus()
    at_seconds = sound.position_seconds
    press(session, Qt.Key.Key_Right)
    assert sound.position_seconds == pytest.approx(at_seconds + 5.0, abs=0.01)
    press(session, Qt.Key.Key_Home)
    assert sound.position_seconds == 0.0
    press(session, Qt.Key.Key_End)
    assert sound.position_seconds == pytest.approx(186.85, abs=0.01)


def test_with_the_largest_text_titles_facts_and_legend_are_whole_and_all_is_in_reach(session, qtbot, qapp) -> None:
    try:
        dress(qapp, Appearance.LIGHT, 200)
        session.window().resize(320, 900)
        qtbot.wait(120)  # until no layout waits for another one
        for block in (session.bar._title, session.bar._facts):
            assert "".join(block._laid_out(block.width())).replace(" ", "") == block.text().replace(" ", "")
            assert block.height() >= block.heightForWidth(block.width())
        line = session.timeline
        assert [kind for kind, _, _ in line._legend(line.width())] == list(POINT_NAMES)
        for kind, x, _ in line._legend(line.width()):
            assert x + QFontMetricsF(font(Type.TINY)).horizontalAdvance(POINT_NAMES[kind]) < line.width()
        assert line.height() == line.heightForWidth(line.width()) > line.heightForWidth(1000)
        assert session.views.height() > session.height() / 2
        line.setFocus()
        for _ in range(3):
            QTest.keyClick(session.focusWidget(), Qt.Key.Key_Tab)
            focused = session.focusWidget()
            qtbot.waitUntil(lambda: focused.visibleRegion().boundingRect() == focused.rect())  # noqa: B023 at once
    finally:
        dress(qapp, Appearance.LIGHT)


# --- writing ---


def test_a_line_is_corrected_by_keyboard_alone(session, qtbot) -> None:
    open_view(session, TRANSCRIPT)
    row = row_with(session, "OMS")
    session.transcript.setFocus()
    session.transcript.setCurrentIndex(session.model.index(row))
    press(session, Qt.Key.Key_F2)
    assert session.correction.is_open and "Heard: Oh, and we moved" in said_on_screen(session)
    QTest.keyClicks(session.focusWidget(), "We moved everything over.")
    with qtbot.waitSignal(session.corrected) as told:
        press(session, Qt.Key.Key_Return, CONTROL)
    assert told.args == [row, "We moved everything over."] and not session.correction.is_open
    assert session.transcript.hasFocus()

    number = session.state.rows[row].utterance
    session.show_corrected(corrected(session.state, Correction(number, "We moved everything over.")))
    assert "corrected" in session.model.data(session.model.index(row)) and session.views.tabs.current == TRANSCRIPT


def test_a_correction_is_given_up_without_a_trace_and_never_empty(session, qtbot) -> None:
    open_view(session, TRANSCRIPT)
    session.transcript.setFocus()
    session.transcript.setCurrentIndex(session.model.index(row_with(session, "Marked")))
    press(session, Qt.Key.Key_F2)
    assert not session.correction.is_open  # a mark is no line of speech
    session.transcript.setCurrentIndex(session.model.index(3))
    with qtbot.assertNotEmitted(session.corrected), qtbot.assertNotEmitted(session.back):
        press(session, Qt.Key.Key_F2)
        press(session, Qt.Key.Key_Delete)
        press(session, Qt.Key.Key_Return, CONTROL)
        assert session.correction.is_open
        press(session, Qt.Key.Key_Escape)
    assert not session.correction.is_open


def test_notes_are_stored_by_themselves_and_at_the_latest_when_the_page_is_left(session, qtbot) -> None:
    open_view(session, NOTES)
    session.notes.field.setFocus()
    with qtbot.waitSignal(session.notes_written, timeout=2000) as told:
        QTest.keyClicks(session.notes.field, "Ask 1 more M")
    assert told.args == ["Ask 1 more M"]
    QTest.keyClicks(session.notes.field, "!")
    with qtbot.waitSignal(session.notes_written) as told:
        session.leave()
    assert told.args == ["Ask 1 more M!"]
    with qtbot.assertNotEmitted(session.notes_written):
        session.leave()


def test_escape_and_export_by_key(session, qtbot) -> None:
    with qtbot.waitSignal(session.export_wanted):
        press(session, Qt.Key.Key_E, CONTROL)
    with qtbot.waitSignal(session.back):
        press(session, Qt.Key.Key_Escape)


# --- everyone, and a lot of it ---


def test_every_control_has_a_name_and_the_rows_are_read_out(session) -> None:
    for view in (TRANSCRIPT, SUMMARY, FLAGS, NOTES):
        open_view(session, view)
        for child in session.findChildren(QWidget):
            if child.isVisible() and child.focusPolicy() is not Qt.FocusPolicy.NoFocus:
                interface = QAccessible.queryAccessibleInterface(child)
                assert interface.text(QAccessible.Text.Name), child
    role = QAccessible.queryAccessibleInterface(session.timeline).role()
    assert role is QAccessible.Role.Slider
    assert "Withdrawn" in session.flags.list.entries.data(session.flags.list.entries.index(1))


def test_hostile_texts_are_shown_as_text(session, sound) -> None:
    hostile = "<b>x</b>\u202e" + "a" * 10_000 + " 👩‍👩‍👧 שלום é́́́́"
    call = interview()
    flags = (replace(call.flags[0], flag=replace(call.flags[0].flag, quote=hostile, reason=hostile)), *call.flags[1:])
    state = SessionState.of(replace(call, title=hostile, notes=hostile, flags=flags))
    session.show_session(state, sound)
    for view in (TRANSCRIPT, SUMMARY, FLAGS, NOTES):
        open_view(session, view)
        session.grab()
    assert "<b>x</b>" in state.flag_entries(None)[0].title and session.width() == 400


def test_three_hours_are_shown_like_three_minutes(shown, qtbot) -> None:
    call = long_call(lines=2400)
    page = SessionPage()
    shown(page)
    page.show_session(SessionState.of(call), Sound(call.duration_seconds))
    open_view(page, FLAGS)
    open_view(page, TRANSCRIPT)
    page.grab()
    assert len(page.state.flags) == 400 and page.model.rowCount() == 2400 and call.duration_seconds > 10_000
    page._go_to(9000.0)
    assert page.transcript.currentIndex().row() == page.state.row_at(9000.0)
