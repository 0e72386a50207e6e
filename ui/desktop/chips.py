"""Depth chips: what the conversation has covered. A covered one shows the sentences behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLayout, QLayoutItem, QSizePolicy, QStyle, QWidget

from ui.desktop.coverage import Chip
from ui.desktop.direction import draw_line, is_mirrored, mirrored
from ui.desktop.theme import Type, colours, font, px, round_pen


class FlowLayout(QLayout):
    """Along the line, then down, as text flows."""

    def __init__(self, parent: QWidget, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._row, self._gap = parent, gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 Qt's name
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 Qt's name
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 Qt's name
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        return self._place(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 Qt's name
        super().setGeometry(rect)
        self._place(rect, moves=True)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 Qt's name
        widest = max((item.sizeHint().width() for item in self._items), default=0)
        return QSize(widest, max((item.sizeHint().height() for item in self._items), default=0))

    def _place(self, rect: QRect, moves: bool) -> int:
        left, top, row_height = rect.left(), rect.top(), 0
        for item in self._items:
            size = item.sizeHint()
            if left > rect.left() and left + size.width() > rect.right() + 1:
                left, top, row_height = rect.left(), top + row_height + self._gap, 0
            if moves:
                place = QRect(QPoint(left, top), QSize(min(size.width(), rect.width()), size.height()))
                item.setGeometry(QStyle.visualRect(self._row.layoutDirection(), rect, place))
            left += size.width() + self._gap
            row_height = max(row_height, size.height())
        return top + row_height - rect.top()


class ChipButton(QAbstractButton):
    """A pill; covered ones carry a tick and can be pressed. Emits `left` when pointer or focus go elsewhere."""

    left = Signal()

    def __init__(self, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.chip = chip
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        self.chip = chip
        count = len(chip.evidence)
        self.setText(chip.name)
        self.setAccessibleName(f"{chip.name}: {'covered' if count else 'open'}")
        sentences = "1 sentence" if count == 1 else f"{count} sentences"
        self.setAccessibleDescription(f"{sentences}; press to show" if count else "Nothing said about it yet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if count else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if count else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Room for the tick is kept from the beginning, so that a chip that is covered moves no other."""
        metrics = QFontMetricsF(font(Type.SMALL))
        return QSize(round(metrics.horizontalAdvance(self.chip.name) + px(30)), px(22))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().leaveEvent(event)
        self.left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        self.left.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        covered = self.chip.is_covered
        pill = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = own.accent if self.hasFocus() else own.good_tint if covered else own.edge
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        fill = own.hover if self.underMouse() and not covered and self.isEnabled() else own.ground
        painter.setBrush(QColor(own.good_tint if covered else fill))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(font(Type.SMALL))
        ink = QColor(own.good if covered else own.muted)
        painter.setPen(ink)
        if not covered:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.chip.name)
            return
        left, middle = px(10), self.height() / 2
        room = QRectF(px(21), 0, self.width() - px(21), self.height())
        if is_mirrored(self):
            left, room = self.width() - px(18), mirrored(room, self.width())
        tick = [QPointF(left, middle), QPointF(left + px(3), middle + px(3)), QPointF(left + px(8), middle - px(3))]
        draw_line(painter, room, self.chip.name, is_mirrored(self))
        painter.setPen(round_pen(own.good, 1.4))
        painter.drawPolyline(tick)


class ChipRow(QWidget):
    """All chips; emits `wanted` with a covered chip that was pressed, and `left` when it was left."""

    wanted = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, px(5))
        self._buttons: list[ChipButton] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        if not self._buttons:
            for chip in chips:
                self._add(ChipButton(chip, self))
        for button, chip in zip(self._buttons, chips, strict=True):
            if button.chip is not chip:
                button.show_chip(chip)

    def buttons(self) -> list[ChipButton]:
        return list(self._buttons)

    def _add(self, button: ChipButton) -> None:
        button.clicked.connect(lambda: self.wanted.emit(button.chip) if button.chip.is_covered else None)
        button.left.connect(self.left)
        self._buttons.append(button)
        self._flow.addWidget(button)
