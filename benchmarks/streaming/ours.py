"""One call through the whole program in real time, in a process of its own:

    python -m benchmarks.streaming.ours RECORDING MODEL_FOLDER short|padded RESULT

The recording arrives at the speed of speech; the session records, stores and reviews as in a live call, and the side
panel draws it (without a screen). Threads: the panel has the main one, the session runs on two others, as in the
panel's own program.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.ports import AudioSource, Effort, Hypothesis, Transcriber
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, Stamped, State, Status, TranscriptUpdate
from benchmarks.streaming import usage
from benchmarks.streaming.history import Decode, Run
from benchmarks.streaming.metrics import Shown
from benchmarks.streaming.random_whisper import shape_of
from models.whisper import DecodeSettings, WhisperTranscriber
from ui import compose
from ui.compose import KeptCall


class Clock:
    """Seconds since the recording began to be spoken. Started by the listening thread, read by all."""

    def __init__(self) -> None:
        self._started_seconds: float | None = None

    def start(self) -> None:
        if self._started_seconds is None:
            self._started_seconds = time.monotonic()

    def now(self) -> float:
        return 0.0 if self._started_seconds is None else time.monotonic() - self._started_seconds


class StartingSource:
    """Starts the clock when the first frame is asked for: that is when its first sample is spoken."""

    def __init__(self, source: AudioSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.cpu_seconds = 0.0  # that the process had used until then
        self.machine_seconds = 0.0

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._source.channels

    @property
    def duration_seconds(self) -> float | None:
        return self._source.duration_seconds

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if not self.cpu_seconds:
            self.cpu_seconds, self.machine_seconds = usage.cpu_seconds(), usage.machine_seconds()
            self._clock.start()
        return self._source.read()

    def close(self) -> None:
        self._source.close()


class TimedTranscriber:
    """Notes every decode of another transcriber. Called by the decode worker."""

    def __init__(self, transcriber: Transcriber, clock: Clock, decodes: list[Decode] | None = None) -> None:
        self._transcriber = transcriber
        self._clock = clock
        self.decodes = [] if decodes is None else decodes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)

    def for_call(self, *wanted: Any, **options: Any) -> TimedTranscriber:
        """Decodes of the transcriber for one call are noted here too."""
        return TimedTranscriber(self._transcriber.for_call(*wanted, **options), self._clock, self.decodes)

    def transcribe(self, samples: Any, effort: Any, *more: Any, **options: Any) -> Hypothesis:
        began = self._clock.now()
        hypothesis = self._transcriber.transcribe(samples, effort, *more, **options)
        is_final = effort is not Effort.PARTIAL
        self.decodes.append(Decode(is_final, len(samples) / SAMPLE_RATE_HZ, began, self._clock.now()))
        return hypothesis


class Watcher:
    """A sink that keeps what is published, with the moment. `arrived` is called by the UI thread with what the panel
    has just taken."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.published: list[tuple[Stamped, float]] = []
        self._screen: dict[int, float] = {}  # id of an event that is kept above -> when the panel had it

    def next(self, stamped: Stamped) -> None:
        self.published.append((stamped, self._clock.now()))

    def close(self) -> None:
        """Nothing is held open."""

    def arrived(self, batch: list[Stamped]) -> None:
        now = self._clock.now()
        for stamped in batch:
            self._screen[id(stamped)] = now

    def screen_seconds(self, stamped: Stamped) -> float | None:
        return self._screen.get(id(stamped))


def load_transcriber(folder: Path, windows: str) -> Transcriber:
    settings = replace(compose.user_settings(), always_pad_to_30_seconds=windows == "padded")
    shape = shape_of(folder)
    if shape is None or windows == "padded":
        return compose.load_transcriber(str(folder), settings)
    # Random weights understand nothing, and would be padded for it.
    compose.sentence_model()
    return WhisperTranscriber(folder, folder.name, settings.decode_threads, DecodeSettings.for_width(shape.width))


def main(recording: Path, folder: Path, windows: str, result: Path) -> None:
    from ui.desktop.app import application
    from ui.desktop.bridge import Bridge
    from ui.desktop.controls import NoControls
    from ui.desktop.window import PanelWindow

    app = application()
    window = PanelWindow(NoControls())
    window.resize(window.sizeHint())
    window.show()
    clock = Clock()
    watcher, bridge = Watcher(clock), Bridge(window)
    window.show_live("Interview", "", bridge)
    bridge.arrived.connect(watcher.arrived)  # behind the window's own: called when that has taken the batch
    bridge.ended.connect(app.quit)
    transcriber = TimedTranscriber(load_transcriber(folder, windows), clock)
    source = StartingSource(PacedSource(FileSource(recording, channels="split"), 1.0), clock)
    call = compose.kept_call(
        source, transcriber, compose.user_settings(), title="Interview", consent="Given", sinks=[watcher, bridge]
    )
    outcome: list[float] = []
    listening = threading.Thread(target=_run, args=(call, clock, source, outcome), name="listening")
    listening.start()
    app.exec()
    listening.join()
    if not outcome:
        sys.exit("the call failed")
    _write(watcher, transcriber, outcome, result)


def _run(call: KeptCall, clock: Clock, source: StartingSource, outcome: list[float]) -> None:
    call.run()
    used, worked = usage.cpu_seconds() - source.cpu_seconds, usage.machine_seconds() - source.machine_seconds
    outcome += [clock.now(), used, worked]


def _write(watcher: Watcher, transcriber: TimedTranscriber, outcome: list[float], result: Path) -> None:
    shown, behind = [], []
    for stamped, at in watcher.published:
        match stamped.event:
            case TranscriptUpdate() as u:
                screen = watcher.screen_seconds(stamped)
                shown.append(Shown(u.kind, u.channel, u.utterance, u.start_seconds, u.end_seconds, u.words, at, screen))
            case Status(state=State.BEHIND, behind_seconds=seconds) if seconds is not None:
                behind.append(seconds)
    ended, cpu, machine = outcome
    Run(shown, cpu, usage.peak_bytes(), ended, transcriber.decodes, machine, behind).write(result)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
