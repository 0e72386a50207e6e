"""Keys that are held down: on X11 Qt takes many of their repeats for presses."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QKeyEvent


class HeldKeys(QObject):
    """Filters the events of a native window. X11 tells a repeat as a release and a press of one moment, which Qt knows
    only where both have reached it by then. Such a press goes on as the repeat that it is, and is no shortcut."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._released = (0, 0)  # the key, and the moment in milliseconds of the system's clock

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        moment = (event.key(), event.timestamp())
        if event.type() is QEvent.Type.KeyRelease:
            self._released = moment
        if event.type() is QEvent.Type.KeyRelease or not event.timestamp() or moment != self._released:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
        else:
            QCoreApplication.sendEvent(watched, _repeat(event))
        return True


def _repeat(press: QKeyEvent) -> QKeyEvent:
    made = QKeyEvent(
        press.type(),
        press.key(),
        press.modifiers(),
        press.nativeScanCode(),
        press.nativeVirtualKey(),
        press.nativeModifiers(),
        press.text(),
        True,
        press.count(),
    )
    made.setTimestamp(press.timestamp())
    return made
