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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from assistant.audio.around import SourceAround
from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.call import Call
from assistant.ports import AudioSource, Effort, Hypothesis, Sink, Transcriber
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Stamped, State, Status, TranscriptUpdate
from benchmarks.streaming import usage
from benchmarks.streaming.history import Decode, Run
from benchmarks.streaming.metrics import Shown
from benchmarks.streaming.random_whisper import shape_of
from models.whisper import DecodeSettings, WhisperTranscriber
from ui import compose
from ui.user_settings import user_settings


class Clock:
    """Seconds since the recording began to be spoken. Started by the listening thread, read by all."""

    def __init__(self) -> None:
        self._started_seconds: float | None = None

    def start(self) -> None:
        if self._started_seconds is None:
            self._started_seconds = time.monotonic()

    def now(self) -> float:
        return 0.0 if self._started_seconds is None else time.monotonic() - self._started_seconds


class StartingSource(SourceAround):
    """Starts the clock when the first frame is asked for: that is when its first sample is spoken."""

    def __init__(self, source: AudioSource, clock: Clock) -> None:
        super().__init__(source)
        self._clock = clock
        self.cpu_seconds = 0.0  # that the process had used until then
        self.machine_seconds = 0.0

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if not self.cpu_seconds:
            self.cpu_seconds, self.machine_seconds = usage.cpu_seconds(), usage.machine_seconds()
            self._clock.start()
        return super().read()


class TimedTranscriber:
    """Notes every decode of another transcriber. Called by the decode worker."""

    def __init__(self, transcriber: Transcriber, clock: Clock, decodes: list[Decode]) -> None:
        self._transcriber = transcriber
        self._clock = clock
        self._decodes = decodes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)

    def for_call(self, *wanted: Any, **options: Any) -> TimedTranscriber:
        """Decodes of the transcriber for one call are noted here too."""
        return TimedTranscriber(self._transcriber.for_call(*wanted, **options), self._clock, self._decodes)

    def transcribe(self, samples: Any, effort: Any, *more: Any, **options: Any) -> Hypothesis:
        began = self._clock.now()
        hypothesis = self._transcriber.transcribe(samples, effort, *more, **options)
        is_final = effort is not Effort.PARTIAL
        self._decodes.append(Decode(is_final, len(samples) / SAMPLE_RATE_HZ, began, self._clock.now()))
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
    settings = replace(user_settings(), always_pad_to_30_seconds=windows == "padded")
    shape = shape_of(folder)
    if shape is None or windows == "padded":
        return compose.load_transcriber(str(folder), settings)
    # Random weights understand nothing, and would be padded for it.
    compose.sentence_model()
    return WhisperTranscriber(folder, folder.name, settings.decode_threads, DecodeSettings.for_width(shape.width))


class ArrivingSink(Sink, Protocol):
    """A sink that is also told, by the UI thread, what the panel has just taken."""

    def arrived(self, batch: list[Stamped]) -> None: ...


def play(source: AudioSource, load: Callable[[], Transcriber], watcher: ArrivingSink) -> None:
    """A call from `source` through the whole program to its end. Ends the process if it fails."""
    from ui.desktop.app import application
    from ui.desktop.bridge import Bridge
    from ui.desktop.controls import NoControls
    from ui.desktop.window import PanelWindow

    app = application()
    window = PanelWindow(NoControls())
    window.resize(window.sizeHint())
    window.show()
    bridge = Bridge(window)
    window.show_live("Interview", "", bridge)
    bridge.arrived.connect(watcher.arrived)  # behind the window's own: called when that has taken the batch
    bridge.ended.connect(app.quit)
    call = compose.kept_call(
        source, load(), user_settings(), title="Interview", consent="Given", sinks=[watcher, bridge]
    )
    ended: list[Call] = []
    listening = threading.Thread(target=lambda: ended.append(call.run()), name="listening")
    listening.start()
    app.exec()
    listening.join()
    if not ended:
        sys.exit("the call failed")


def main(recording: Path, folder: Path, windows: str, result: Path) -> None:
    clock = Clock()
    watcher = Watcher(clock)
    source = StartingSource(PacedSource(FileSource(recording, channels="split"), 1.0), clock)
    decodes: list[Decode] = []
    play(source, lambda: TimedTranscriber(load_transcriber(folder, windows), clock, decodes), watcher)
    used, worked = usage.cpu_seconds() - source.cpu_seconds, usage.machine_seconds() - source.machine_seconds
    shown, behind = _published(watcher)
    Run(shown, used, usage.peak_bytes(), clock.now(), decodes, worked, behind).write(result)


def _published(watcher: Watcher) -> tuple[list[Shown], list[float]]:
    """Texts, and how far behind the program said it was."""
    shown, behind = [], []
    for stamped, at in watcher.published:
        match stamped.event:
            case TranscriptUpdate() as u:
                screen = watcher.screen_seconds(stamped)
                shown.append(Shown(u.kind, u.channel, u.utterance, u.start_seconds, u.end_seconds, u.words, at, screen))
            case Status(state=State.BEHIND, behind_seconds=seconds) if seconds is not None:
                behind.append(seconds)
    return shown, behind


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
