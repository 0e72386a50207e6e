"""A check box in the panel's look."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ui.desktop.direction import Margins, is_mirrored, mirrored
from ui.desktop.keyboard import is_enter
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, px, round_pen


class Tick(QAbstractButton):
    """A check box whose text wraps. Space ticks it; `entered` says that Enter was pressed on it."""

    entered = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words = TextBlock(Type.BODY, "text", 8, self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words.say(text)
        row = QHBoxLayout(self)
        Margins(self, row, px(28), px(5), px(4), px(5))
        row.addWidget(self._words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if is_enter(event):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def hitButton(self, _place: object) -> bool:  # noqa: N802 Qt's name
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = px(16)
        box = QRectF(px(2), px(6), side, side)
        box = mirrored(box, self.width()) if is_mirrored(self) else box
        painter.setPen(
            QPen(QColor(own.accent if self.hasFocus() or self.isChecked() else own.muted), 2 if self.hasFocus() else 1)
        )
        painter.setBrush(QColor(own.accent if self.isChecked() else own.surface))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        if self.isChecked():
            painter.setPen(round_pen(own.on_accent, 1.8))
            x, y = box.left(), box.top()
            low = QPointF(x + side * 0.43, y + side * 0.70)
            high = QPointF(x + side * 0.76, y + side * 0.32)
            painter.drawPolyline([QPointF(x + side * 0.25, y + side * 0.52), low, high])
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(own.accent), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(5), px(5))
