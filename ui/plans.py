"""What a press on Start in the panel will run: a live call, or the bundled interview at the speed of speech.

Capture and codecs are imported where they are needed: the window comes up before them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.errors import CaptureError
from assistant.settings import Settings
from assistant.values import Channel
from ui.desktop.controls import Option, Voice

if TYPE_CHECKING:
    from assistant.audio.capture.devices import Device
    from assistant.audio.capture.snapshot import Snapshot
    from assistant.ports import AudioSource

NO_TITLE = "Interview"


@dataclass(frozen=True, slots=True)
class Plan:
    """`open_source` and `voices` take the settings that count when they are called; both may ask devices."""

    open_source: Callable[[Settings], AudioSource]
    voices: Callable[[Settings], tuple[Voice, Voice]]  # you, them
    title: str = ""  # empty: that of the settings
    consent: str | None = None  # known before anyone was asked
    is_live: bool = False  # there is something to choose

    def title_by(self, settings: Settings) -> str:
        return self.title or settings.title or NO_TITLE


def live_plan() -> Plan:
    def open_source(settings: Settings) -> AudioSource:
        from assistant.audio.recorder import RecorderSource

        return RecorderSource(settings.mic, settings.call)

    return Plan(open_source, lambda settings: live_voices(settings.mic, settings.call), is_live=True)


def demo_plan() -> Plan:
    from assistant.demo import INTERVIEW, TITLE

    def open_source(_settings: Settings) -> AudioSource:
        from assistant.audio.files import FileSource
        from assistant.audio.replay import PacedSource

        return PacedSource(FileSource(INTERVIEW, channels="split"), 1.0)

    voices = Voice("The interviewer of the recording"), Voice("The candidate of the recording")
    return Plan(open_source, lambda _settings: voices, TITLE, "Not needed: both voices are synthetic")


def live_voices(mic: str, call: str) -> tuple[Voice, Voice]:
    """What a call with these names would hear now, and what else it could.

    Raises:
        CaptureError: neither a sound server nor PortAudio can be asked.
    """
    from assistant.audio.capture import portaudio
    from assistant.audio.capture.opening import server_snapshot

    snapshot = server_snapshot()
    try:
        devices = portaudio.list_inputs() if snapshot is None else snapshot.devices(call)
    except CaptureError:
        devices = []  # why nothing is heard is said by the voices
    wanted = {Channel.YOU: mic, Channel.THEM: call}
    you, them = _voice(Channel.YOU, wanted, snapshot), _voice(Channel.THEM, wanted, snapshot)
    return (
        replace(you, options=_options(Channel.YOU, devices), chosen=_name_of(mic, devices)),
        replace(them, options=_options(Channel.THEM, devices), chosen=_name_of(call, devices)),
    )


def _options(channel: Channel, devices: Sequence[Device]) -> tuple[Option, ...]:
    """The system's default first; nothing at all where there is nothing to choose from."""
    from assistant.audio.capture import NO_DEVICE
    from assistant.audio.capture.devices import DeviceKind

    is_you = channel is Channel.YOU
    own = [device for device in devices if (device.kind is DeviceKind.MICROPHONE) == is_you]
    if not own:
        return ()
    default = next((f": {device.description}" for device in own if device.is_default), "")
    usual = Option("", f"The system's default{default}" if is_you else f"All that the computer plays{default}")
    names = (
        Option(device.name, f"Only {device.description}" if device.kind is DeviceKind.PROGRAM else device.description)
        for device in own
    )
    return (usual, *names, Option(NO_DEVICE, "Not recorded"))


def _name_of(wanted: str, devices: Sequence[Device]) -> str:
    """A description stands for the name of its device."""
    return next((device.name for device in devices if wanted and wanted == device.description), wanted)


def _voice(channel: Channel, wanted: Mapping[Channel, str], snapshot: Snapshot | None) -> Voice:
    """What is heard of a channel where this is wanted of both."""
    from assistant.audio.capture import NO_DEVICE, portaudio

    name = wanted[channel]
    if name == NO_DEVICE:
        return Voice("Switched off in the settings", is_heard=False)
    try:
        if snapshot is not None:
            return Voice(snapshot.target(channel, wanted).description)
        if channel is Channel.THEM and not name:
            return Voice("Not heard without a sound server: run “depthcue doctor”", is_heard=False)
        return Voice(str(portaudio.find_input(name)["name"]))
    except CaptureError as error:
        if name:
            return Voice(f"“{name}” is not there: plug it in, or choose another one", is_heard=False)
        return Voice(f"Not heard: {error}", is_heard=False)
