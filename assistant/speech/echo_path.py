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

import math
from dataclasses import dataclass
from typing import Any

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
_HELD = _LAGS + _TAPS - 2  # spectra of the call before a moment that it is compared with
_LEAD_LAGS = 2  # the filter begins this much before the lag that coincides best
_SOLVE_HOPS = 20  # a room does not change faster, and half of all work is this
_ALIGN_HOPS = 60
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
        self._quiet: float = 10.0 ** (_QUIET_DBFS / 10.0) * WINDOW_SAMPLES / 2 * float(np.sum(np.square(self._window)))
        self._call = np.zeros((_HELD, _BAND_COUNT), np.complex64)  # its spectra, oldest first
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

    def judge(self, mic: NDArray[np.float32], call: NDArray[np.float32]) -> list[bool]:
        """Which of the newest hops of the microphone are echo? Both are those hops with what is heard in the window of
        the first one before it: (WINDOW_SAMPLES + (hops - 1) * HOP_SAMPLES,) in -1..1."""
        are_echo: list[bool] = []
        heard, played = self._spectra(mic), self._spectra(call)
        while len(are_echo) < len(heard):  # up to where the filter changes, all at once: that costs a fifth
            now = slice(len(are_echo), len(are_echo) + _SOLVE_HOPS - self._hops % _SOLVE_HOPS)
            are_echo += self._judge(heard[now], played[now])
        return are_echo

    def _judge(self, heard: NDArray[np.complex64], played: NDArray[np.complex64]) -> list[bool]:
        """The same of spectra, (hops, bands) each, for which the filter stays as it is."""
        hops = len(heard)
        self._hops += hops
        held = np.concatenate((self._call, played))
        self._call = held[hops:]
        newest = _HELD - self._lag + np.arange(hops)
        recent = held[newest[:, None] - np.arange(_TAPS)].transpose(2, 0, 1)
        recent = np.ascontiguousarray(recent)  # (bands, hops, taps), newest first: a view costs twice the time
        foretold = np.matmul(recent, self._filter[:, :, None])[:, :, 0].T
        energies, errors = _powers(heard), _powers(heard - foretold)
        loudness = np.convolve(_powers(held[newest[0] - _TAPS + 1 : newest[-1] + 1]), np.ones(_TAPS) / _TAPS, "valid")
        measured = [values.tolist() for values in (energies, errors, _powers(foretold), loudness)]
        are_echo: list[bool] = []
        teaches: list[bool] = []
        weights: list[float] = []
        for energy, error, said, loud in zip(*measured, strict=True):
            are_echo.append(self._is_echo(energy, error, said))
            teaches.append(self._teaches(energy, loud))
            least = self._settings.least_error_share * self._energy.value
            weights.append(1.0 / (max(self._error.value, least) + 1e-12))
        taught = np.flatnonzero(teaches)
        if len(taught):
            self._learn_lag(taught, heard, held, energies * loudness)
            self._learn_room(heard[taught], recent[:, taught], np.array(weights, np.float32)[taught])
        if teaches[-1] and self._hops % _ALIGN_HOPS == 0:
            self._align()
        if teaches[-1] and self._hops % _SOLVE_HOPS == 0:
            self._solve()
        return are_echo

    def _spectra(self, samples: NDArray[np.float32]) -> NDArray[np.complex64]:
        """(samples,) -> (hops, bands)"""
        hops = (len(samples) - WINDOW_SAMPLES) // HOP_SAMPLES + 1
        if not samples.any():
            return np.zeros((hops, _BAND_COUNT), np.complex64)
        windows = samples[np.arange(hops)[:, None] * HOP_SAMPLES + np.arange(WINDOW_SAMPLES)]
        spectra: NDArray[np.complex64] = np.fft.rfft(windows * self._window)[:, _BANDS].astype(np.complex64)
        return spectra

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
        return self._hold_hops < 0 and (in_tail or unexplained < 1.0 - settings.foretold_share)

    def _teaches(self, energy: float, loudness: float) -> bool:
        """Whether a moment says something about the room: the call plays, and the microphone hears something."""
        self._loudest = max(self._loudest * 0.9995, loudness)  # by half within 14 s
        return loudness >= max(self._quiet, self._settings.active_share * self._loudest) and energy >= self._quiet

    def _learn_lag(
        self, taught: NDArray[np.intp], heard: NDArray[np.complex64], held: NDArray[np.complex64], power: NDArray[Any]
    ) -> None:
        keeps = math.exp(-HOP_SECONDS / self._settings.alignment_seconds)
        units = (_fading(keeps, len(taught)) * (1.0 - keeps) / np.sqrt(power[taught])).astype(np.float32)
        self._coincidence *= np.float32(keeps ** len(taught))
        for hop, unit in zip(taught, units, strict=True):
            lagged = held[_HELD - _LAGS + 1 + hop : _HELD + 1 + hop][::-1]  # (lags, bands), newest first
            self._coincidence += unit * heard[hop] * lagged.conj()

    def _learn_room(
        self, heard: NDArray[np.complex64], recent: NDArray[np.complex64], weights: NDArray[np.float32]
    ) -> None:
        """`recent` is (bands, hops, taps)."""
        keeps = math.exp(-HOP_SECONDS / self._settings.memory_seconds)
        faded = (_fading(keeps, len(heard)) * weights).astype(np.float32)
        conjugate = np.ascontiguousarray((faded[:, None] * recent.conj()).transpose(0, 2, 1))
        for learned, news in (
            (self._matrix, np.matmul(conjugate, recent)),
            (self._vector, np.matmul(conjugate, heard.T[:, :, None])[:, :, 0]),
        ):
            learned *= np.float32(keeps ** len(heard))
            learned += news

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
        self._keeps = math.exp(-HOP_SECONDS / seconds)
        self.value = 0.0

    def add(self, value: float) -> None:
        self.value = self._keeps * self.value + (1.0 - self._keeps) * value


def _powers(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """(hops, bands) -> (hops,)"""
    powers: NDArray[np.float32] = np.einsum("hb,hb->h", spectra, spectra.conj()).real
    return powers


def _fading(keeps: float, count: int) -> NDArray[np.floating]:
    """(count,): what is left of each moment at the last one, oldest first."""
    return np.power(keeps, np.arange(count - 1, -1, -1))
