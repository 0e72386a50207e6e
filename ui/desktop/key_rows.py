"""The keys on the settings page: what each does, and a field to give it another one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.desktop.announcing import announce
from ui.desktop.buttons import button
from ui.desktop.key_field import KeyField
from ui.desktop.keyboard import KEYBOARD
from ui.desktop.shortcuts import FIXED, TABLE, Action, Keys, Shortcut, Where, shown, spoken
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

SENTENCE = "Press a key's field, then the key that is to do this. It counts at once."


class KeyRows(QWidget):
    """Emits `chosen` with the keys that differ from those of the table, as the settings store them."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = {one.action: _KeyRow(one) for one in TABLE}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(_said(SENTENCE, Type.SMALL, "muted", 3))
        for page in Where:
            column.addSpacing(px(8))
            column.addWidget(_said(page.value, Type.STRONG, "text", 1))
            for one in TABLE:
                if one.where is page:
                    column.addWidget(self._rows[one.action])
        self._all = button("Take back all changed keys", "Take back all changed keys", "link")
        self._all.clicked.connect(lambda: self._change(Keys(), self._rows[TABLE[0].action]))
        line = QHBoxLayout()
        line.addWidget(self._all)
        line.addStretch(1)
        column.addLayout(line)
        column.addSpacing(px(8))
        column.addWidget(_said("Always the same", Type.STRONG, "text", 1))
        for key, does in FIXED:
            column.addWidget(_said(f"{key}: {does}", Type.BODY, "muted", 3))
        for row in self._rows.values():
            row.wanted.connect(self._take)
        KEYBOARD.changed.connect(self._follow)
        self._follow()

    def row(self, action: Action) -> _KeyRow:
        return self._rows[action]

    def _take(self, action: Action, key: str) -> None:
        row, keys = self._rows[action], KEYBOARD.keys
        if why := keys.refusal(action, key):
            row.say_refused(why)
        else:
            self._change(keys.with_key(action, key), row)

    def _change(self, keys: Keys, row: _KeyRow) -> None:
        for one in self._rows.values():
            one.say_refused("")
        if keys != KEYBOARD.keys:
            self.chosen.emit(keys.stored())
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)  # what was pressed may be gone

    def _follow(self) -> None:
        for action, row in self._rows.items():
            row.show_key(KEYBOARD.keys.key(action))
        self._all.setVisible(bool(KEYBOARD.keys.changed))


class _KeyRow(QWidget):
    """Emits `wanted(action, key)`."""

    wanted = Signal(object, str)

    def __init__(self, shortcut: Shortcut) -> None:
        super().__init__()
        self._shortcut = shortcut
        does = _said(shortcut.does[:1].upper() + shortcut.does[1:], Type.BODY, "text", 3)
        self.field = KeyField(f"Key to {shortcut.does}")
        self.field.taken.connect(lambda key: self.wanted.emit(shortcut.action, key))
        usual = shown(shortcut.key)
        self.reset = button(f"Back to {usual}", f"Back to {spoken(shortcut.key)}: {shortcut.does}", "link")
        self.reset.clicked.connect(lambda: self.wanted.emit(shortcut.action, shortcut.key))
        self.refused = TextBlock(Type.SMALL, "warning", 4)
        self.refused.hide()
        line = QHBoxLayout()
        line.setSpacing(px(8))
        line.addWidget(does, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.reset)
        line.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        column.addLayout(line)
        column.addWidget(self.refused)

    def show_key(self, key: str) -> None:
        self.field.show_key(shown(key), spoken(key))
        self.reset.setVisible(key != self._shortcut.key)

    def say_refused(self, why: str) -> None:
        self.refused.say_if_any(why)
        if why:
            announce(self, why)


def _said(text: str, of: Type, colour: str, lines: int) -> TextBlock:
    made = TextBlock(of, colour, lines)
    made.say(text)
    return made
