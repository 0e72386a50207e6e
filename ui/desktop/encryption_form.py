"""Encryption of the kept calls in the settings: the switch, and in its place what turning it on or off, or another
passphrase, needs.

It says what was wanted and shows how it stands; it encrypts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assistant.sealing.vault import LEAST_CHARACTERS
from ui.desktop.buttons import button
from ui.desktop.direction import in_order
from ui.desktop.flow import in_line
from ui.desktop.focus import holds_focus
from ui.desktop.passphrase_form import PassphraseForm, cancel_button, small_text, stack_in
from ui.desktop.secret_fields import CodeField
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import px
from ui.desktop.tick import Tick

TITLE = "Encrypt kept calls"
SENTENCE = (
    "Transcripts and recordings are stored so that nobody reads them without your passphrase, which is asked for when "
    "the program starts. Dates and lengths of calls, your settings, and what you export stay readable."
)
WARNING = (
    "Nobody can read the calls without the passphrase or the recovery code, which is shown next: if you lose both, all "
    f"kept calls are lost. At least {LEAST_CHARACTERS} characters; four or five words that nobody would say together "
    "are good."
)
OFF_SENTENCE = "All kept calls become readable for whoever has this disk."
CHANGE_SENTENCE = (
    f"It takes the place of the one you have now. At least {LEAST_CHARACTERS} characters. The recovery code stays as "
    "it is."
)
REMEMBER = "Remember on this computer"
REMEMBER_SENTENCE = (
    "The program starts without asking. What opens the calls lies in this computer's key store, which opens with your "
    "login: they stay unreadable on a stolen disk or in a backup, but not for whoever uses this computer as you."
)
CODE_SENTENCE = "This recovery code opens the calls, too. Write it down and keep it elsewhere: it is shown this once."


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """What the form shows. `code` is a recovery code that nobody has noted yet, `problem` why something went wrong."""

    is_on: bool = False
    is_remembered: bool = False
    is_working: bool = False
    text: str = ""
    code: str = ""
    problem: str = ""


class EncryptionForm(QWidget):
    """Emits `encrypt_wanted(passphrase)`, `decrypt_wanted`, `change_wanted(passphrase)`, `remember_wanted(is_wanted)`
    and `code_noted`."""

    encrypt_wanted = Signal(str)
    decrypt_wanted = Signal()
    change_wanted = Signal(str)
    remember_wanted = Signal(bool)
    code_noted = Signal()
    grown = Signal()  # there is something new in it to see

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EncryptionState()
        self._asked: QWidget | None = None  # the form that is open, of those below
        self._tick = Tick(TITLE)
        self._tick.setAccessibleDescription(f"{TITLE}: {SENTENCE}")
        self._tick.clicked.connect(self.ask)
        self._tick.entered.connect(self._tick.click)
        self._status, self._problem = small_text("", "text"), small_text("", "error")
        self._change = button(in_order("Change passphrase…"), "Change the passphrase of the kept calls", "link")
        self._on_form = PassphraseForm(WARNING, "Encrypt", "Encrypt all kept calls")
        self._change_form = PassphraseForm(CHANGE_SENTENCE, "Change", "Change the passphrase")
        self._change.clicked.connect(self._ask_for_another)
        for form, wanted in ((self._on_form, self.encrypt_wanted), (self._change_form, self.change_wanted)):
            form.given.connect(wanted)
            form.problem.connect(lambda text: self._say(self._problem, text))
            form.cancelled.connect(self._cancel)
        decrypt, cancel = button("Decrypt", "Decrypt all kept calls"), cancel_button()
        decrypt.clicked.connect(self.decrypt_wanted)
        cancel.clicked.connect(self._cancel)
        self._off_form = QWidget()
        stack_in(self._off_form, small_text(OFF_SENTENCE), in_line(decrypt, cancel))
        self._code = CodeField("Recovery code")
        noted = button("Written down", "I have written the recovery code down")
        noted.clicked.connect(self.code_noted)
        self._code_form = QWidget()
        stack_in(self._code_form, small_text(CODE_SENTENCE), self._code, in_line(noted))
        self._remember = Tick(REMEMBER)
        self._remember.setAccessibleDescription(f"{REMEMBER}: {REMEMBER_SENTENCE}")
        self._remember.clicked.connect(self._want_remembered)
        self._remember.entered.connect(self._remember.click)
        self._while_on = QWidget()
        stack_in(self._while_on, self._remember, small_text(REMEMBER_SENTENCE), in_line(self._change), indent=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(5), 0, px(5))
        column.setSpacing(px(4))
        for widget in (
            self._tick, small_text(SENTENCE), self._status, self._on_form, self._off_form, self._change_form,
            self._problem, self._code_form, self._while_on,
        ):  # fmt: skip
            column.addWidget(widget)
        self.show_state(self._state)

    def show_state(self, state: EncryptionState) -> None:
        is_done = self._state.is_working and not state.is_working and not state.problem
        if is_done or state.is_on != self._state.is_on:
            self._asked = None
        self._state = state
        self._tick.setChecked(state.is_on)
        self._tick.setEnabled(not state.is_working)
        self._remember.setChecked(state.is_remembered)
        self._show_forms()
        self._say(self._status, state.text)
        self._say(self._problem, state.problem)
        self._code.say(state.code)
        self._show_form(self._code_form, bool(state.code))
        if self.hasFocus() and (state.code or not state.is_working):
            (self._code if state.code else self._tick).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> None:
        """The switch was pressed: it shows what is until that has changed."""
        self._tick.setChecked(self._state.is_on)
        wanted = self._off_form if self._state.is_on else self._on_form
        self._open(None if self._asked is wanted else wanted)

    def _want_remembered(self, is_wanted: bool) -> None:
        """It shows what is until that has changed."""
        self._remember.setChecked(self._state.is_remembered)
        if not self._state.is_working:
            self.remember_wanted.emit(is_wanted)

    def _ask_for_another(self) -> None:
        if not self._state.is_working:
            self._open(self._change_form)

    def _open(self, form: QWidget | None) -> None:
        self._asked = form
        self._say(self._problem, "")
        self._show_forms()
        if isinstance(form, PassphraseForm):
            form.focus_first()
        if form is not None:
            self.grown.emit()

    def _show_forms(self) -> None:
        asked = None if self._state.is_working else self._asked
        for form in (self._on_form, self._off_form, self._change_form):
            self._show_form(form, form is asked)
        self._show_form(self._while_on, self._state.is_on and not self._state.code and asked is None)

    def _show_form(self, form: QWidget, is_shown: bool) -> None:
        """Keys that went to one that goes away go nowhere until there is something to press, and to nothing far off."""
        if not is_shown and holds_focus(form):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        form.setVisible(is_shown)

    def _cancel(self) -> None:
        for form in (self._on_form, self._change_form):
            form.forget()
        self._open(None)
        self._tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, block: TextBlock, text: str) -> None:
        block.say_if_any(text)
        if text:
            self.grown.emit()
