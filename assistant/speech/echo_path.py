"""The way from the call to the microphone, where loudspeakers play the call.

Runs on the listening thread; never blocks. Pure.

What the microphone hears of the call is the call, a little later, through a room. In each narrow band of frequencies
that is a short filter (the convolutive transfer function: Talmon, Cohen and Gannot 2009), which least squares over the
last seconds finds. Each moment is weighted by how little of it is foretold, so that the interviewer's own words do not
spoil the filter (as in weighted prediction error: Nakatani et al. 2010). Where the filter foretells most of what the
microphone hears, that moment is echo; where it does not, somebody in the room speaks. Settings were chosen on read
speech in simulated rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ

HOP_SAMPLES = 160  # 10 ms: what is judged at once
HOP_SECONDS = HOP_SAMPLES / SAMPLE_RATE_HZ
WINDOW_SAMPLES = 512

_BANDS = slice(6, 128)  # of 31.25 Hz each, 190 to 4000 Hz: where a voice has its energy and a small loudspeaker works
_BAND_COUNT = 122
_TAPS = 16  # 160 ms of room
_LAGS = 51  # 0.5 s: a wireless loudspeaker is that late
_LEAD_LAGS = 2  # the filter begins this much before the lag that coincides best
_SOLVE_HOPS = 10
_ALIGN_HOPS = 50
_QUIET_DBFS = -65.0  # root mean square; softer sound teaches nothing about a room


@dataclass(frozen=True, slots=True)
class EchoSettings:
    memory_seconds: float = 4.0  # over which the room is learned; only what the call plays counts
    alignment_seconds: float = 2.0
    judged_seconds: float = 0.05  # over which a moment is judged
    foretold_share: float = 0.7  # of the microphone's energy, which makes it echo
    tail_share: float = 0.15  # of the room's own dying sound: softer than that nobody speaks
    reverberation_seconds: float = 0.4  # in which the sound of a room dies away by 60 dB
    voice_share: float = 0.3  # foretold no better than this somebody speaks for certain ...
    hold_seconds: float = 0.15  # ... and for so long nothing is muted: a word has soft sounds in it
    lag_margin: float = 1.5  # a new lag has to coincide that much better than the one in use
    active_share: float = 0.03  # of the loudest that the call played lately; below it is a pause
    regularisation: float = 0.02
    least_error_share: float = 0.03  # no moment counts for more than this makes it


class EchoPath:
    """The way from the call to the microphone, learned while it is heard."""

    def __init__(self, settings: EchoSettings) -> None:
        self._settings = settings
        self._window = np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
        self._quiet = 10.0 ** (_QUIET_DBFS / 10.0) * WINDOW_SAMPLES / 2 * float(np.sum(np.square(self._window)))
        self._call = np.zeros((_LAGS + _TAPS, _BAND_COUNT), np.complex64)  # its spectra, newest first
        self._coincidence = np.zeros((_LAGS, _BAND_COUNT), np.complex64)  # of microphone and call, by lag
        self._lag = 0
        self._loudest = 0.0  # of the call lately
        self._hops = 0
        self._filter = np.zeros((_BAND_COUNT, _TAPS), np.complex64)
        self._matrix = np.zeros((_BAND_COUNT, _TAPS, _TAPS), np.complex64)
        self._vector = np.zeros((_BAND_COUNT, _TAPS), np.complex64)
        self._error = _Smoothed(settings.judged_seconds)
        self._energy = _Smoothed(settings.judged_seconds)
        self._foretold = _Smoothed(settings.judged_seconds)
        self._tail = 0.0
        self._hold_hops = 0

    @property
    def lag_seconds(self) -> float:
        """How much later the microphone hears the call, roughly."""
        return (self._lag + _LEAD_LAGS) * HOP_SECONDS

    def judge(self, mic: NDArray[np.float32], call: NDArray[np.float32]) -> bool:
        """Is the newest hop of the microphone echo? Both are the newest (WINDOW_SAMPLES,) in -1..1."""
        self._hops += 1
        self._call[1:] = self._call[:-1].copy()
        self._call[0] = self._spectrum(call)
        spectrum = self._spectrum(mic)
        recent = self._call[self._lag : self._lag + _TAPS]
        foretold = np.einsum("bt,tb->b", self._filter, recent)
        is_echo = self._is_echo(_power(spectrum), _power(spectrum - foretold), _power(foretold))
        self._learn(spectrum, recent)
        return is_echo

    def _spectrum(self, samples: NDArray[np.float32]) -> NDArray[np.complex64]:
        if not samples.any():
            return np.zeros(_BAND_COUNT, np.complex64)
        spectrum: NDArray[np.complex64] = np.fft.rfft(samples * self._window)[_BANDS].astype(np.complex64)
        return spectrum

    def _is_echo(self, energy: float, error: float, foretold: float) -> bool:
        settings = self._settings
        self._energy.add(energy)
        self._error.add(min(error, 4 * energy))  # a filter that is wrong may foretell anything
        self._foretold.add(foretold)
        decay = 10.0 ** (-6.0 * HOP_SECONDS / settings.reverberation_seconds)
        self._tail = max(self._tail * decay, min(self._foretold.value, self._energy.value))
        unexplained = self._error.value / (self._energy.value + 1e-12)
        in_tail = self._error.value < settings.tail_share * self._tail
        if self._tail <= self._quiet:
            return False
        if unexplained > 1.0 - settings.voice_share and not in_tail:
            self._hold_hops = round(settings.hold_seconds / HOP_SECONDS)
        self._hold_hops -= 1
        return self._hold_hops < 0 and (unexplained < 1.0 - settings.foretold_share or in_tail)

    def _learn(self, spectrum: NDArray[np.complex64], recent: NDArray[np.complex64]) -> None:
        energy, loudness = _power(spectrum), _power(recent) / _TAPS
        self._loudest = max(self._loudest * 0.9995, loudness)  # by half within 14 s
        if loudness < max(self._quiet, self._settings.active_share * self._loudest) or energy < self._quiet:
            return
        forgets = np.exp(-HOP_SECONDS / self._settings.alignment_seconds)
        unit = np.float32((1.0 - forgets) / np.sqrt(energy * loudness))
        self._coincidence *= np.float32(forgets)
        self._coincidence += unit * spectrum * self._call[:_LAGS].conj()
        forgets = np.exp(-HOP_SECONDS / self._settings.memory_seconds)
        least = self._settings.least_error_share * self._energy.value
        weight = np.float32(1.0 / (max(self._error.value, least) + 1e-12))
        conjugate = recent.conj().T
        self._matrix *= np.float32(forgets)
        self._matrix += (weight * conjugate)[:, :, None] * recent.T[:, None, :]
        self._vector *= np.float32(forgets)
        self._vector += weight * conjugate * spectrum[:, None]
        if self._hops % _ALIGN_HOPS == 0:
            self._align()
        if self._hops % _SOLVE_HOPS == 0:
            self._solve()

    def _align(self) -> None:
        fit = np.sum(np.abs(self._coincidence) ** 2, axis=1)
        best = int(np.argmax(fit))
        lag = max(0, best - _LEAD_LAGS)
        in_use = float(np.max(fit[self._lag : self._lag + 2 * _LEAD_LAGS + 1]))
        if abs(lag - self._lag) > _LEAD_LAGS and fit[best] > self._settings.lag_margin * in_use:
            self._lag = lag
            self._forget_room()

    def _solve(self) -> None:
        level = np.einsum("btt->b", self._matrix).real / _TAPS
        ridge = (self._settings.regularisation * level + 1e-12)[:, None, None] * np.eye(_TAPS, dtype=np.complex64)
        self._filter = np.linalg.solve(self._matrix + ridge, self._vector[:, :, None])[:, :, 0]

    def _forget_room(self) -> None:
        for learned in (self._filter, self._matrix, self._vector):
            learned[:] = 0


class _Smoothed:
    def __init__(self, seconds: float) -> None:
        self._keeps = float(np.exp(-HOP_SECONDS / seconds))
        self.value = 0.0

    def add(self, value: float) -> None:
        self.value = self._keeps * self.value + (1.0 - self._keeps) * value


def _power(spectrum: NDArray[np.complex64]) -> float:
    return float(np.vdot(spectrum, spectrum).real)
