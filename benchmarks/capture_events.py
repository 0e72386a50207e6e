"""What devices that come and go cost: random events on a private PulseAudio while both voices are recorded.

    python benchmarks/capture_events.py [EVENTS] [SEED]

A steady tone stands for each voice: 440 Hz in the microphone, 1000 Hz in the call's output and the loudspeakers. Prints
for each kind of event how often and how long a channel was not heard, whether frames and gaps together make the whole
time, and how many 20 ms blocks of a channel held the other one's voice. Asserts nothing.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile

from assistant.audio.capture import LiveSource, open_live
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel
from tests.conftest import VirtualAudio

YOU, THEM = Channel.YOU, Channel.THEM
PITCHES_HZ = {YOU: 440.0, THEM: 1000.0}
KINDS = ("unplug call", "unplug mic", "default output", "restart")
AWAY_SECONDS = 0.5
SETTLE_SECONDS = 2.0
PATIENCE_SECONDS = 15.0


class Heard(threading.Thread):
    """Reads the source to its end and keeps everything."""

    def __init__(self, source: LiveSource) -> None:
        super().__init__()
        self.items: list[AudioFrame | AudioGap] = []
        self._source = source

    def run(self) -> None:
        while (item := self._source.read()) is not None:
            if isinstance(item, AudioFrame | AudioGap):
                self.items.append(item)

    def end_seconds(self, channel: Channel) -> float:
        return max((item.end_seconds for item in list(self.items) if item.channel is channel), default=0.0)


def tone(path: Path, pitch_hz: float, seconds: float) -> Path:
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch_hz * times), SAMPLE_RATE_HZ)
    return path


def amplitude(samples: np.ndarray, pitch_hz: float) -> float:
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(len(samples)) / SAMPLE_RATE_HZ)
    return float(np.abs(samples @ wave) * 2 / len(samples) / 32768)


def is_wrong(frame: AudioFrame) -> bool:
    """More of the other one's tone than of its own; the edges of a tone touch every pitch a little."""
    other = THEM if frame.channel is YOU else YOU
    theirs = amplitude(frame.samples, PITCHES_HZ[other])
    return theirs > 0.03 and theirs > amplitude(frame.samples, PITCHES_HZ[frame.channel])


class Players:
    """Keeps the tones playing, also into devices that are new."""

    def __init__(self, audio: VirtualAudio, folder: Path) -> None:
        self._audio = audio
        self._files = {channel: tone(folder / f"{channel}.wav", hz, 600.0) for channel, hz in PITCHES_HZ.items()}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def restart(self) -> None:
        self.stop()
        for channel, sink in ((YOU, "micfeed"), (THEM, "call"), (THEM, "speakers")):
            self._running[sink] = self._audio.play(self._files[channel], sink)

    def stop(self, sink: str = "") -> None:
        """Those that play into `sink`, or all. The server would move them to another sink when theirs is unplugged, and
        the microphone's tone would truly come out of the loudspeakers."""
        for name in [sink] if sink else list(self._running):
            player = self._running.pop(name)
            player.kill()
            player.wait()


def do(kind: str, audio: VirtualAudio, players: Players) -> None:
    if kind == "unplug call":
        players.stop("call")
        audio("unplug-call")
        time.sleep(AWAY_SECONDS)
        audio("plug-call")
    elif kind == "unplug mic":
        players.stop("micfeed")
        audio("unplug-mic")
        time.sleep(AWAY_SECONDS)
        audio("plug-mic")
    elif kind == "restart":
        audio("crash")
        audio("start")
    else:
        sink = "speakers" if "Default Sink: call" in audio.pactl("info") else "call"
        audio.pactl("set-default-sink", sink)


def main(events: int, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        audio = VirtualAudio(Path(name) / "sound")
        players = Players(audio, Path(name))
        try:
            audio("start")
            os.environ.update(audio.environment)
            measure([chance.choice(KINDS) for _ in range(events)], audio, players)
        finally:
            players.stop()
            audio("stop")


def measure(kinds: list[str], audio: VirtualAudio, players: Players) -> None:
    players.restart()
    source = open_live()
    heard = Heard(source)
    heard.start()
    spans: list[tuple[str, float, float]] = []
    try:
        time.sleep(SETTLE_SECONDS)
        for kind in kinds:
            begin = max(heard.end_seconds(channel) for channel in (YOU, THEM))
            do(kind, audio, players)
            if kind != "default output":
                players.restart()
            until = time.monotonic() + PATIENCE_SECONDS
            marks = {channel: heard.end_seconds(channel) for channel in (YOU, THEM)}
            while any(heard.end_seconds(c) < marks[c] + SETTLE_SECONDS for c in marks) and time.monotonic() < until:
                time.sleep(0.05)
            spans.append((kind, begin - 0.5, max(heard.end_seconds(channel) for channel in (YOU, THEM))))
    finally:
        source.close()
        heard.join()
    report(spans, heard.items)


def report(spans: list[tuple[str, float, float]], items: list[AudioFrame | AudioGap]) -> None:
    lost: dict[str, list[float]] = defaultdict(list)
    unreported = defaultdict(int)
    for kind, begin, end in spans:
        gaps = [i for i in items if isinstance(i, AudioGap) and begin <= i.start_seconds < end]
        lost[kind] += [gap.end_seconds - gap.start_seconds for gap in gaps]
        unreported[kind] += not gaps
    frames = [item for item in items if isinstance(item, AudioFrame)]
    lengths = {c: sum(len(f.samples) for f in frames if f.channel is c) / SAMPLE_RATE_HZ for c in (YOU, THEM)}
    gone = {
        c: sum(i.end_seconds - i.start_seconds for i in items if isinstance(i, AudioGap) and i.channel is c)
        for c in lengths
    }
    ends = {c: max(i.end_seconds for i in items if i.channel is c) for c in lengths}
    print(f"{'event':<16}{'times':>6}{'no gap':>8}{'median s':>10}{'longest s':>11}")
    for kind in KINDS:
        times = sum(name == kind for name, _, _ in spans)
        if times:
            values = lost[kind] or [0.0]
            print(f"{kind:<16}{times:>6}{unreported[kind]:>8}{np.median(values):>10.2f}{max(values):>11.2f}")
    for channel in (YOU, THEM):
        error = ends[channel] - lengths[channel] - gone[channel]
        print(
            f"{channel}: {lengths[channel]:.1f} s heard, {gone[channel]:.1f} s in gaps, {error * 1000:.1f} ms neither"
        )
    print(f"channels end {abs(ends[YOU] - ends[THEM]) * 1000:.0f} ms apart")
    print(f"blocks of the wrong channel: {sum(map(is_wrong, frames))} of {len(frames)}")


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["50", "1"][len(sys.argv) - 1 :])[:2]))
