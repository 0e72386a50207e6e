"""A picture of the real panel window, drawn without a screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from assistant.errors import ExportError
from assistant.values import Stamped
from ui.desktop import theme
from ui.desktop.app import application, without_screen
from ui.desktop.controls import NoControls
from ui.desktop.panel_state import PanelState
from ui.desktop.window import PanelWindow

_SMALLEST = 0  # Qt's quality of a PNG, which loses nothing: how little time is spent on its size


def draw_panel(
    shown: PanelState | Iterable[Stamped],
    path: Path,
    width: int = 400,
    height: int = 900,
    dark: bool = False,
    title: str = "",
    consent: str = "",
    scale: float = 2.0,
) -> None:
    """Draw a call as it stands after its events, or in a state, to a PNG of `scale` times `width` by `height` pixels.

    Raises:
        ExportError: the file can't be written.
    """
    window = panel_without_screen(width, height, dark)
    if isinstance(shown, PanelState):
        state = shown
    else:
        state = PanelState(title=title, consent=consent)
        state.apply_all(shown)
    window.show_state(state, is_live=True)
    save_picture(picture_of(window, scale), path)
    discard(window)


def panel_without_screen(width: int, height: int, dark: bool) -> PanelWindow:
    """A panel that only ever is drawn."""
    without_screen()
    application(dark)
    window = PanelWindow(NoControls())
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(width, height)
    window.show()
    return window


def discard(window: PanelWindow) -> None:
    """Now: without a loop that runs, what is to be deleted later stays, and each change of theme restyles it."""
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def picture_of(window: PanelWindow, scale: float) -> QPixmap:
    """A window as it is now."""
    for _ in range(3):
        QApplication.processEvents()
    pixmap = QPixmap(window.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(theme.colours().ground)
    window.render(pixmap)
    return pixmap


def save_picture(pixmap: QPixmap, path: Path) -> None:
    """Write a PNG whole or not at all.

    Raises:
        ExportError: the file can't be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG", _SMALLEST)
    try:
        part = path.with_suffix(".part")
        part.write_bytes(bytes(buffer.data().data()))
        part.replace(path)
    except OSError as error:
        raise ExportError(
            f"The picture can't be written to {path}: {error.strerror}. Choose another folder."
        ) from error
