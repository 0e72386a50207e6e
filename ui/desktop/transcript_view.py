"""The transcript: marked spans under the pointer and by keyboard, and the way back to now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from ui.desktop.buttons import button
from ui.desktop.direction import is_mirrored
from ui.desktop.theme import px
from ui.desktop.transcript_model import TranscriptModel
from ui.desktop.transcript_rows import Index, TranscriptRows

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
Place = tuple[int, int]  # row, and number of the span in its line


class TranscriptView(TranscriptRows):
    """Emits `span_wanted(reason_id, box)` when a marked span is pointed at or walked to, with the box in the window's
    coordinates, and `span_left` when it no longer is."""

    span_wanted = Signal(str, QRect)
    span_left = Signal()

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._span: Place | None = None  # where the keyboard is
        self._hovered: Place | None = None
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Transcript")
        self.setAccessibleDescription("Left and right go from one marked place to the next.")
        self._now = button("Jump to now ↓", "Jump to now", "small", self)
        self._now.clicked.connect(self.jump_to_now)
        self.setModel(model)

    def jump_button(self) -> QWidget:
        return self._now

    def start(self, is_live: bool) -> None:
        self._span = self._hovered = None
        super().start(is_live)

    # --- rows have moved ---

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        self._shift_span(start, end - start + 1)
        super().rowsInserted(parent, start, end)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 Qt's name
        self._shift_span(start, start - end - 1)
        super().rowsAboutToBeRemoved(parent, start, end)

    def _shift_span(self, row: int, by: int) -> None:
        if self._span is not None and self._span[0] >= row:
            self._span = (self._span[0] + by, self._span[1])

    def _arranged(self) -> None:
        is_away = self._is_live and not self._follows and self.verticalScrollBar().maximum() > 0
        self._now.setVisible(is_away)
        size = self._now.sizeHint()
        left, top = (self.width() - size.width()) // 2, self.height() - size.height() - px(8)
        self._now.setGeometry(QRect(QPoint(left, top), size))

    def _scrolled_away(self) -> None:
        self.span_left.emit()

    # --- the pointer ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        place = self._place_under(event.position().toPoint())
        if place == self._hovered:
            return
        self._hovered = place
        if place is None:
            self.span_left.emit()
        else:
            self._want(place)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.span_left.emit()

    def _place_under(self, point: QPoint) -> Place | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        top = self._rows.top(index.row()) + self._offset()
        number = self._layout_of(index.row()).span_at(point.x() - px(14), point.y() - top)
        return None if number is None else (index.row(), number)

    # --- the keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        bar, onward = self.verticalScrollBar(), -1 if is_mirrored(self) else 1
        match event.key():
            case Qt.Key.Key_Right:
                self.walk(onward)
            case Qt.Key.Key_Left:
                self.walk(-onward)
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_PageDown:
                bar.setValue(bar.value() + bar.pageStep())
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - bar.pageStep())
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                event.ignore()  # the window's keys

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusInEvent(event)
        self._shows_current = event.reason() in _BY_KEY
        in_sight = self._rows.between(-self._offset(), -self._offset() + self.viewport().height())
        if in_sight and self.currentIndex().row() not in in_sight:
            self.setCurrentIndex(self._lines.index(in_sight[-1]))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        self._span = None
        self.span_left.emit()
        self.viewport().update()

    def _step(self, by: int) -> None:
        row = min(max(self.currentIndex().row() + by, 0), len(self._rows) - 1)
        if row >= 0:
            self._span = None
            self.span_left.emit()
            self._go_to(row)

    def walk(self, by: int) -> None:
        """To the next marked place, or the one before."""
        places = [(row, number) for row in range(len(self._rows)) for number in range(len(self._lines.line(row).spans))]
        here = self._span or (self.currentIndex().row(), -1 if by > 0 else len(places))
        ahead = [place for place in places if (place > here if by > 0 else place < here)]
        if ahead:
            place = ahead[0] if by > 0 else ahead[-1]
            self._go_to(place[0])
            self._span = place
            self._want(place)

    def _go_to(self, row: int) -> None:
        self._shows_current = True
        index = self._lines.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.viewport().update()

    def _want(self, place: Place) -> None:
        row, number = place
        top = self._rows.top(row) + self._offset()
        box = self._layout_of(row).span_box(number).translated(px(14), top).toRect()
        corner = self.viewport().mapTo(self.window(), box.topLeft())
        self.span_wanted.emit(self._lines.line(row).spans[number].reason_id, QRect(corner, box.size()))
