"""Warnings that a channel's sound itself gives."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.capture.watch import SoundWatch
from assistant.values import SAMPLE_RATE_HZ, Channel

FRAME = 320


def tone(seconds: float, amplitude: float) -> np.ndarray:
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.clip(np.rint(amplitude * 32768 * np.sin(2 * np.pi * 220 * times)), -32768, 32767).astype(np.int16)


def told(watch: SoundWatch, sound: np.ndarray) -> list[str]:
    return [status.message for at in range(0, len(sound), FRAME) for status in watch.hear(sound[at : at + FRAME])]


@pytest.mark.parametrize(("channel", "what"), [(Channel.YOU, "microphone's level"), (Channel.THEM, "the program")])
def test_sound_that_is_clipped_for_seconds_is_told_once(channel: Channel, what: str) -> None:
    (message,) = told(SoundWatch(channel), np.tile(tone(1.0, 1.5), 60))
    assert "is clipped" in message
    assert what in message


def test_loud_sound_and_a_bang_are_not_clipped() -> None:
    bang = tone(0.3, 3.0)
    assert told(SoundWatch(Channel.YOU), np.concatenate([tone(60.0, 0.95), bang, tone(60.0, 0.3)])) == []


def test_now_and_then_a_clipped_second_is_no_reason_to_warn() -> None:
    assert told(SoundWatch(Channel.YOU), np.tile(np.concatenate([tone(20.0, 0.2), tone(1.0, 1.5)]), 5)) == []
