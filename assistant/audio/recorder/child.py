"""A recording process, its pipes, and a watchdog that ends it should it hang.

The program's threads tell; one thread at a time receives. The watchdog runs on a thread of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from assistant.audio.recorder.wire import Fact, Message, receive
from assistant.errors import AssistantError, CaptureError
from assistant.values import Status

OPENING_SECONDS = 20.0  # for devices and the sound server: longer than a slow machine with a sleepy headset takes
RECORDING_SECONDS = 5.0  # without a sign of life; up to then the pipes before it hold all sound, and it may catch up

_COMMAND = [sys.executable, "-P", "-m", "assistant.audio.recorder.process"]
_STEP_SECONDS = 0.25
_END_SECONDS = 5.0  # a process that has said its last word, or was told to end


class Child:
    """It opens nothing before it is told to. Raises CaptureError: it can't be started."""

    def __init__(self) -> None:
        try:
            # A session of its own: a terminal's Ctrl+C and hang-up end the call in order, by way of this program.
            self.process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise CaptureError(
                f"The recording process can't be started ({error.strerror}). Close other programs and try again."
            ) from error
        self.patience_seconds = OPENING_SECONDS
        self.has_hung = False
        self._is_awaited = False  # these two are written by whoever receives, and read by the watchdog
        self._messages = 0
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="recorder watchdog", daemon=True).start()

    def tell(self, **command: Any) -> None:
        """Give a command. One that has ended takes none, and its output says so."""
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()

    def receive(self) -> Message | None:
        """Wait for what it says; None once it has ended."""
        assert self.process.stdout is not None
        self._messages += 1
        self._is_awaited = True
        try:
            return receive(self.process.stdout)  # type: ignore[arg-type]  # typeshed: IO[bytes]
        finally:
            self._is_awaited = False

    def answer(self) -> Fact:
        """The answer to a command. Raises CaptureError, RecordingError: it was not done, and the process has ended."""
        message = self.receive()
        if isinstance(message, Fact):
            return message
        while isinstance(message, Status):  # what goes before an error
            message = self.receive()
        self.end()
        if isinstance(message, AssistantError):
            raise message
        if self.has_hung:
            raise CaptureError(
                "The recording process does not answer: the system's sound or the disk hangs. Unplug and replug the "
                "headset, or restart the sound server, then try again."
            )
        raise CaptureError("The recording process ended as it started. Try again; `depthcue doctor` may say why.")

    def end(self) -> None:
        """Close the pipes, upon which it ends, and wait for that."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            with suppress(subprocess.TimeoutExpired):  # one that waits for a dead disk can't even be killed
                self.process.wait(_END_SECONDS)
        self._ended.set()

    def _watch(self) -> None:
        """Steps are counted, not seconds: the clock may go on while the computer sleeps, and we with it."""
        steps, message = 0, 0
        while not self._ended.wait(_STEP_SECONDS):
            is_silent = self._is_awaited and self._messages == message
            steps, message = steps + 1 if is_silent else 0, self._messages
            if steps * _STEP_SECONDS >= self.patience_seconds:
                self.has_hung = True
                self.process.kill()
                return
