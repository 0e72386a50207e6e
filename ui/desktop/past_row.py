"""A line of the list of kept calls."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from assistant.call import CallState
from assistant.plain import plain, roughly
from ui.desktop.controls import PastCall
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, px

_STATES = {
    CallState.FINISHED: "",
    CallState.RECOVERED: "recovered",
    CallState.RECORDING: "being recorded",
}


class PastRow(QAbstractButton):
    """A kept call: title, and when."""

    opened = Signal(str)

    def __init__(self, past: PastCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = TextBlock(Type.BODY, "text", 3, self)
        self._when = TextBlock(Type.TINY, "muted", 3, self)
        self._title.say(past.title or "Untitled call")
        note = _STATES[past.state]
        facts = (f"{past.started:%d %b %Y, %H:%M}", roughly(past.duration_seconds), note)
        when = " · ".join(filter(None, facts))
        self._when.say(when)
        for block in (self._title, self._when):
            block.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(10), px(6), px(10), px(7))
        column.setSpacing(px(1))
        column.addWidget(self._title)
        column.addWidget(self._when)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(f"Open {plain(past.title) or 'untitled call'}, {when}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.opened.emit(past.id))

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(own.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(own.hover) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(6), px(6))
