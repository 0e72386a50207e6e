"""A text laid out for painting: breaks anywhere rather than grow wider than its place, ends in an ellipsis."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from ui.desktop.text_block import utf16_length

_MOST_CHARACTERS = 2000  # more than any row can show; keeps hostile text cheap
_LEADING = 1.15


class Paragraph:
    """Plain text in at most so many lines."""

    def __init__(
        self, text: str, font: QFont, width: float, lines: int, marked: Sequence[tuple[int, int]] = ()
    ) -> None:
        """`marked` are ranges of characters that are set in bold and underlined."""
        metrics = QFontMetricsF(font)
        self._line_height = round(metrics.height() * (_LEADING if lines > 1 else 1.0))
        text = text[:_MOST_CHARACTERS]
        if lines == 1:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        self._layout = self._broken(text, font, width, marked)
        if self._layout.lineCount() > lines:
            start = self._layout.lineAt(lines - 1).textStart()
            head = text.encode("utf-16-le")[: 2 * start].decode("utf-16-le", "ignore")
            tail = metrics.elidedText(text[len(head) :], Qt.TextElideMode.ElideRight, width)
            self._layout = self._broken(head + tail, font, width, marked)
        self.height = self._line_height * min(lines, self._layout.lineCount()) if text else 0
        self.natural_width = max(
            (self._layout.lineAt(n).naturalTextWidth() for n in range(self._layout.lineCount())), default=0.0
        )

    def paint(self, painter: QPainter, left: float, top: float, colour: str) -> None:
        painter.setPen(QColor(colour))
        self._layout.draw(painter, QPointF(left, top))

    def _broken(self, text: str, font: QFont, width: float, marked: Sequence[tuple[int, int]]) -> QTextLayout:
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats([_bold(text, first, last, font) for first, last in marked if last <= len(text)])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1.0, width))
            line.setPosition(QPointF(0, top + (self._line_height - line.height()) / 2))
            top += self._line_height
        layout.endLayout()
        return layout


def _bold(text: str, first: int, last: int, font: QFont) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start = utf16_length(text[:first])
    made.length = utf16_length(text[first:last])
    look = QTextCharFormat()
    strong = QFont(font)
    strong.setBold(True)
    look.setFont(strong)
    look.setFontUnderline(True)
    made.format = look
    return made
