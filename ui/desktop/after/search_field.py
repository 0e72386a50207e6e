"""Where what is searched for is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.desktop.icons import icon
from ui.desktop.theme import colours, px

_MOST_CHARACTERS = 200


class SearchField(QLineEdit):
    """What is searched for, with a cross that empties it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setMaxLength(_MOST_CHARACTERS)
        self._cross = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setText("Empty the search")
        self._cross.triggered.connect(self.clear)
        self._cross.setVisible(False)
        self.textChanged.connect(lambda text: self._cross.setVisible(bool(text)))
        self._dress()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self._dress()

    def _dress(self) -> None:
        self._cross.setIcon(icon("x", colours().muted, px(15)))
