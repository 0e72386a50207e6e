"""A call of hours through the whole program, in a process of its own:

    python -m benchmarks.streaming.hours HOURS END_MINUTES MODEL_FOLDER RESULT CALL,... [FOLDER ...]

It is made of those calls of the folders (`dense`). Its first and last END_MINUTES come at the speed of speech, what is
between them as fast as it goes: in bursts, after each of which the source waits until the decode worker has nothing
left to do. What is kept here of the middle is a number a minute, since this process' memory is what is measured.
Threads: as in `ours`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.ports import Hypothesis, Transcriber
from assistant.values import AudioFrame, Channel, Stamped, TranscriptUpdate
from benchmarks.streaming import calls, history, usage
from benchmarks.streaming.dense import DenseCall
from benchmarks.streaming.history import Run
from benchmarks.streaming.metrics import Shown
from benchmarks.streaming.ours import load_transcriber, play
from benchmarks.streaming.usage import Memory

_BURST_SECONDS = 5.0  # of sound: the worker pauses partial text then, and searches finals as thoroughly as ever
_MOST_WAITING = 100  # texts on their way to the screen; what waits longer was replaced by a newer one
_SETTLED_SECONDS = 0.05  # longer than the review of a sentence, which lies between two decodes


@dataclass(frozen=True, slots=True)
class LongRun:
    first: Run  # on its own clock, as `last`
    last: Run
    memory: list[Memory]  # of the program, at each full minute of the call, from 0 on, and when it was closed
    took_seconds: float

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read(path: Path) -> LongRun:
    fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    first, last = history.run_of(fields["first"]), history.run_of(fields["last"])
    return LongRun(first, last, [Memory(**entry) for entry in fields["memory"]], fields["took_seconds"])


class Work:
    """What the decode worker is at: `begun` counts its decodes, `is_free` is set between them. Any thread may ask."""

    def __init__(self) -> None:
        self.begun = 0
        self.is_free = threading.Event()
        self.is_free.set()

    def wait(self) -> None:
        """Until the worker has begun no decode for a moment: there is nothing left to do."""
        is_settled = False
        while not is_settled:
            self.is_free.wait()
            begun = self.begun
            time.sleep(_SETTLED_SECONDS)
            is_settled = self.is_free.is_set() and self.begun == begun


class BusyTranscriber:
    """Notes when another transcriber is at work. Called by the decode worker."""

    def __init__(self, transcriber: Transcriber, work: Work) -> None:
        self._transcriber = transcriber
        self._work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)

    def for_call(self, *wanted: Any, **options: Any) -> BusyTranscriber:
        return BusyTranscriber(self._transcriber.for_call(*wanted, **options), self._work)

    def transcribe(self, *given: Any, **options: Any) -> Hypothesis:
        self._work.begun += 1
        self._work.is_free.clear()
        try:
            return self._transcriber.transcribe(*given, **options)
        finally:
            self._work.is_free.set()


class End:
    """The first or the last minutes of the call, in real time. What is shown meanwhile goes to a file: kept here, it
    would pass for growth. `publish` and `arrive` are called by any thread."""

    def __init__(self, starts_at_seconds: float, length_seconds: float) -> None:
        self.starts_at_seconds, self.length_seconds = starts_at_seconds, length_seconds
        self._began: tuple[float, float, float] | None = None  # time, CPU, CPU of the machine
        self._used: tuple[float, float] | None = None  # CPU, CPU of the machine; known once it is over
        self._lock = threading.Lock()  # guards the two below
        self._waiting: OrderedDict[int, tuple[Stamped, float]] = OrderedDict()  # by id: not yet on the screen
        self._shown = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 read once the call is over

    @property
    def is_on(self) -> bool:
        return self._began is not None and self._used is None

    def now(self) -> float:
        return time.monotonic() - self._began[0] if self._began is not None else 0.0

    def hear(self, until_seconds: float) -> None:
        """Wait until the call has come so far."""
        if self._began is None:
            self._began = time.monotonic(), usage.cpu_seconds(), usage.machine_seconds()
        time.sleep(max(0.0, until_seconds - self.starts_at_seconds - self.now()))

    def finish(self) -> None:
        if self.is_on and self._began is not None:
            self._used = usage.cpu_seconds() - self._began[1], usage.machine_seconds() - self._began[2]

    def publish(self, stamped: Stamped) -> None:
        with self._lock:
            self._waiting[id(stamped)] = stamped, self.now()
            if len(self._waiting) > _MOST_WAITING:
                self._write(*self._waiting.popitem(last=False)[1], None)

    def arrive(self, stamped: Stamped) -> None:
        with self._lock:
            if (kept := self._waiting.pop(id(stamped), None)) is not None:
                self._write(*kept, self.now())

    def _write(self, stamped: Stamped, at_seconds: float, screen_seconds: float | None) -> None:
        u = stamped.event
        if not isinstance(u, TranscriptUpdate) or u.start_seconds < self.starts_at_seconds:
            return  # it began in the part that was not in real time
        words = tuple(word.moved(-self.starts_at_seconds) for word in u.words)
        start, end = u.start_seconds - self.starts_at_seconds, u.end_seconds - self.starts_at_seconds
        shown = Shown(u.kind, u.channel, u.utterance, start, end, words, at_seconds, screen_seconds)
        self._shown.write(json.dumps(asdict(shown)) + "\n")

    def run(self) -> Run:
        """Once the call is over."""
        for stamped, at_seconds in self._waiting.values():
            self._write(stamped, at_seconds, None)
        self._shown.seek(0)
        shown = sorted((history.shown_of(json.loads(line)) for line in self._shown), key=lambda one: one.at_seconds)
        cpu, machine = self._used or (0.0, 0.0)
        return Run(shown, cpu, usage.peak_bytes(), self.length_seconds, machine_seconds=machine)


class EndsWatcher:
    """A sink that keeps what is published at the two ends, with the moment. See `ours.Watcher`."""

    def __init__(self, ends: tuple[End, End]) -> None:
        self._ends = ends

    def next(self, stamped: Stamped) -> None:
        for end in self._ends:
            if end.is_on and isinstance(stamped.event, TranscriptUpdate):
                end.publish(stamped)

    def close(self) -> None:
        """Nothing is held open."""

    def arrived(self, batch: list[Stamped]) -> None:
        for end in self._ends:
            for stamped in batch if end.is_on else ():
                end.arrive(stamped)


class LongSource:
    """Plays a dense call, in real time at both ends."""

    channels = tuple(Channel)
    duration_seconds: float | None

    def __init__(self, call: DenseCall, ends: tuple[End, End], work: Work) -> None:
        self.duration_seconds = call.seconds
        self._call = call
        self._ends = ends
        self._work = work
        self._frames: Iterator[AudioFrame] = call.frames()
        self._burst_end_seconds = 0.0
        self._is_closed = threading.Event()
        self.memory: list[Memory] = []

    def read(self) -> AudioFrame | None:
        frame = None if self._is_closed.is_set() else next(self._frames, None)
        if frame is None:
            self._ends[-1].finish()
            return None
        if frame.end_seconds > 60.0 * len(self.memory):
            self.memory.append(Memory.now())
            self._tell(frame.start_seconds)
        self._wait(frame)
        return frame

    def close(self) -> None:
        self._is_closed.set()

    def _wait(self, frame: AudioFrame) -> None:
        first, last = self._ends
        if frame.start_seconds < first.length_seconds:
            first.hear(frame.end_seconds)
        elif frame.start_seconds < last.starts_at_seconds:
            first.finish()
            if frame.start_seconds > self._burst_end_seconds:
                self._burst_end_seconds = frame.start_seconds + _BURST_SECONDS
                self._work.wait()
        else:
            last.hear(frame.end_seconds)

    def _tell(self, at_seconds: float) -> None:
        if len(self.memory) % 10 == 1:
            megabytes = f"{self.memory[-1].own_bytes / 1e6:.0f} of {self.memory[-1].resident_bytes / 1e6:.0f} MB"
            print(f"… {at_seconds / 60:.0f} min: {megabytes}", file=sys.stderr, flush=True)


def main(hours: float, end_minutes: float, folder: Path, result: Path, names: str, folders: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as written:
        chosen = [call for call in calls.load(folders, None, Path(written)) if call.name in names.split(",")]
    call = DenseCall(chosen, 3600 * hours, 60 * end_minutes)
    ends = End(0.0, call.end_seconds), End(call.seconds - call.end_seconds, call.end_seconds)
    work = Work()
    source = LongSource(call, ends, work)
    began = time.monotonic()
    play(source, lambda: BusyTranscriber(load_transcriber(folder, "short"), work), EndsWatcher(ends))
    source.memory.append(Memory.now())
    LongRun(ends[0].run(), ends[1].run(), source.memory, time.monotonic() - began).write(result)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        hours, end_minutes, model, result, names, *folders = sys.argv[1:]
        main(float(hours), float(end_minutes), Path(model), Path(result), names, [Path(folder) for folder in folders])
