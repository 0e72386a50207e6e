"""Encryption of the kept calls in the panel: asks for the passphrase first, and turns it on and off in the settings.

Deriving a key, and all that waits for the disk, runs on a lane of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from assistant.errors import SealingError
from assistant.sealing import gate, key_store, vault
from assistant.settings import data_folder
from ui.desktop.encryption_form import EncryptionState
from ui.desktop.lane import Lane
from ui.desktop.window import PanelWindow

if TYPE_CHECKING:  # the store loads codecs, which a window must not wait for
    from assistant.store.conversion import Encryption
    from ui.desktop.unlock_page import UnlockPage

BUSY = "A call is being recorded: end it first."
DONE_SO_FAR = "{} of {} recordings are done."
GOING_ON = "Looking whether all kept calls are as they should be…"
ENCRYPTED = "All kept calls are encrypted."
ASKING = "This computer's key store is asked. You need not wait for it: your passphrase opens them, too."
NOT_REMEMBERED_HERE = "This computer's key store has nothing that opens them. Your passphrase does."
CHANGED = "The passphrase is changed."
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class _Lock:
    is_locked: bool = False
    is_remembered: bool = False  # this computer is to open it


@dataclass(frozen=True, slots=True)
class _Standing:
    encryption: Encryption
    is_remembered: bool


class Safekeeping(QObject):
    """`end` it before the program ends."""

    def __init__(self, window: PanelWindow, is_wanted_elsewhere: Callable[[], bool]) -> None:
        """`is_wanted_elsewhere`: a call needs the disk and the history, or the program ends."""
        super().__init__(window)
        self._window = window
        self._is_wanted_elsewhere = is_wanted_elsewhere
        self._lane, self._key_store = Lane("encryption", self), Lane("key store", self)  # that one may never answer
        self._patience = key_store.Patience()
        self._page: UnlockPage | None = None
        self._state = EncryptionState()
        settings = window.settings_over
        settings.opened.connect(self.look)
        settings.encrypt_wanted.connect(self._encrypt)
        settings.decrypt_wanted.connect(self._decrypt)
        settings.remember_wanted.connect(self._remember)
        settings.change_wanted.connect(self._change)
        settings.code_noted.connect(self._code_noted)

    def end(self) -> None:
        self._patience.end()  # both may be waiting for the key store
        self._lane.end()
        self._key_store.end()

    # --- the first page ---

    def open_first(self, then: Callable[[], object]) -> None:
        """Go on with `then`, once the kept calls are open."""
        gate.ask_by(None)  # this page asks, no terminal
        if not gate.is_encrypted(data_folder()):
            then()
            return
        try:
            lock = _lock()
        except SealingError as error:
            then()
            self._window.show_error("The kept calls can't be opened", str(error))
            return
        if lock.is_locked:
            self._ask_before(then, lock.is_remembered)
        else:
            then()

    def _ask_before(self, then: Callable[[], object], is_remembered: bool) -> None:
        from ui.desktop.unlock_page import UnlockPage

        self._page = page = UnlockPage()
        page.unlock_wanted.connect(partial(self._unlock, then))
        self._window.show_page(page)
        if is_remembered:
            page.tell(ASKING)
            self._key_store.do(self._recall, partial(self._recalled, then), self._not_recalled)

    def _recalled(self, then: Callable[[], object], is_open: bool) -> None:
        if is_open:
            self._opened(then, None)
        else:
            self._not_recalled(NOT_REMEMBERED_HERE)

    def _not_recalled(self, why: str) -> None:
        if self._page is not None:  # else somebody has typed the passphrase meanwhile
            self._page.tell(why)

    def _unlock(self, then: Callable[[], object], secret: str) -> None:
        assert self._page is not None
        self._lane.do(partial(_unlock, secret), partial(self._opened, then), self._not_unlocked)

    def _not_unlocked(self, why: str) -> None:
        if self._page is not None:  # else the key store has opened them meanwhile
            self._page.show_problem(why)

    def _opened(self, then: Callable[[], object], _: None) -> None:
        if self._page is None:  # the key store and a person were equally quick
            return
        page, self._page = self._page, None
        then()
        self._window.pages.removeWidget(page)
        page.deleteLater()

    # --- the settings ---

    def look(self) -> None:
        """Show how it stands."""
        if not self._state.is_working:
            self._lane.do(_standing, partial(self._looked, self._show_standing), partial(self._looked, self._not_known))

    def _looked(self, show: Callable[[_Found], object], found: _Found) -> None:
        """Where something was begun meanwhile, that says how it stands once it is done."""
        if not self._state.is_working:
            show(found)

    def go_on(self) -> None:
        """With what an earlier run has begun."""
        if gate.is_encrypted(data_folder()):
            self._show(EncryptionState(is_on=True, is_working=True, text=GOING_ON))
            self._lane.do(self._convert, self._show_standing, self._failed)

    def _encrypt(self, passphrase: str) -> None:
        if self._is_wanted_elsewhere():
            self._show(replace(self._state, problem=BUSY))
            return
        self._show(EncryptionState(is_working=True, text="Making the key…"))
        self._lane.do(partial(_want_encrypted, passphrase), self._code_made, self._failed)

    def _code_made(self, code: str) -> None:
        self._show(EncryptionState(is_on=True, is_working=True, text="Encrypting…", code=code))
        self._lane.do(self._convert, self._show_standing, self._failed)

    def _decrypt(self) -> None:
        if self._is_wanted_elsewhere():
            self._show(replace(self._state, problem=BUSY))
            return
        self._show(EncryptionState(is_on=True, is_working=True, text="Decrypting…"))
        self._lane.do(self._want_plain, self._show_standing, self._failed)

    def _change(self, passphrase: str) -> None:
        self._show(EncryptionState(is_on=True, is_working=True, text="Changing the passphrase…", code=self._state.code))
        self._lane.do(partial(_change_passphrase, passphrase), self._changed, self._failed)

    def _changed(self, standing: _Standing) -> None:
        self._show_standing(standing)
        self._show(replace(self._state, text=f"{CHANGED} {self._state.text}"))

    def _remember(self, is_wanted: bool) -> None:
        self._show(replace(self._state, is_working=True, text="Asking the key store of this computer…"))
        self._lane.do(partial(self._remembered, is_wanted), self._show_standing, self._failed)

    def _code_noted(self) -> None:
        self._show(replace(self._state, code=""))

    def _failed(self, why: str) -> None:
        """Say why, beside how it stands now."""
        self._lane.do(_standing, partial(self._show_standing, problem=why), self._not_known)

    def _not_known(self, why: str) -> None:
        self._show(replace(self._state, is_working=False, text="", problem=why))

    def _show_standing(self, standing: _Standing, problem: str = "") -> None:
        encryption, text = standing.encryption, ""
        if encryption.is_wanted:
            text = ENCRYPTED if encryption.is_settled else "Not all kept calls are encrypted yet."
        elif not encryption.is_settled:
            text = "Not all kept calls are decrypted yet."
        code = self._state.code if encryption.is_wanted else ""
        is_remembered = encryption.is_wanted and standing.is_remembered
        self._show(EncryptionState(encryption.is_wanted, is_remembered, text=text, code=code, problem=problem))

    def _show(self, state: EncryptionState) -> None:
        self._state = state
        self._window.settings_over.show_encryption(state)

    # --- on the lane ---

    def _convert(self) -> _Standing:
        from assistant.store.conversion import convert_history

        def tell(done: int, of: int) -> None:
            self._lane.back(partial(self._tell, done, of))

        convert_history(data_folder(), tell, self._is_wanted_elsewhere, self._patience)
        return _standing()

    def _want_plain(self) -> _Standing:
        from assistant.store.conversion import want_plain

        want_plain(data_folder())
        return self._convert()

    def _recall(self) -> bool:
        return key_store.recall(data_folder(), self._patience)

    def _remembered(self, is_wanted: bool) -> _Standing:
        (key_store.remember if is_wanted else key_store.forget)(data_folder(), self._patience)
        return _standing()

    def _tell(self, done: int, of: int) -> None:
        if self._state.is_working and done < of:
            self._show(replace(self._state, text=DONE_SO_FAR.format(done, of)))


def _standing() -> _Standing:
    from assistant.store.conversion import encryption

    return _Standing(encryption(data_folder()), _lock().is_remembered)


def _lock() -> _Lock:
    """Reads a small file, as the settings are read. Raises SealingError: it is damaged."""
    kept = vault.find(data_folder())
    return _Lock() if kept is None else _Lock(kept.is_locked, key_store.is_remembered(kept))


def _unlock(secret: str) -> None:
    vault.unlock(data_folder(), secret)


def _change_passphrase(passphrase: str) -> _Standing:
    vault.change_passphrase(data_folder(), passphrase)
    return _standing()


def _want_encrypted(passphrase: str) -> str:
    from assistant.store.conversion import want_encrypted

    return want_encrypted(data_folder(), passphrase)
