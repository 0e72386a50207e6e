"""Parts of a page with a hairline at one side or all around."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.desktop.theme import colours, px


class Lined(QWidget):
    """With a hairline above or below; raised it has the colour of what lies on top."""

    def __init__(self, *, line_above: bool, is_raised: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line_above, self._is_raised = line_above, is_raised

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own, painter = colours(), QPainter(self)
        if self._is_raised:
            painter.fillRect(self.rect(), QColor(own.surface))
        painter.fillRect(0, 0 if self._line_above else self.height() - 1, self.width(), 1, QColor(own.line))


class Edge(Lined):
    """A row at an edge of the panel."""

    def __init__(self, *, line_above: bool, parent: QWidget | None = None) -> None:
        super().__init__(line_above=line_above, parent=parent)
        self.row = QHBoxLayout(self)


class Boxed(QWidget):
    """With a rounded line all around, in a colour of the theme, and the colour of what lies on top."""

    def __init__(self, line: str = "edge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(getattr(own, self._line)), 1))
        painter.setBrush(QColor(own.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(7), px(7))
