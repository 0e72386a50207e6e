"""The check before a call: is each voice heard, and is it any good?

Pure: feed it what a source gives, and the words that were heard; ask it at any time. The panel and `depthcue check` do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from assistant.audio.capture.watch import CLIPPED_SHARE, clipped_share
from assistant.audio.meter import peak_dbfs
from assistant.values import SAMPLE_RATE_HZ, SILENCE_DBFS, AudioFrame, Channel, Level, State, Status

SOFT_DBFS = -40.0  # peak; a voice that is nowhere louder loses words
_CLIPPED_SECONDS = 0.02  # in all: a second's share that is worth a word


class Verdict(StrEnum):
    NOTHING = "nothing"  # no frame came
    SILENCE = "silence"  # every sample is zero
    SOFT = "soft"
    CLIPPED = "clipped"
    MUTED = "muted"  # silence, and the capture says why
    FINE = "fine"


_TODO = {
    Verdict.NOTHING: {
        Channel.YOU: "no sound arrives from the microphone. Plug it in again, or choose another one.",
        Channel.THEM: "no sound arrives from the output that plays the call. Choose another one.",
    },
    Verdict.SILENCE: {
        Channel.YOU: "digital silence: the microphone is muted, at itself or in the system. Switch it on.",
        Channel.THEM: "digital silence: nothing plays, or it plays on another output. Let the call play something.",
    },
    Verdict.SOFT: {
        Channel.YOU: "too soft. Come closer, or raise the microphone's level in the system's sound settings.",
        Channel.THEM: "too soft. Raise the volume in the program that plays the call.",
    },
    Verdict.CLIPPED: {
        Channel.YOU: "too loud, and clipped. Lower the microphone's level in the system's sound settings.",
        Channel.THEM: "too loud, and clipped. Lower the volume in the program that plays the call.",
    },
}


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """What is known of a channel. `text` is for a person and says what to do."""

    channel: Channel
    verdict: Verdict
    text: str
    peak_dbfs: float
    first_words: str = ""
    first_words_seconds: float | None = None  # after the check began


@dataclass(slots=True)
class _Heard:
    samples: int = 0
    clipped_samples: float = 0.0
    peak_dbfs: float = SILENCE_DBFS
    is_silent: bool = True
    notice: str = ""
    words: str = ""
    words_seconds: float | None = None


@dataclass(slots=True)
class SoundCheck:
    """Feed it frames, statuses and words as they come."""

    channels: Sequence[Channel]
    hears_call: bool = False  # the microphone does, as an echo guard found: loudspeakers
    _heard: Mapping[Channel, _Heard] = field(init=False)

    def __post_init__(self) -> None:
        self._heard = {channel: _Heard() for channel in self.channels}

    def hear(self, item: AudioFrame | Status) -> Level | None:
        """A frame's level, for a meter; None for a status, which tells of a device that is muted or gone."""
        if isinstance(item, Status):
            self._note(item)
            return None
        heard = self._heard[item.channel]
        level = peak_dbfs(item.samples)
        heard.samples += len(item.samples)
        heard.clipped_samples += clipped_share(item.samples) * len(item.samples)
        heard.is_silent = heard.is_silent and not bool(np.any(item.samples))
        heard.peak_dbfs = max(heard.peak_dbfs, level)
        return Level(item.channel, round(level, 1))

    def _note(self, status: Status) -> None:
        heard = self._heard.get(status.channel) if status.channel is not None else None
        if heard is None:
            return
        if status.state in (State.WARNING, State.SILENT, State.DEVICE_LOST):
            heard.notice = status.message
        elif status.state is State.DEVICE_BACK:
            heard.notice = ""

    def words(self, channel: Channel, text: str, at_seconds: float) -> None:
        """What was said on a channel so far, and when that was known; the first counts."""
        heard = self._heard[channel]
        if text and heard.words_seconds is None:
            heard.words, heard.words_seconds = text, at_seconds

    @property
    def is_complete(self) -> bool:
        """Words of every channel were seen."""
        return all(heard.words_seconds is not None for heard in self._heard.values())

    def results(self) -> list[ChannelCheck]:
        return [self._result(channel, heard) for channel, heard in self._heard.items()]

    def _result(self, channel: Channel, heard: _Heard) -> ChannelCheck:
        verdict = _verdict(heard)
        if verdict is Verdict.MUTED:
            text = heard.notice
        elif verdict is Verdict.FINE:
            text = "heard well" if heard.words_seconds is not None else "heard, but no words yet: say a sentence"
        else:
            text = _TODO[verdict][channel]
        return ChannelCheck(channel, verdict, text, heard.peak_dbfs, heard.words, heard.words_seconds)


def _verdict(heard: _Heard) -> Verdict:
    if heard.samples == 0:
        return Verdict.NOTHING
    if heard.is_silent:
        return Verdict.MUTED if heard.notice else Verdict.SILENCE
    if heard.clipped_samples > max(_CLIPPED_SECONDS * SAMPLE_RATE_HZ, CLIPPED_SHARE * heard.samples):
        return Verdict.CLIPPED
    return Verdict.SOFT if heard.peak_dbfs < SOFT_DBFS else Verdict.FINE
