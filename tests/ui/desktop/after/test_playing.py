"""A kept call is played: from a word, on the timeline, by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from assistant.settings import Appearance
from tests.ui.desktop.after.calls import interview
from tests.ui.desktop.after.conftest import press
from tests.ui.desktop.after.in_session import CONTROL, open_view, place_of_word
from tests.ui.in_sight import said_on_screen
from ui.desktop.after.moments import POINT_NAMES
from ui.desktop.after.session_page import NOTES, TRANSCRIPT
from ui.desktop.after.session_state import SessionState
from ui.desktop.app import dress
from ui.desktop.theme import Type, font


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


def test_the_keys_that_skip_do_so_wherever_the_focus_is_but_in_text(session, sound) -> None:
    open_view(session, TRANSCRIPT)
    buttons = session.player.findChildren(QAbstractButton)
    QTest.mouseClick(next(one for one in buttons if one.text() == "Play"), Qt.MouseButton.LeftButton)
    press(session, Qt.Key.Key_Right, CONTROL)
    session.views.tabs.tab(TRANSCRIPT).setFocus()
    press(session, Qt.Key.Key_Right, CONTROL)
    session.timeline.setFocus()
    press(session, Qt.Key.Key_Right, CONTROL)
    assert sound.position_seconds == 30.0 and session.views.current == TRANSCRIPT and session.timeline.hasFocus()
    open_view(session, NOTES)
    session.notes.field.setFocus()
    QTest.keyClicks(session.notes.field, "Two words")
    press(session, Qt.Key.Key_Left, CONTROL)
    assert sound.position_seconds == 30.0 and session.notes.field.textCursor().position() == len("Two ")


def test_the_keys_that_skip_go_on_while_they_are_held(session, sound) -> None:
    session.timeline.setFocus()
    for is_repeated in (False, True, True):
        QTest.simulateEvent(session.timeline, True, Qt.Key.Key_Right, CONTROL, "", is_repeated)
    assert sound.position_seconds == 30.0


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
