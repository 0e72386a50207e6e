"""The transcript's view: what stays in sight, and how marks explain themselves."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.values import Channel, Stamped, TranscriptUpdate, UpdateKind, Word
from tests.ui.desktop import script
from ui.desktop.panel_state import PanelState
from ui.desktop.row_heights import RowHeights


def more(number: int, text: str = "and one more thing that was said") -> Stamped:
    start_seconds = 500.0 + 5 * number
    words = tuple(Word(word, start_seconds, start_seconds + 1) for word in text.split())
    update = TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 1000 + number, start_seconds, start_seconds + 2, words)
    return Stamped(update, start_seconds, start_seconds)


def say(window, state, *events: Stamped) -> None:
    window.call_screen.follow(state.apply_all(events))
    QApplication.processEvents()


def row_on_screen(view, text: str):
    model = view.model()
    row = next(row for row in range(model.rowCount()) if text in model.line(row).text)
    return view.visualRect(model.index(row))


def test_a_live_call_is_followed_to_its_newest_line(window, live):
    state, view = live(script.events()), window.live_page.transcript
    for number in range(5):
        say(window, state, more(number))
        bottom = view.visualRect(view.model().index(view.model().rowCount() - 1)).bottom()
        assert 0 <= view.viewport().height() - bottom < 20
    assert not view.jump_button().isVisible()


def test_the_view_stays_where_it_was_scrolled_until_jump_to_now(window, live, qtbot):
    state, view = live(script.events()), window.live_page.transcript
    view.verticalScrollBar().setValue(200)
    place = row_on_screen(view, "increased revenue by 7000%")
    for number in range(8):
        say(window, state, more(number))
    assert row_on_screen(view, "increased revenue by 7000%") == place
    assert view.jump_button().isVisible()
    qtbot.mouseClick(view.jump_button(), Qt.MouseButton.LeftButton)
    assert view.follows
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    assert not view.jump_button().isVisible()


def test_the_wheel_scrolls_back_to_now(window, live):
    live(script.events())
    view = window.live_page.transcript
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() - 300)
    assert not view.follows
    bar.setValue(bar.maximum())
    assert view.follows


def test_text_stays_on_screen_when_the_view_becomes_lower(window, live):
    live(script.events())
    view = window.live_page.transcript
    view.verticalScrollBar().setValue(400)
    global_bottom = view.viewport().mapToGlobal(row_on_screen(view, "six of us").bottomLeft()).y()
    bottom_before = view.viewport().mapToGlobal(QPoint(0, view.viewport().height())).y()
    window.resize(400, 820)
    QApplication.processEvents()
    moved = view.viewport().mapToGlobal(row_on_screen(view, "six of us").bottomLeft()).y() - global_bottom
    assert moved == view.viewport().mapToGlobal(QPoint(0, view.viewport().height())).y() - bottom_before


@pytest.mark.parametrize("width", [320, 400, 520])
def test_the_last_line_is_in_sight_at_every_width(window, live, width):
    live(script.events())
    window.resize(width, 900)
    QApplication.processEvents()
    view = window.live_page.transcript
    last = view.visualRect(view.model().index(view.model().rowCount() - 1))
    assert last.top() >= 0 and last.bottom() <= view.viewport().height()


def test_a_finished_call_is_read_from_its_beginning(window):
    window.show_state(PanelState.from_call(script.call()), is_live=False)
    QApplication.processEvents()
    view = window.live_page.transcript
    assert view.verticalScrollBar().value() == 0
    assert view.visualRect(view.model().index(0)).top() <= 10
    assert not view.jump_button().isVisible()


def point_at(view, text: str, offset: int = 12) -> None:
    """Move the pointer over marked words."""
    model = view.model()
    for row in range(model.rowCount()):
        line = model.line(row)
        for number, span in enumerate(line.spans):
            if line.text[span.start : span.end] == text:
                view.scrollTo(model.index(row))
                box = view._layout_of(row).span_box(number)
                top = view.visualRect(model.index(row)).top()
                point = QPoint(14 + int(box.left()) + offset, top + int(box.top()) + 6)
                QTest.mouseMove(view.viewport(), point)
                QApplication.processEvents()
                return
    raise AssertionError(text)


def test_a_mark_explains_itself_under_the_pointer_and_not_beside_it(window, live):
    live(script.events())
    view = window.live_page.transcript
    point_at(view, "increased revenue by 7000%")
    assert "Not said: the starting point, how it was measured." in window.live_page.bubble_text()
    assert "What did that 7000% measure" in window.live_page.bubble_text()
    QTest.mouseMove(view.viewport(), QPoint(3, 3))
    assert window.live_page.bubble_text() == ""


def test_the_keyboard_walks_from_mark_to_mark(window, live):
    live(script.events())
    view = window.live_page.transcript
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.setCurrentIndex(view.model().index(0))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert window.live_page.bubble_text().startswith("A number, nothing behind it yet")
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert window.live_page.bubble_text().startswith("Vague so far")
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert window.live_page.bubble_text().startswith("A number, nothing behind it yet")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert window.live_page.bubble_text() == ""


def test_a_word_without_end_and_emoji_neither_widen_nor_stop_the_view(window, live):
    state = live(script.events(30.0))
    say(window, state, more(1, "w" * 10_000), more(2, "👩‍👩‍👧 مرحبا <b>x</b> end"))
    assert window.width() == 400
    view = window.live_page.transcript
    assert view.visualRect(view.model().index(view.model().rowCount() - 2)).height() > 1000


def test_only_rows_in_sight_are_laid_out(window, live, monkeypatch):
    laid_out = []
    monkeypatch.setattr("ui.desktop.transcript_rows.RowLayout", _counting(laid_out))
    live([more(number, "a few words that were said " * 3) for number in range(3000)])
    assert 0 < len(laid_out) < 100


def _counting(laid_out):
    from ui.desktop.transcript_layout import RowLayout

    def make(line, width, style):
        laid_out.append(line)
        return RowLayout(line, width, style)

    return make


def test_heights_add_up_whatever_is_inserted_measured_or_removed():
    dice = random.Random(4)
    heights, expected = RowHeights([10.0] * 5), [10.0] * 5
    for _ in range(400):
        row = dice.randrange(len(expected) + 1)
        match dice.randrange(3):
            case 0:
                heights.insert(row, 7.0)
                expected.insert(row, 7.0)
            case 1 if row < len(expected):
                heights.measure(row, float(dice.randrange(5, 50)))
                expected[row] = heights.height(row)
            case 2 if row < len(expected) > 3:
                heights.remove(row)
                del expected[row]
        assert [heights.top(i) for i in range(len(expected) + 1)] == [
            sum(expected[:i]) for i in range(len(expected) + 1)
        ]
    assert heights.row_at(heights.top(2) + 1) == 2
    assert heights.row_at(heights.total) is None
