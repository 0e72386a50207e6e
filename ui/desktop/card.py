"""One follow-up: the candidate's words, the question to read aloud, and why."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from ui.desktop.buttons import KeyButton, button
from ui.desktop.direction import Margins, is_mirrored, mirrored
from ui.desktop.keyboard import KEYBOARD
from ui.desktop.panel_state import Card
from ui.desktop.shortcuts import ASKED, LATER
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, claim_colour, colours, px

_NARROW = 250
_QUOTE_COLOURS = {"number_only": "number", "vague": "vague", "aspect": "accent"}


class CardWidget(QFrame):
    """Emits `asked` or `later` with the follow-up's id. Without `is_live` it only shows."""

    asked = Signal(str)
    later = Signal(str)

    def __init__(self, card: Card, is_live: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self.number = 1
        self._quote = TextBlock(Type.BODY, _QUOTE_COLOURS[card.kind], 4)
        self._question = TextBlock(Type.QUESTION, "text", 8)
        self._why = TextBlock(Type.TINY, "muted", 6)
        self._asked = KeyButton("Asked")
        self._later = button("Later", "Later", "small")
        self._quote.say(f"“{card.quote}”")
        self._question.say(card.question)
        self._why.say(card.why)
        self._asked.clicked.connect(lambda: self.asked.emit(card.id))
        self._later.clicked.connect(lambda: self.later.emit(card.id))
        KEYBOARD.changed.connect(self._show_keys)
        self._lay_out()
        self._quote.setVisible(bool(card.quote))  # only now: without a parent it would be a window
        self._asked.setVisible(is_live)
        self._later.setVisible(is_live)
        quoted = f"They said: {card.quote}. " if card.quote else ""
        self.setAccessibleName(f"Suggested question: {card.question}")
        self.setAccessibleDescription(f"{quoted}Why: {card.why}")

    def set_number(self, number: int) -> None:
        """Its place among the cards, which says what its keys are."""
        self.number = number
        self._show_keys()

    def _show_keys(self) -> None:
        asked, later = ASKED[self.number - 1], LATER[self.number - 1]
        self._asked.set_key(KEYBOARD.shown(asked))
        self._asked.setAccessibleName(f"Asked, {KEYBOARD.spoken(asked)}: {self.card.question}")
        self._later.setAccessibleName(f"Later, {KEYBOARD.spoken(later)}: {self.card.question}")
        self._later.setToolTip(KEYBOARD.shown(later))

    def disable(self) -> None:
        """It is on its way out: a late click does nothing."""
        self._asked.setEnabled(False)
        self._later.setEnabled(False)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(7), px(7))
        painter.fillPath(shape, QColor(own.surface))
        painter.save()
        painter.setClipPath(shape)
        strip, rest = QRectF(0, 0, px(4), self.height()), QRectF(px(4), 0, self.width(), self.height())
        if is_mirrored(self):
            strip, rest = mirrored(strip, self.width()), mirrored(rest, self.width())
        painter.fillRect(strip, QColor(claim_colour(own, self.card.kind)))
        painter.restore()
        painter.setPen(QPen(QColor(own.edge), 1))
        painter.save()
        painter.setClipRect(rest)
        painter.drawPath(shape)
        painter.restore()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        Margins(self, column, px(15), px(10), px(11), px(9))
        column.setSpacing(px(4))
        column.addWidget(self._quote)
        column.addWidget(self._question)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(px(6))
        self._row.addWidget(self._why, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(px(6))
        self._buttons.addStretch(1)
        for made in (self._asked, self._later):
            self._buttons.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing)
        self._row.addLayout(self._buttons)
        column.addLayout(self._row)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        """Where the buttons would leave no room for why, they stand below it; one below the other, if they must."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_narrow = self.width() < px(_NARROW)
        self._row.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        room = self.contentsRect().width() - px(32)
        is_tight = self._asked.sizeHint().width() + self._later.sizeHint().width() > room
        self._buttons.setDirection(directions.TopToBottom if is_tight else directions.LeftToRight)
