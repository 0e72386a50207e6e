"""The sound server's news: from a real one, and from one that speaks just as it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import pytest
from pulsectl import PulseLoopStop

from assistant.audio.capture import server as serving
from assistant.audio.capture.server import SoundServer
from tests.conftest import VirtualAudio
from tests.waiting import wait_until


def quiet_soon(server: SoundServer) -> float:
    """What was changed before has been told."""
    told: list[float] = []

    def is_quiet() -> bool:
        quiet_seconds = server.quiet_until(0.05)
        if quiet_seconds is not None:
            told.append(quiet_seconds)
        return bool(told)

    wait_until(is_quiet)
    return told[0]


def test_nothing_new_is_told_with_the_moment_of_the_question(virtual_audio: VirtualAudio) -> None:
    with SoundServer() as server:
        server.subscribe()
        quiet_soon(server)
        listened_seconds = time.monotonic()
        assert listened_seconds + 0.05 <= quiet_soon(server) <= time.monotonic()


def test_what_changes_is_told_while_it_is_listened_for(virtual_audio: VirtualAudio) -> None:
    with SoundServer() as server:
        server.subscribe()
        quiet_soon(server)
        virtual_audio.pactl("set-sink-mute", "call", "1")
        assert server.quiet_until(30.0) is None


class ScriptedPulse:
    """The library's side of a server that never says anything by itself."""

    def __init__(self) -> None:
        self.when_asked: Callable[[], None] = lambda: None
        self._on_event: Callable[[object], None] = lambda _event: None

    def connect(self, autospawn: bool) -> None: ...

    def close(self) -> None: ...

    def event_mask_set(self, *masks: str) -> None: ...

    def event_callback_set(self, callback: Callable[[object], None]) -> None:
        self._on_event = callback

    def event_listen(self, timeout_seconds: float) -> None: ...

    def server_info(self) -> SimpleNamespace:
        self.when_asked()
        return SimpleNamespace(server_name="scripted")

    def change(self) -> None:
        with suppress(PulseLoopStop):  # which has the library end what waits, and goes no further
            self._on_event(object())


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> ScriptedPulse:
    pulse = ScriptedPulse()
    monkeypatch.setattr(serving, "Pulse", lambda *_arguments, **_settings: pulse)
    return pulse


def test_what_changes_is_told_once(pulse: ScriptedPulse) -> None:
    with SoundServer() as server:
        server.subscribe()
        assert server.quiet_until(0.001) is not None
        pulse.when_asked = pulse.change
        assert server.quiet_until(0.001) is None
        pulse.when_asked = lambda: None
        assert server.quiet_until(0.001) is not None


def test_the_moment_up_to_which_all_was_quiet_is_before_the_answer(
    pulse: ScriptedPulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server says between the answer and a later look at the clock is not known yet."""
    clock = {"seconds": 100.0}

    def answer() -> None:
        clock["seconds"] += 5.0

    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: clock["seconds"]))
    pulse.when_asked = answer
    with SoundServer() as server:
        server.subscribe()
        assert server.quiet_until(0.0) == 100.0
        assert server.quiet_until(0.0) == 105.0


def test_what_changes_while_a_busy_computer_does_not_listen_is_told_by_the_question(
    virtual_audio: VirtualAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SoundServer() as server, monkeypatch.context() as patch:
        server.subscribe()
        quiet_soon(server)

        def held_up(seconds: float) -> None:
            virtual_audio.pactl("set-sink-mute", "call", "1")
            time.sleep(seconds)

        patch.setattr(server._pulse, "event_listen", held_up)
        assert server.quiet_until(0.01) is None
