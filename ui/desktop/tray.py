"""The call's state in the system's tray and in the window's own icon and title, so that it is seen when minimised."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from ui.desktop.signs import paint_phase
from ui.desktop.standing import Phase, Standing, words

_SIDE = 64


def state_icon(standing: Standing) -> QIcon:
    pixmap = QPixmap(QSize(_SIDE, _SIDE))
    pixmap.fill("transparent")
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_phase(painter, pixmap.rect().toRectF().adjusted(8, 8, -8, -8), standing.phase, bool(standing.lost), 7.0)
    painter.end()
    return QIcon(pixmap)


class Tray(QObject):
    """Shown while a call runs, where the system has a tray. A press brings the window to the front."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self._shown: tuple[Phase, bool] | None = None

    def show_standing(self, standing: Standing) -> None:
        shown = (standing.phase, bool(standing.lost))
        if shown == self._shown:
            return
        self._shown = shown
        is_call = standing.phase is not Phase.READY
        said = words(standing)
        self._window.setWindowTitle(f"{said} – Depthcue" if is_call else "Depthcue")
        self._window.setWindowIcon(state_icon(standing))
        if is_call and self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._icon = self._made_icon()
        if self._icon is not None:
            self._icon.setIcon(state_icon(standing))
            self._icon.setToolTip(f"Depthcue: {said}")
            self._icon.setVisible(is_call and standing.phase is not Phase.FINISHED)

    def _made_icon(self) -> QSystemTrayIcon:
        menu = QMenu(self._window)
        menu.addAction("Show Depthcue", self._bring_up)
        made = QSystemTrayIcon(self)
        made.setContextMenu(menu)
        made.activated.connect(self._pressed)
        return made

    def _pressed(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:  # that opens the menu
            self._bring_up()

    def _bring_up(self) -> None:
        """As it was before it was minimised."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
