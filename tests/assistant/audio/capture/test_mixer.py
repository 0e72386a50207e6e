"""How much is held for a reader that does not come."""

from __future__ import annotations

import time

import numpy as np
import pytest

from assistant.audio.capture.mixer import Mixer
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel

YOU = Channel.YOU


@pytest.mark.parametrize("size", [160, 1600])
def test_as_much_sound_is_held_however_it_is_cut(size: int) -> None:
    mixer = Mixer([YOU])
    frames = [
        AudioFrame(YOU, at / SAMPLE_RATE_HZ, np.zeros(size, np.int16)) for at in range(0, 125 * SAMPLE_RATE_HZ, size)
    ]
    for frame in frames:
        mixer.put(frame)
    first = mixer.next()
    assert first is frames[0]
    mixer.put(AudioFrame(YOU, 125.0, np.zeros(size, np.int16)))  # there is room again
    mixer.end()
    items = [*iter(mixer.next, None)]
    held = [item for item in items if isinstance(item, AudioFrame)]
    assert sum(len(frame.samples) for frame in held) == 120 * SAMPLE_RATE_HZ
    assert [(gap.start_seconds, gap.end_seconds) for gap in items if isinstance(gap, AudioGap)] == [(120.0, 125.0)]


def test_a_channel_that_is_late_is_waited_for_half_a_second_and_then_the_other_goes_ahead() -> None:
    mixer = Mixer(tuple(Channel))
    frame = AudioFrame(Channel.YOU, 0.0, np.ones(320, np.int16))
    put_seconds = time.monotonic()
    mixer.put(frame)
    assert not mixer.wait(0.01)
    assert mixer.wait(30.0)
    assert 0.5 <= time.monotonic() - put_seconds < 10.0
    assert mixer.next() is frame
