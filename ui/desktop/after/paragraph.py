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

from ui.desktop.direction import text_direction
from ui.desktop.text_block import utf16_length

_MOST_CHARACTERS = 2000  # more than any row can show; keeps hostile text cheap
_LEADING = 1.15


class Paragraph:
    """Plain text in at most so many lines. What fits into one is laid out when it is painted: most rows never are."""

    def __init__(
        self,
        text: str,
        font: QFont,
        width: float,
        lines: int,
        marked: Sequence[tuple[int, int]] = (),
        is_mirrored: bool = False,
    ) -> None:
        """`marked` are ranges of characters that are set in bold and underlined. Mirrored it stands at the right."""
        self._text, self._font, self._marked, self._is_mirrored = text[:_MOST_CHARACTERS], font, marked, is_mirrored
        self.width = width
        self._layout: QTextLayout | None = None
        self.height, self.natural_width = 0, 0.0
        if not text:
            return
        metrics = QFontMetricsF(font)
        self._line_height = round(metrics.height() * (_LEADING if lines > 1 else 1.0))
        advance = metrics.horizontalAdvance(self._text)
        if lines == 1 and advance > width:
            self._text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, width)
        if lines == 1 or (advance < width - 1 and not marked):
            self.height, self.natural_width = self._line_height, min(advance, width)
            return
        self._layout = self._laid_out(metrics, lines)
        count = self._layout.lineCount()
        self.height = self._line_height * min(lines, count)
        self.natural_width = max(self._layout.lineAt(number).naturalTextWidth() for number in range(count))

    def paint(self, painter: QPainter, left: float, top: float, colour: str) -> None:
        if not self._text:
            return
        if self._layout is None:
            self._layout = self._broken(self._text)
        painter.setPen(QColor(colour))
        self._layout.draw(painter, QPointF(left, top))

    def _laid_out(self, metrics: QFontMetricsF, lines: int) -> QTextLayout:
        layout = self._broken(self._text)
        if layout.lineCount() <= lines:
            return layout
        start = layout.lineAt(lines - 1).textStart()
        head = self._text.encode("utf-16-le")[: 2 * start].decode("utf-16-le", "ignore")
        tail = metrics.elidedText(self._text[len(head) :], Qt.TextElideMode.ElideRight, self.width)
        return self._broken(head + tail)

    def _broken(self, text: str) -> QTextLayout:
        layout = QTextLayout(text, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(text_direction(text))
        side = Qt.AlignmentFlag.AlignRight if self._is_mirrored else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        if self._marked:
            ranges = ((first, last) for first, last in self._marked if last <= len(text))
            layout.setFormats([_bold(text, first, last, self._font) for first, last in ranges])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1.0, self.width))
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
