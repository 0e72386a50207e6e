"""The panel's keys, in one table: what each does, where it counts, and which key it has until somebody changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

_Mod = Qt.KeyboardModifier


class Where(Enum):
    """The pages on which a key counts; the same key may mean something else on another one."""

    EVERYWHERE = "On every page"
    READY = "Before a call"
    CALL = "During a call"
    SESSION = "After a call"
    HISTORY = "In the history"


class Action(StrEnum):
    """Values are the names in the settings."""

    ASKED_1, ASKED_2, ASKED_3 = "asked_1", "asked_2", "asked_3"
    LATER_1, LATER_2, LATER_3 = "later_1", "later_2", "later_3"
    MARK, MARK_WITH_NOTE, PAUSE, PLAN, NOW = "mark", "mark_with_note", "pause", "plan", "now"
    SETTINGS, CLOSE, OPEN_HISTORY = "settings", "close", "history"
    PLAY, BACK, AHEAD, CORRECT, EXPORT = "play", "back", "ahead", "correct", "export"
    FIND, DELETE, UNDO = "find", "delete", "undo"


ASKED = (Action.ASKED_1, Action.ASKED_2, Action.ASKED_3)  # by the numbers of the cards
LATER = (Action.LATER_1, Action.LATER_2, Action.LATER_3)
REPEATING = (Action.BACK, Action.AHEAD)  # while the key is held: that is how one looks for a place in a recording


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`key` is the default in Qt's portable form; `does` follows "this key" in a sentence."""

    action: Action
    where: Where
    key: str
    does: str


TABLE = (
    Shortcut(Action.ASKED_1, Where.CALL, "1", "the first card was asked"),
    Shortcut(Action.ASKED_2, Where.CALL, "2", "the second card was asked"),
    Shortcut(Action.ASKED_3, Where.CALL, "3", "the third card was asked"),
    Shortcut(Action.LATER_1, Where.CALL, "Shift+1", "the first card waits until later"),
    Shortcut(Action.LATER_2, Where.CALL, "Shift+2", "the second card waits until later"),
    Shortcut(Action.LATER_3, Where.CALL, "Shift+3", "the third card waits until later"),
    Shortcut(Action.MARK, Where.CALL, "M", "mark this moment"),
    Shortcut(Action.MARK_WITH_NOTE, Where.CALL, "Shift+M", "mark this moment with a note"),
    Shortcut(Action.PAUSE, Where.CALL, "Space", "pause, and go on"),
    Shortcut(Action.PLAN, Where.CALL, "P", "show or hide the plan"),
    Shortcut(Action.NOW, Where.CALL, "J", "jump to now"),
    Shortcut(Action.OPEN_HISTORY, Where.READY, "Ctrl+H", "open the history"),
    Shortcut(Action.PLAY, Where.SESSION, "Space", "play and pause the recording"),
    Shortcut(Action.BACK, Where.SESSION, "Ctrl+Left", "ten seconds back"),
    Shortcut(Action.AHEAD, Where.SESSION, "Ctrl+Right", "ten seconds on"),
    Shortcut(Action.CORRECT, Where.SESSION, "F2", "correct the line"),
    Shortcut(Action.EXPORT, Where.SESSION, "Ctrl+E", "export the call"),
    Shortcut(Action.FIND, Where.HISTORY, "Ctrl+F", "search"),
    Shortcut(Action.DELETE, Where.HISTORY, "Del", "delete the chosen call"),
    Shortcut(Action.UNDO, Where.HISTORY, "Ctrl+Z", "take a deletion back"),
    Shortcut(Action.SETTINGS, Where.EVERYWHERE, "Ctrl+,", "open the settings"),
    Shortcut(Action.CLOSE, Where.EVERYWHERE, "Ctrl+Q", "close the panel"),
)
FIXED = (  # what these do is the same in every program
    ("Tab", "go from one control to the next"),
    ("Enter", "press the control, or choose the row"),
    ("Left, Right", "go from one marked place of the transcript to the next"),
    ("Ctrl+Enter", "save the correction, write the export"),
    ("Escape", "put a note away, go back; it never stops a recording"),
)
_ROWS = {shortcut.action: shortcut for shortcut in TABLE}
_OWN_MEANING = {
    "Tab", "Backtab", "Return", "Enter", "Esc", "Backspace", "Space", "Left", "Right", "Up", "Down", "Home", "End",
    "PgUp", "PgDown",
}  # fmt: skip
_OF_TEXT = {"Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X"}
_SPOKEN = {"Ctrl": "Control", ",": "comma", ".": "full stop", "+": "plus", "Del": "Delete", "Ins": "Insert"}


