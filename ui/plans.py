"""What a press on Start in the panel will run: a live call, or the bundled interview at the speed of speech.

Capture and codecs are imported where they are needed: the window comes up before them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import CaptureError
from assistant.settings import Settings
from assistant.values import Channel
from ui.desktop.controls import Voice

if TYPE_CHECKING:
    from assistant.audio.capture.snapshot import Snapshot
    from assistant.ports import AudioSource


@dataclass(frozen=True, slots=True)
class Plan:
    title: str
    open_source: Callable[[], AudioSource]
    voices: Callable[[], tuple[Voice, Voice]]  # you, them; may ask devices
    consent: str | None = None  # known before anyone was asked


def live_plan(settings: Settings) -> Plan:
    def open_source() -> AudioSource:
        from assistant.audio.recorder import RecorderSource

        return RecorderSource(settings.mic, settings.call)

    return Plan(settings.title or "Interview", open_source, lambda: live_voices(settings.mic, settings.call))


def demo_plan() -> Plan:
    from assistant.demo import INTERVIEW, TITLE

    def open_source() -> AudioSource:
        from assistant.audio.files import FileSource
        from assistant.audio.replay import PacedSource

        return PacedSource(FileSource(INTERVIEW, channels="split"), 1.0)

    voices = Voice("The interviewer of the recording"), Voice("The candidate of the recording")
    return Plan(TITLE, open_source, lambda: voices, "Not needed: both voices are synthetic")


def live_voices(mic: str, call: str) -> tuple[Voice, Voice]:
    """What a call with these names would hear now.

    Raises:
        CaptureError: neither a sound server nor PortAudio can be asked.
    """
    from assistant.audio.capture.opening import server_snapshot

    snapshot = server_snapshot()
    return _voice(Channel.YOU, mic, snapshot), _voice(Channel.THEM, call, snapshot)


def _voice(channel: Channel, wanted: str, snapshot: Snapshot | None) -> Voice:
    from assistant.audio.capture import NO_DEVICE, portaudio

    if wanted == NO_DEVICE:
        return Voice("Switched off in the settings", is_heard=False)
    try:
        if snapshot is not None:
            return Voice(snapshot.target(channel, wanted).description)
        if channel is Channel.THEM and not wanted:
            return Voice("Not heard without a sound server: run “depthcue doctor”", is_heard=False)
        return Voice(str(portaudio.find_input(wanted)["name"]))
    except CaptureError as error:
        if wanted:
            option = "--mic" if channel is Channel.YOU else "--call"
            return Voice(f"“{wanted}” is not there: plug it in, or choose another with {option} NAME", is_heard=False)
        return Voice(f"Not heard: {error}", is_heard=False)
