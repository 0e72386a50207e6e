"""Recorded against played: both channels at once, window by window.

Each window of two seconds that holds speech is compared with what was played there, at the shift that fits best (found
at eight times the rate: half a sample of delay alone would cost correlation). How the shift moves over the windows
shows jumps and drift.

Drift is measured in samples, recorded against played, so by the clock of the card that played them. Two devices that
share a clock are recorded as they are: what their clock does against the computer's (a null sink counts in whole
microseconds, which makes it some tens of ppm fast) moves the call's 0.0, and is told by itself. What one device does
against the other is mended in its sound, and would show here as drift.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.demo import INTERVIEW
from assistant.values import SAMPLE_RATE_HZ, Channel
from benchmarks.capture.rig import RATE_HZ, Recording, recorded
from tests.conftest import VirtualAudio

Sound = NDArray[np.float32]

WINDOW = 2 * SAMPLE_RATE_HZ
FINE = 8
SEARCH_SECONDS = 0.05
JUMP_SECONDS = 0.001
SPEECH_DBFS = -40.0
SINKS = {Channel.YOU: "micfeed", Channel.THEM: "call"}
_SETTLE_SECONDS = 10.0  # a busy machine misjudges the start of a stream by some milliseconds, and mends it


def measure(audio: VirtualAudio, minutes: float) -> list[str]:
    """Lines of a report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        voices = voices_of(minutes)
        files = {channel: _write(folder / f"{channel}.wav", voice) for channel, voice in voices.items()}
        recording = Recording(folder / "call")
        time.sleep(_SETTLE_SECONDS)
        before, began = recording.processor_seconds(), time.monotonic()
        origin = recording.source.origin_seconds or np.nan
        players = [audio.play(files[channel], SINKS[channel]) for channel in Channel]
        for player in players:
            player.wait()
        used, lasted = recording.processor_seconds(), time.monotonic() - began
        time.sleep(0.5)
        moved = origin - (recording.source.origin_seconds or np.nan)
        recording.stop()
        heard = recorded(folder / "call")
    lines = [f"recorded against played, both channels at once, {minutes:g} min:"]
    for side, channel in enumerate(Channel):
        lines.append(f"  {channel:5} {compared(heard[:, side], voices[channel])}")
    lines.append(
        f"  drift is by the card's clock, which both sides share; against the computer's it ran "
        f"{1e6 * moved / lasted:+.0f} ppm, and the call's 0.0 followed it"
    )
    lines.append(f"  cross-talk: {_crosstalk(heard, voices)}")
    lines.append(f"  gaps {len(recording.gaps)}, messages {len(recording.items) - len(recording.gaps)}")
    shares = {who: 100 * (used[who] - before[who]) / lasted for who in used}
    lines.append(
        f"  processor: {shares['recorder'] + shares['parec']:.1f} % of a core (process {shares['recorder']:.1f} %, its "
        f"parec {shares['parec']:.1f} %); reading along in the program {shares['reading']:.1f} %"
    )
    return [*lines, f"  {_alignment(audio)}"]


