"""The transcript: an item view of rows of different heights that only lays out what is seen.

Rows that were never seen have an estimated height. The bottom edge is what stays: text that is being read does not move
when lines are added, when the view becomes lower, or when an estimate above it turns out wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from ui.desktop.buttons import button
from ui.desktop.theme import colours, px
from ui.desktop.transcript_layout import RowLayout, TextStyle
from ui.desktop.transcript_model import TranscriptModel

_KEPT_LAYOUTS = 120
_AT_END_PX = 3

Index = QModelIndex | QPersistentModelIndex


class TranscriptView(QAbstractItemView):
    """Emits `span_wanted(reason_id, box)` when a marked span is pointed at or walked to, with the box in the window's
    coordinates, and `span_left` when it no longer is."""

    span_wanted = Signal(str, QRect)
    span_left = Signal()

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._heights: list[float] = []
        self._measured: list[bool] = []
        self._tops: list[float] | None = None  # of all rows and the end; made anew after a change
        self._layouts: dict[int, RowLayout] = {}  # by id of the line, which the layout keeps alive
        self._style = TextStyle.of(colours(self))
        self._follows = True  # the newest line stays in sight
        self._is_live = True
        self._is_arranging = False  # the scroll bar is moved by us, not by a person
        self._span: tuple[int, int] | None = None  # row and number of the span that the keyboard is at
        self._hovered: tuple[int, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Transcript")
        self.setAccessibleDescription("Left and right go from one marked place to the next.")
        self._now = button("Jump to now ↓", "Jump to now", "small", self)
        self._now.clicked.connect(self.jump_to_now)
        self._now.hide()
        self.verticalScrollBar().setSingleStep(px(18))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.setModel(model)

    # --- what the window asks for ---

    def start(self, is_live: bool) -> None:
        """A live call is followed; a finished one is read from its beginning."""
        self._is_live = self._follows = is_live
        self._span = None
        self.reset()

    def jump_to_now(self) -> None:
        self._follows = True
        self._arrange()

    def show_row(self, row: int) -> None:
        """Bring a row to the upper third, without following any more."""
        self._follows = False
        self._measure_from(row)
        self._set_value(round(self._all_tops()[row] - self.viewport().height() / 3))
        self._arrange()
        self.setCurrentIndex(self._lines.index(row))

    def restyle(self) -> None:
        """Take the present theme."""
        self._style = TextStyle.of(colours(self))
        self.verticalScrollBar().setSingleStep(px(18))
        self._remeasure()

    @property
    def follows(self) -> bool:
        return self._follows

    # --- heights ---

    def _text_width(self) -> int:
        return max(px(60), self.viewport().width() - 2 * px(14))

    def _all_tops(self) -> list[float]:
        if self._tops is None:
            self._tops = [0.0, *accumulate(self._heights)]
        return self._tops

    def _layout_of(self, row: int) -> RowLayout:
        line = self._lines.line(row)
        layout = self._layouts.get(id(line))
        if layout is None:
            layout = RowLayout(line, self._text_width(), self._style)
            if len(self._layouts) >= _KEPT_LAYOUTS:
                del self._layouts[next(iter(self._layouts))]
            self._layouts[id(line)] = layout
        return layout

    def _measure(self, row: int) -> float:
        """Lay a row out if it has not been; how much taller it is than was thought."""
        if self._measured[row]:
            return 0.0
        height = self._layout_of(row).height
        grown, self._heights[row], self._measured[row] = height - self._heights[row], height, True
        if grown:
            self._tops = None
        return grown

    def _measure_from(self, row: int) -> None:
        """Measure what would be seen with `row` in the middle."""
        for near in range(max(0, row - 15), min(len(self._heights), row + 15)):
            self._measure(near)

    def _arrange(self) -> None:
        """Measure what is in sight, set the scroll bar, and keep the bottom edge where it was."""
        for _ in range(6):
            bar = self.verticalScrollBar()
            total, height = self._all_tops()[-1] + px(4), self.viewport().height()
            bottom = total if self._follows else bar.value() + height
            first, last = self._in_sight(bottom - height, bottom)
            tops = self._all_tops()
            moved, changed = 0.0, False
            for row in range(first, last):
                ended_above = tops[row + 1] <= bottom
                grown = self._measure(row)
                changed = changed or grown != 0
                moved += grown if ended_above and not self._follows else 0
            self._set_range(round(self._all_tops()[-1] + px(4) - height), bar.value() + round(moved))
            if not changed:
                break
        self._place_now()
        self.viewport().update()

    def _set_range(self, most: int, value: int) -> None:
        bar = self.verticalScrollBar()
        self._is_arranging = True
        bar.setRange(0, max(0, most))
        bar.setPageStep(max(1, self.viewport().height() - px(30)))
        bar.setValue(bar.maximum() if self._follows else value)
        self._is_arranging = False

    def _set_value(self, value: int) -> None:
        self._set_range(round(self._all_tops()[-1] + px(4) - self.viewport().height()), value)

    def _in_sight(self, top: float, bottom: float) -> tuple[int, int]:
        tops = self._all_tops()
        first = max(0, bisect_right(tops, top) - 1)
        return first, min(len(self._heights), bisect_right(tops, bottom))

    def _offset(self) -> float:
        """Where the content's top is in the viewport. A short live transcript stands at the bottom, as a chat does."""
        room = self.viewport().height() - self._all_tops()[-1] - px(4)
        if room > 0:
            return room if self._is_live else px(8)
        return -float(self.verticalScrollBar().value())

    def _remeasure(self) -> None:
        """Everything has another width or font: estimate anew, with the row at the bottom edge kept there."""
        self._layouts.clear()
        bottom_row = max(0, self._in_sight(0, self.verticalScrollBar().value() + self.viewport().height())[1] - 1)
        self._tops = None
        width = self._text_width()
        count = self._lines.rowCount()
        self._heights = [self._style.estimate(self._lines.line(row), width) for row in range(count)]
        self._measured = [False] * count
        if not self._follows and count:
            self._measure_from(bottom_row)
            self._set_value(round(self._all_tops()[min(bottom_row, count - 1) + 1] - self.viewport().height()))
        self._arrange()

    # --- the model changes ---

    def reset(self) -> None:
        super().reset()
        self._tops, self._heights, self._measured = None, [], []
        if not self._follows:
            self._set_value(0)
        self._remeasure()
        if not self._is_live:
            self._set_value(0)
            self._arrange()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        super().rowsInserted(parent, start, end)
        width = self._text_width()
        for row in range(start, end + 1):
            self._heights.insert(row, self._style.estimate(self._lines.line(row), width))
            self._measured.insert(row, False)
        self._tops = None
        self._shift_places(start, end - start + 1)
        self._arrange()

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        super().rowsAboutToBeRemoved(parent, start, end)
        del self._heights[start : end + 1], self._measured[start : end + 1]
        self._tops = None
        self._shift_places(start, start - end - 1)

    def rowsRemoved(self, _parent: Index, _start: int, _end: int) -> None:  # noqa: N802 Qt's name
        self._arrange()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: list[int] = []) -> None:  # type: ignore[override]  # noqa: B006, N802 Qt's signature
        super().dataChanged(top_left, bottom_right, roles)
        for row in range(top_left.row(), bottom_right.row() + 1):
            self._measured[row] = False
        self._arrange()

    def _shift_places(self, row: int, by: int) -> None:
        if self._span is not None and self._span[0] >= row:
            self._span = (self._span[0] + by, self._span[1])
        self._hovered = None

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset, tops = self._offset(), self._all_tops()
        first, last = self._in_sight(-offset, -offset + self.viewport().height())
        for row in range(first, last):
            top = tops[row] + offset
            if self.hasFocus() and row == self.currentIndex().row():
                painter.setPen(QPen(QColor(self._style.own.accent), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                box = QRectF(px(7), top - px(4), self.viewport().width() - px(14), self._heights[row] - px(3))
                painter.drawRoundedRect(box, px(5), px(5))
            self._layout_of(row).paint(painter, px(14), top)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._remeasure()
            return
        if not self._follows and self._is_live:
            self._set_value(self.verticalScrollBar().value() + event.oldSize().height() - event.size().height())
        self._arrange()

    def _place_now(self) -> None:
        bar = self.verticalScrollBar()
        self._now.setVisible(self._is_live and not self._follows and bar.maximum() > 0)
        size = self._now.sizeHint()
        self._now.setGeometry(
            (self.width() - size.width()) // 2, self.height() - size.height() - px(8), size.width(), size.height()
        )

    def updateGeometries(self) -> None:  # noqa: N802 Qt's name
        """The base would set the scroll bar by its own idea of the rows."""

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:  # noqa: N802 Qt's name
        self.viewport().update()

    def _scrolled(self, value: int) -> None:
        if self._is_arranging:
            return
        self._follows = self._is_live and value >= self.verticalScrollBar().maximum() - _AT_END_PX
        self.span_left.emit()
        self._arrange()

    # --- spans: pointer and keyboard ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        place = self._span_under(event.position().toPoint())
        if place == self._hovered:
            return
        self._hovered = place
        if place is None:
            self.span_left.emit()
        else:
            self._want(*place)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.span_left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        match event.key():
            case Qt.Key.Key_Right:
                self._walk(1)
            case Qt.Key.Key_Left:
                self._walk(-1)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + bar.pageStep() * (1 if event.key() == Qt.Key.Key_PageDown else -1))
            case Qt.Key.Key_Home:
                self.verticalScrollBar().setValue(0)
            case Qt.Key.Key_End:
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            case _:
                event.ignore()  # the window's keys

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._heights:
            row = self._in_sight(-self._offset(), -self._offset() + self.viewport().height())[1] - 1
            self.setCurrentIndex(self._lines.index(row))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        self._span = None
        self.span_left.emit()
        self.viewport().update()

    def _step(self, by: int) -> None:
        row = min(max(self.currentIndex().row() + by, 0), len(self._heights) - 1)
        if row >= 0:
            self._span = None
            self.span_left.emit()
            self.setCurrentIndex(self._lines.index(row))
            self.scrollTo(self._lines.index(row))

    def _walk(self, by: int) -> None:
        """To the next marked place, or the one before."""
        places = [
            (row, number) for row in range(len(self._heights)) for number in range(len(self._lines.line(row).spans))
        ]
        here = self._span or (self.currentIndex().row(), -1 if by > 0 else 10_000)
        ahead = [place for place in places if (place > here if by > 0 else place < here)]
        if not ahead:
            return
        self._span = ahead[0] if by > 0 else ahead[-1]
        index = self._lines.index(self._span[0])
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self._want(*self._span)

    def _want(self, row: int, number: int) -> None:
        box = self._layout_of(row).span_box(number).translated(px(14), self._all_tops()[row] + self._offset())
        corner = self.viewport().mapTo(self.window(), box.toRect().topLeft())
        self.span_wanted.emit(self._lines.line(row).spans[number].reason_id, QRect(corner, box.toRect().size()))

    def _span_under(self, point: QPoint) -> tuple[int, int] | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        top = self._all_tops()[index.row()] + self._offset()
        number = self._layout_of(index.row()).span_at(point.x() - px(14), point.y() - top)
        return None if number is None else (index.row(), number)

    # --- what an item view must answer ---

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802 Qt's name
        y = point.y() - self._offset()
        tops = self._all_tops()
        return self._lines.index(bisect_right(tops, y) - 1) if 0 <= y < tops[-1] else QModelIndex()

    def visualRect(self, index: Index) -> QRect:  # noqa: N802 Qt's name
        if not index.isValid() or index.row() >= len(self._heights):
            return QRect()
        top = round(self._all_tops()[index.row()] + self._offset())
        return QRect(0, top, self.viewport().width(), round(self._heights[index.row()]))

    def scrollTo(  # noqa: N802 Qt's name
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid() or index.row() >= len(self._heights):
            return
        self._measure_from(index.row())
        bar, tops, height = self.verticalScrollBar(), self._all_tops(), self.viewport().height()
        top, bottom = round(tops[index.row()]), round(tops[index.row() + 1])
        if top < bar.value():
            bar.setValue(top - px(4))
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height + px(4))

    def moveCursor(  # noqa: N802 Qt's name
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        steps = {QAbstractItemView.CursorAction.MoveUp: -1, QAbstractItemView.CursorAction.MoveDown: 1}
        row = self.currentIndex().row() + steps.get(action, 0)
        return self._lines.index(row) if 0 <= row < len(self._heights) else self.currentIndex()

    def horizontalOffset(self) -> int:  # noqa: N802 Qt's name
        return 0

    def verticalOffset(self) -> int:  # noqa: N802 Qt's name
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: Index) -> bool:  # noqa: N802 Qt's name
        return False

    def setSelection(self, _rect: QRect, _command: object) -> None:  # noqa: N802 Qt's name
        """Nothing is selected."""

    def visualRegionForSelection(self, _selection: object) -> QRegion:  # noqa: N802 Qt's name
        return QRegion()
