"""What a person changes in a kept call: a line, the notes, and in which version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.call import Correction, Version
from tests.ui.desktop.after.calls import corrected, interview
from tests.ui.desktop.after.conftest import press
from tests.ui.desktop.after.in_session import CONTROL, open_view, row_with
from tests.ui.in_sight import said_on_screen
from ui.desktop.after.session_page import FLAGS, NOTES, TRANSCRIPT
from ui.desktop.after.session_state import SessionState


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
