"""The sound server's news, from a real one."""

from __future__ import annotations

import time

import pytest

from assistant.audio.capture.server import SoundServer
from tests.conftest import VirtualAudio


def quiet_soon(server: SoundServer) -> float:
    """What was changed before has been told."""
    until_seconds = time.monotonic() + 30.0
    while (quiet_seconds := server.quiet_until(0.05)) is None:
        assert time.monotonic() < until_seconds
    return quiet_seconds


def test_nothing_new_is_told_with_the_moment_of_the_question(virtual_audio: VirtualAudio) -> None:
    with SoundServer() as server:
        server.subscribe()
        quiet_soon(server)
        listened_seconds = time.monotonic()
        assert listened_seconds + 0.05 <= quiet_soon(server) <= time.monotonic()


def test_what_changes_is_told_once(virtual_audio: VirtualAudio) -> None:
    with SoundServer() as server:
        server.subscribe()
        quiet_soon(server)
        virtual_audio.pactl("set-sink-mute", "call", "1")
        assert server.quiet_until(30.0) is None
        quiet_soon(server)


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
