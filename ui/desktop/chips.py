"""Depth chips: what the conversation has covered. A covered one shows the sentences behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from assistant.plain import counted
from ui.desktop.coverage import Chip
from ui.desktop.direction import draw_line, is_mirrored, mirrored
from ui.desktop.flow import FlowLayout
from ui.desktop.theme import Type, colours, font, px, round_pen


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
        self.setAccessibleDescription(
            f"{counted(count, 'sentence')}; press to show" if count else "Nothing said about it yet"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if count else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if count else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Room for the tick is kept from the beginning, so that a chip that is covered moves no other."""
        metrics = QFontMetricsF(font(Type.SMALL))
        return QSize(round(metrics.horizontalAdvance(self.chip.name) + px(32)), px(22))

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
        metrics, elided = QFontMetricsF(painter.font()), Qt.TextElideMode.ElideRight
        if not covered:
            name = metrics.elidedText(self.chip.name, elided, self.width() - px(16))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, name)
            return
        left, middle = px(10), self.height() / 2
        room = QRectF(px(23), 0, self.width() - px(31), self.height())
        name = metrics.elidedText(self.chip.name, elided, room.width() + 1)
        if is_mirrored(self):
            left, room = self.width() - px(18), mirrored(room, self.width())
        tick = [QPointF(left, middle), QPointF(left + px(3), middle + px(3)), QPointF(left + px(8), middle - px(3))]
        draw_line(painter, room, name, is_mirrored(self))
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
