"""Where the window stood last time. A place that no screen shows any more, or that can't be read, is not taken."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_KEY = "geometry"
_LEAST_VISIBLE = 80  # pixels of the title bar's width that have to lie on a screen, to take hold of it


class Place:
    """Kept in the ini file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def restore(self, window: QWidget) -> str:
        """Put the window where it stood, else at its usual size; what to tell a person, empty where all is well."""
        kept = QSettings(str(self._path), QSettings.Format.IniFormat).value(_KEY)
        if kept is None:
            window.resize(window.sizeHint())  # else Qt takes two thirds of the screen at most
            return ""
        if not isinstance(kept, QByteArray) or not window.restoreGeometry(kept):
            window.resize(window.sizeHint())
            return "Where the window stood can't be read; it stands where the system puts it."
        bring_back(window)
        return ""

    def keep(self, geometry: QByteArray) -> None:
        """`geometry` as a window saves it."""
        stored = QSettings(str(self._path), QSettings.Format.IniFormat)
        stored.setValue(_KEY, geometry)
        stored.sync()  # a place that can't be kept is not worth a word


def bring_back(window: QWidget) -> None:
    """Onto a screen, if it is on none: one may have been unplugged."""
    grip = QRect(window.geometry().topLeft(), window.geometry().topRight() + QPoint(0, _LEAST_VISIBLE // 2))
    for screen in QGuiApplication.screens():
        if screen.availableGeometry().intersected(grip).width() >= _LEAST_VISIBLE:
            return
    room = QGuiApplication.primaryScreen().availableGeometry()
    window.resize(window.size().boundedTo(room.size()))
    window.move(room.right() - window.width(), room.top())
