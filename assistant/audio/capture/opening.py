"""Chooses how this machine is listened to, and starts it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from assistant.audio.capture import portaudio
from assistant.audio.capture.devices import Device
from assistant.audio.capture.feed import Backend, Feed
from assistant.audio.capture.live import LiveSource
from assistant.audio.capture.snapshot import Snapshot
from assistant.audio.capture.watch import WHO
from assistant.errors import CaptureError
from assistant.values import Channel, State, Status

if TYPE_CHECKING:
    from assistant.audio.capture.server import SoundServer

_Answer = TypeVar("_Answer")

NO_DEVICE = "none"  # in place of a device's name: this side is not recorded

PAREC_MISSING = (
    "The program parec is missing, which records from the sound server. Install it: sudo apt install pulseaudio-utils"
)

_OPTION = {Channel.YOU: "--mic", Channel.THEM: "--call"}


def open_live(mic: str = "", call: str = "") -> LiveSource:
    """Start to record both voices.

    `mic` and `call` are names or descriptions as `list_devices` gives them, `call` also that of a program; empty is
    the system's default microphone and what its default output plays, "none" leaves that side out. Where a default
    is missing the other side is recorded alone, and a warning says so; a device that was named must be there.

    Raises:
        CaptureError: nothing can be recorded, or a named device isn't there; the text says what to do.
    """
    wanted = {channel: name for channel, name in ((Channel.YOU, mic), (Channel.THEM, call)) if name != NO_DEVICE}
    if not wanted:
        raise CaptureError("Both voices are switched off: name a microphone or a call output.")
    snapshot = server_snapshot()
    missing = _missing(wanted, snapshot)
    heard = {channel: name for channel, name in wanted.items() if channel not in missing}
    for channel, reason in missing.items():
        if wanted[channel]:
            raise CaptureError(
                f"{WHO[channel]} can't be recorded: {reason}. `depthcue devices` lists what is there; choose with "
                f"{_OPTION[channel]} NAME, or leave that side out with {_OPTION[channel]} {NO_DEVICE}."
            )
    if not heard:
        reasons = "; ".join(dict.fromkeys(missing.values()))
        raise CaptureError(
            f"Neither voice can be recorded: {reasons}. Plug in a microphone and start the sound server "
            "(PipeWire or PulseAudio); `depthcue doctor` says what is missing."
        )
    warnings = [
        Status(State.WARNING, f"{WHO[channel]} is not recorded: {reason}.", channel)
        for channel, reason in missing.items()
    ]
    return LiveSource(_backend(heard, snapshot), tuple(heard), warnings)


def reopen_live(wanted: Mapping[Channel, str], origin_seconds: float | None, asks_server: bool) -> LiveSource:
    """Go on with a call whose recording broke off: the same channels on the same clock. What isn't there is waited for.

    `wanted` and `origin_seconds` are those of the source before; `asks_server` says that it had a sound server.

    Raises:
        CaptureError: a part of the program that records is missing.
    """
    snapshot = server_snapshot()
    if asks_server and snapshot is None:
        snapshot = Snapshot()  # it ended, too, and comes back
    return LiveSource(_backend(wanted, snapshot), tuple(wanted), origin_seconds=origin_seconds)


def list_devices(call: str = "") -> list[Device]:
    """What can be recorded now. `call` is what is wanted of it: whatever passes that on is no default microphone.

    Raises:
        CaptureError: neither a sound server nor PortAudio can be asked; the text says what to install.
    """
    snapshot = server_snapshot()
    if snapshot is not None:
        return snapshot.devices(call)
    calls = _system_calls()
    return portaudio.list_inputs() + (calls.list() if calls else [])


def server_snapshot() -> Snapshot | None:
    """What the sound server has; None where there is no server, or the system knows none."""
    return _asked(lambda server: server.snapshot())


def server_name() -> str | None:
    """The sound server, for people; None where `server_snapshot` gives None."""
    return _asked(lambda server: server.name())


def _asked(question: Callable[[SoundServer], _Answer]) -> _Answer | None:
    if sys.platform != "linux":
        return None
    try:
        from assistant.audio.capture.server import SoundServer
    except OSError:  # pulsectl looks for libpulse as it is imported; a system without it has no such server
        return None
    try:
        with SoundServer() as server:
            return question(server)
    except CaptureError:
        return None


def _missing(wanted: Mapping[Channel, str], snapshot: Snapshot | None) -> dict[Channel, str]:
    """Why a channel can't be recorded, for those that can't."""
    if snapshot is not None and shutil.which("parec") is None:
        raise CaptureError(PAREC_MISSING)
    reasons: dict[Channel, str] = {}
    for channel, name in wanted.items():
        try:
            if snapshot is not None:
                snapshot.target(channel, wanted)
            elif channel is Channel.YOU:
                portaudio.find_input(name)
            else:
                _found_call(name)
        except CaptureError as error:
            reasons[channel] = str(error)
    return reasons


def _backend(heard: Mapping[Channel, str], snapshot: Snapshot | None) -> Backend:
    if snapshot is None:
        return portaudio.PortAudioBackend(heard, lambda name: _found_call(name)())
    # Not at the top: pulsectl is neither installed elsewhere nor importable on a Linux without libpulse.
    from assistant.audio.capture.parec import ServerBackend

    return ServerBackend(heard, snapshot)


def _found_call(name: str) -> Callable[[], Feed]:
    """What listens to the call where no sound server is: the system's own way, or an input device such as a cable.

    Raises:
        CaptureError: it isn't there; the text is the reason.
    """
    calls = _system_calls()
    if calls is None and not name:
        raise CaptureError(_no_loopback())
    if calls is not None:
        try:
            calls.find(name)
            return partial(calls.attach, name)
        except CaptureError:
            if not name:
                raise
    portaudio.find_input(name)
    return partial(portaudio.PortAudioFeed, name)


@dataclass(frozen=True, slots=True)
class _Calls:
    """How a system gives what it plays."""

    list: Callable[[], list[Device]]
    find: Callable[[str], object]  # raises CaptureError
    attach: Callable[[str], Feed]


def _system_calls() -> _Calls | None:
    if sys.platform == "win32":
        from assistant.audio.capture import loopback

        return _Calls(loopback.list_outputs, loopback.find_output, loopback.LoopbackFeed)
    if sys.platform == "darwin":
        from assistant.audio.capture import tap

        if tap.is_there():
            return _Calls(tap.list_outputs, tap.find_program, tap.TapFeed)
    return None


def _no_loopback() -> str:
    if sys.platform == "darwin":
        return (
            "hearing what a Mac plays needs macOS 14.2; before that, route the call through an input device such as "
            "BlackHole and name it with --call"
        )
    return "without a sound server (PipeWire or PulseAudio) what the loudspeakers play can't be heard"
