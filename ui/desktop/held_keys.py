"""Keys that are held down. Enter and Escape count once, and on X11 Qt takes many repeats of any key for presses."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from ui.desktop.keyboard import KEYBOARD, is_enter


class HeldKeys(QObject):
    """Filters the events of a native window. What Enter or Escape did may have moved the focus, or changed the page:
    their repeats would do something else there, so they go no further, except where Enter makes new lines of text.

    X11 tells a repeat as a release and a press of one moment, which Qt knows only where both have reached it by then.
    Such a press goes on as the repeat that it is, and is no shortcut but for those that repeat."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._released = (0, 0)  # the key, and the moment in milliseconds of the system's clock

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if not isinstance(event, QKeyEvent):
            return False
        if event.isAutoRepeat():
            return event.type() is QEvent.Type.KeyPress and _counts_once(event)
        moment = (event.key(), event.timestamp())
        if event.type() is QEvent.Type.KeyRelease:
            self._released = moment
        if event.type() is QEvent.Type.KeyRelease or not event.timestamp() or moment != self._released:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            if KEYBOARD.repeats(event):
                return False
            event.accept()
        else:
            QCoreApplication.sendEvent(watched, _repeat(event))
        return True


def _counts_once(press: QKeyEvent) -> bool:
    if is_enter(press):
        field = QGuiApplication.focusObject()
        return not isinstance(field, QPlainTextEdit) or field.isReadOnly()
    return press.key() == Qt.Key.Key_Escape


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
