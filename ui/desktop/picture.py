"""A picture of the real panel window, drawn without a screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from assistant.errors import ExportError
from assistant.values import Stamped
from ui.desktop import theme
from ui.desktop.app import application, without_screen
from ui.desktop.panel_state import PanelState
from ui.desktop.window import PanelWindow


class _NoControls:
    """Nobody presses anything in a picture."""

    def start(self, consent_given: bool) -> None: ...

    def note_consent(self) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None: ...

    def mark(self, note: str) -> None: ...

    def asked(self, follow_up_id: str) -> None: ...

    def dismissed(self, follow_up_id: str) -> None: ...


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
    without_screen()
    app = application(dark)
    if isinstance(shown, PanelState):
        state = shown
    else:
        state = PanelState(title=title, consent=consent)
        state.apply_all(shown)
    window = PanelWindow(_NoControls())
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(width, height)
    window.show_state(state, is_live=True)
    window.show()
    save_picture(app, window, path, scale)
    window.deleteLater()


def save_picture(app: QApplication, window: PanelWindow, path: Path, scale: float = 2.0) -> None:
    """Draw a window as it is.

    Raises:
        ExportError: the file can't be written.
    """
    for _ in range(3):
        app.processEvents()
    pixmap = QPixmap(window.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(theme.colours().ground)
    window.render(pixmap)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    try:
        part = path.with_suffix(".part")
        part.write_bytes(bytes(buffer.data().data()))
        part.replace(path)
    except OSError as error:
        raise ExportError(
            f"The picture can't be written to {path}: {error.strerror}. Choose another folder."
        ) from error
