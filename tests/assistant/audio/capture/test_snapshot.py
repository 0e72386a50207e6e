"""The rules by which a device becomes a channel, without a server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.capture.devices import DeviceKind
from assistant.audio.capture.guard import Guard
from assistant.audio.capture.snapshot import Output, Playing, Snapshot, Source
from assistant.errors import CaptureError
from assistant.values import Channel

YOU, THEM = Channel.YOU, Channel.THEM

MICROPHONE = Source(1, "mic", "Built-in Microphone", False)
MONITOR = Source(2, "speakers.monitor", "Monitor of Speakers", True)
SPEAKERS = Output("speakers", "Speakers", 2)
HEADSET = Output("headset", "Headset", 3)
HEADSET_MONITOR = Source(3, "headset.monitor", "Monitor of Headset", True)


def machine(**changes: object) -> Snapshot:
    parts: dict[str, object] = {
        "sources": (MONITOR, MICROPHONE, HEADSET_MONITOR),
        "outputs": (SPEAKERS, HEADSET),
        "default_source": "mic",
        "default_output": "speakers",
    }
    return Snapshot(**{**parts, **changes})  # type: ignore[arg-type]


def test_the_defaults_are_the_microphone_and_what_the_speakers_play() -> None:
    assert machine().target(YOU, {YOU: ""}).source_name == "mic"
    assert machine().target(THEM, {THEM: ""}).source_name == "speakers.monitor"


def test_a_channel_that_is_not_wanted_has_no_target() -> None:
    for channel in Channel:
        with pytest.raises(KeyError):
            machine().target(channel, {})


def test_a_default_source_that_is_a_monitor_is_passed_over() -> None:
    assert machine(default_source="speakers.monitor").target(YOU, {YOU: ""}).source_name == "mic"
    with pytest.raises(CaptureError, match="there is no microphone"):
        machine(sources=(MONITOR,), default_source="speakers.monitor").target(YOU, {YOU: ""})


def test_what_only_passes_on_what_the_call_s_output_plays_is_no_microphone() -> None:
    echo = Source(7, "echo", "Remapped Monitor of Speakers", False, heard_from="speakers.monitor")
    assert (
        machine(sources=(MONITOR, echo, MICROPHONE), default_source="echo").target(YOU, {YOU: ""}).source_name == "mic"
    )
    with pytest.raises(CaptureError, match="there is no microphone"):
        machine(sources=(MONITOR, echo), default_source="echo").target(YOU, {YOU: ""})
    assert machine(sources=(MONITOR, echo)).target(YOU, {YOU: "echo"}).source_name == "echo"  # who names it wants it
    quieter = Source(8, "quieter", "Microphone without noise", False, heard_from="mic")
    assert (
        machine(sources=(MICROPHONE, quieter), default_source="quieter").target(YOU, {YOU: ""}).source_name == "quieter"
    )


def test_what_passes_on_another_output_that_plays_the_call_is_no_microphone_either() -> None:
    echo = Source(7, "echo", "Remapped Monitor of Headset", False, heard_from="headset.monitor")
    snapshot = machine(sources=(MONITOR, HEADSET_MONITOR, echo, MICROPHONE), default_source="echo")
    assert (
        snapshot.target(YOU, {YOU: ""}).source_name == "echo"
    )  # the headset may be a microphone's way through a filter
    playing = (Playing(5, "Chromium", "chrome", HEADSET_MONITOR.index, False),)
    for call in ("headset", "Monitor of Headset", "chromium"):
        assert replace(snapshot, playing=playing).target(YOU, {YOU: "", THEM: call}).source_name == "mic"
        assert [one.name for one in replace(snapshot, playing=playing).devices(call) if one.is_default] == [
            "mic",
            "speakers",
        ]
    guard = Guard({YOU: "", THEM: "headset"}, snapshot)
    assert guard.target(YOU).source_name == "mic"


def test_what_is_passed_on_twice_is_followed_to_its_end() -> None:
    first = Source(7, "first", "Remapped Monitor of Speakers", False, heard_from="speakers.monitor")
    second = Source(8, "second", "Remapped first", False, heard_from="first")
    snapshot = machine(sources=(MONITOR, first, second, MICROPHONE), default_source="second")
    assert snapshot.target(YOU, {YOU: ""}).source_name == "mic"
    ring = replace(first, heard_from="second")
    assert machine(sources=(ring, second), default_source="second").target(YOU, {YOU: ""}).source_name == "second"


def test_names_and_decorated_labels_both_choose() -> None:
    for wanted in ("headset", "Headset", "headset.monitor", "Monitor of Headset"):
        assert machine().target(THEM, {THEM: wanted}).source_index == 3
    for wanted in ("mic", "Built-in Microphone"):
        assert machine().target(YOU, {YOU: wanted}).source_index == 1


def test_a_program_is_taken_by_its_name_or_binary_the_oldest_stream_that_plays() -> None:
    playing = (
        Playing(9, "Chromium", "chrome", 3, False),
        Playing(5, "Chromium", "chrome", 2, False),
        Playing(4, "Chromium", "chrome", 2, True),
    )
    for wanted in ("chromium", "CHROME"):
        target = machine(playing=playing).target(THEM, {THEM: wanted})
        assert (target.playing_index, target.source_name) == (5, "speakers.monitor")
    programs = [device for device in machine(playing=playing).devices() if device.kind is DeviceKind.PROGRAM]
    assert [device.name for device in programs] == ["Chromium"]


names = st.sampled_from(["", "a", "b", "c", "a.monitor", "b.monitor", "Any"])
sources = st.lists(st.builds(Source, st.integers(0, 5), names, names, st.booleans()), max_size=5).map(tuple)
outputs = st.lists(st.builds(Output, names, names, st.integers(0, 5)), max_size=3).map(tuple)
playings = st.lists(
    st.builds(Playing, st.integers(0, 9), names, names, st.integers(0, 5), st.booleans()), max_size=3
).map(tuple)


@given(st.builds(Snapshot, sources, outputs, playings, names, names), st.sampled_from([YOU, THEM]), names)
def test_the_call_is_never_a_microphone_and_you_are_never_a_monitor(
    snapshot: Snapshot, channel: Channel, wanted: str
) -> None:
    try:
        target = snapshot.target(channel, {channel: wanted})
    except CaptureError as error:
        assert str(error)
        return
    kinds = {s.is_monitor for s in snapshot.sources if (s.index, s.name) == (target.source_index, target.source_name)}
    assert (channel is THEM) in kinds
    assert sum(device.is_default for device in snapshot.devices() if device.kind is DeviceKind.PROGRAM) == 0
