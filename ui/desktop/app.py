"""The Qt application: font, theme, light and dark as the system says, also while it runs."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QStyleFactory

from assistant.plain import plain
from assistant.settings import Appearance, Settings
from ui.desktop import theme

_SYSTEM_TEXT_PX, _LOOKS = "system_text_px", "looks"
_NO_WINDOW = (
    "no window can be opened here (Qt says: {}). Start it in a desktop session; `depthcue doctor` says whether "
    "libraries are missing. `depthcue listen` works in the terminal."
)


def application(dark: bool | None = None) -> QApplication:
    """The application, made on the first call. `dark` None follows the system; `dress` says otherwise later."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else _begun()
    if app.platformName() == "offscreen":
        qInstallMessageHandler(_without_size_hints)
    app.setApplicationName("depthcue")
    app.setApplicationDisplayName("Depthcue")
    app.setDesktopFileName("depthcue")
    app.setStyle(QStyleFactory.create("Fusion"))
    if app.property(_SYSTEM_TEXT_PX) is None:  # before our own font replaces it
        app.setProperty(_SYSTEM_TEXT_PX, theme.system_text_px(app))
        app.styleHints().colorSchemeChanged.connect(lambda _scheme: _apply(app))
    theme.load_fonts()
    dress(app, {None: Appearance.SYSTEM, True: Appearance.DARK, False: Appearance.LIGHT}[dark])
    return app


def _begun() -> QApplication:
    """A new application. Where no window can be opened Qt tells programmers why and aborts: a person is told what to
    do, with an exit code of ours."""
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind is QtMsgType.QtFatalMsg:
            why = plain(said[0]).rstrip(".")
            print(f"depthcue: {_NO_WINDOW.format(why)}", file=sys.stderr, flush=True)
            os._exit(1)  # what would follow is Qt's abort

    before = qInstallMessageHandler(hear)
    app = QApplication(sys.argv[:1])
    qInstallMessageHandler(before)
    for message in said:
        print(message, file=sys.stderr)
    return app


def dress(app: QApplication, appearance: Appearance, text_percent: int = 100, right_to_left: bool = False) -> None:
    """Light or dark, the size of text in percent of the system's, and the way the panel runs: at once, in every
    window. What is so already takes no time: to style a window anew takes long enough to be felt."""
    looks = [str(appearance), text_percent, right_to_left]
    if looks != app.property(_LOOKS):
        app.setProperty(_LOOKS, looks)
        directions = Qt.LayoutDirection
        app.setLayoutDirection(directions.RightToLeft if right_to_left else directions.LeftToRight)
        _apply(app)


def dress_by(settings: Settings) -> None:
    """As the settings say."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        dress(app, settings.appearance, settings.text_percent, settings.right_to_left)


def _apply(app: QApplication) -> None:
    appearance, text_percent, _ = app.property(_LOOKS)
    is_dark = {
        Appearance.SYSTEM: app.styleHints().colorScheme() is Qt.ColorScheme.Dark,
        Appearance.LIGHT: False,
        Appearance.DARK: True,
    }[Appearance(appearance)]
    text_px = app.property(_SYSTEM_TEXT_PX) * text_percent / 100
    theme.apply(app, theme.DARK if is_dark else theme.LIGHT, text_px)


def without_screen() -> None:
    """Let Qt draw without a screen. Call before the first `application`; an existing one keeps its platform."""
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _without_size_hints(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """The off-screen platform complains about every window that has a least size; everything else is said."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)
