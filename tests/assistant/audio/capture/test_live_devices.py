"""What happens to the devices of a real sound server in the middle of a call."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.audio.capture import open_live
from assistant.values import SAMPLE_RATE_HZ, Channel, State
from tests.assistant.audio.capture.listening import (
    CALL_HZ,
    MICROPHONE_HZ,
    PITCHES_HZ,
    THEM,
    YOU,
    Listener,
    carries,
    loudness,
    playing,
)
from tests.conftest import VirtualAudio, both_servers


@both_servers
def test_an_unplugged_output_is_a_gap_and_never_the_microphone(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed")), Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.2)
        virtual_audio("unplug-call")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(THEM))
        listener.hear(YOU, 0.3)  # goes on meanwhile
        virtual_audio("plug-call")
        with playing(virtual_audio, (tones[THEM], "call")):
            listener.hear_tone(THEM, CALL_HZ)  # back, and with the right voice
    assert listener.states(THEM) == [State.DEVICE_LOST, State.DEVICE_BACK]
    (gap,) = listener.absences(THEM)
    assert gap.end_seconds - gap.start_seconds > 0.3
    assert gap.reason == "Virtual call is gone"
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)
    assert listener.absences(YOU) == []


@both_servers
def test_an_unplugged_microphone_is_a_gap_and_never_the_call(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[THEM], "call")), Listener(open_live()) as listener:
        listener.hear(YOU, 0.2)
        virtual_audio("unplug-mic")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(YOU))
        listener.hear(THEM, 0.2)
        virtual_audio("plug-mic")
        listener.hear(YOU, 0.3)
    assert listener.states(YOU) == [State.DEVICE_LOST, State.DEVICE_BACK]
    assert len(listener.absences(YOU)) == 1
    assert not carries(listener.sound(YOU), CALL_HZ)


@both_servers
def test_the_default_output_is_followed_within_a_moment(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed"), (tones[THEM], "speakers")), Listener(open_live()) as listener:
        listener.hear(THEM, 0.2)
        virtual_audio.pactl("set-default-sink", "speakers")
        listener.wait_until(lambda: State.DEVICE_BACK in listener.states(THEM))
        listener.hear_tone(THEM, CALL_HZ)
    assert listener.states(THEM) == [State.DEVICE_LOST, State.DEVICE_BACK]
    absences = listener.absences(THEM)  # none where the new device's first block reaches back to the old one's last
    assert len(absences) <= 1
    assert sum(gap.end_seconds - gap.start_seconds for gap in absences) < 1.5  # 0.02 to 0.15 s seen
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)


@both_servers
def test_a_headset_that_changes_its_profile_is_back_at_its_new_rate(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    """As Bluetooth does when a call begins: music's rate before, the telephone's after, under the same name."""
    sinks = ((tones[YOU], "micfeed"), (tones[THEM], "call"))
    with Listener(open_live("mic", "call")) as listener:
        with playing(virtual_audio, *sinks):
            listener.hear_tone(YOU, MICROPHONE_HZ)
        for side in ("mic", "call"):
            virtual_audio(f"unplug-{side}")
            virtual_audio(f"plug-{side}", "8000")
        with playing(virtual_audio, *sinks):
            listener.hear_tone(YOU, MICROPHONE_HZ)
            listener.hear_tone(THEM, CALL_HZ)
    for channel, other_hz in ((YOU, CALL_HZ), (THEM, MICROPHONE_HZ)):
        assert listener.gaps(channel)
        assert not carries(listener.sound(channel), other_hz)
        assert loudness(listener.sound(channel), 2 * PITCHES_HZ[channel]).max() < 0.1  # in its own pitch throughout
    length = {channel: len(listener.sound(channel)) / SAMPLE_RATE_HZ for channel in (YOU, THEM)}
    assert length[YOU] == pytest.approx(length[THEM], abs=0.3)


def test_a_stream_that_the_server_moves_is_cut_before_it_is_believed(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed")), Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.2)
        streams = virtual_audio.pactl("list", "short", "source-outputs").splitlines()
        monitor = next(
            line.split("\t")[0]
            for line in virtual_audio.pactl("list", "short", "sources").splitlines()
            if "\tcall.monitor\t" in line
        )
        (ours,) = [line.split("\t")[0] for line in streams if line.split("\t")[1] == monitor]
        virtual_audio.pactl("move-source-output", ours, "mic")
        listener.wait_until(lambda: State.DEVICE_BACK in listener.states(THEM))
        listener.hear(THEM, 0.3)
    assert len(listener.absences(THEM)) == 1
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)


@both_servers
def test_a_crash_of_the_server_costs_a_gap_on_both_channels(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live()) as listener:
        listener.hear(THEM, 0.3)
        virtual_audio("crash")
        listener.wait_until(lambda: {c for c in (YOU, THEM) if State.DEVICE_LOST in listener.states(c)} == {YOU, THEM})
        virtual_audio("start")
        listener.hear(THEM, 0.3)
        listener.hear(YOU, 0.1)
    for channel in (YOU, THEM):
        assert listener.states(channel)[0] is State.DEVICE_LOST
        assert listener.states(channel)[-1] is State.DEVICE_BACK
        assert listener.gaps(channel)
        listener.sound(channel)  # contiguous


@both_servers
def test_a_device_that_is_muted_in_the_system_is_told_once_and_at_once(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live()) as listener:
        listener.hear(THEM, 0.1)
        for _ in range(2):
            for device in (("set-source-mute", "mic"), ("set-sink-mute", "call")):
                virtual_audio.pactl(*device, "1")
            listener.wait_until(lambda: len(listener.statuses(State.WARNING)) == 2)
            for device in (("set-source-mute", "mic"), ("set-sink-mute", "call")):
                virtual_audio.pactl(*device, "0")
        listener.hear(THEM, 0.3)
    warnings = {status.channel: status.message for status in listener.statuses()}
    assert len(listener.statuses()) == 2
    assert "Virtual microphone is muted" in warnings[YOU]
    assert "Virtual call is muted" in warnings[THEM]


@both_servers
def test_two_programs_in_the_call_s_output_are_named(virtual_audio: VirtualAudio, tones: dict[Channel, Path]) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(Listener(open_live()))
        for channel, program in ((THEM, "Talk"), (YOU, "Music")):
            player = virtual_audio.play(tones[channel], "call", program)
            stack.callback(player.wait)
            stack.callback(player.kill)
        listener.wait_until(lambda: bool(listener.statuses(State.WARNING)))
    (warning,) = listener.statuses()
    assert warning.channel is THEM
    assert "Talk and Music play on Virtual call" in warning.message or "Music and Talk play" in warning.message


@both_servers
def test_a_channel_that_stays_lost_says_at_the_end_what_was_not_heard(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.3)
        virtual_audio("unplug-call")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(THEM))
        listener.hear(YOU, 0.2)
    (gap,) = listener.absences(THEM)
    assert gap.end_seconds == pytest.approx(len(listener.sound(YOU)) / SAMPLE_RATE_HZ, abs=0.3)
