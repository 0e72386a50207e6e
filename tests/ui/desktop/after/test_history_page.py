"""The history as a person goes through it: real keys and clicks on the real page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from assistant.call import CallState
from assistant.values import Channel
from tests.ui.desktop.after.conftest import NOW, press
from tests.ui.desktop.in_window import hold
from tests.ui.in_sight import said_on_screen
from ui.desktop.after.history_state import Hit
from ui.desktop.controls import PastCall

CALLS = tuple(
    PastCall(f"2026-{number}", f"Role {number}", NOW - timedelta(days=10 * number), 60.0, CallState.FINISHED)
    for number in range(5)
)


def keys(page) -> list[str]:
    entries = page.list.entries
    return [entries.entry(row).key for row in range(entries.rowCount()) if entries.entry(row).key]


@pytest.fixture
def page(history):
    history.show_calls(CALLS)
    history.start()
    return history


def test_typing_searches_once_and_enter_opens_the_hit_that_was_walked_to(page, qtbot) -> None:
    asked: list[str] = []
    page.search_wanted.connect(asked.append)
    QTest.keyClicks(page.focusWidget(), "revenue")
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["revenue"]
    page.show_hits("revenue", [Hit("2026-1", 7, Channel.THEM, 65.0, "the revenue grew")])
    assert keys(page) == ["2026-1", "2026-1 7"] and page.field.hasFocus()
    press(page, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.opened) as told:
        press(page, Qt.Key.Key_Return)
    assert told.args == ["2026-1", 7]


def test_a_call_is_opened_by_click_and_by_key_in_the_list(page, qtbot) -> None:
    row = page.list.entries.row_of("2026-2")
    with qtbot.waitSignal(page.opened) as told:
        place = page.list.visualRect(page.list.entries.index(row)).center()
        QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == ["2026-2", -1]
    page.list.setFocus()
    press(page, Qt.Key.Key_Up)
    with qtbot.waitSignal(page.opened) as told:
        press(page, Qt.Key.Key_Return)
    assert told.args == ["2026-1", -1]


def test_a_heading_is_nothing_to_open(page, qtbot) -> None:
    with qtbot.assertNotEmitted(page.opened):
        place = page.list.visualRect(page.list.entries.index(0)).center()
        QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_delete_hides_and_undo_brings_back_by_key_and_by_press(page) -> None:
    page.list.setFocus()
    press(page, Qt.Key.Key_Delete)
    press(page, Qt.Key.Key_Delete)
    assert keys(page) == ["2026-2", "2026-3", "2026-4"] and "“Role 1” and 1 more deleted" in said_on_screen(page)
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert keys(page)[0] == "2026-1" and page.list.current_key() == "2026-1"
    [undo] = [one for one in page.findChildren(QAbstractButton) if one.text() == "Undo"]
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert len(keys(page)) == 5 and not undo.isVisible()
    press(page, Qt.Key.Key_Delete)
    assert page.take_deleted() == ("2026-0",) and page.take_deleted() == () and not undo.isVisible()


def test_delete_in_the_empty_field_is_about_the_chosen_call(page) -> None:
    assert page.field.hasFocus()
    press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_Delete)
    assert "2026-1" not in keys(page)
    QTest.keyClicks(page.field, "Role")
    press(page, Qt.Key.Key_Home)
    press(page, Qt.Key.Key_Delete)
    assert page.field.text() == "ole" and len(page.state.deleted) == 1


@pytest.mark.parametrize("place", ["list", "field"])
def test_delete_held_down_deletes_one_call(page, place) -> None:
    getattr(page, place).setFocus()
    hold(page.window(), Qt.Key.Key_Delete, "\x7f")
    assert len(page.state.deleted) == 1


def test_delete_held_to_empty_the_field_deletes_no_call(page) -> None:
    QTest.keyClicks(page.field, "it")
    press(page, Qt.Key.Key_Home)
    hold(page.window(), Qt.Key.Key_Delete, "\x7f")
    assert page.field.text() == "" and not page.state.deleted


@pytest.mark.parametrize("place", ["list", "field"])
def test_enter_held_opens_a_call_once(page, place) -> None:
    opened: list[str] = []
    page.opened.connect(lambda call_id, _utterance: opened.append(call_id))
    getattr(page, place).setFocus()
    hold(page.window(), Qt.Key.Key_Return)
    assert opened == ["2026-0"]


def test_typing_in_the_list_searches_and_escape_first_clears_then_leaves(page, qtbot) -> None:
    page.list.setFocus()
    press(page, Qt.Key.Key_M)
    assert page.field.hasFocus() and page.field.text() == "m"
    with qtbot.assertNotEmitted(page.back):
        press(page, Qt.Key.Key_Escape)
    assert page.field.text() == "" and len(keys(page)) == 5
    with qtbot.waitSignal(page.back):
        press(page, Qt.Key.Key_Escape)


def test_a_period_is_chosen_by_click(page) -> None:
    QTest.mouseClick(page.periods.tab(2), Qt.MouseButton.LeftButton)
    assert keys(page) == ["2026-0", "2026-1", "2026-2", "2026-3"]


def test_a_changed_list_keeps_the_place(page) -> None:
    page.list.setFocus()
    press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_Down)
    page.show_calls((PastCall("new", "New", NOW, 1.0, CallState.FINISHED), *CALLS))
    assert page.list.current_key() == "2026-2"


def test_every_control_has_a_name_and_a_thousand_calls_cost_nothing(page) -> None:
    for child in page.findChildren(QWidget):
        if child.isVisible() and child.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            assert QAccessible.queryAccessibleInterface(child).text(QAccessible.Text.Name), child
    page.show_calls(
        PastCall(f"{number}", "x" * 300, NOW - timedelta(hours=number), 60.0, CallState.RECOVERED)
        for number in range(1000)
    )
    page.resize(320, 480)
    QApplication.processEvents()
    page.grab()
    assert len(keys(page)) == 1000 and page.width() == 320
