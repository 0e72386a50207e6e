"""The echo canceller in a simulated room. It is an extra of the program, and part of what the tests are run with."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from assistant.settings import Settings
from assistant.speech.echo import EchoGuard
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.assistant.speech.rooms import Room, Sound, frames, interview
from tests.assistant.speech.test_echo import energy, spoken
from ui.echo_removal import NO_REMOVAL, echo_removal

try:
    from pywebrtc_audio import EchoCanceller
except ImportError:
    EchoCanceller = None

needs_package = pytest.mark.skipif(EchoCanceller is None, reason="the extra `echo` has no wheel for this computer")
LATE_SAMPLES = 128  # the canceller's own delay


def heard(microphone: Sound, call: Sound) -> Sound:
    from models.echo import WebRtcEchoRemover

    guard = EchoGuard(remover=WebRtcEchoRemover())
    items = [item for frame in frames(microphone, call) for item in guard.hear(frame)] + guard.finish()
    mine = [item for item in items if isinstance(item, AudioFrame) and item.channel is Channel.YOU]
    assert sum(len(frame.samples) for frame in mine) == len(microphone)
    return np.concatenate([frame.samples for frame in mine]) / 32768


@needs_package
def test_who_speaks_over_the_echo_is_heard_without_it() -> None:
    you, them = interview(18.0, 24.0)
    over = np.roll(you, round(3.0 * SAMPLE_RATE_HZ))  # both at once, for seconds
    echo = Room().echo(them)
    cleaned = np.roll(heard(over + echo, them), -LATE_SAMPLES)
    both = spoken(over) & spoken(echo) & (energy(over) > energy(echo))
    both[: round(8.0 * 50)] = False  # then the room is known
    assert both.sum() > 30
    within = np.repeat(both, 320)

    def likeness(sound: Sound, other: Sound) -> float:
        return float(np.corrcoef(sound[within], other[within])[0, 1])

    assert likeness(over + echo, echo) > 0.4
    assert abs(likeness(cleaned, echo)) < 0.1
    assert likeness(cleaned, over) > 0.5
    assert energy(cleaned)[both].sum() > 0.4 * energy(over)[both].sum()


@needs_package
def test_with_a_headset_nothing_is_touched() -> None:
    you, them = interview(18.0, 24.0)
    assert np.allclose(heard(you, them), you, atol=1 / 32768)


@needs_package
def test_the_settings_choose_it() -> None:
    assert echo_removal(Settings()) == NO_REMOVAL
    remover, told = echo_removal(Settings(remove_echo=True))
    assert remover is not None and told == ()


def test_without_the_package_the_call_goes_on_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "pywebrtc_audio":
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    remover, (told,) = echo_removal(Settings(remove_echo=True))
    assert remover is None
    assert "depthcue[echo]" in told
