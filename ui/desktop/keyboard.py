"""The keys that count now, and the widgets that follow them: a change counts at once, everywhere. UI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.desktop.shortcuts import REPEATING, TABLE, Action, Keys, Where, combination, shown, spoken


class Keyboard(QObject):
    """As the theme, there is one for the whole program. Emits `changed` when keys mean something else."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.keys = Keys()  # read it; `use` changes it

    def use(self, keys: Keys) -> None:
        if keys != self.keys:
            self.keys = keys
            self.changed.emit()

    def shown(self, action: Action) -> str:
        return shown(self.keys.key(action))

    def spoken(self, action: Action) -> str:
        return spoken(self.keys.key(action))

    def is_key(self, event: QKeyEvent, action: Action) -> bool:
        return self.keys.key(action) in _pressed(event)

    def repeats(self, event: QKeyEvent) -> bool:
        """Whether it is the key of an action that goes on while it is held."""
        return any(self.is_key(event, action) for action in REPEATING)

    def action(self, event: QKeyEvent, page: Where) -> Action | None:
        """What a key does on a page, besides what it does everywhere."""
        pressed = _pressed(event)
        return next((one.action for one in TABLE if one.where is page and self.keys.key(one.action) in pressed), None)


KEYBOARD = Keyboard()
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ActionKey(QShortcut):
    """The key of an action while `page` is in sight; held down it counts once, but for those that repeat."""

    def __init__(self, page: QWidget, action: Action, does: Callable[[], object]) -> None:
        super().__init__(page)
        self._action = action
        self.setAutoRepeat(action in REPEATING)
        self.activated.connect(does)
        KEYBOARD.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setKey(QKeySequence(KEYBOARD.keys.key(self._action)))


class KeyTip(QObject):
    """Shows the key of an action in a widget's tool tip, and says it after the widget's name."""

    def __init__(self, widget: QWidget, action: Action, name: str) -> None:
        super().__init__(widget)
        self._widget, self._action, self._name = widget, action, name
        KEYBOARD.changed.connect(self._follow)
        self._follow()

    def say(self, name: str) -> None:
        """The widget is called something else now."""
        self._name = name
        self._follow()

    def _follow(self) -> None:
        self._widget.setToolTip(KEYBOARD.shown(self._action))
        self._widget.setAccessibleName(f"{self._name}, {KEYBOARD.spoken(self._action)}")


def is_enter(event: QKeyEvent) -> bool:
    """Whether it is either Enter key."""
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def pressed_key(event: QKeyEvent) -> str:
    """A key that was pressed, as it is stored: a sign that takes Shift on this keyboard without it."""
    return combination(event.key(), event.modifiers() & ~_SHIFT if _is_sign(event) else event.modifiers())


def _pressed(event: QKeyEvent) -> set[str]:
    """What a key may mean: some say Shift and 1 for what others call an exclamation mark."""
    return {combination(event.key(), event.modifiers()), pressed_key(event)}


def _is_sign(event: QKeyEvent) -> bool:
    text = event.text()
    return text.isprintable() and bool(text.strip()) and not text.isalnum()
