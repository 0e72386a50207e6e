"""Can both sides of a call be heard here?"""

from __future__ import annotations

import platform
import shutil
import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture import DeviceKind, LiveSource, open_live
from assistant.audio.capture.opening import list_devices, server_name
from assistant.audio.capture.portaudio import load as load_portaudio
from assistant.errors import CaptureError
from assistant.plain import plain
from assistant.settings import Settings
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from ui.doctor.finding import Finding, Health

_LISTEN_SECONDS = 1.0
_PATIENCE_SECONDS = 4.0
_WHO = {Channel.YOU: "your voice", Channel.THEM: "the call's sound"}


def server() -> Iterator[Finding]:
    name = server_name()
    if name is None:
        if platform.system() == "Linux":
            yield Finding(
                "sound server",
                Health.PROBLEM,
                "none answers, so the call can't be heard. Start it: systemctl --user start pipewire-pulse "
                "(or pulseaudio --start); install it: sudo apt install pipewire-pulse",
            )
    else:
        yield Finding("sound server", Health.OK, plain(name))
        if shutil.which("parec"):
            yield Finding("parec", Health.OK, "found")
        else:
            yield Finding("parec", Health.PROBLEM, "missing. Install it: sudo apt install pulseaudio-utils")
    try:
        load_portaudio()
    except CaptureError:
        health = Health.NOTE if name else Health.PROBLEM  # with a server nothing needs it
        yield Finding("PortAudio", health, "missing; needed without a sound server: sudo apt install libportaudio2")
    else:
        yield Finding("PortAudio", Health.OK, "found")


def defaults(settings: Settings) -> Iterator[Finding]:
    try:
        devices = list_devices(settings.call)
    except CaptureError as error:
        yield Finding("devices", Health.PROBLEM, str(error))
        return
    for kind, subject, chosen, todo in (
        (DeviceKind.MICROPHONE, "default microphone", settings.mic, "Plug one in, or choose with --mic."),
        (DeviceKind.CALL_OUTPUT, "default call output", settings.call, "Choose what carries the call with --call."),
    ):
        default = next((device for device in devices if device.kind is kind and device.is_default), None)
        if chosen:
            yield Finding(subject, Health.OK, f"not used: the settings name {plain(chosen)}")
        elif default is not None:
            yield Finding(subject, Health.OK, f"{plain(default.description)} ({plain(default.name)})")
        else:
            yield Finding(subject, Health.PROBLEM, f"there is none. {todo}")


def voices(settings: Settings) -> Iterator[Finding]:
    try:
        source = open_live(settings.mic, settings.call)
    except CaptureError as error:
        yield Finding("voices", Health.PROBLEM, str(error))
        return
    heard = _listen(source)
    for channel in source.channels:
        samples = heard[channel]
        if len(samples) == 0:
            yield Finding(
                _WHO[channel], Health.PROBLEM, "no sound arrives. Unplug and plug in the device, or name another."
            )
        elif samples.any():
            peak_dbfs = 20 * np.log10(np.abs(samples.astype(np.int32)).max() / 32768)
            yield Finding(_WHO[channel], Health.OK, f"heard, up to {peak_dbfs:.0f} dB")
        elif channel is Channel.YOU:
            yield Finding(_WHO[channel], Health.NOTE, "digital silence: the microphone is muted. Switch it on.")
        else:
            yield Finding(
                _WHO[channel],
                Health.NOTE,
                "digital silence: nothing plays now, or the output is muted. Play something.",
            )


def _listen(source: LiveSource) -> dict[Channel, NDArray[np.int16]]:
    """A second of each channel, or what comes of it in some seconds."""
    parts: dict[Channel, list[NDArray[np.int16]]] = {channel: [np.zeros(0, np.int16)] for channel in Channel}
    timer = threading.Timer(_PATIENCE_SECONDS, source.close)
    timer.start()
    missing = set(source.channels)
    while missing and (item := source.read()) is not None:
        if isinstance(item, AudioFrame):
            parts[item.channel].append(item.samples)
            if sum(map(len, parts[item.channel])) >= _LISTEN_SECONDS * SAMPLE_RATE_HZ:
                missing.discard(item.channel)
    timer.cancel()
    source.close()
    return {channel: np.concatenate(samples) for channel, samples in parts.items()}
