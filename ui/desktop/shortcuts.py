"""The panel's keys, from one place: what they are, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

HISTORY = "Ctrl+H"  # before a call
MARK, SETTINGS, PLAN, NOW = "M", "Ctrl+,", "P", "J"
CLOSE = "Ctrl+Q"
KEY_WORDS = (
    ("1, 2, 3", "the card was asked"),
    ("Shift+1, 2, 3", "the card waits until later"),
    (MARK, "mark this moment"),
    ("Space", "pause, and go on; after a call, play and pause its sound"),
    (PLAN, "show or hide the plan"),
    (NOW, "jump to now"),
    ("Left and right", "from one marked place of the transcript to the next"),
    (SETTINGS, "settings"),
    (HISTORY, "history, before a call"),
    ("Delete, Ctrl+Z", "delete a call in the history, and take that back"),
    ("Ctrl+Left, Ctrl+Right", "ten seconds back and on, after a call"),
    ("F2", "correct the line, after a call"),
    ("Ctrl+E", "export, after a call"),
    ("Escape", "put a note away, leave the settings; it never stops a recording"),
    (CLOSE, "close the panel"),
)


def add_key(window: QWidget, keys: str, does: Callable[[], object]) -> None:
    """A key of the whole window; held down it counts once."""
    shortcut = QShortcut(QKeySequence(keys), window)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(does)
