"""Up to three cards that come and go calmly: new ones fade in below, and nothing moves under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPropertyAnimation, QTimer, Signal
from PySide6.QtWidgets import QGraphicsOpacityEffect, QVBoxLayout, QWidget

from ui.desktop.card import CardWidget
from ui.desktop.focus import holds_focus
from ui.desktop.panel_state import MOST_CARDS, Card
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, motion_ms, px

_LINGER_MS = 900  # an empty place stays this long before the cards below move up
_LOOK_AGAIN_MS = 200  # while the pointer rests on the cards
_GUARD_MS = 700  # after cards have got other numbers, a key that was meant for the old ones does nothing


class CardStack(QWidget):
    """Emits `asked` and `later` with a follow-up's id, once for each card, and `focus_left` when a card goes that had
    the focus."""

    asked = Signal(str)
    later = Signal(str)
    focus_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_live = True
        self._wanted: tuple[Card, ...] = ()
        self._shown: list[CardWidget] = []  # those that are leaving keep their place until `_close_up`
        self._leaving: set[str] = set()
        self._empty = TextBlock(Type.SMALL, "muted", 2)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(8))
        self._column.addWidget(self._empty)
        self._close_timer = QTimer(self)
        self._close_timer.setSingleShot(True)
        self._close_timer.timeout.connect(self._close_up)
        self._since_renumbered = QElapsedTimer()

    def clear(self, is_live: bool, empty_text: str) -> None:
        """Start anew. Cards of a finished call have no buttons."""
        self._close_timer.stop()
        for widget in self._shown:
            widget.hide()
            widget.deleteLater()
        self._shown, self._leaving, self._wanted, self._is_live = [], set(), (), is_live
        self._since_renumbered.invalidate()
        self._empty.say(empty_text)
        self._empty.show()

    def show_cards(self, cards: tuple[Card, ...], at_once: bool = False) -> None:
        """`at_once` without a fade: the cards of a call that is opened."""
        self._wanted = cards
        wanted = {card.id: card for card in cards}
        for widget in self._shown:
            if widget.card.id not in wanted and widget.card.id not in self._leaving:
                self._let_go(widget)
        known = {widget.card.id for widget in self._shown}
        for card in [card for card in cards if card.id not in known][: MOST_CARDS - len(self._shown)]:
            self._add(
                card, fades=not at_once
            )  # one that finds no place yet comes when the places of those that leave are closed up
        self._empty.setVisible(not self._shown)

    def press(self, number: int, is_later: bool) -> bool:
        """What the key of a card does; False if there is no such card, or it has only just got this number."""
        if self._since_renumbered.isValid() and self._since_renumbered.elapsed() < _GUARD_MS:
            return False
        for widget in self._shown:
            if widget.number == number and widget.card.id not in self._leaving and self._is_live:
                (self.later if is_later else self.asked).emit(widget.card.id)
                return True
        return False

    def widgets(self) -> list[CardWidget]:
        """The cards that stand, in the order of their numbers."""
        return [widget for widget in self._shown if widget.card.id not in self._leaving]

    # --- coming and going ---

    def _add(self, card: Card, fades: bool) -> None:
        widget = CardWidget(card, self._is_live)
        taken = {shown.number for shown in self._shown}
        widget.set_number(next(number for number in range(1, 2 * MOST_CARDS + 1) if number not in taken))
        widget.asked.connect(self.asked)
        widget.later.connect(self.later)
        self._shown.append(widget)
        self._column.addWidget(widget)
        widget.show()  # now: a layout would show it with the next turn of the event loop
        if fades and motion_ms(self):
            self._fade(widget, 0.0, 1.0)
        self.updateGeometry()

    def _let_go(self, widget: CardWidget) -> None:
        self._leaving.add(widget.card.id)
        had_focus = holds_focus(widget)
        widget.disable()
        if had_focus:
            self.focus_left.emit()
        if motion_ms(self):
            self._fade(widget, 1.0, 0.0)
            self._close_timer.start(_LINGER_MS)
        elif self.underMouse():
            self._hide_in_place(widget)
            self._close_timer.start(_LOOK_AGAIN_MS)
        else:
            self._close_up(at_once=True)

    def _hide_in_place(self, widget: CardWidget) -> None:
        effect = QGraphicsOpacityEffect(widget)
        effect.setOpacity(0.0)
        widget.setGraphicsEffect(effect)

    def _fade(self, widget: CardWidget, start: float, end: float) -> None:
        effect = QGraphicsOpacityEffect(widget)
        effect.setOpacity(start)
        widget.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", widget)
        fade.setDuration(motion_ms(self) * 2)
        fade.setStartValue(start)
        fade.setEndValue(end)
        if end == 1.0:
            fade.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
        fade.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)

    def _close_up(self, at_once: bool = False) -> None:
        """Take away the places of cards that have gone; wait while the pointer rests on the others."""
        if self.underMouse() and not at_once:
            self._close_timer.start(_LOOK_AGAIN_MS)
            return
        numbers = {widget.card.id: widget.number for widget in self.widgets()}
        for widget in [widget for widget in self._shown if widget.card.id in self._leaving]:
            self._shown.remove(widget)
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._leaving.clear()
        self._renumber(numbers)
        self.updateGeometry()
        self.show_cards(self._wanted)

    def _renumber(self, numbers: dict[str, int]) -> None:
        for number, widget in enumerate(self._shown, 1):
            if numbers[widget.card.id] != number:
                widget.set_number(number)
                self._since_renumbered.start()
