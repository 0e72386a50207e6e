"""The clock that both channels share: what their devices have in common moves it, what they differ by is theirs."""

from __future__ import annotations

import pytest

from assistant.audio.capture.call_clock import CallClock
from assistant.values import Channel

YOU, THEM = Channel.YOU, Channel.THEM


@pytest.fixture
def clock() -> CallClock:
    clock = CallClock()
    assert clock.join(YOU, 100.0) == 100.0
    assert clock.join(THEM, 100.2) == 100.0
    return clock


def test_what_both_have_in_common_moves_the_call(clock: CallClock) -> None:
    assert clock.agree(YOU, -0.004) == 0.0  # the other one has not told yet
    assert clock.agree(THEM, -0.006) == pytest.approx(-0.004)
    assert clock.origin_seconds == pytest.approx(99.996)
    assert clock.agree(YOU, -0.004) == pytest.approx(-0.004)  # still of what was laid before the move
    assert clock.agree(YOU, 0.0) == 0.0
    assert clock.agree(THEM, -0.002) == 0.0
    assert clock.origin_seconds == pytest.approx(99.996)


def test_what_they_differ_by_is_left_to_them(clock: CallClock) -> None:
    clock.agree(YOU, 0.005)
    assert clock.agree(THEM, -0.005) == 0.0
    assert clock.origin_seconds == 100.0


def test_one_that_lost_sound_is_waited_for_until_it_tells_again(clock: CallClock) -> None:
    clock.agree(YOU, -0.004)
    clock.lose(YOU)
    assert clock.agree(THEM, -0.006) == 0.0
    assert clock.agree(YOU, -0.002) == pytest.approx(-0.002)


def test_one_that_is_heard_alone_is_followed(clock: CallClock) -> None:
    clock.leave(THEM)
    assert clock.agree(YOU, 0.003) == pytest.approx(0.003)
    assert clock.join(THEM, 150.0) == pytest.approx(100.003)  # it comes back to where the other one is
    assert clock.agree(YOU, 0.003) == 0.0  # and is waited for


def test_a_call_that_goes_on_keeps_its_origin() -> None:
    clock = CallClock(80.0)
    assert clock.origin_seconds == 80.0
    assert clock.join(YOU, 100.0) == 80.0
