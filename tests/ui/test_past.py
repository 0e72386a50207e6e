"""Calls that are over, with a real store behind the real window: what a person does there, and what is on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.call import Version
from assistant.settings import Settings
from assistant.store import Store, StoreSink
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.assistant.store.calls import STARTED, events_of
from tests.ui.desktop.after.calls import interview
from tests.ui.in_sight import said_on_screen
from ui.desktop.after.export_page import ExportPage
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.session_page import SessionPage
from ui.desktop.ready_page import ReadyPage
from ui.plans import demo_plan
from ui.preferences import Preferences
from ui.program import Program

CONTROL = Qt.KeyboardModifier.ControlModifier


def keep(home: Path, title: str) -> str:
    """The interview as it is kept, with a second of sound."""
    call = interview()
    with Store.open(home) as store:
        call_id, folder = store.begin(title, STARTED, "tiny.en", tuple(Channel), call.consent)
        sink = StoreSink(store, call_id, lambda: "en")
        for stamped in events_of(call):
            sink.next(stamped)
        recorder = CrashSafeRecorder(folder, tuple(Channel))
        for channel in Channel:
            recorder.write(AudioFrame(channel, 0.0, np.ones(SAMPLE_RATE_HZ, np.int16)))
        recorder.close()
        finish(folder)
        sink.close()
        store.finish(call_id, call.duration_seconds)
    return call_id


@pytest.fixture
def program(qtbot: Any, home: Path) -> Iterator[Callable[[], Program]]:
    made: list[Program] = []

    def make() -> Program:
        program = Program(Preferences(Settings(), home / "settings.toml"), demo_plan())
        made.append(program)
        qtbot.addWidget(program.window)
        program.window.resize(400, 900)
        program.window.show()
        qtbot.waitExposed(program.window)
        program.window.activateWindow()
        qtbot.waitUntil(program.window.isActiveWindow)
        program.show_ready()
        return program

    yield make
    for program in made:
        program.end()
    assert not [one.name for one in threading.enumerate() if one.name.startswith(("past", "playback"))]


def page(program: Program, kind: type[QWidget]) -> Any:
    """The page that is shown, if it is of that kind."""
    shown = program.window.pages.currentWidget()
    return shown if isinstance(shown, kind) else None


def press(program: Program, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(program.window.focusWidget(), key, modifier)
    QApplication.processEvents()


def kept_ids(home: Path) -> list[str]:
    with Store.open(home) as store:
        return [summary.id for summary in store.sessions()]


def open_history(program: Program, qtbot: Any, calls: int) -> HistoryPage:
    press(program, Qt.Key.Key_H, CONTROL)
    shown = page(program, HistoryPage)
    qtbot.waitUntil(lambda: len(shown.state.calls) == calls)
    return shown


def test_from_a_word_to_its_place_and_back_by_keyboard_alone(program, qtbot, home):
    call_id = keep(home, "Backend engineer")
    panel = program()
    history = open_history(panel, qtbot, 1)
    QTest.keyClicks(panel.window.focusWidget(), "cardboard")
    qtbot.waitUntil(lambda: history.list.entries.rowCount() == 2 and bool(history.state.hits))
    press(panel, Qt.Key.Key_Down)
    press(panel, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    session = page(panel, SessionPage)
    assert session.state.call.id == call_id and session.transcript.isVisible()
    assert "cardboard" in session.state.rows[session.transcript.currentIndex().row()].text
    press(panel, Qt.Key.Key_Escape)
    assert page(panel, HistoryPage) and history.field.text() == "cardboard"
    press(panel, Qt.Key.Key_Escape)
    press(panel, Qt.Key.Key_Escape)
    assert page(panel, ReadyPage)


def test_what_is_deleted_can_come_back_until_the_page_is_left(program, qtbot, home):
    first, second = keep(home, "First"), keep(home, "Second")
    panel = program()
    history = open_history(panel, qtbot, 2)
    history.list.setFocus()
    press(panel, Qt.Key.Key_Delete)
    press(panel, Qt.Key.Key_Delete)
    press(panel, Qt.Key.Key_Z, CONTROL)
    gone = history.state.deleted[0]
    assert sorted(kept_ids(home)) == sorted([first, second])
    press(panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(kept_ids(home)) == 1)
    assert kept_ids(home) == [one for one in (first, second) if one != gone]
    assert not (home / "sessions" / gone).exists()
    qtbot.waitUntil(lambda: said_on_screen(panel.window).partition("KEPT CALLS")[2].count("26 Nov 2026") == 1)


def test_closing_the_window_deletes_what_was_deleted_and_stores_what_was_written(program, qtbot, home):
    gone, stays = keep(home, "First"), keep(home, "Second")
    panel = program()
    history = open_history(panel, qtbot, 2)
    history.list.go_to(history.list.entries.row_of(gone))
    history.list.setFocus()
    press(panel, Qt.Key.Key_Delete)
    press(panel, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    session = page(panel, SessionPage)
    session.views.show_view(3)
    session.start()
    QTest.keyClicks(panel.window.focusWidget(), "Remember 1 2 3 M")
    panel.end()
    assert kept_ids(home) == [stays]
    with Store.open(home) as store:
        assert store.load(stays).notes == "Remember 1 2 3 M"


def test_a_correction_is_stored_found_and_exported_as_it_was_previewed(program, qtbot, home, tmp_path):
    call_id = keep(home, "Backend engineer")
    panel = program()
    panel.window.open_requested.emit(call_id)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    session = page(panel, SessionPage)
    row = next(row for row, line in enumerate(session.state.rows) if "six of us" in line.text)
    session.views.show_view(0)
    session.transcript.setFocus()
    session.transcript.setCurrentIndex(session.model.index(row))
    press(panel, Qt.Key.Key_F2)
    QTest.keyClicks(panel.window.focusWidget(), "We moved to the new warehouse.")
    press(panel, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: session.state.rows[row].is_corrected)
    with Store.open(home) as store:
        assert [one.text for one in store.load(call_id, Version.LIVE).corrections] == ["We moved to the new warehouse."]
        assert [found.text for found in store.search("warehouse new")] == ["We moved to the new warehouse."]

    press(panel, Qt.Key.Key_E, CONTROL)
    export = page(panel, ExportPage)
    qtbot.waitUntil(lambda: "We moved to the new warehouse." in export.preview.toPlainText())
    export.take_folder(tmp_path / "exports")
    press(panel, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: "Written: " in said_on_screen(panel.window))
    [file] = (tmp_path / "exports").iterdir()
    assert file.read_text("utf-8").startswith(export.preview.toPlainText()[:2000])
    assert "one line was corrected by hand" in file.read_text("utf-8")
    export.take_folder(file)
    press(panel, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: "Nothing could be written" in said_on_screen(panel.window))
    press(panel, Qt.Key.Key_Escape)
    assert page(panel, SessionPage) is session


def test_a_correction_does_not_hide_the_one_before_it(program, qtbot, home):
    call_id = keep(home, "Backend engineer")
    panel = program()
    panel.window.open_requested.emit(call_id)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    session = page(panel, SessionPage)
    rows = [row for row in range(len(session.state.rows)) if session.state.can_correct(row)][:2]
    for row in rows:  # the second before the first is shown
        session.corrected.emit(row, "Something else.")
    qtbot.waitUntil(lambda: session.state.rows[rows[1]].is_corrected)
    assert session.state.rows[rows[0]].is_corrected


@pytest.mark.usefixtures("no_sound_at_all")
def test_a_call_without_an_output_or_with_damaged_sound_can_still_be_read(program, qtbot, home):
    call_id = keep(home, "Backend engineer")
    panel = program()
    panel.window.open_requested.emit(call_id)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    press(panel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "libportaudio2" in said_on_screen(panel.window))
    press(panel, Qt.Key.Key_Escape)
    (home / "sessions" / call_id / "call.flac").write_bytes(b"fLaC damaged")
    panel.window.open_requested.emit(call_id)
    qtbot.waitUntil(lambda: "The sound can't be played" in said_on_screen(panel.window))
    assert page(panel, SessionPage).state.rows


def test_a_call_that_is_gone_says_so_and_the_list_stays(program, qtbot, home):
    call_id = keep(home, "First")
    panel = program()
    open_history(panel, qtbot, 1)
    with Store.open(home) as store:
        store.delete(call_id)
    press(panel, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The call can't be opened" in said_on_screen(panel.window))
    assert page(panel, HistoryPage)


def test_settings_open_over_a_call_and_lead_back_to_it(program, qtbot, home):
    call_id = keep(home, "First")
    panel = program()
    panel.window.open_requested.emit(call_id)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    press(panel, Qt.Key.Key_Comma, CONTROL)
    assert page(panel, SessionPage) is None
    press(panel, Qt.Key.Key_Escape)
    assert page(panel, SessionPage) is not None


def test_flags_and_export_follow_the_version_that_is_chosen(program, qtbot, home, tmp_path):
    call_id = keep(home, "Nurse")
    with Store.open(home) as store:
        live = store.load(call_id)
        said = tuple(replace(word, text="again") for word in live.utterances[0].words)
        utterances = (replace(live.utterances[0], words=said), *live.utterances[1:])
        store.keep_second_pass(call_id, replace(live, utterances=utterances, flags=(), follow_ups=(), model="base"))
    panel = program()
    panel._past.open(call_id)
    qtbot.waitUntil(lambda: page(panel, SessionPage) is not None)
    session = page(panel, SessionPage)
    assert session.state.call.version is Version.SECOND and not session.state.flags
    QTest.mouseClick(session.versions.tab(0), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state.call.version is Version.LIVE)
    assert session.state.flags and session.state.has_second_pass
    for version, has_flags in ((0, True), (1, False)):
        QTest.mouseClick(session.versions.tab(version), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(
            lambda wanted=version: session.versions.current == wanted and bool(session.state.flags) is not bool(wanted)
        )
        press(panel, Qt.Key.Key_E, CONTROL)
        export = page(panel, ExportPage)
        qtbot.waitUntil(lambda page=export: page.preview.toPlainText() != "")
        assert ("7000%" in export.preview.toPlainText().partition("Transcript")[0]) is has_flags
        export.take_folder(tmp_path / str(version))
        press(panel, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda folder=tmp_path / str(version): any(folder.glob("*.md")))
        [written] = (tmp_path / str(version)).glob("*.md")
        assert ("again again" in written.read_text("utf-8")) is not has_flags
        press(panel, Qt.Key.Key_Escape)
