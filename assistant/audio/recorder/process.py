"""The process that hears and records a call, and nothing else: no model, no window and no database can take it along.

    device -> disk -> the program that shows and transcribes

It takes commands from its standard input and gives what it hears to its standard output, once that is on the disk.
Should its input end without a stop, the program that started it has crashed in mid-call. What is said then is worth as
much as before, so the recording goes on; but nobody sees any more that it does, so it ends after two minutes, in a
pause at once, and as soon as the next start of the program comes to make the call whole. Terminals' signals don't
concern it.

What is kept is judged by when it was spoken: a pause, its end and the stop come with the time of their press.

Threads: the main thread hears, writes and sends; one reads commands; the source has its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from assistant.audio.capture.live import LiveSource
from assistant.audio.capture.opening import open_live, reopen_live, server_snapshot
from assistant.audio.recorder.disk import RESERVE_BYTES, DiskWatch
from assistant.audio.recorder.outbox import Outbox
from assistant.audio.recorder.pauses import AFTER_PAUSE_SECONDS, Pauses
from assistant.audio.recorder.sleep import SleepWatch
from assistant.audio.recorder.wire import End, Fact
from assistant.audio.recording import CrashSafeRecorder, is_asked_to_end
from assistant.errors import AssistantError, RecordingError
from assistant.plain import roughly
from assistant.sealing.keys import FileKey
from assistant.values import PAUSED, AudioFrame, AudioGap, Channel, State, Status

ALONE_SECONDS = 120.0  # so long a call goes on without the program that started it
_FLUSH_SECONDS = 10.0
_LAST_SOUND_SECONDS = 1.0  # so long what was spoken before a stop or a pause is waited for; it takes 0.2 to 0.4
_BEAT_SECONDS = 1.0  # between signs of life; with these the program tells silence from a process that hangs
_PROGRAM_IS_GONE = "program is gone"
ASLEEP = "the computer slept"


class RecordingLoop:
    """Hears `source` to its end: first to the disk, then out."""

    def __init__(
        self,
        source: LiveSource,
        recorder: CrashSafeRecorder,
        folder: Path,
        out: Outbox,
        sleep: SleepWatch | None = None,
        pauses: Pauses | None = None,
        goes_on: bool = False,
    ) -> None:
        self._source = source
        self._recorder = recorder
        self._folder = folder
        self._out = out
        self._disk = DiskWatch(folder, partial(recorder.free_seconds, RESERVE_BYTES))
        self._sleep = sleep or SleepWatch()
        self._slept_seconds = 0.0  # the call's clock goes on while the source's stands still
        self._ends = dict.fromkeys(source.channels, 0.0)  # of what was heard, by the source's clock
        self._kept_ends = {} if goes_on else dict.fromkeys(source.channels, 0.0)  # by the call's clock
        self._lost: set[Channel] = set()  # nothing comes from these now
        self._told_origin: float | None = None
        self._next_beat_seconds = 0.0
        self.pauses = pauses or Pauses()
        self._is_all_heard = threading.Event()  # that was spoken before the stop, and is kept
        self._told_pause_seconds: float | None = None  # the press of the newest pause that was told
        self.alone_since_seconds: float | None = None  # written by the thread of the commands: the program has gone

    def run(self) -> None:
        """Raises RecordingError: the disk takes no more. Everything before is kept."""
        while True:
            has_more = self._source.wait(_BEAT_SECONDS)
            if self._beat() and self._is_left():
                threading.Thread(target=self.stop, args=(time.monotonic(),), name="stop", daemon=True).start()
            if not has_more:
                self._tell_pause()
                continue
            if (item := self._source.read()) is None:
                return
            self._notice_sleep()
            if isinstance(item, Status):
                self._notice_loss(item)
                self._out.send(item)
            else:
                self._hear(item)
            self._check_all_heard()
            self._tell_pause()
            self._tell_origin()
            if (warning := self._disk.check()) is not None:
                self._out.send(warning)

    def stop(self, at_seconds: float) -> None:
        """End the call with what was spoken up to then (`time.monotonic()`), as soon as it is heard. Other threads."""
        self.pauses.stop(at_seconds)
        self._check_all_heard()
        self._is_all_heard.wait(_LAST_SOUND_SECONDS)
        self._source.close()

    def _hear(self, item: AudioFrame | AudioGap) -> None:
        origin_seconds = self._source.origin_seconds
        assert origin_seconds is not None  # it is set by the first sound
        for part in self.pauses.outside(item, origin_seconds):
            self._keep(_later(part, self._slept_seconds))
        self._ends[item.channel] = item.end_seconds

    def _notice_loss(self, status: Status) -> None:
        """What a device says overtakes its sound: that of a lost one which is still queued is read all the same."""
        if status.channel is not None and status.state is State.DEVICE_LOST:
            self._lost.add(status.channel)
        if status.channel is not None and status.state is State.DEVICE_BACK:
            self._lost.discard(status.channel)

    def _check_all_heard(self) -> None:
        """By the stopping thread and by the one that hears."""
        if self.pauses.is_stopped and self._has_heard_all():
            self._is_all_heard.set()

    def _has_heard_all(self) -> bool:
        """That was spoken before what is not kept any more."""
        origin_seconds, until_seconds = self._source.origin_seconds, self.pauses.kept_until_seconds
        awaited = [end_seconds for channel, end_seconds in self._ends.items() if channel not in self._lost]
        return all(origin_seconds is not None and origin_seconds + end >= until_seconds for end in awaited)

    def _tell_pause(self) -> None:
        """Once in a pause: nothing more comes that was spoken before it."""
        pressed_seconds = self.pauses.kept_until_seconds
        if not self.pauses.is_on or pressed_seconds == self._told_pause_seconds:
            return
        is_late = time.monotonic() - pressed_seconds > _LAST_SOUND_SECONDS
        # What waits may still be from before it: after a stall of the disk, or of a channel that is lost since.
        if (is_late or self._has_heard_all()) and not self._source.wait(0.0):
            self._told_pause_seconds = pressed_seconds
            self._out.send(Status(State.PAUSED))

    def _beat(self) -> bool:
        """About once a second."""
        now_seconds = time.monotonic()
        if now_seconds < self._next_beat_seconds:
            return False
        self._next_beat_seconds = now_seconds + _BEAT_SECONDS
        self._out.send(Fact({}))
        return True

    def _is_left(self) -> bool:
        """Nobody is there any more to end this, and it has gone on for long enough."""
        if self.alone_since_seconds is None or self.pauses.is_stopped:
            return False
        is_late = time.monotonic() - self.alone_since_seconds > ALONE_SECONDS
        return is_late or self.pauses.is_on or is_asked_to_end(self._folder)

    def _keep(self, item: AudioFrame | AudioGap) -> None:
        kept_end_seconds = self._kept_ends.get(item.channel, item.start_seconds)
        # The source leaves nothing out without telling, and a pause leaves out more than this.
        if item.start_seconds - kept_end_seconds > AFTER_PAUSE_SECONDS / 2:
            self._put(AudioGap(item.channel, kept_end_seconds, item.start_seconds, PAUSED))
        self._put(item)

    def _put(self, item: AudioFrame | AudioGap) -> None:
        self._recorder.write(item)
        self._out.send(item)
        self._kept_ends[item.channel] = item.end_seconds

    def _notice_sleep(self) -> None:
        slept_seconds = self._sleep.take_slept_seconds()
        if not slept_seconds:
            return
        origin_seconds = self._source.origin_seconds
        # To the source the whole sleep is one moment, right behind what it heard last.
        moment_seconds = time.monotonic() if origin_seconds is None else origin_seconds + max(self._ends.values())
        if self.pauses.keeps(moment_seconds):
            for channel, end_seconds in self._ends.items():
                gap = AudioGap(channel, end_seconds, end_seconds + slept_seconds, ASLEEP)
                self._keep(_later(gap, self._slept_seconds))
        self._slept_seconds += slept_seconds
        message = f"The computer slept for {roughly(slept_seconds)}, in which nothing was heard. The call goes on."
        self._out.send(Status(State.WARNING, message))

    def _tell_origin(self) -> None:
        origin_seconds = self._source.origin_seconds
        if origin_seconds is not None and self._told_origin != origin_seconds - self._slept_seconds:
            self._told_origin = origin_seconds - self._slept_seconds
            self._out.send(Fact({"origin_seconds": self._told_origin}))


def _later(item: AudioFrame | AudioGap, seconds: float) -> AudioFrame | AudioGap:
    if not seconds:
        return item
    if isinstance(item, AudioFrame):
        return replace(item, start_seconds=item.start_seconds + seconds)
    return replace(item, start_seconds=item.start_seconds + seconds, end_seconds=item.end_seconds + seconds)


class Commands:
    """What the program wants, one line after the other."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe

    def next(self) -> dict[str, Any]:
        """Wait for a command."""
        line = self._pipe.readline()
        return dict(json.loads(line)) if line.endswith(b"\n") else {"do": _PROGRAM_IS_GONE}

    def follow(self, loop: RecordingLoop) -> None:
        """On a thread of its own, to the end of the call."""
        while (command := self.next())["do"] != _PROGRAM_IS_GONE:
            match command["do"]:
                case "pause":
                    loop.pauses.begin(command["at_seconds"])
                case "resume":
                    loop.pauses.end(command["at_seconds"])
                case "stop":
                    loop.stop(command["at_seconds"])
                    return
        loop.alone_since_seconds = time.monotonic()


