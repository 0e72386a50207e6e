"""The settings over whatever page is shown, and the way back to it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from assistant.settings import Settings
from ui.desktop.controls import Controls, Option
from ui.desktop.encryption_form import EncryptionState
from ui.desktop.model_offer import Download
from ui.desktop.settings_page import SettingsPage


class SettingsOver(QObject):
    """Emits `opened`, `closed` with the page that is shown again, of which setting questions are to be edited or
    imported, what is wanted of encryption, that the language model is to be tried, and that the speech model is to be
    fetched, or not any more."""

    opened = Signal()
    closed = Signal(QWidget)
    edit_questions = Signal(str)
    import_questions = Signal(str)
    encrypt_wanted = Signal(str)
    decrypt_wanted = Signal()
    change_wanted = Signal(str)
    remember_wanted = Signal(bool)
    code_noted = Signal()
    try_model = Signal()
    fetch_wanted = Signal()
    fetch_cancelled = Signal()

    def __init__(self, pages: QStackedWidget, controls: Controls) -> None:
        super().__init__(pages)
        self._pages = pages
        self._controls = controls
        self._before: QWidget | None = None
        self._choices: dict[str, tuple[Option, ...]] = {}
        self.page: SettingsPage | None = None  # made when it is first wanted: the window comes up before
        self.settings = Settings()
        self._encryption = EncryptionState()
        self._download = Download()

    def show_settings(self, settings: Settings) -> None:
        self.settings = settings
        if self.page is not None:
            self.page.show_settings(settings)

    def show_choices(self, choices: Mapping[str, tuple[Option, ...]]) -> None:
        self._choices |= choices
        if self.page is not None:
            self.page.show_choices(choices)

    def show_encryption(self, state: EncryptionState) -> None:
        self._encryption = state
        if self.page is not None:
            self.page.encryption.show_state(state)

    def show_download(self, download: Download) -> None:
        self._download = download
        if self.page is not None:
            self.page.offer.show_download(download)

    def show_trial(self, text: str) -> None:
        """What came of trying the language model."""
        if self.page is not None:
            self.page.trial.show_result(text)

    def open(self) -> None:
        page = self._made()
        if self._pages.currentWidget() is not page:
            self._before = self._pages.currentWidget()
            self._pages.setCurrentWidget(page)
            page.start()
            self.opened.emit()

    def close(self) -> None:
        page, before = self.page, self._before
        if page is None or before is None or self._pages.currentWidget() is not page:
            return
        page.setFocus(Qt.FocusReason.OtherFocusReason)  # a field that is left says what was written
        self._pages.setCurrentWidget(before)
        self.closed.emit(before)

    def _made(self) -> SettingsPage:
        if self.page is None:
            self.page = SettingsPage()
            self.page.chosen.connect(self._controls.choose)
            self.page.left.connect(self.close)
            self.page.edit_questions.connect(self.edit_questions)
            self.page.import_questions.connect(self.import_questions)
            form = self.page.encryption
            form.encrypt_wanted.connect(self.encrypt_wanted)
            form.decrypt_wanted.connect(self.decrypt_wanted)
            form.remember_wanted.connect(self.remember_wanted)
            form.change_wanted.connect(self.change_wanted)
            form.code_noted.connect(self.code_noted)
            form.show_state(self._encryption)
            self.page.try_model.connect(self.try_model)
            self.page.offer.fetch_wanted.connect(self.fetch_wanted)
            self.page.offer.fetch_cancelled.connect(self.fetch_cancelled)
            self.page.offer.show_download(self._download)
            self.page.show_settings(self.settings)
            self.page.show_choices(self._choices)
            self._pages.addWidget(self.page)
        return self.page
