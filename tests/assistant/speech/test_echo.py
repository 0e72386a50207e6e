"""The candidate's voice out of loudspeakers, in the microphone, in simulated rooms; and the interviewer's own."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.speech.echo import EchoGuard
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel
from tests.assistant.speech.rooms import Room, Sound, as_samples, frames, interview

YOU, THEM = Channel.YOU, Channel.THEM
ROOMS = {
    "laptop": Room(),
    "distant": Room(0.06, -6.0, 0.5, 2.0),
    "wireless": Room(0.25, -12.0),
    "too loud": Room(level_db=3.0, drive=1.5),
}
SETTLED_SECONDS = 1.5  # of the candidate's voice: then the room is known


def guarded(microphone: Sound, call: Sound) -> tuple[Sound, EchoGuard]:
    guard = EchoGuard()
    items = [item for frame in frames(microphone, call) for item in guard.hear(frame)] + guard.finish()
    mine = [item for item in items if isinstance(item, AudioFrame) and item.channel is YOU]
    sound = np.concatenate([frame.samples for frame in mine])
    assert [frame.start_seconds for frame in mine] == sorted(frame.start_seconds for frame in mine)
    assert len(sound) == len(microphone)
    return sound / 32768, guard


def energy(sound: Sound) -> Sound:
    """Of each 20 ms."""
    return np.mean(sound[: len(sound) // 320 * 320].reshape(-1, 320) ** 2, axis=1)


def spoken(sound: Sound) -> np.ndarray:
    return energy(sound) > 10**-4.5


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS.keys())
def test_what_loudspeakers_bring_is_muted_and_the_own_voice_is_kept(room: Room) -> None:
    you, them = interview(18.0, 24.0)
    echo = room.echo(them)
    heard, guard = guarded(you + echo, them)
    own = spoken(you)
    only_echo = spoken(echo) & ~np.convolve(own, np.ones(21), "same").astype(bool)
    only_echo &= np.cumsum(spoken(echo)) * 0.02 > SETTLED_SECONDS
    assert only_echo.sum() > 100
    assert energy(heard)[only_echo].sum() < 0.03 * energy(you + echo)[only_echo].sum()
    assert energy(heard)[own].sum() > 0.95 * energy(you + echo)[own].sum()
    assert guard.hears_call


def test_with_a_headset_every_sample_stays_as_it_is() -> None:
    you, them = interview(18.0, 24.0)
    heard, guard = guarded(you, them)
    assert np.array_equal(as_samples(heard), as_samples(you))
    assert not guard.hears_call


def test_who_speaks_over_the_echo_is_kept() -> None:
    you, them = interview(18.0, 24.0)
    over = np.roll(you, round(3.0 * SAMPLE_RATE_HZ))  # both at once, for seconds
    echo = ROOMS["laptop"].echo(them)
    heard, _ = guarded(over + echo, them)
    both = spoken(over) & spoken(echo) & (energy(over) > energy(echo))
    assert both.sum() > 30
    assert energy(heard)[both].sum() > 0.8 * energy(over + echo)[both].sum()


def test_the_own_voice_that_comes_back_with_the_call_mutes_nothing() -> None:
    """The other side has loudspeakers, too: their microphone returns the interviewer's words, later."""
    you, them = interview(18.0, 24.0)
    heard, guard = guarded(you, them + Room(0.3, -9.0).echo(you))
    assert np.array_equal(as_samples(heard), as_samples(you))
    assert not guard.hears_call


def test_a_loudspeaker_that_is_swapped_for_a_wireless_one_is_learned_anew() -> None:
    _, them = interview(18.0, 24.0)
    half = len(them) // 2
    near, late = ROOMS["laptop"].echo(them), Room(0.2, -6.0).echo(them)
    echo = np.concatenate((near[:half], late[half:]))
    heard, _ = guarded(echo, them)
    late_half = spoken(echo)
    late_half[: len(late_half) * 3 // 4] = False
    assert energy(heard)[late_half].sum() < 0.1 * energy(echo)[late_half].sum()


def test_a_gap_passes_at_once_and_keeps_the_order() -> None:
    guard = EchoGuard()
    frame = AudioFrame(YOU, 0.0, np.full(320, 900, np.int16))
    assert guard.hear(frame) == []  # the call's sound up to there is not yet known
    gap = AudioGap(YOU, 0.02, 7200.02, "paused")
    first, second = guard.hear(gap)
    assert isinstance(first, AudioFrame)
    assert second == gap
    later = AudioFrame(YOU, 7200.02, np.full(320, 900, np.int16))
    guard.hear(later)
    (call, mine) = guard.hear(AudioFrame(THEM, 7200.02, np.zeros(320, np.int16)))
    assert (call.channel, mine.channel, mine.start_seconds) == (THEM, YOU, 7200.02)


def test_a_call_channel_that_is_silent_for_good_holds_nothing_back() -> None:
    guard = EchoGuard()
    given = [item for n in range(100) for item in guard.hear(AudioFrame(YOU, n * 0.02, np.full(320, 900, np.int16)))]
    assert 100 - len(given) <= 16
    assert len(given) + len(guard.finish()) == 100
