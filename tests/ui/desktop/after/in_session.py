"""What tests look for and open in a kept call."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

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