def where(action: Action) -> Where:
    return _ROWS[action].where


@dataclass(frozen=True, slots=True)
class Keys:
    """Which key each action has. `changed` holds those that a person gave, in Qt's portable form."""

    changed: Mapping[Action, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> tuple[Keys, list[str]]:
        """What the settings say, and a message for each thing in it that can't be used: its own key counts then."""
        usable: dict[Action, str] = {}
        messages: list[str] = []
        for name, text in stored.items():
            if name not in _ROWS:
                messages.append(f"The key of {name!r} is not used: nothing in the panel is called that.")
            elif why := _why_not(Action(name), key := portable(text)):
                messages.append(f"The key {text!r} for {name!r} is not used. {why}")
            else:
                usable[Action(name)] = key
        while clash := cls(usable)._clash():
            messages.append(f"The key {usable.pop(clash)!r} for {str(clash)!r} is not used: it is another one's, too.")
        return cls(usable), messages

    def key(self, action: Action) -> str:
        return self.changed.get(action, _ROWS[action].key)

    def refusal(self, action: Action, key: str) -> str:
        """Why an action can't have that key, for the person who pressed it; empty where it can."""
        if why := _why_not(action, key):
            return why
        other = next((one for one in self._beside(action) if self.key(one) == key), None)
        return f"{shown(key)} is taken: {_ROWS[other].does}. Give that another key first." if other else ""

    def with_key(self, action: Action, key: str) -> Keys:
        """`refusal` has nothing against it."""
        rest = {one: text for one, text in self.changed.items() if one is not action}
        return Keys(rest if key == _ROWS[action].key else {**rest, action: key})

    def stored(self) -> dict[str, str]:
        return {str(action): key for action, key in self.changed.items()}

    def _beside(self, action: Action) -> Iterator[Action]:
        """All that count where this one does."""
        here = where(action)
        for one in TABLE:
            if one.action is not action and (one.where is here or Where.EVERYWHERE in (one.where, here)):
                yield one.action

    def _clash(self) -> Action | None:
        """A changed one whose key another one has."""
        return next((one for one in self.changed if any(self.key(o) == self.key(one) for o in self._beside(one))), None)


def portable(text: str) -> str:
    """A key as it is stored; empty where that is none."""
    keys = QKeySequence(text)
    return keys.toString() if keys.count() == 1 else ""


def shown(key: str) -> str:
    """A key as keyboards of this system name it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def spoken(key: str) -> str:
    """A key in words, for those who hear the panel."""
    words = [_SPOKEN.get(part, part) for part in _parts(key)]
    if words == ["Space"]:
        return "space bar"
    return " and ".join(words) if len(words) > 1 else f"key {words[0]}"


def _why_not(action: Action, key: str) -> str:
    if not key:
        return "That is no key that can be used. Press one key, alone or with Ctrl, Alt or Shift."
    if key == _ROWS[action].key:
        return ""
    *modifiers, name = _parts(key)
    is_bare = set(modifiers) <= {"Shift"}
    if key in _OF_TEXT or (is_bare and name in _OWN_MEANING):
        return f"{shown(key)} has a meaning of its own in lists and texts. Take another one."
    if is_bare and len(name) == 1 and where(action) is not Where.CALL:
        return f"{shown(key)} is written where there is text. Take one with Ctrl or Alt, or a key such as F6."
    return ""


def _parts(key: str) -> list[str]:
    return [*key[:-1].split("+")[:-1], "+"] if key.endswith("+") else key.split("+")


def combination(key: int, modifiers: Qt.KeyboardModifier) -> str:
    """A key that was pressed, as it is stored. Where on the keyboard it lies is all the same."""
    return QKeySequence(QKeyCombination(modifiers & ~_Mod.KeypadModifier, Qt.Key(key))).toString()
