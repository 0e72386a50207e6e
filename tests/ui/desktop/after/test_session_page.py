"""A call that is over, as a person goes through it: real keys and clicks on the real page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QListView, QPlainTextEdit, QWidget

from tests.ui.desktop.after.calls import interview, long_call
from tests.ui.desktop.after.conftest import Sound, press
from tests.ui.desktop.after.in_session import CONTROL, open_view, row_with
from ui.desktop.after.session_page import FLAGS, NOTES, SUMMARY, TRANSCRIPT, SessionPage
from ui.desktop.after.session_state import SessionState


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


def test_escape_and_export_by_key(session, qtbot) -> None:
    with qtbot.waitSignal(session.export_wanted):
        press(session, Qt.Key.Key_E, CONTROL)
    with qtbot.waitSignal(session.back):
        press(session, Qt.Key.Key_Escape)


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
