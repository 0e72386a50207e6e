"""The window at an edge of its screen, over the full height, and back where it stood; and above other windows."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QMargins, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from assistant.settings import Dock, Settings
from ui.desktop.placing import bring_back

NOT_HERE = (
    "This desktop (Wayland) lets no program place its window, so it can't be docked from here. Most can do it by key: "
    "often the Super key with Left or Right."
)
_FRAMED_WITHIN_MS = (0, 100, 500, 2000)  # a system puts a frame around a window some time after it is shown, unasked


def can_place() -> bool:
    """Whether a program may say where its window stands."""
    return not QGuiApplication.platformName().startswith("wayland")


def at_edge(room: QRect, side: Dock, width: int, frame: QMargins) -> QRect:
    """Where the window's inside lies when it stands with its frame at an edge of `room`, which is a screen's free
    part."""
    width = min(width, room.width() - frame.left() - frame.right())
    height = room.height() - frame.top() - frame.bottom()
    left = room.left() + frame.left()
    if side is Dock.RIGHT:
        left = room.left() + room.width() - frame.right() - width
    return QRect(left, room.top() + frame.top(), width, height)


def frame_of(window: QWidget) -> QMargins:
    """What the system draws around a window that is shown."""
    return window.windowHandle().frameMargins()


class Docking(QObject):
    """Does for `window` what the settings say, also when screens come, go or change."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._side, self._width = Dock.NO, 0
        self._free: QByteArray | None = None  # where the window stood before it was docked
        self._frame = QMargins()  # around the window when it was placed
        window.installEventFilter(self)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._watch)
        app.screenRemoved.connect(self._screen_gone)
        for screen in app.screens():
            self._watch(screen)

    def apply(self, settings: Settings) -> None:
        self._stay_on_top(settings.stays_on_top)
        self._side, self._width = (settings.docked if can_place() else Dock.NO), settings.dock_width
        if self._side is not Dock.NO:
            self._place()
        elif self._free is not None:
            self._window.restoreGeometry(self._free)
            self._free = None
            bring_back(self._window)

    def free_geometry(self) -> QByteArray:
        """Where the window stands when it is not docked, to come back there next time."""
        return self._window.saveGeometry() if self._free is None else self._free

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if watched is self._window and event.type() is QEvent.Type.Show:
            self._place()
            for later_ms in _FRAMED_WITHIN_MS:
                QTimer.singleShot(later_ms, self, self._mind_the_frame)
        return super().eventFilter(watched, event)

    def _watch(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._place)

    def _screen_gone(self) -> None:
        bring_back(self._window)
        self._place()

    def _mind_the_frame(self) -> None:
        """Else its title bar would lie outside of the screen."""
        if self._side is not Dock.NO and self._window.isVisible() and frame_of(self._window) != self._frame:
            self._place()

    def _place(self) -> None:
        """A window that is not seen yet is placed when it is shown."""
        window = self._window
        if self._side is Dock.NO or not window.isVisible():
            return
        if self._free is None:
            self._free = window.saveGeometry()
        if window.isMaximized() or window.isFullScreen():
            window.showNormal()
        self._frame = frame_of(window)
        window.setGeometry(at_edge(window.screen().availableGeometry(), self._side, self._width, self._frame))

    def _stay_on_top(self, stays: bool) -> None:
        window, hint = self._window, Qt.WindowType.WindowStaysOnTopHint
        if bool(window.windowFlags() & hint) == stays:
            return
        if window.internalWinId():
            # In place: through the widget it is off the screen for a moment, and so are the keys.
            window.overrideWindowFlags(window.windowFlags() ^ hint)
            window.windowHandle().setFlag(hint, stays)
        else:
            window.setWindowFlag(hint, stays)
