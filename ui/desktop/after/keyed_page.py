"""A page with keys of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeyedPage(QWidget):
    """What `key_does` says goes before the keys of the window, and after those of the widget that has the focus.
    A key that is held down counts once."""

    def key_does(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does on this page; None for one that is not its own, as are all until a page says otherwise."""
        return None

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.key_does(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        does = self.key_does(event)
        if does is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            does()
