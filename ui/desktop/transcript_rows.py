"""A list view of rows of different heights that only lays out what is seen.

It is a `QListView` for what that tells a screen reader; the geometry is its own, by way of the abstract base.

One edge stays where it is: the bottom of a live call, the top of a finished one. So text that is being read does not
move when lines are added, when the view becomes lower, or when the estimate of a row that was not seen is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ui.desktop.direction import is_mirrored
from ui.desktop.row_heights import RowHeights
from ui.desktop.theme import colours, px
from ui.desktop.transcript_layout import RowLayout, TextStyle
from ui.desktop.transcript_model import TranscriptModel

_KEPT_LAYOUTS = 120
_AT_END_PX = 3
_TRIES = 6  # rows that come into sight while others are measured

Index = QModelIndex | QPersistentModelIndex


class TranscriptRows(QListView):
    """Places and paints. The view that derives from it deals with the pointer and the keys, and sets the model."""

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._rows = RowHeights()
        self._layouts: dict[int, RowLayout] = {}  # by id of the line, which the layout keeps alive
        self._style = TextStyle.of(colours())
        self._is_live = True
        self._follows = True  # the newest line stays in sight
        self._is_arranging = False  # the scroll bar is moved by us, not by a person
        self._shows_current = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)  # the base would scroll to a row that gets the focus
        self.verticalScrollBar().setSingleStep(px(18))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # --- what the window asks for ---

    @property
    def follows(self) -> bool:
        return self._follows

    def start(self, is_live: bool) -> None:
        """A live call is followed; a finished one is read from its beginning."""
        self._is_live = self._follows = is_live
        self.reset()
        self._arrange(0)

    def jump_to_now(self) -> None:
        self._follows = True
        self._arrange()

    def show_row(self, row: int) -> None:
        """Bring a row to the upper third, without following any more."""
        self._follows = False
        self._measure_near(row)
        self._arrange(round(self._rows.top(row) - self.viewport().height() / 3))
        self.setCurrentIndex(self._lines.index(row))

    def restyle(self) -> None:
        """Take the present theme."""
        self._style = TextStyle.of(colours())
        self.verticalScrollBar().setSingleStep(px(18))
        self._remeasure(self.viewport().height())

    # --- heights ---

    def _text_width(self) -> int:
        return max(px(60), self.viewport().width() - 2 * px(14))

    def _most(self) -> int:
        """The scroll bar's end."""
        return max(0, round(self._rows.total + px(4) - self.viewport().height()))

    def _layout_of(self, row: int) -> RowLayout:
        line = self._lines.line(row)
        layout = self._layouts.get(id(line))
        if layout is None:
            layout = RowLayout(line, self._text_width(), self._style)
            if len(self._layouts) >= _KEPT_LAYOUTS:
                del self._layouts[next(iter(self._layouts))]
            self._layouts[id(line)] = layout
        return layout

    def _measure_near(self, row: int) -> None:
        """Measure what would be seen with `row` in the middle."""
        for near in range(max(0, row - 15), min(len(self._rows), row + 15)):
            self._rows.measure(near, self._layout_of(near).height)

    def _arrange(self, value: int | None = None) -> None:
        """Measure what is in sight and set the scroll bar: to `value`, or so that the edge which stays does."""
        value = self.verticalScrollBar().value() if value is None else value
        for _ in range(_TRIES):
            value = self._most() if self._follows else min(max(value, 0), self._most())
            height = self.viewport().height()
            edge = value + height if self._is_live else value
            ends = {row: self._rows.top(row + 1) for row in self._rows.between(value, value + height)}
            fresh = [row for row in ends if not self._rows.is_measured(row)]
            grown = [(row, self._rows.measure(row, self._layout_of(row).height)) for row in fresh]
            value += round(sum(by for row, by in grown if ends[row] <= edge))
            if not any(by for _, by in grown):
                break
        bar = self.verticalScrollBar()
        self._is_arranging = True
        bar.setRange(0, self._most())
        bar.setPageStep(max(1, self.viewport().height() - px(30)))
        bar.setValue(bar.maximum() if self._follows else value)
        self._is_arranging = False
        self._arranged()
        self.viewport().update()

    def _offset(self) -> float:
        """Where the content's top is in the viewport. A short live transcript stands at the bottom, as a chat does."""
        room = self.viewport().height() - self._rows.total - px(4)
        if room > 0:
            return room if self._is_live else px(8)
        return -float(self.verticalScrollBar().value())

    def _remeasure(self, old_height: int) -> None:
        """Everything has another width or font: estimate anew, with the row at the edge that stays kept there."""
        value = self.verticalScrollBar().value()
        row = self._rows.row_at(value + old_height if self._is_live else value)
        self._layouts.clear()
        lines = [self._lines.line(row) for row in range(self._lines.rowCount())]
        self._rows = RowHeights(self._style.estimate(line, self._text_width()) for line in lines)
        if row is not None and not self._follows:
            self._measure_near(row)
            height = self.viewport().height()
            value = round(self._rows.top(row + 1) - height if self._is_live else self._rows.top(row))
        self._arrange(value)

    # --- the model changes ---

    def reset(self) -> None:
        QAbstractItemView.reset(self)
        self._remeasure(self.viewport().height())

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        QAbstractItemView.rowsInserted(self, parent, start, end)
        value, height = self.verticalScrollBar().value(), self.viewport().height()
        for row in range(start, end + 1):
            estimate = self._style.estimate(self._lines.line(row), self._text_width())
            if self._rows.top(row) < (value + height if self._is_live else value):
                value += round(estimate)
            self._rows.insert(row, estimate)
        self._arrange(value)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)
        for row in reversed(range(start, end + 1)):
            self._rows.remove(row)

    def rowsRemoved(self, _parent: Index, _start: int, _end: int) -> None:  # noqa: N802 Qt's name
        self._arrange()

    def dataChanged(  # noqa: N802 Qt's name
        self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()
    ) -> None:
        QAbstractItemView.dataChanged(self, top_left, bottom_right, list(roles))
        for row in range(top_left.row(), bottom_right.row() + 1):
            self._rows.forget(row)
        self._arrange()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self._offset()
        if self.hasFocus():  # a row is framed once keys go through the rows; until then this is where they would go
            width = px(2)
            left = self.viewport().width() - width if is_mirrored(self) else 0
            painter.fillRect(left, 0, width, self.viewport().height(), QColor(self._style.own.accent))
        for row in self._rows.between(-offset, -offset + self.viewport().height()):
            top = self._rows.top(row) + offset
            if self._shows_current and self.hasFocus() and row == self.currentIndex().row():
                painter.setPen(QPen(QColor(self._style.own.accent), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                box = QRectF(px(7), top - px(4), self.viewport().width() - px(14), self._rows.height(row) - px(2))
                painter.drawRoundedRect(box, px(5), px(5))
            self._layout_of(row).paint(painter, px(14), top, self._lit_characters(row))

    def _lit_characters(self, _row: int) -> tuple[int, int] | None:
        """What of a row is heard just now."""
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        QAbstractItemView.resizeEvent(self, event)
        old, new = event.oldSize(), event.size()
        if new.width() != old.width():
            self._remeasure(old.height())
        elif self._is_live:
            self._arrange(self.verticalScrollBar().value() + old.height() - new.height())
        else:
            self._arrange()

    def doItemsLayout(self) -> None:  # noqa: N802 Qt's name
        """The base would ask for the size of every row."""

    def updateGeometries(self) -> None:  # noqa: N802 Qt's name
        """The base would set the scroll bar by its own idea of the rows."""

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:  # noqa: N802 Qt's name
        self.viewport().update()

    def _scrolled(self, value: int) -> None:
        if self._is_arranging:
            return
        self._follows = self._is_live and value >= self.verticalScrollBar().maximum() - _AT_END_PX
        self._scrolled_away()
        self._arrange()

    def _arranged(self) -> None:
        """Rows may have moved."""

    def _scrolled_away(self) -> None:
        """A person has scrolled."""

    # --- what an item view must answer ---

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802 Qt's name
        row = self._rows.row_at(point.y() - self._offset())
        return QModelIndex() if row is None else self._lines.index(row)

    def visualRect(self, index: Index) -> QRect:  # noqa: N802 Qt's name
        if not index.isValid() or index.row() >= len(self._rows):
            return QRect()
        top = round(self._rows.top(index.row()) + self._offset())
        return QRect(0, top, self.viewport().width(), round(self._rows.height(index.row())))

    def scrollTo(  # noqa: N802 Qt's name
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid() or index.row() >= len(self._rows):
            return
        self._measure_near(index.row())
        self._arrange()
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top, bottom = round(self._rows.top(index.row())), round(self._rows.top(index.row() + 1))
        if top < bar.value():
            bar.setValue(top - px(4))
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height + px(4))

    def moveCursor(  # noqa: N802 Qt's name
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        steps = {QAbstractItemView.CursorAction.MoveUp: -1, QAbstractItemView.CursorAction.MoveDown: 1}
        row = self.currentIndex().row() + steps.get(action, 0)
        return self._lines.index(row) if 0 <= row < len(self._rows) else self.currentIndex()

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
