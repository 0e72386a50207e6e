"""The pictures of the settings, of encryption in them, and of the page that asks for its passphrase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from assistant.sealing import vault
from ui import safekeeping
from ui.desktop.controls import Ready
from ui.desktop.encryption_form import EncryptionForm, EncryptionState
from ui.desktop.model_offer import Download
from ui.desktop.passphrase_form import NOT_THE_SAME
from ui.desktop.secret_fields import PasswordField
from ui.desktop.unlock_page import UnlockPage
from ui.desktop.window import PanelWindow

CODE = "7K3MX-0PQ2V-HD9TR-4WZ8N-C6YAB-1E5SJ"
TRIED = "“increased revenue by 7000%” → “Which revenue rose by 7000%, and against what?” (1.4 s)"


def settings_scenes(ready: Ready, missing: Download) -> dict[str, Callable[[PanelWindow], QWidget | None]]:
    """Each shows a state, and says which part of the page the picture is of; None: all of it."""

    def settings(window: PanelWindow) -> EncryptionForm:
        window.show_ready(ready)
        window.settings_over.open()
        assert window.settings_over.page is not None
        return window.settings_over.page.encryption

    def whole(window: PanelWindow) -> None:
        settings(window)
        window.settings_over.show_trial(TRIED)

    def model(window: PanelWindow) -> QWidget:
        settings(window)
        window.settings_over.show_download(missing)
        assert window.settings_over.page is not None
        return window.settings_over.page.offer

    def encryption(window: PanelWindow, state: EncryptionState, is_asked: bool = False, typed: str = "") -> QWidget:
        form = settings(window)
        form.show_state(replace(state, problem=""))
        if is_asked:
            form.ask()
        form.show_state(state)
        for field in form.findChildren(PasswordField)[: 1 if state.problem else 2]:
            field.setText(typed)
        return form

    def unlock(window: PanelWindow, problem: str = "", note: str = "") -> None:
        page = UnlockPage()
        window.show_page(page)
        if note:
            page.tell(note)
        if problem:
            page.show_problem(problem)

    def shown(state: EncryptionState, **more: Any) -> Callable[[PanelWindow], QWidget | None]:
        return partial(encryption, state=state, **more)

    going_on = safekeeping.DONE_SO_FAR.format(3, 12)
    return {
        "settings": whole,
        "settings-model": model,
        "encryption-off": shown(EncryptionState()),
        "encryption-asked": shown(EncryptionState(), is_asked=True, typed="correct horse battery"),
        "encryption-not-the-same": shown(EncryptionState(problem=NOT_THE_SAME), is_asked=True, typed="correct horse"),
        "encryption-works": shown(EncryptionState(True, is_working=True, text=going_on, code=CODE)),
        "encryption-code": shown(EncryptionState(True, text=safekeeping.ENCRYPTED, code=CODE)),
        "encryption-on": shown(EncryptionState(True, text=safekeeping.ENCRYPTED)),
        "encryption-remembered": shown(EncryptionState(True, is_remembered=True, text=safekeeping.ENCRYPTED)),
        "decryption-asked": shown(EncryptionState(True, text=safekeeping.ENCRYPTED), is_asked=True),
        "encryption-busy": shown(EncryptionState(problem=safekeeping.BUSY)),
        "unlock": unlock,
        "unlock-asking": partial(unlock, note=safekeeping.ASKING),
        "unlock-elsewhere": partial(unlock, note=safekeeping.NOT_REMEMBERED_HERE),
        "unlock-wrong": partial(unlock, problem=vault.NEITHER),
    }