def voices_of(minutes: float) -> dict[Channel, Sound]:
    """The bundled interview's voices, again and again."""
    samples, _ = soundfile.read(INTERVIEW, dtype="float32")
    count = round(minutes * 60 * SAMPLE_RATE_HZ)
    repeated = np.tile(samples, (count // len(samples) + 1, 1))[:count]
    return {channel: repeated[:, side] for side, channel in enumerate(Channel)}


def compared(heard: Sound, played: Sound) -> str:
    first = place(heard, played[: 60 * SAMPLE_RATE_HZ])
    starts = [at for at in range(0, len(played) - WINDOW + 1, WINDOW) if _holds_speech(played[at : at + WINDOW])]
    fits = [fit(heard[first + at : first + at + WINDOW], played[at : at + WINDOW]) for at in starts]
    correlations, shifts = np.array(fits).T
    jumps = int(np.sum(np.abs(np.diff(shifts)) > JUMP_SECONDS))
    drift_ppm = 1e6 * np.polyfit(np.array(starts) / SAMPLE_RATE_HZ, shifts, 1)[0]
    return (
        f"{len(starts)} windows with speech, correlation at least {correlations.min():.4f} "
        f"(median {np.median(correlations):.4f}), {jumps} jumps, drift {drift_ppm:+.2f} ppm"
    )


def place(heard: Sound, played: Sound) -> int:
    """Where in `heard` `played` begins."""
    size = 1 << (len(heard) + len(played)).bit_length()
    fits = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    return int(np.argmax(fits[: len(heard)]))


def fit(heard: Sound, played: Sound) -> tuple[float, float]:
    """Correlation at the best shift, and that shift in seconds."""
    size = 2 * WINDOW
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size))
    fits = np.fft.irfft(spectrum, FINE * size) * FINE
    reach = round(SEARCH_SECONDS * SAMPLE_RATE_HZ * FINE)
    near = np.concatenate((fits[-reach:], fits[: reach + 1]))
    best = int(np.argmax(near))
    energy = float(np.sqrt(np.sum(heard.astype(float) ** 2) * np.sum(played.astype(float) ** 2)))
    return float(near[best]) / max(energy, 1e-12), (best - reach) / FINE / SAMPLE_RATE_HZ


def _holds_speech(window: Sound) -> bool:
    return bool(10 * np.log10(np.mean(window.astype(float) ** 2) + 1e-12) > SPEECH_DBFS)


def _crosstalk(heard: Sound, voices: dict[Channel, Sound]) -> str:
    """How loud the other voice is in each channel, as a share of itself: its projection, at the best shift."""
    told = []
    for side, channel in enumerate(Channel):
        other = voices[Channel.THEM if channel is Channel.YOU else Channel.YOU]
        at = place(heard[:, 1 - side], other)
        size = 1 << (2 * len(other)).bit_length()
        piece = heard[at : at + len(other), side]
        fits = np.fft.irfft(np.fft.rfft(piece, size) * np.conj(np.fft.rfft(other, size)), size)
        reach = round(SEARCH_SECONDS * SAMPLE_RATE_HZ)
        share = np.abs(np.concatenate((fits[-reach:], fits[:reach]))).max() / np.sum(other.astype(float) ** 2)
        told.append(f"{share:.4f} in {channel}")
    return ", ".join(told)


def _alignment(audio: VirtualAudio) -> str:
    """One voice on both sides: the microphone is what the call's output plays, by way of the server."""
    module = audio.pactl(
        "load-module", "module-remap-source", "source_name=echo", "master=call.monitor", "channels=1",
        "channel_map=mono", "remix=yes",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        voice = voices_of(0.75)[Channel.THEM][27 * SAMPLE_RATE_HZ :]
        recording = Recording(folder / "call", mic="echo")
        time.sleep(_SETTLE_SECONDS)
        audio.play(_write(folder / "voice.wav", voice), "call").wait()
        time.sleep(0.5)
        recording.stop()
        heard = recorded(folder / "call")
    audio.pactl("unload-module", module.strip())  # it would be the next best microphone in what is measured after this
    places = [place(heard[:, side], voice) for side in range(2)]
    apart = place_between(heard, voice, places)
    return f"channels apart, one sound on both: {1000 * apart:.1f} ms"


def place_between(heard: Sound, voice: Sound, places: list[int]) -> float:
    shifts = [
        at / SAMPLE_RATE_HZ + fit(heard[at : at + WINDOW, side], voice[:WINDOW])[1] for side, at in enumerate(places)
    ]
    return abs(shifts[0] - shifts[1])


def _write(path: Path, voice: Sound) -> Path:
    soundfile.write(path, soxr.resample(voice, SAMPLE_RATE_HZ, RATE_HZ, "VHQ"), RATE_HZ)
    return path
