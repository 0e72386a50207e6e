"""What the check before a call says of each kind of sound."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.check import SoundCheck, Verdict
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State, Status
from tests.fakes import frames_of

YOU, THEM = Channel.YOU, Channel.THEM


def hear(check: SoundCheck, channel: Channel, amplitude: float, seconds: float = 3.0) -> None:
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tone = np.clip(np.rint(amplitude * 32768 * np.sin(2 * np.pi * 220 * times)), -32768, 32767).astype(np.int16)
    for frame in frames_of({channel: tone}):
        check.hear(frame)


def test_the_check_knows_each_kind_of_sound() -> None:
    for amplitude, verdict in (
        (0.0, Verdict.SILENCE),
        (0.005, Verdict.SOFT),
        (0.3, Verdict.FINE),
        (2.0, Verdict.CLIPPED),
    ):
        check = SoundCheck((YOU, THEM))
        hear(check, THEM, amplitude)
        you, them = check.results()
        assert (you.verdict, them.verdict) == (Verdict.NOTHING, verdict)
        assert "microphone" in you.text


@pytest.mark.parametrize("state", [State.WARNING, State.SILENT])
def test_a_device_that_the_system_muted_is_named(state: State) -> None:
    check = SoundCheck((YOU,))
    check.hear(Status(state, "Headset is muted in the system's sound settings.", YOU))
    hear(check, YOU, 0.0)
    (result,) = check.results()
    assert (result.verdict, result.text) == (Verdict.MUTED, "Headset is muted in the system's sound settings.")


def test_it_is_complete_with_the_first_words_of_every_channel() -> None:
    check = SoundCheck((YOU, THEM))
    hear(check, YOU, 0.3)
    check.words(YOU, "", 0.5)
    check.words(YOU, "Hello", 1.5)
    check.words(YOU, "Hello there", 2.5)
    assert not check.is_complete
    check.words(THEM, "Hi", 3.0)
    assert check.is_complete
    you, _ = check.results()
    assert (you.first_words, you.first_words_seconds, you.text) == ("Hello", 1.5, "heard well")


def test_levels_move_with_the_sound() -> None:
    check = SoundCheck((YOU,))
    level = check.hear(AudioFrame(YOU, 0.0, np.full(320, 16_384, np.int16)))
    assert level is not None
    assert level.peak_dbfs == pytest.approx(-6.0)
