"""A label that breaks anywhere rather than grow wider than its place, and ends in an ellipsis after so many lines."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from assistant.plain import plain
from ui.desktop.direction import is_mirrored, text_direction
from ui.desktop.theme import Colours, Type, colours, font

_LONGEST_TIP = 300
_MOST_CHARACTERS = 2000  # more than any place in the panel can show; keeps hostile text cheap


class TextBlock(QLabel):
    """Plain text in one colour of the theme, `lines` lines at most."""

    def __init__(self, of: Type, colour: str = "text", lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._type, self._colour, self._lines = of, colour, lines
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(lines > 1)
        self.setSizePolicy(policy)
        self.setFont(font(of))

    def say(self, text: str) -> None:
        text = plain(text)
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def say_if_any(self, text: str) -> None:
        """Without text it takes no place."""
        self.say(text)
        self.setVisible(bool(text))

    def recolour(self, colour: str) -> None:
        """`colour` is the name of one of the theme's."""
        self._colour = colour
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self.restyle()

    def restyle(self) -> None:
        """Take the present theme's font."""
        self.setFont(font(self._type))
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        return round(self._line_height() * len(self._laid_out(width)))

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        metrics = QFontMetricsF(self.font())
        width = metrics.horizontalAdvance(self.text()[:200]) + 2
        return QSize(round(min(width, 40 * metrics.averageCharWidth()) + 1), round(self._line_height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(round(4 * QFontMetricsF(self.font()).averageCharWidth()), round(self._line_height()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        painter = QPainter(self)
        own: Colours = colours()
        painter.setPen(QColor(getattr(own, self._colour)))
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        pieces, runs_left = self._laid_out(self.width()), is_mirrored(self)
        painter.setLayoutDirection(text_direction(self.text()))
        height = self._line_height()
        top = max(0.0, (self.height() - height * len(pieces)) / 2) if self._lines == 1 else 0.0
        for number, piece in enumerate(pieces):
            left = self.width() - metrics.horizontalAdvance(piece) if runs_left else 0.0
            baseline = top + number * height + (height + metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(left, baseline), piece)

    def _line_height(self) -> float:
        return QFontMetricsF(self.font()).height() * (1.12 if self._lines > 1 else 1.0)

    def _laid_out(self, width: int) -> list[str]:
        """The lines of text that fit; the last one elided if there is more."""
        text = self.text()[:_MOST_CHARACTERS]
        metrics = QFontMetricsF(self.font())
        if self._lines == 1:
            return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)] if text else []
        layout = QTextLayout(text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(text_direction(text))
        layout.setTextOption(option)
        layout.beginLayout()
        pieces: list[str] = []
        while len(pieces) < self._lines and (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            start, length = _character_range(text, line.textStart(), line.textLength())
            rest = text[start:]
            is_last = len(pieces) == self._lines - 1 and length < len(rest)
            shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width) if is_last else rest[:length].rstrip()
            pieces.append(shown)
        layout.endLayout()
        return pieces


def tip_of(text: str) -> str:
    """A text for a tool tip: Qt takes one that looks like markup for markup, and makes room for all of it."""
    short = text if len(text) <= _LONGEST_TIP else text[:_LONGEST_TIP] + "…"
    return f"<qt>{html.escape(short)}</qt>" if GuiQt.mightBeRichText(short) else short


def utf16_length(text: str) -> int:
    """Qt counts in UTF-16 units, Python in code points."""
    return len(text) + sum(character > "\uffff" for character in text)


def character_count(text: str, units: int) -> int:
    """How many code points the first so many UTF-16 units of `text` are."""
    return units if text.isascii() else len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _character_range(text: str, start: int, length: int) -> tuple[int, int]:
    """A range in UTF-16 units as (start, length) in code points."""
    if text.isascii():
        return start, length
    units = text.encode("utf-16-le")
    before = len(units[: 2 * start].decode("utf-16-le", "ignore"))
    return before, len(units[2 * start : 2 * (start + length)].decode("utf-16-le", "ignore"))
