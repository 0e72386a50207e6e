"""Calls with their truth, from folders.

A folder holds, in any mixture:
- `NAME.json` beside `NAME.flac`, `.ogg` or `.wav`: two channels, left interviewer, right candidate; the JSON has
  `sentences` with `speaker`, `text`, `start_s`, `end_s` and, for word delays, `words` (`text`, `start_s`, `end_s`);
- `NAME_agent.wav` and `NAME_caller.wav` with `refs/NAME_agent.words.json` and `refs/NAME_caller.words.json`: lists of
  words (`w`, `s`, `e`, `p`), the agent as the interviewer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.audio.files import FileSource
from assistant.demo import INTERVIEW, TRUTH
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, Word
from benchmarks.streaming.text import Token, tokens

SPEAKERS = {Channel.YOU: "interviewer", Channel.THEM: "candidate"}
SIDES = {Channel.YOU: "agent", Channel.THEM: "caller"}
LEAK = "leaks into the microphone"  # in a call's `conditions`: what is heard there is not in its reference
GUESSED_PROBABILITY = 0.05  # of a reference word below which its time is a guess
_LONGEST_GUESS_SECONDS = 6.0  # over more, nobody knows whether there is speech
_SOUNDS = (".flac", ".ogg", ".wav")
_FRAME = SAMPLE_RATE_HZ // 100
_VOICE_BELOW_LOUD_DB = 30.0  # softer than the loud parts of an utterance by this is no voice


@dataclass(frozen=True)
class Voice:
    """One channel of a call: (samples,) int16 at 16 kHz, and what is said there."""

    samples: NDArray[np.int16]
    text: str
    speech: tuple[tuple[float, float], ...]  # start and end of what is said, in order
    words: tuple[Word, ...]  # empty: their times are not known
    is_scored: bool  # False: the channel holds speech that the reference lacks

    @cached_property
    def tokens(self) -> list[Token]:
        return tokens(self.words, GUESSED_PROBABILITY)

    @cached_property
    def maybe_speech(self) -> list[tuple[float, float]]:
        """`speech`, and from the word before to the word behind where the times of those between are guessed."""
        known = [-1, *(n for n, word in enumerate(self.words) if word.probability >= GUESSED_PROBABILITY)]
        guessed = [
            (self.words[max(0, before)].start_seconds, self.words[min(behind, len(self.words) - 1)].end_seconds)
            for before, behind in pairwise([*known, len(self.words)])
            if behind - before > 1
        ]
        return sorted([*self.speech, *(span for span in guessed if span[1] - span[0] <= _LONGEST_GUESS_SECONDS)])

    def voice_end_seconds(self, start_seconds: float, end_seconds: float) -> float:
        """Where the voice ends in this stretch, by its loudness."""
        first = round(start_seconds * SAMPLE_RATE_HZ)
        piece = self.samples[first : round(end_seconds * SAMPLE_RATE_HZ)].astype(np.float64)
        frames = piece[: len(piece) // _FRAME * _FRAME].reshape(-1, _FRAME)
        if not len(frames):
            return end_seconds
        power_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-3)
        (loud,) = np.nonzero(power_db > np.percentile(power_db, 95) - _VOICE_BELOW_LOUD_DB)
        return start_seconds + (int(loud[-1]) + 1) * _FRAME / SAMPLE_RATE_HZ


@dataclass(frozen=True)
class BenchCall:
    name: str
    recording: Path  # two channels at 16 kHz, as the program replays it
    voices: dict[Channel, Voice]

    @property
    def duration_seconds(self) -> float:
        return max(len(voice.samples) for voice in self.voices.values()) / SAMPLE_RATE_HZ


def load(folders: list[Path], seconds: float | None, work: Path) -> Iterator[BenchCall]:
    """The calls of the folders, or the bundled interview if there is none; only their first `seconds`."""
    if not folders:
        yield _from_truth("demo", TRUTH, INTERVIEW, seconds, work)
    for folder in folders:
        for truth in sorted(folder.glob("*.json")):
            sounds = [truth.with_suffix(suffix) for suffix in _SOUNDS if truth.with_suffix(suffix).exists()]
            if sounds:
                yield _from_truth(truth.stem, truth, sounds[0], seconds, work)
        for agent in sorted(folder.glob("*_agent.wav")):
            name = agent.stem.removesuffix("_agent")
            if (folder / f"{name}_caller.wav").exists():
                yield _from_pair(folder, name, seconds, work)


def _from_truth(name: str, truth_path: Path, recording: Path, seconds: float | None, work: Path) -> BenchCall:
    truth = json.loads(truth_path.read_text(encoding="utf-8"))
    voices = {}
    for channel, samples in _channels(recording, "split").items():
        sentences = [s for s in truth["sentences"] if s["speaker"] == SPEAKERS[channel]]
        others = [s for s in truth.get("backchannels", []) if s["speaker"] == SPEAKERS[channel]]
        is_scored = channel is Channel.THEM or not any(LEAK in c for c in truth.get("conditions", []))
        voices[channel] = _voice(samples, sentences, others, is_scored, seconds)
    return _written(name, voices, work)


def _voice(
    samples: NDArray[np.int16],
    sentences: list[dict[str, Any]],
    others: list[dict[str, Any]],
    is_scored: bool,
    seconds: float | None,
) -> Voice:
    until = len(samples) / SAMPLE_RATE_HZ if seconds is None else seconds
    heard = [s for s in sentences if s["end_s"] <= until]
    words = [Word(w["text"], w["start_s"], w["end_s"]) for s in sentences for w in s.get("words", [])]
    words = [word for word in words if word.end_seconds <= until]
    text = " ".join(word.text for word in words) if words else " ".join(s["text"] for s in heard)
    stretches = [(w.start_seconds, w.end_seconds) for w in words] or [(s["start_s"], s["end_s"]) for s in heard]
    stretches += [(s["start_s"], s["end_s"]) for s in others]
    return Voice(_cut(samples, seconds), text, tuple(sorted(stretches)), tuple(words), is_scored)


def _from_pair(folder: Path, name: str, seconds: float | None, work: Path) -> BenchCall:
    voices = {}
    for channel, side in SIDES.items():
        (samples,) = _channels(folder / f"{name}_{side}.wav", "mix").values()
        listed = json.loads((folder / "refs" / f"{name}_{side}.words.json").read_text(encoding="utf-8"))
        until = len(samples) / SAMPLE_RATE_HZ if seconds is None else seconds
        words = tuple(Word(w["w"], w["s"], w["e"], w["p"]) for w in listed if w["e"] <= until)
        speech = tuple((word.start_seconds, word.end_seconds) for word in words)
        voices[channel] = Voice(_cut(samples, seconds), " ".join(word.text for word in words), speech, words, True)
    return _written(name, voices, work)


def _cut(samples: NDArray[np.int16], seconds: float | None) -> NDArray[np.int16]:
    return samples if seconds is None else samples[: round(seconds * SAMPLE_RATE_HZ)]


def _channels(recording: Path, mode: Any) -> dict[Channel, NDArray[np.int16]]:
    pieces: dict[Channel, list[NDArray[np.int16]]] = {}
    source = FileSource(recording, channels=mode)
    while (item := source.read()) is not None:
        if isinstance(item, AudioFrame):
            pieces.setdefault(item.channel, []).append(item.samples)
    return {channel: np.concatenate(part) for channel, part in pieces.items()}


def _written(name: str, voices: dict[Channel, Voice], work: Path) -> BenchCall:
    length = max(len(voice.samples) for voice in voices.values())
    both = [np.pad(voices[channel].samples, (0, length - len(voices[channel].samples))) for channel in Channel]
    recording = work / f"{name}.wav"
    soundfile.write(recording, np.stack(both, axis=1), SAMPLE_RATE_HZ, subtype="PCM_16")
    return BenchCall(name, recording, voices)