def main() -> int:
    """Serve one recording over the standard streams."""
    commands, out = _streams()
    opening = commands.next()
    if opening["do"] != "open":
        return 0
    try:
        _serve(commands, opening, out)
        out.send(End())
    except AssistantError as error:
        if isinstance(error, RecordingError):
            out.send(Status(State.DISK_FULL, str(error)))
        out.send(error)
    out.flush(_FLUSH_SECONDS)
    return 0


def _serve(commands: Commands, opening: dict[str, Any], out: Outbox) -> None:
    source = _open(opening)
    try:
        _stop_politely(source.close)
        out.send(Fact({"channels": list(source.channels), "asks_server": server_snapshot() is not None}))
        beginning = commands.next()
        if beginning["do"] == "record":
            _record(commands, beginning, source, out)
    finally:
        source.close()


def _open(opening: dict[str, Any]) -> LiveSource:
    if (channels := opening.get("channels")) is None:
        return open_live(opening["mic"], opening["call"])
    wanted = {Channel(name): opening["mic" if name == Channel.YOU else "call"] for name in channels}
    return reopen_live(wanted, opening["origin_seconds"], opening["asks_server"])


def _record(commands: Commands, beginning: dict[str, Any], source: LiveSource, out: Outbox) -> None:
    folder = Path(beginning["folder"])
    key = FileKey.from_text(beginning["key"]) if beginning["key"] else None
    recorder = CrashSafeRecorder(folder, source.channels, goes_on=beginning["goes_on"], key=key)
    try:
        out.send(Fact({"records": True}))
        pauses = Pauses(beginning["turns_seconds"])
        loop = RecordingLoop(source, recorder, folder, out, pauses=pauses, goes_on=beginning["goes_on"])
        _stop_politely(lambda: loop.stop(time.monotonic()))
        threading.Thread(target=commands.follow, args=(loop,), name="commands", daemon=True).start()
        loop.run()
    finally:
        source.close()
        recorder.close()


def _streams() -> tuple[Commands, Outbox]:
    """The pipes to the program, out of reach of anything that prints."""
    kept_in, kept_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return Commands(os.fdopen(kept_in, "rb")), Outbox(kept_out)


def _stop_politely(stop: Callable[[], None]) -> None:
    """A shutdown of the system ends the recording in order."""

    def on_signal(_number: int, _frame: object) -> None:
        threading.Thread(target=stop, daemon=True).start()  # the handler may have interrupted a lock's owner

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl+C is the program's


if __name__ == "__main__":
    sys.exit(main())
