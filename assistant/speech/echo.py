"""Keeps the candidate's voice out of what the interviewer said, where loudspeakers play the call.

Runs on the listening thread; never blocks. Pure: sound in, sound out. Moments of the microphone that are echo of the
call are muted before anything listens for words; all other samples stay as they are, and so does the recording. Where
there is a remover it takes the echo out of the sound instead, once it is certain that the microphone hears the call:
muted besides, softer words of those who speak over the call would go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.ports import EchoRemover
from assistant.speech.echo_path import HOP_SAMPLES, HOP_SECONDS, WINDOW_SAMPLES, EchoPath, EchoSettings
from assistant.speech.kept_samples import KeptSamples
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel

_LATE_SECONDS = 0.3  # a call channel that is further behind is not waited for
_MOST_HOPS = 100  # judged at once: what is behind a start far into the call is long
_KEPT_SECONDS = 2.0  # of the call, for a microphone that is behind
_SURE_SECONDS = 1.5  # of echo within about _SURE_WITHIN_SECONDS: loudspeakers are in use
_SURE_WITHIN_SECONDS = 10.0
_RAMP = np.linspace(0.0, 1.0, HOP_SAMPLES)


class EchoGuard:
    """Feed it the frames and gaps of both channels as they come; it gives them back in order, echo muted.

    The microphone's come back up to a few frames later than they went in: a moment is judged when the call's sound up
    to then is known. The same sound gives the same answer at any speed.
    """

    def __init__(self, settings: EchoSettings | None = None, remover: EchoRemover | None = None) -> None:
        self._path = EchoPath(settings or EchoSettings())
        self._remover = remover
        self._call = _Track()
        self._mic = _Track()
        self._waiting: deque[AudioFrame] = deque()  # the microphone's, not yet given back
        self._gains = _Track()  # one for each sample of the microphone that is judged and not yet given back
        self._gain = 1.0
        self._cleaned = _Track()  # as far as the gains, where there is a remover
        self._muted_hops = 0
        self._lately_hops = 0.0
        self.hears_call = False  # the microphone hears the call for certain; once set it stays

    @property
    def muted_seconds(self) -> float:
        """How much of the microphone was taken for echo so far."""
        return self._muted_hops * HOP_SECONDS

    def hear(self, item: AudioFrame | AudioGap) -> list[AudioFrame | AudioGap]:
        """What can be given back now."""
        if isinstance(item, AudioGap):
            return self._hear_gap(item)
        if item.channel is Channel.THEM:
            self._call.put(item)
            self._call.forget(self._call.end - round(_KEPT_SECONDS * SAMPLE_RATE_HZ))
            return [item, *self._judge(min(self._mic.end, self._call.end))]
        self._mic.put(item)
        self._waiting.append(item)
        patience = round(_LATE_SECONDS * SAMPLE_RATE_HZ)
        return self._judge(min(self._mic.end, max(self._call.end, self._mic.end - patience)))

    def finish(self) -> list[AudioFrame | AudioGap]:
        """The sound is over: what is left comes as it was heard."""
        rest = [*self._judge(self._mic.end), *self._waiting]
        self._waiting.clear()
        return rest

    def _hear_gap(self, gap: AudioGap) -> list[AudioFrame | AudioGap]:
        """Nothing is waited for over a gap, which may last for hours."""
        end = _position(gap.end_seconds)
        if gap.channel is Channel.THEM:
            self._call.jump(end)
            return [gap, *self._judge(min(self._mic.end, end))]
        before = self.finish()
        for track in (self._mic, self._gains, self._cleaned):
            track.jump(end)
        return [*before, gap]

    def _judge(self, until: int) -> list[AudioFrame | AudioGap]:
        while (hops := min((until - self._gains.end) // HOP_SAMPLES, _MOST_HOPS)) > 0:
            end = self._gains.end + hops * HOP_SAMPLES
            begin = self._gains.end + HOP_SAMPLES - WINDOW_SAMPLES
            mic, call = self._mic.take(begin, end), self._call.take(begin, end)
            if self._remover is not None:
                for first in range(len(mic) - hops * HOP_SAMPLES, len(mic), HOP_SAMPLES):
                    hop = slice(first, first + HOP_SAMPLES)
                    self._cleaned.append(self._remover.remove(mic[hop], call[hop]))
            are_echo = self._path.judge(mic, call)
            self._gains.append(self._ramps(are_echo))
            for is_echo in are_echo:
                self._count(is_echo)
        for track in (self._call, self._mic):
            track.forget(self._gains.end - WINDOW_SAMPLES)
        return list(self._release())

    def _ramps(self, are_echo: Sequence[bool]) -> NDArray[np.float32]:
        """(hops * HOP_SAMPLES,): in each hop from the gain of the one before it to its own, in a straight line."""
        gains = np.where(are_echo, 0.0, 1.0)
        before = np.concatenate(([self._gain], gains[:-1]))
        self._gain = float(gains[-1])
        ramps: NDArray[np.float32] = (before[:, None] + (gains - before)[:, None] * _RAMP).astype(np.float32)
        return ramps.ravel()

    def _count(self, is_echo: bool) -> None:
        self._muted_hops += is_echo
        self._lately_hops = self._lately_hops * (1.0 - HOP_SECONDS / _SURE_WITHIN_SECONDS) + is_echo
        self.hears_call = self.hears_call or self._lately_hops * HOP_SECONDS >= _SURE_SECONDS

    def _release(self) -> list[AudioFrame | AudioGap]:
        ready: list[AudioFrame | AudioGap] = []
        while self._waiting and _position(self._waiting[0].end_seconds) <= self._gains.end:
            item = self._waiting.popleft()
            start, end = _position(item.start_seconds), _position(item.end_seconds)
            gains = self._gains.take(start, end)
            if self._remover is not None and self.hears_call:
                item = replace(item, samples=_as_frame(self._cleaned.take(start, end) * np.float32(32768.0)))
            elif not gains.all():
                item = replace(item, samples=_as_frame(item.samples * gains))
            self._gains.forget(end)
            self._cleaned.forget(end)
            ready.append(item)
        return ready


class _Track:
    """A channel's newest samples, by their positions on the call's clock; what is not there is silence."""

    def __init__(self) -> None:
        self._samples = KeptSamples(np.float32)

    @property
    def end(self) -> int:
        return self._samples.end

    def put(self, frame: AudioFrame) -> None:
        if (start := _position(frame.start_seconds)) > self.end:
            self.jump(start)
        self.append(frame.samples.astype(np.float32) / np.float32(32768.0))

    def jump(self, position: int) -> None:
        """Go on there; what was before is forgotten."""
        self._samples.jump(position)

    def append(self, samples: NDArray[np.float32]) -> None:
        self._samples.append(samples)

    def take(self, begin: int, end: int) -> NDArray[np.float32]:
        """(end - begin,)"""
        held = self._samples.between(begin, end)
        if len(held) == end - begin:
            return held
        before = min(max(0, self._samples.start - begin), end - begin)
        return np.pad(held, (before, end - begin - before - len(held)))

    def forget(self, before: int) -> None:
        self._samples.forget_before(before)


def _as_frame(samples: NDArray[np.floating]) -> NDArray[np.int16]:
    whole: NDArray[np.int16] = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return whole


def _position(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)
