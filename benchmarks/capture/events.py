"""What devices that come and go cost: random events while both voices are recorded.

A steady tone stands for each voice: 440 Hz in the microphone, 1000 Hz in the call's output and the loudspeakers. Where
the sound after a gap stands is compared with when it came: a gap of the wrong size moves all that follows.

While the microphone is unplugged there is nothing to hear; what is lost beyond that is told by itself. The call's sound
goes on in the loudspeakers when its output is unplugged.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.audio.capture import LiveSource, open_live
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel
from tests.conftest import VirtualAudio

YOU, THEM = Channel.YOU, Channel.THEM
PITCHES_HZ = {YOU: 440.0, THEM: 1000.0}
KINDS = ("unplug call", "unplug mic", "default output", "restart")
BLOCK = SAMPLE_RATE_HZ // 50
AWAY_SECONDS = 0.5
SETTLE_SECONDS = 2.0
PATIENCE_SECONDS = 15.0
TONE_SECONDS = 60.0  # players are started anew before it is over
MARGIN_SECONDS = 0.5  # a gap begins before its event does: what was held back goes with it


class Heard(threading.Thread):
    """Reads the source to its end and keeps everything, with when it came."""

    def __init__(self, source: LiveSource) -> None:
        super().__init__(daemon=True)
        self.items: list[tuple[float, AudioFrame | AudioGap]] = []
        self._ends = dict.fromkeys(Channel, 0.0)
        self._source = source

    def run(self) -> None:
        while (item := self._source.read()) is not None:
            if isinstance(item, AudioFrame | AudioGap):
                self.items.append((time.monotonic(), item))
                self._ends[item.channel] = item.end_seconds

    def end_seconds(self, channel: Channel) -> float:
        return self._ends[channel]

    def delay_seconds(self, channel: Channel) -> float:
        """From when a sound should have been heard, by its place in the call, to when it came: of the last ones the
        shortest, because a busy machine only adds to it."""
        origin_seconds = self._source.origin_seconds or 0.0
        frames = [(at, i) for at, i in self.items[-1000:] if isinstance(i, AudioFrame) and i.channel is channel]
        last = self._ends[channel] - SETTLE_SECONDS / 2
        return min((at - origin_seconds - i.end_seconds for at, i in frames if i.end_seconds > last), default=np.nan)


@dataclass(frozen=True)
class Span:
    """One event: its time in the call, and how much later than in the beginning each channel came afterwards."""

    kind: str
    begin_seconds: float
    away_seconds: float  # in which its device was not there
    misplaced_seconds: float


class Players:
    """Keeps the tones playing, also into devices that are new."""

    def __init__(self, audio: VirtualAudio, folder: Path) -> None:
        self._audio = audio
        self._files = {channel: _tone(folder / f"{channel}.wav", hz) for channel, hz in PITCHES_HZ.items()}
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


def measure(audio: VirtualAudio, events: int, seed: int = 1) -> list[str]:
    """Lines of a report."""
    chance = random.Random(seed)
    kinds = [chance.choice(KINDS) for _ in range(events)]
    with tempfile.TemporaryDirectory() as name:
        players = Players(audio, Path(name))
        audio.whole()
        players.restart()
        heard = Heard(source := open_live())
        heard.start()
        try:
            spans = _happen(kinds, audio, players, heard)
        finally:
            source.close()
            heard.join()
            players.stop()
            audio.whole()
    return _report(spans, [item for _, item in heard.items])


def _happen(kinds: list[str], audio: VirtualAudio, players: Players, heard: Heard) -> list[Span]:
    _settle(heard)
    delays = {channel: heard.delay_seconds(channel) for channel in Channel}
    spans = []
    for kind in kinds:
        begin = min(heard.end_seconds(channel) for channel in Channel) - MARGIN_SECONDS
        away = _do(kind, audio, players)
        players.restart()
        _settle(heard)
        misplaced = max(abs(heard.delay_seconds(channel) - delays[channel]) for channel in Channel)
        spans.append(Span(kind, begin, away, misplaced))
    return spans


def _do(kind: str, audio: VirtualAudio, players: Players) -> float:
    """Returns for how long, at least, the channel's device was away and no other one there."""
    if kind in ("unplug call", "unplug mic"):
        side, sink = ("call", "call") if kind == "unplug call" else ("mic", "micfeed")
        players.stop(sink)
        audio(f"unplug-{side}")
        time.sleep(AWAY_SECONDS)
        audio(f"plug-{side}")
        return AWAY_SECONDS if side == "mic" else 0.0
    if kind == "restart":
        audio("crash")
        audio("start")
    else:
        sink = "speakers" if "Default Sink: call" in audio.pactl("info") else "call"
        audio.pactl("set-default-sink", sink)
    return 0.0


