"""The Qt application: font, theme, light and dark as the system says, also while it runs."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.desktop import theme


def application(dark: bool | None = None) -> QApplication:
    """The application, made on the first call. `dark` None follows the system."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    if app.platformName() == "offscreen":
        qInstallMessageHandler(_without_size_hints)
    app.setApplicationName("depthcue")
    app.setApplicationDisplayName("Depthcue")
    app.setDesktopFileName("depthcue")
    app.setStyle(QStyleFactory.create("Fusion"))
    text_px = app.property("system_text_px") or theme.system_text_px(app)
    app.setProperty("system_text_px", text_px)  # before our own font replaces it
    theme.load_fonts()
    hints = app.styleHints()
    if dark is None:
        theme.apply(app, _colours(hints.colorScheme()), text_px)
        if not app.property("follows_scheme"):
            app.setProperty("follows_scheme", True)
            hints.colorSchemeChanged.connect(lambda scheme: theme.apply(app, _colours(scheme), text_px))
    else:
        theme.apply(app, theme.DARK if dark else theme.LIGHT, text_px)
    return app


def without_screen() -> None:
    """Let Qt draw without a screen. Call before the first `application`; an existing one keeps its platform."""
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _without_size_hints(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """The off-screen platform complains about every window that has a least size; everything else is said."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _colours(scheme: Qt.ColorScheme) -> theme.Colours:
    return theme.DARK if scheme is Qt.ColorScheme.Dark else theme.LIGHT
