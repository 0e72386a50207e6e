"""Encryption of the kept calls in the settings: the switch, and in its place what turning it on or off needs.

It says what was wanted and shows how it stands; it encrypts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.desktop.buttons import button
from ui.desktop.fields import CodeField, PasswordField
from ui.desktop.focus import holds_focus
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px
from ui.desktop.tick import Tick

TITLE = "Encrypt kept calls"
SENTENCE = (
    "Transcripts and recordings are stored so that nobody reads them without your passphrase, which is asked for when "
    "the program starts. Dates and lengths of calls, your settings, and what you export stay readable."
)
WARNING = (
    "Nobody can read the calls without the passphrase or the recovery code, which is shown next: if you lose both, all "
    "kept calls are lost. At least 10 characters; four or five words that nobody would say together are good."
)
OFF_SENTENCE = "All kept calls become readable for whoever has this disk."
CODE_SENTENCE = "This recovery code opens the calls, too. Write it down and keep it elsewhere: it is shown this once."
NOT_THE_SAME = "The two are not the same."


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """What the form shows. `code` is a recovery code that nobody has noted yet, `problem` why something went wrong."""

    is_on: bool = False
    is_working: bool = False
    text: str = ""
    code: str = ""
    problem: str = ""


class EncryptionForm(QWidget):
    """Emits `encrypt_wanted(passphrase)`, `decrypt_wanted`, and `code_noted`."""

    encrypt_wanted = Signal(str)
    decrypt_wanted = Signal()
    code_noted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EncryptionState()
        self._is_asking = False  # for what turning it on or off needs
        self._tick = Tick(TITLE)
        self._tick.setAccessibleDescription(f"{TITLE}: {SENTENCE}")
        self._tick.clicked.connect(self._ask)
        self._tick.entered.connect(self._tick.click)
        self._status, self._problem = TextBlock(Type.SMALL, "text", 3), TextBlock(Type.SMALL, "error", 8)
        self._first, self._again = PasswordField("New passphrase"), PasswordField("The same once more")
        self._first.returnPressed.connect(self._again.setFocus)
        self._again.returnPressed.connect(self._encrypt)
        self._code = CodeField("Recovery code")
        encrypt, decrypt = (
            button("Encrypt", "Encrypt all kept calls", "primary"),
            button("Decrypt", "Decrypt all kept calls"),
        )
        noted = button("I have written it down", "I have written the recovery code down")
        encrypt.clicked.connect(self._encrypt)
        decrypt.clicked.connect(self._decrypt)
        noted.clicked.connect(self.code_noted)
        self._on_form = _form(_text(WARNING), self._first, self._again, _line(encrypt, self._cancel_button()))
        self._off_form = _form(_text(OFF_SENTENCE), _line(decrypt, self._cancel_button()))
        self._code_form = _form(_text(CODE_SENTENCE), self._code, _line(noted))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(5), 0, px(5))
        column.setSpacing(px(3))
        sentence = _text(SENTENCE)
        for widget in (
            self._tick, sentence, self._status, self._on_form, self._off_form, self._problem, self._code_form
        ):  # fmt: skip
            column.addWidget(widget)
        self.show_state(self._state)

    def show_state(self, state: EncryptionState) -> None:
        self._is_asking = self._is_asking and state.is_on == self._state.is_on
        self._state = state
        self._tick.setChecked(state.is_on)
        self._tick.setEnabled(not state.is_working)
        self._show_forms()
        self._say(self._status, state.text)
        self._say(self._problem, state.problem)
        self._code.setText(state.code)
        self._show_form(self._code_form, bool(state.code))
        if self.hasFocus() and (state.code or not state.is_working):
            (self._code if state.code else self._tick).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_forms(self) -> None:
        is_shown = self._is_asking and not self._state.is_working
        self._show_form(self._on_form, is_shown and not self._state.is_on)
        self._show_form(self._off_form, is_shown and self._state.is_on)

    def _show_form(self, form: QWidget, is_shown: bool) -> None:
        """Keys that went to one that goes away go nowhere until there is something to press, and to nothing far off."""
        if not is_shown and holds_focus(form):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        form.setVisible(is_shown)

    def _ask(self) -> None:
        """The switch was pressed: it shows what is until that has changed."""
        self._tick.setChecked(self._state.is_on)
        self._is_asking = not self._is_asking
        self._say(self._problem, "")
        self._show_forms()
        if self._on_form.isVisible():
            self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _encrypt(self) -> None:
        if self._first.text() != self._again.text():
            self._say(self._problem, NOT_THE_SAME)
            return
        passphrase = self._first.text()
        self._forget()
        self.encrypt_wanted.emit(passphrase)

    def _decrypt(self) -> None:
        self.decrypt_wanted.emit()

    def _cancel(self) -> None:
        self._forget()
        self._is_asking = False
        self._say(self._problem, "")
        self._show_forms()
        self._tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        self._first.clear()
        self._again.clear()

    def _cancel_button(self) -> QWidget:
        made = button("Cancel", "Cancel, nothing is changed")
        made.clicked.connect(self._cancel)
        return made

    def _say(self, block: TextBlock, text: str) -> None:
        block.say(text)
        block.setVisible(bool(text))


def _form(*widgets: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(px(28), px(2), 0, px(4))
    column.setSpacing(px(5))
    for widget in widgets:
        column.addWidget(widget)
    made.hide()
    return made


def _line(*buttons: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in buttons:
        row.addWidget(widget)
    row.addStretch(1)
    return made


def _text(words: str) -> TextBlock:
    block = TextBlock(Type.SMALL, "muted", 8)
    block.say(words)
    return block
