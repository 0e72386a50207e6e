"""Which way things run: the panel as a whole, and each text by itself."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLayout, QWidget

_STRONG = {"L": False, "R": True, "AL": True}


def is_mirrored(widget: QWidget) -> bool:
    """The panel runs from right to left."""
    return widget.layoutDirection() is Qt.LayoutDirection.RightToLeft


def text_direction(text: str) -> Qt.LayoutDirection:
    """Of a text by its first letter that has one, which is how paragraphs are set (UAX 9, P2 and P3)."""
    strong = (unicodedata.bidirectional(character) for character in text)
    runs_left = next((_STRONG[one] for one in strong if one in _STRONG), False)
    return Qt.LayoutDirection.RightToLeft if runs_left else Qt.LayoutDirection.LeftToRight


def runs_both_ways(text: str) -> bool:
    """Some of it runs from right to left: then what is said in one go need not stand in one place."""
    return not text.isascii() and any(_STRONG.get(unicodedata.bidirectional(character)) for character in text)


def in_order(text: str) -> str:
    """A button's words that begin or end with a sign or a number, for a panel that runs either way."""
    return f"\u2066{text}\u2069"


def draw_line(painter: QPainter, box: QRectF, text: str, runs_left: bool, at_end: bool = False) -> None:
    """One line of text that runs its own way, where lines of the panel begin, or `at_end` where they end."""
    painter.setLayoutDirection(text_direction(text))
    side = Qt.AlignmentFlag.AlignRight if runs_left is not at_end else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side | Qt.AlignmentFlag.AlignAbsolute, text)


def mirrored(box: QRectF, width: float) -> QRectF:
    """The same box on the other side of something that is so wide."""
    return QRectF(width - box.right(), box.top(), box.width(), box.height())


def mirrored_points(points: list[QPointF], width: float) -> list[QPointF]:
    return [QPointF(width - point.x(), point.y()) for point in points]


class Margins(QObject):
    """Margins of a widget's layout with a first and a last side, whichever way the panel runs."""

    def __init__(self, widget: QWidget, layout: QLayout, first: int, top: int, last: int, bottom: int) -> None:
        super().__init__(widget)
        self._widget, self._layout, self._is_mirrored = widget, layout, False
        layout.setContentsMargins(first, top, last, bottom)
        widget.installEventFilter(self)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        if is_mirrored(self._widget) is not self._is_mirrored:
            self._is_mirrored = not self._is_mirrored
            now = self._layout.contentsMargins()
            self._layout.setContentsMargins(now.right(), now.top(), now.left(), now.bottom())
