"""Draws the panel in every state, light and dark, at three widths; and the README's picture (`--readme`).

The call in the pictures is real: the bundled interview, played once through a session and cut at a moment. What the
states say is what the program says in them.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from past_scenes import past_scenes
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from settings_scenes import settings_scenes

from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.call import CallState
from assistant.demo import INTERVIEW
from assistant.ports import AudioSource
from assistant.settings import Appearance, Settings
from assistant.softness import TOO_SOFT
from assistant.values import (
    Channel,
    CommunicationCue,
    CueKind,
    Stamped,
    State,
    Status,
    Verbosity,
)
from models.catalog import CATALOG
from models.weights import ways_to_get
from ui import question_files
from ui.compose import load_transcriber, recording_session
from ui.desktop.app import application, dress, without_screen
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, PastCall, Ready, SideCheck, Voice, VoiceCheck
from ui.desktop.panel_state import PanelState
from ui.desktop.picture import discard, panel_without_screen, picture_of, save_picture
from ui.desktop.window import PanelWindow
from ui.question_files import agenda

ROOT = Path(__file__).resolve().parent.parent
FULL = 1280
WIDTHS = (320, 420, FULL)
TEXT_PERCENTS = (80, 200)
HEIGHT = 900
SETTLE_MS = 60  # until no layout waits for another one
MARGIN = 12
WHOLE_SETTINGS = 4600  # so high that nothing in them has to be scrolled to
MOMENT_SECONDS = 49.2  # cards, marks and a voice in mid-sentence
TITLE = "Senior product manager"
CONSENT = "Consent noted 00:02"
SILENT = "nothing plays, or it plays on another output. Let the call play something."
SETTINGS = Settings(
    title=TITLE,
    question_set="product",
    interview_minutes=45,
    consent_text="Are you fine with this program writing down our talk, on this computer only?",
)
MICS = (Option("", "The system's default: Jabra Evolve2 65"), Option("jabra", "Jabra Evolve2 65"))
CALLS = (
    Option("", "All that the computer plays: Built-in loudspeakers"),
    Option("Firefox", "Only Firefox"),
)
READY = Ready(
    TITLE,
    Voice("Jabra Evolve2 65", options=MICS),
    Voice("Built-in loudspeakers", options=CALLS),
    can_choose=True,
)
CHECKING = VoiceCheck(
    (
        SideCheck(Channel.YOU, "Heard well. “Can you hear me?”", -18.0, True),
        SideCheck(Channel.THEM, "Listening…", -50.0),
    ),
    is_running=True,
)
CHECKED = VoiceCheck(
    (
        SideCheck(Channel.YOU, "Heard well. “Can you hear me?”", -18.0, True),
        SideCheck(Channel.THEM, f"Digital silence: {SILENT}", -96.0, False),
    ),
)
DISK_FULL = (
    "The recording stopped: No space left on device. The first 45 s are kept; what is said from now on is not "
    "recorded. Free some space on that disk, then start a new recording."
)
FAILED = "The speech model gave up: out of memory. The sound is still recorded; end the call, then transcribe it again."
RECOVERED = "The call “Senior product manager” (20260301-101500) ended without a stop; 12:47 of it were recovered."


Event = Status | CommunicationCue
Scene = Callable[[PanelWindow], QWidget | None]  # shows a state; the part that is pictured, None for all


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


def cut(events: Iterable[Stamped], *more: Event, consent: str = CONSENT) -> PanelState:
    """The call at the moment, then in a state."""
    state = PanelState(title=TITLE, consent=consent, agenda=agenda(SETTINGS.question_set, SETTINGS.interview_minutes))
    state.apply_all(event for event in events if event.audio_seconds <= MOMENT_SECONDS)
    state.apply_all(Stamped(event, MOMENT_SECONDS, MOMENT_SECONDS) for event in more)
    return state


def scenes(events: list[Stamped], whole: list[Stamped]) -> dict[str, Scene]:
    def call(*more: Event, consent: str = CONSENT) -> Callable[[PanelWindow], None]:
        return lambda window: window.show_state(cut(events, *more, consent=consent), is_live=True)

    def model_missing(window: PanelWindow) -> None:
        window.show_ready(READY)
        window.show_error("No speech model can be used", ways_to_get(CATALOG["tiny.en"]))

    def not_heard(window: PanelWindow) -> None:
        silent = Voice("Not heard: there is no output", is_heard=False)
        window.show_ready(Ready(TITLE, READY.mic, silent, can_choose=True))

    def checked(check: VoiceCheck) -> Callable[[PanelWindow], None]:
        def show(window: PanelWindow) -> None:
            window.show_ready(READY)
            window.ready_page.show_check(check)

        return show

    def without_consent(window: PanelWindow) -> None:
        window.show_ready(READY)
        next(made for made in window.findChildren(QPushButton) if made.text() == "Start").click()

    def starting(window: PanelWindow) -> None:
        window.show_ready(READY)
        window.show_waiting()

    def reason(window: PanelWindow) -> None:
        call()(window)
        window.live_page.transcript.walk(1)

    def evidence(window: PanelWindow) -> None:
        state = PanelState(title=TITLE, consent=CONSENT)
        state.apply_all(whole)
        window.show_state(state, is_live=True)
        window.live_page.chips.buttons()[0].click()

    def note(window: PanelWindow) -> None:
        call()(window)
        window.live_page.mark_field.open(MOMENT_SECONDS)

    def closing(window: PanelWindow) -> None:
        window.show_live(TITLE, CONSENT, Bridge(window))
        window.call_screen.begin(cut(events), Bridge(window))  # as it stands, without its cards fading in
        window.close()

    def recovered(window: PanelWindow) -> None:
        past = (
            PastCall("20260301-101500", TITLE, datetime(2026, 3, 1, 10, 15), 187.0, CallState.RECOVERED),
            PastCall("20260227-140000", "Backend engineer", datetime(2026, 2, 27, 14, 0), 2710.0, CallState.FINISHED),
        )
        window.show_ready(replace(READY, past=past))
        window.show_message("A call that had no end was recovered", RECOVERED)

    def finished(window: PanelWindow) -> None:
        state = PanelState(title=TITLE, consent=CONSENT)
        state.apply_all(whole)
        window.show_state(state, is_live=True)
        window.show_kept("20260301-101500")

    gone = "Your microphone is not heard: Jabra Evolve2 65 is gone. It is tried again until it is back."
    return {
        "ready": lambda window: window.show_ready(READY),
        "checking": checked(CHECKING),
        "checked": checked(CHECKED),
        "without-consent": without_consent,
        "starting": starting,
        "not-heard": not_heard,
        "model-missing": model_missing,
        "recovered": recovered,
        "live": call(),
        "unexplained": call(CommunicationCue(CueKind.UNEXPLAINED_TERM, Channel.THEM, 12, "OMS", 37.0, 40.0, "")),
        "consent-open": call(consent=""),
        "reason": reason,
        "evidence": evidence,
        "note": note,
        "paused": call(Status(State.PAUSED)),
        "device-lost": call(Status(State.DEVICE_LOST, gone, Channel.YOU)),
        "behind": call(Status(State.BEHIND, behind_seconds=6.2)),
        "too-soft": call(Status(State.WARNING, TOO_SOFT[Channel.THEM], Channel.THEM)),
        "failed": call(Status(State.FAILED, FAILED)),
        "disk-full": call(Status(State.DISK_FULL, DISK_FULL)),
        "closing": closing,
        "finishing": call(Status(State.FINISHING)),
        "finished": finished,
        **settings_scenes(READY),
        **past_scenes(whole, TITLE, CONSENT),
    }


def height_of(name: str, percent: int = 100) -> int:
    return WHOLE_SETTINGS * max(percent, 100) ** 2 // 100**2 if name == "settings" or "cryption" in name else HEIGHT


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
                window.resize(width, height_of(name))
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
            window = panel_without_screen(width, height_of(name, percent), False)
            dress(application(False), Appearance.LIGHT, percent, is_mirrored)
            draw(window, show(dressed(window)), 1.0, folder / f"{name}-{ending}.png")
            discard(window)
    dress(application(False), Appearance.LIGHT)


def draw(window: PanelWindow, part: QWidget | None, scale: float, path: Path) -> None:
    """A window as it has settled, or a part of it."""
    QTest.qWait(SETTLE_MS)
    picture = picture_of(window, scale)
    if part is not None:
        top_left = part.mapTo(window, QPoint(0, 0)) - QPoint(MARGIN, MARGIN)
        box = QRect(top_left, part.size() + 2 * QSize(MARGIN, MARGIN))
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
