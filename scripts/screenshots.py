"""Draws the panel in every state, light and dark, at three widths; and the README's picture (`--readme`).

The call in the pictures is real: the bundled interview, played once through a session and cut at a moment. What the
states say is what the program says in them.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from call_scenes import MOMENT_SECONDS, SETTINGS, cut, scenes
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.demo import INTERVIEW
from assistant.ports import AudioSource
from assistant.settings import Appearance, Settings
from assistant.values import Stamped, Verbosity
from ui import question_files
from ui.compose import load_transcriber, recording_session
from ui.desktop.app import application, dress, without_screen
from ui.desktop.picture import discard, panel_without_screen, picture_of, save_picture
from ui.desktop.window import PanelWindow

ROOT = Path(__file__).resolve().parent.parent
FULL = 1280
WIDTHS = (320, 420, FULL)
TEXT_PERCENTS = (80, 200)
HEIGHT = 900
SETTLE_MS = 60  # until no layout waits for another one
MARGIN = 12
WHOLE_SETTINGS = 4600  # so high that nothing in them has to be scrolled to


class Collected:
    """A sink that keeps all events, and closes the source once it has those that are wanted."""

    def __init__(self, source: AudioSource, until_seconds: float) -> None:
        self.events: list[Stamped] = []
        self._source = source
        self._until_seconds = until_seconds

    def next(self, stamped: Stamped) -> None:
        self.events.append(stamped)
        if stamped.audio_seconds > self._until_seconds:
            self._source.close()

    def close(self) -> None:
        """Nothing is held open."""


def interview(until_seconds: float = math.inf, is_live: bool = False) -> list[Stamped]:
    """What the bundled interview makes the program say; `is_live` at the speed of speech, with its partial text."""
    recording = FileSource(INTERVIEW, channels="split")
    source = PacedSource(recording, 1.0) if is_live else recording
    collected = Collected(source, until_seconds)
    recording_session(
        source,
        load_transcriber("tiny.en", Settings()),
        Verbosity.NORMAL,
        [collected],
        is_lossless=not is_live,
        shows_partials=is_live,
    ).run()
    return collected.events


def height_of(window: PanelWindow, percent: int = 100) -> int:
    """For what the window shows: the settings whole, whatever the size of their text; all else as on a screen."""
    shows_settings = window.settings_over.page is not None
    return WHOLE_SETTINGS * max(percent, 100) ** 2 // 100**2 if shows_settings else HEIGHT


def dressed(window: PanelWindow) -> PanelWindow:
    window.show_settings(SETTINGS)
    window.show_choices(question_files.choices())
    return window


def draw_all(events: list[Stamped], whole: list[Stamped], folder: Path, only: str) -> None:
    for theme in ("light", "dark"):
        for name, show in scenes(events, whole).items():
            if only not in name:
                continue
            window = dressed(panel_without_screen(WIDTHS[0], HEIGHT, theme == "dark"))
            part = show(window)
            for width in WIDTHS:
                window.resize(width, height_of(window))
                draw(window, part, 2.0 if width < FULL else 1.0, folder / f"{name}-{theme}-{width}.png")
            discard(window)


def draw_sizes(events: list[Stamped], whole: list[Stamped], folder: Path, only: str) -> None:
    """Every page with the smallest and the largest text, narrow; and from right to left."""
    for name, show in scenes(events, whole).items():
        if only not in name:
            continue
        for ending, percent, width, is_mirrored in (
            *((f"text-{percent}", percent, WIDTHS[0], False) for percent in TEXT_PERCENTS),
            ("mirrored", 100, WIDTHS[1], True),
        ):
            window = panel_without_screen(width, HEIGHT, False)
            dress(application(False), Appearance.LIGHT, percent, is_mirrored)
            part = show(dressed(window))
            window.resize(width, height_of(window, percent))
            draw(window, part, 1.0, folder / f"{name}-{ending}.png")
            discard(window)
    dress(application(False), Appearance.LIGHT)


def draw(window: PanelWindow, part: QWidget | None, scale: float, path: Path) -> None:
    """A window as it has settled, or a part of it."""
    QTest.qWait(SETTLE_MS)
    picture = picture_of(window, scale)
    if part is not None:
        top_left = part.mapTo(window, QPoint(0, 0)) - QPoint(MARGIN, MARGIN)
        box = QRect(top_left, part.size() + QSize(2 * MARGIN, 2 * MARGIN))
        picture = picture.copy(QRect(box.topLeft() * scale, box.size() * scale))
    save_picture(picture, path)


def draw_readme(events: list[Stamped], path: Path) -> None:
    """Light and dark side by side."""
    width, height, margin, scale = 400, 930, 12, 1.05
    without_screen()
    application()
    picture = QPixmap(round((2 * width + 3 * margin) * scale), round((height + 2 * margin) * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, is_dark in enumerate((False, True)):
        window = panel_without_screen(width, height, is_dark)
        window.show_settings(SETTINGS)
        window.show_state(cut(events), is_live=True)
        left = margin + place * (width + margin)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(left, margin, width, height), 10, 10)
        painter.setClipPath(frame)
        painter.drawPixmap(left, margin, picture_of(window, scale))
        painter.setClipping(False)
        painter.setPen(QColor("#8a8f98"))
        painter.drawPath(frame)
        discard(window)
    painter.end()
    save_picture(picture, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--readme", action="store_true", help="draw docs/panel.png instead")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots", metavar="DIR")
    parser.add_argument("--only", default="", metavar="TEXT", help="draw the states with this in their names")
    args = parser.parse_args()
    events = interview(MOMENT_SECONDS + 1, is_live=True)
    if args.readme:
        draw_readme(events, ROOT / "docs" / "panel.png")
        return
    args.out.mkdir(parents=True, exist_ok=True)
    whole = interview()
    draw_all(events, whole, args.out, args.only)
    draw_sizes(events, whole, args.out, args.only)
    print(f"The pictures are in {args.out}")


if __name__ == "__main__":
    main()
