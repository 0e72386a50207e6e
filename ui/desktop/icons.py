"""Icons of one set (Lucide), drawn in a colour of the theme. `icons/LICENSE.txt` says where they are from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).parent / "icons"
_SCALES = (1.0, 1.5, 2.0, 3.0)  # of screens; what lies between is scaled down


@cache
def icon(name: str, colour: str, side: int, is_turned: bool = False) -> QIcon:
    """The icon `name` of the set, `side` logical pixels wide; turned it points the other way. A missing file gives an
    empty icon, beside its text."""
    made = QIcon()
    try:
        drawing = (_FOLDER / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    except OSError:
        return made
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    for scale in _SCALES:
        pixmap = QPixmap(round(side * scale), round(side * scale))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        if is_turned:
            painter.translate(pixmap.width(), 0)
            painter.scale(-1, 1)
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        made.addPixmap(pixmap)
    return made
