"""How one line of the transcript is broken, painted and hit: the part of the view that knows glyphs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from ui.desktop.direction import runs_both_ways, text_direction
from ui.desktop.lines import Line, LineKind, SpanKind
from ui.desktop.text_block import character_count, utf16_length
from ui.desktop.theme import Colours, Type, font, px
from ui.desktop.transcript_model import heading

_LINE_FACTOR = 1.18  # leading


@dataclass(frozen=True, slots=True, eq=False)
class TextStyle:
    """Fonts and colours that lines are laid out with; a new theme makes a new one."""

    own: Colours
    body: QFont
    head: QFont
    average_width: float
    line_height: float
    gap: int  # below a line of the transcript

    @classmethod
    def of(cls, own: Colours) -> TextStyle:
        body, head = font(Type.BODY), font(Type.SMALL)
        head.setFeature(QFont.Tag("tnum"), 1)
        metrics = QFontMetricsF(body)
        return cls(own, body, head, metrics.averageCharWidth(), round(metrics.height() * _LINE_FACTOR), px(10))

    def estimate(self, line: Line, width: int) -> float:
        """Height of a line, close enough until it is seen."""
        characters = len(line.text) + len(heading(line)) + 2
        rows = max(1, math.ceil(characters * self.average_width * 1.02 / max(1, width)))
        return rows * self.line_height + self.gap


class RowLayout:
    """A line laid out at a width. Positions are relative to its own top left corner."""

    def __init__(self, line: Line, width: int, style: TextStyle) -> None:
        self.line = line
        self._style = style
        head = heading(line) + "  "
        self._offset = utf16_length(head)
        self._layout = QTextLayout(head + line.text, style.body)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        direction = text_direction(line.text)  # of what was said, not of the time before it
        runs_left = direction is Qt.LayoutDirection.RightToLeft
        option.setTextDirection(direction)
        side = Qt.AlignmentFlag.AlignRight if runs_left else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        self._is_mixed = runs_both_ways(line.text)
        self._layout.setTextOption(option)
        self._layout.setFormats(self._formats())
        self._layout.beginLayout()
        top = 0.0
        while (row := self._layout.createLine()).isValid():
            row.setLineWidth(max(1, width))
            row.setPosition(QPointF(0, top + (style.line_height - row.height()) / 2))
            top += style.line_height
        self._layout.endLayout()
        self.height = top + style.gap

    def paint(self, painter: QPainter, left: float, top: float, lit: tuple[int, int] | None = None) -> None:
        """`lit` are the characters of the line's text that are heard just now."""
        for span in self.line.spans:
            for box in self._boxes(span.start, span.end):
                self._paint_tint(painter, span.kind, box.translated(left, top))
        for box in self._boxes(*lit) if lit else ():
            painter.setPen(QPen(QColor(self._style.own.accent), 1.5))
            painter.setBrush(QColor(self._style.own.surface))
            painter.drawRoundedRect(box.translated(left, top).adjusted(-2, -1, 2, 2), px(3), px(3))
        painter.setPen(QColor(self._style.own.text))
        self._layout.draw(painter, QPointF(left, top))
        for span in self.line.spans:
            for box in self._boxes(span.start, span.end):
                self._paint_underline(painter, span.kind, box.translated(left, top))

    def character_at(self, x: float, y: float) -> int | None:
        """Which character of the line's text lies there."""
        for number in range(self._layout.lineCount()):
            row = self._layout.lineAt(number)
            box = row.naturalTextRect()
            if not (row.y() <= y < row.y() + self._style.line_height and box.left() <= x <= box.right()):
                continue
            unit = _unit_at(row, x) if self._is_mixed else row.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)
            return None if unit < self._offset else character_count(self.line.text, unit - self._offset)
        return None

    def span_at(self, x: float, y: float) -> int | None:
        """Which of the line's spans lies there; a flag before the good sign around it."""
        hits = [
            number
            for number, span in enumerate(self.line.spans)
            if any(box.adjusted(-1, -2, 1, 3).contains(x, y) for box in self._boxes(span.start, span.end))
        ]
        return min(hits, key=lambda number: self.line.spans[number].kind is SpanKind.GOOD_SIGN) if hits else None

    def span_box(self, number: int) -> QRectF:
        """Around all pieces of a span."""
        span = self.line.spans[number]
        boxes = self._boxes(span.start, span.end)
        united = boxes[0]
        for box in boxes[1:]:
            united = united.united(box)
        return united

    def _formats(self) -> list[QTextLayout.FormatRange]:
        own, text = self._style.own, self.line.text
        settled = utf16_length(text[: self.line.settled])
        formats = [_range(0, self._offset, own.muted, self._style.head)]
        if self.line.kind is not LineKind.SPEECH:
            quiet = QFont(self._style.head)
            quiet.setItalic(self.line.kind is LineKind.GAP)
            colour = own.warning if self.line.kind is LineKind.GAP else own.accent
            formats.append(_range(self._offset, utf16_length(text), colour, quiet))
        elif self.line.settled < len(text):
            tail = QFont(self._style.body)
            tail.setItalic(True)
            formats.append(_range(self._offset + settled, utf16_length(text) - settled, own.muted, tail))
        return formats

    def _boxes(self, first_character: int, last_character: int) -> list[QRectF]:
        """Where characters of the text stand: one box for each row of text that they touch."""
        start = self._offset + utf16_length(self.line.text[:first_character])
        end = self._offset + utf16_length(self.line.text[:last_character])
        boxes = []
        for number in range(self._layout.lineCount()):
            row = self._layout.lineAt(number)
            first, last = max(start, row.textStart()), min(end, row.textStart() + row.textLength())
            if first >= last:
                continue
            for left, right in _stretches(row, first, last) if self._is_mixed else [_stretch(row, first, last)]:
                right = min(right, row.naturalTextRect().right())
                boxes.append(QRectF(left, row.y(), right - left, row.height()))
        return boxes

    def _paint_tint(self, painter: QPainter, kind: SpanKind, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_colours(self._style.own, kind)[1]))
        painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), px(2), px(2))

    def _paint_underline(self, painter: QPainter, kind: SpanKind, box: QRectF) -> None:
        ink = QColor(_colours(self._style.own, kind)[0])
        y = box.bottom() + 0.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if kind is SpanKind.NUMBER_ONLY:
            painter.setPen(QPen(ink, px(1.2)))
            painter.drawPath(_wave(box.left(), box.right(), y, px(1.4), px(6)))
        elif kind is SpanKind.VAGUE:
            pen = QPen(ink, px(1.8))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setDashPattern([0.01, 2.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(box.left() + 1, y), QPointF(box.right(), y))
        else:
            ink.setAlpha(150)
            painter.setPen(QPen(ink, 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def _colours(own: Colours, kind: SpanKind) -> tuple[str, str]:
    return {
        SpanKind.NUMBER_ONLY: (own.number, own.number_tint),
        SpanKind.VAGUE: (own.vague, own.vague_tint),
        SpanKind.GOOD_SIGN: (own.good, own.good_tint),
    }[kind]


def _range(start: int, length: int, colour: str, of: QFont) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, length
    look = QTextCharFormat()
    look.setFont(of)
    look.setForeground(QColor(colour))
    made.format = look
    return made


def _wave(left: float, right: float, middle: float, swing: float, period: float) -> QPainterPath:
    path = QPainterPath(QPointF(left, middle))
    x, up = left, True
    while x < right:
        step = min(period / 2, right - x)
        path.quadTo(QPointF(x + step / 2, middle + (-swing if up else swing) * 1.6), QPointF(x + step, middle))
        x, up = x + step, not up
    return path


def _stretch(row: QTextLine, first: int, last: int) -> tuple[float, float]:
    left, right = sorted((_x(row.cursorToX(first)), _x(row.cursorToX(last))))
    return left, right


def _stretches(row: QTextLine, first: int, last: int) -> list[tuple[float, float]]:
    """Where UTF-16 units stand: in text that runs both ways, what is said in one go may stand in several places."""
    joined: list[tuple[float, float]] = []
    drawn = (_sides(row, unit) for unit in range(first, last))
    for left, right in sorted(sides for sides in drawn if sides[0] < sides[1]):
        if joined and left - joined[-1][1] < 0.5:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return joined


def _unit_at(row: QTextLine, x: float) -> int:
    """The UTF-16 unit at a place; Qt's own answer is at times the one beside it where text runs from right to left."""
    units = range(row.textStart(), row.textStart() + row.textLength())
    return next((unit for unit in units if _sides(row, unit)[0] <= x < _sides(row, unit)[1]), -1)


def _sides(row: QTextLine, unit: int) -> tuple[float, float]:
    """Where a UTF-16 unit is drawn; nowhere, if it is a part of what is drawn for the one before."""
    boxes = [run.boundingRect() for run in row.glyphRuns(unit, 1)]
    return min((box.left() for box in boxes), default=0.0), max((box.right() for box in boxes), default=0.0)


def _x(answer: object) -> float:
    """`cursorToX` also returns the position that it settled on."""
    if isinstance(answer, tuple):
        return float(answer[0])
    assert isinstance(answer, float)
    return answer
