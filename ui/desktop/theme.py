"""The look, from one place: colours for light and dark, spacing, type scale, and the style sheet made of them.

Sizes follow the system's font: everything is a multiple of the body text's size in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from assistant.values import ClaimKind
from ui.desktop.sheet import sheet

FAMILY = "Depthcue Sans"
DESIGN_PX = 13.0  # body text in the picture that the panel was drawn from
_LEAST_PX, _MOST_PX = 10.5, 26.0  # 80 % to 200 %


@dataclass(frozen=True, slots=True)
class Colours:
    """Text on `ground` and on `surface` keeps a contrast of 4.5 : 1."""

    is_dark: bool
    ground: str
    surface: str  # cards, buttons
    hover: str
    line: str  # hairlines
    edge: str  # borders of controls
    text: str
    muted: str
    recording: str
    voice: str  # level meters
    accent: str  # focus, links, talk balance
    on_accent: str
    track: str  # what a meter has not filled
    number: str
    number_tint: str
    vague: str
    vague_tint: str
    good: str
    good_tint: str
    warning: str
    warning_tint: str
    error: str
    error_tint: str


LIGHT = Colours(
    is_dark=False, ground="#fbfaf8", surface="#ffffff", hover="#f3f1ed", line="#e5e2dc", edge="#dedad3",
    text="#1c2128", muted="#646b76", recording="#d63939", voice="#1f7a5c", accent="#2158c9", on_accent="#ffffff",
    track="#e3e1db", number="#b4530a", number_tint="#fbf0e0", vague="#6d3cc4", vague_tint="#efe9fb",
    good="#1a6f52", good_tint="#e3f4ec", warning="#8a5a00", warning_tint="#fdf3dc",
    error="#b3261e", error_tint="#fcebea",
)  # fmt: skip
DARK = Colours(
    is_dark=True, ground="#171a21", surface="#20242c", hover="#2a2f39", line="#2a2f38", edge="#39404b",
    text="#e8eaed", muted="#9aa2ae", recording="#e0443e", voice="#63c7a3", accent="#8ab4ff", on_accent="#10141b",
    track="#333943", number="#f2ae52", number_tint="#3a2d1a", vague="#bfa0ff", vague_tint="#2e2745",
    good="#7fd6b1", good_tint="#173327", warning="#eec06a", warning_tint="#352b16",
    error="#ff9c94", error_tint="#3c2020",
)  # fmt: skip


class Type(Enum):
    """The type scale: a multiple of the body text, and whether it is bold."""

    TINY = (0.86, False)
    LABEL = (0.86, True)  # of a section, in capitals
    SMALL = (0.94, False)
    BODY = (1.0, False)
    STRONG = (1.0, True)
    QUESTION = (1.09, True)
    TITLE = (1.4, True)


def colours() -> Colours:
    """Those of the present theme."""
    return DARK if QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def claim_colour(own: Colours, kind: ClaimKind) -> str:
    return {ClaimKind.NUMBER_ONLY: own.number, ClaimKind.VAGUE: own.vague, ClaimKind.ASPECT: own.accent}[kind]


def font(of: Type) -> QFont:
    factor, is_bold = of.value
    made = QFont(QApplication.font())
    made.setPixelSize(round(text_px() * factor))
    made.setBold(is_bold)
    if of is Type.LABEL:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return made


def px(design: float) -> int:
    """A length of the design, drawn for 13 px text, at the present size of text."""
    return max(1, round(design * text_px() / DESIGN_PX))


def round_pen(colour: str, design_width: float) -> QPen:
    """For small signs."""
    pen = QPen(QColor(colour), design_width * text_px() / DESIGN_PX)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def text_px() -> int:
    """Size of body text."""
    return QFontInfo(QApplication.font()).pixelSize()


def motion_ms(widget: QWidget) -> int:
    """How long a fade takes; 0 where the system asks for no animations."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget)


def system_text_px(app: QApplication) -> float:
    """Size of the system's text. Screens that do not say (off-screen) get the design's."""
    if app.platformName() in ("offscreen", "minimal"):
        return DESIGN_PX
    return float(QFontInfo(app.font()).pixelSize())


def load_fonts() -> None:
    """Register the bundled font; without it Qt takes the system's, and nothing else changes."""
    for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def apply(app: QApplication, own: Colours, text_px: float) -> None:
    """Give the whole program its font, palette and style sheet."""
    base = QFont(FAMILY)
    base.setPixelSize(round(min(max(text_px, _LEAST_PX), _MOST_PX)))
    app.setFont(base)
    app.setPalette(_palette(own))
    app.setStyleSheet(sheet(own, px, font(Type.SMALL).pixelSize()))


def _palette(own: Colours) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in {
        roles.Window: own.ground, roles.WindowText: own.text, roles.Base: own.ground, roles.AlternateBase: own.surface,
        roles.Text: own.text, roles.Button: own.surface, roles.ButtonText: own.text, roles.Highlight: own.accent,
        roles.HighlightedText: own.on_accent, roles.PlaceholderText: own.muted, roles.ToolTipBase: own.surface,
        roles.ToolTipText: own.text, roles.Link: own.accent,
    }.items():  # fmt: skip
        palette.setColor(role, QColor(colour))
    return palette
