"""Where a new passphrase is typed, twice. What can be seen to be wrong with it is said before anything is done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from assistant.errors import SealingError
from assistant.sealing.vault import check_passphrase
from ui.desktop.buttons import button
from ui.desktop.flow import in_line
from ui.desktop.secret_fields import PasswordField
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

NOT_THE_SAME = "The two are not the same."
_INDENT = 28  # below the words of the switch above


class PassphraseForm(QWidget):
    """Emits `given(passphrase)`, `problem(text)` where it can't be used, and `cancelled`."""

    given = Signal(str)
    problem = Signal(str)
    cancelled = Signal()

    def __init__(self, sentence: str, verb: str, name: str) -> None:
        super().__init__()
        self._first, self._again = PasswordField("New passphrase"), PasswordField("The same once more")
        self._first.returnPressed.connect(self._again.setFocus)
        self._again.returnPressed.connect(self._give)
        do, cancel = button(verb, name, "primary"), cancel_button()
        do.clicked.connect(self._give)
        cancel.clicked.connect(self.cancelled)
        stack_in(self, small_text(sentence), self._first, self._again, in_line(do, cancel))
        self.hide()

    def focus_first(self) -> None:
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        self._first.clear()
        self._again.clear()

    def _give(self) -> None:
        passphrase = self._first.text()
        try:
            check_passphrase(passphrase)
        except SealingError as error:
            self.problem.emit(str(error))
            return
        if self._again.text() != passphrase:
            self.problem.emit(NOT_THE_SAME)
            return
        self.forget()
        self.given.emit(passphrase)


def stack_in(form: QWidget, *widgets: QWidget, indent: float = _INDENT) -> None:
    """Lay `widgets` out in `form`, one below the other; `indent` is a length of the design."""
    column = QVBoxLayout(form)
    column.setContentsMargins(px(indent) if indent else 0, px(2), 0, px(4))
    column.setSpacing(px(6))
    for widget in widgets:
        column.addWidget(widget)


def small_text(words: str, colour: str = "muted") -> TextBlock:
    block = TextBlock(Type.SMALL, colour, 14)
    block.say(words)
    return block


def cancel_button() -> QPushButton:
    return button("Cancel", "Cancel, nothing is changed")
