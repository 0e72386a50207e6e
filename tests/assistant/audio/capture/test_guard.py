"""When a stream is believed, against a scripted server and a computer that holds the guard up."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from assistant.audio.capture import guard as guarding
from assistant.audio.capture.guard import Guard, Watched
from assistant.audio.capture.snapshot import Output, Snapshot, Source
from assistant.values import Channel
from tests.waiting import wait_until

MONITOR, MICROPHONE = 1, 2
RIGHT = Snapshot(
    (Source(MONITOR, "call.monitor", "Monitor of call", True), Source(MICROPHONE, "mic", "Microphone", False)),
    (Output("call", "Virtual call", MONITOR),),
    default_source="mic",
    default_output="call",
    recorded={"ours": MONITOR},
)
MOVED = replace(RIGHT, recorded={"ours": MICROPHONE})
LATE_SECONDS = 0.25


class ScriptedServer:
    """Moves our stream to the microphone when the test says so. The news reaches a guard that was held up."""

    def __init__(self) -> None:
        self.is_moved = threading.Event()
        self.moved_seconds = float("inf")
        self.failures: list[Exception] = []
        self._is_told = False

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(self, *_: object) -> None: ...

    def subscribe(self) -> None: ...

    def snapshot(self) -> Snapshot:
        if self.failures:
            raise self.failures.pop()
        return MOVED if self.is_moved.is_set() else RIGHT

    def move(self) -> None:
        self.moved_seconds = time.monotonic()
        self.is_moved.set()

    def quiet_until(self, listen_seconds: float) -> float | None:
        if self._is_told:
            time.sleep(listen_seconds)
        elif self.is_moved.wait(listen_seconds):
            time.sleep(LATE_SECONDS)  # it listened until just before the news came; now it waits for its turn
        asked_seconds = time.monotonic()
        if self.is_moved.is_set() and not self._is_told:
            self._is_told = True
            return None
        return asked_seconds


def test_a_guard_that_is_held_up_believes_no_stream_that_was_moved_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ScriptedServer()
    monkeypatch.setattr(guarding, "SoundServer", lambda: server)
    guard = Guard({Channel.THEM: ""}, RIGHT)
    ended = threading.Event()
    stream = Watched("ours", Channel.THEM, guard.target(Channel.THEM), ended.set)
    guard.watch(stream)
    guard.start()
    wait_until(lambda: guard.believed_until_seconds(stream) > 0.0)
    server.move()
    believed_seconds: list[float] = []

    def is_cut() -> bool:
        is_cut = stream.cut_reason is not None
        believed_seconds.append(guard.believed_until_seconds(stream))
        return is_cut

    wait_until(is_cut)
    guard.stop()
    guard.join()
    assert max(believed_seconds) < server.moved_seconds
    assert believed_seconds == sorted(believed_seconds)  # what was certain before it was cut still is
    assert ended.is_set()
    assert stream.cut_reason == "the sound server exchanged Virtual call for another device"


def test_an_error_that_nobody_foresaw_ends_no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ScriptedServer()
    server.failures = [OSError(24, "Too many open files")]
    monkeypatch.setattr(guarding, "SoundServer", lambda: server)
    guard = Guard({Channel.THEM: ""}, RIGHT)
    before = Watched("ours", Channel.THEM, guard.target(Channel.THEM), lambda: None)
    guard.watch(before)
    guard.start()
    wait_until(lambda: before.cut_reason is not None)
    assert before.cut_reason == "an error came up (OSError: [Errno 24] Too many open files)"
    after = Watched("ours", Channel.THEM, before.target, lambda: None)
    guard.watch(after)
    wait_until(lambda: guard.believed_until_seconds(after) > 0.0)
    guard.stop()
    guard.join()
