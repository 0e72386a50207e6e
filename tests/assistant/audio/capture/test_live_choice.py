"""Which devices of a real sound server can be chosen, and which are refused."""

from __future__ import annotations

import pytest

from assistant.audio.capture import DeviceKind, list_devices, open_live
from assistant.audio.capture.opening import server_snapshot
from assistant.errors import CaptureError
from assistant.values import State
from tests.assistant.audio.capture.listening import THEM, YOU, Listener, recorders
from tests.conftest import VirtualAudio, both_servers


@both_servers
def test_devices_are_listed_under_the_names_that_choose_them(virtual_audio: VirtualAudio) -> None:
    devices = {(device.kind, device.name): device for device in list_devices()}
    assert {name for kind, name in devices if kind is DeviceKind.MICROPHONE} == {"mic"}
    assert devices[DeviceKind.MICROPHONE, "mic"].is_default
    call = devices[DeviceKind.CALL_OUTPUT, "call"]
    assert (call.description, call.is_default) == ("Virtual call", True)
    assert not devices[DeviceKind.CALL_OUTPUT, "speakers"].is_default


@both_servers
def test_without_a_microphone_the_call_is_recorded_and_that_is_said(virtual_audio: VirtualAudio) -> None:
    virtual_audio("unplug-mic")  # the server now calls a monitor its default source
    with Listener(open_live()) as listener:
        assert listener.source.channels == (THEM,)
        listener.hear(THEM, 0.1)
    (warning,) = listener.statuses(State.WARNING)
    assert warning.channel is YOU
    assert "microphone is not recorded" in warning.message


def test_a_server_s_remapped_monitor_does_not_take_the_microphone_s_place(virtual_audio: VirtualAudio) -> None:
    remap = ("module-remap-source", "source_name=echo", "master=call.monitor")
    module = virtual_audio.pactl("load-module", *remap).strip()
    try:
        virtual_audio("unplug-mic")
        snapshot = server_snapshot()
        assert snapshot is not None
        assert "echo" in [source.name for source in snapshot.sources]
        with pytest.raises(CaptureError, match="there is no microphone"):
            snapshot.target(YOU, {YOU: ""})
    finally:
        virtual_audio.pactl("unload-module", module)


@pytest.mark.parametrize(
    ("mic", "call", "told"),
    [
        ("Headset", "", 'there is no microphone "Headset"'),
        ("call.monitor", "", "not a microphone"),
        ("", "Zoom", 'there is no output "Zoom", and no program of that name plays sound'),
        ("", "mic", '"mic" is a microphone'),
        ("none", "none", "Both voices are switched off"),
    ],
)
def test_what_cant_be_recorded_is_refused_with_the_reason(
    virtual_audio: VirtualAudio, mic: str, call: str, told: str
) -> None:
    with pytest.raises(CaptureError, match=told):
        open_live(mic, call)
    assert recorders() == []


def test_parec_missing_names_the_package(virtual_audio: VirtualAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CaptureError, match="apt install pulseaudio-utils"):
        open_live()