def _settle(heard: Heard) -> None:
    """Wait until both channels have been heard for a while."""
    until = time.monotonic() + PATIENCE_SECONDS
    marks = {channel: heard.end_seconds(channel) + SETTLE_SECONDS for channel in Channel}
    while any(heard.end_seconds(channel) < mark for channel, mark in marks.items()) and time.monotonic() < until:
        time.sleep(0.05)


def _report(spans: list[Span], items: list[AudioFrame | AudioGap]) -> list[str]:
    lines = [f"{len(spans)} random events of devices while both voices are recorded:"]
    lines.append(
        f"  {'event':<16}{'times':>6}{'no gap':>8}{'gap, median s':>15}{'longest s':>11}{'while there s':>15}"
        f"{'misplaced ms':>14}"
    )
    gaps = [item for item in items if isinstance(item, AudioGap)]
    ends = [*(span.begin_seconds for span in spans[1:]), float("inf")]
    inside = [
        [gap for gap in gaps if span.begin_seconds <= gap.start_seconds < end]
        for span, end in zip(spans, ends, strict=True)
    ]
    for kind in KINDS:
        if of_kind := [(span, found) for span, found in zip(spans, inside, strict=True) if span.kind == kind]:
            lost = [gap.end_seconds - gap.start_seconds for _, found in of_kind for gap in found] or [0.0]
            lines.append(
                f"  {kind:<16}{len(of_kind):>6}{sum(not found for _, found in of_kind):>8}{np.median(lost):>15.2f}"
                f"{max(lost):>11.2f}{max(_while_there(*each) for each in of_kind):>15.2f}"
                f"{1000 * max(span.misplaced_seconds for span, _ in of_kind):>14.0f}"
            )
    for channel in Channel:
        mine = [item for item in items if item.channel is channel]
        steps = [b.start_seconds - a.end_seconds for a, b in pairwise(mine)]
        lines.append(
            f"  {channel:5} longest hole that no gap tells of: {1000 * max(map(abs, steps), default=0):.1f} ms"
        )
    blocks = [(item.channel, block) for item in items if isinstance(item, AudioFrame) for block in _blocks(item)]
    wrong = sum(_is_wrong(channel, block) for channel, block in blocks)
    return [*lines, f"  blocks of 20 ms of the wrong channel: {wrong} of {len(blocks)}"]


def _blocks(frame: AudioFrame) -> list[NDArray[np.int16]]:
    """Of 20 ms or a little more: in longer ones a moment of the other voice would drown."""
    return np.array_split(frame.samples, max(1, len(frame.samples) // BLOCK))


def _while_there(span: Span, found: list[AudioGap]) -> float:
    """The most that a channel lost while its device, or another one in its place, was there."""
    lost = dict.fromkeys(Channel, 0.0)
    for gap in found:
        lost[gap.channel] += gap.end_seconds - gap.start_seconds
    lost[YOU] -= span.away_seconds
    return max(lost.values())


def _is_wrong(channel: Channel, samples: NDArray[np.int16]) -> bool:
    """More of the other one's tone than of its own; the edges of a tone touch every pitch a little."""
    other = THEM if channel is YOU else YOU
    theirs = _amplitude(samples, PITCHES_HZ[other])
    return theirs > 0.03 and theirs > _amplitude(samples, PITCHES_HZ[channel])


def _amplitude(samples: NDArray[np.int16], pitch_hz: float) -> float:
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(len(samples)) / SAMPLE_RATE_HZ)
    return float(np.abs(samples @ wave) * 2 / len(samples) / 32768)


def _tone(path: Path, pitch_hz: float) -> Path:
    times = np.arange(round(TONE_SECONDS * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch_hz * times), SAMPLE_RATE_HZ)
    return path
