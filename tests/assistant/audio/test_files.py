"""Recordings of every kind: their formats, and how they are read."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.files import FileSource
from assistant.values import SAMPLE_RATE_HZ, AudioFrame
from tests.assistant.audio.heard_files import LEFT_HZ, RIGHT_HZ, THEM, YOU, pitch, read_all, stereo
from tests.assistant.audio.recordings import CODECS, RATE_HZ, record


@pytest.mark.parametrize("suffix", CODECS)
def test_every_format_gives_one_voice_per_channel(tmp_path: Path, suffix: str) -> None:
    source = FileSource(record(tmp_path / f"call.{suffix}", stereo()))
    assert source.channels == (YOU, THEM)
    assert source.duration_seconds == pytest.approx(2.0, abs=0.1)
    sound, messages = read_all(source)
    assert messages == []
    assert pitch(sound[YOU]) == pytest.approx(LEFT_HZ, abs=2)
    assert pitch(sound[THEM]) == pytest.approx(RIGHT_HZ, abs=2)
    first = int(np.argmax(np.abs(sound[THEM].astype(int)) > 3000)) / SAMPLE_RATE_HZ
    assert first == pytest.approx(1.0, abs=0.03)  # where it was spoken
    assert len(sound[YOU]) / SAMPLE_RATE_HZ == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_any_rate_keeps_pitch_and_length(tmp_path: Path, rate_hz: int) -> None:
    soundfile.write(tmp_path / "a.wav", 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * rate_hz) / rate_hz), rate_hz)
    sound, _ = read_all(FileSource(tmp_path / "a.wav"))
    assert len(sound[THEM]) == pytest.approx(2 * SAMPLE_RATE_HZ, abs=2)
    assert pitch(sound[THEM]) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_any_sample_format_keeps_the_level(tmp_path: Path, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(SAMPLE_RATE_HZ, 0.5), SAMPLE_RATE_HZ, subtype=subtype)
    sound, _ = read_all(FileSource(tmp_path / "a.wav"))
    assert np.abs(sound[THEM] - 16384.0).max() <= 1


def test_sound_at_the_final_rate_passes_bit_by_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).integers(-32768, 32768, (SAMPLE_RATE_HZ + 7, 2), np.int16)
    soundfile.write(tmp_path / "a.flac", samples, SAMPLE_RATE_HZ)
    sound, _ = read_all(FileSource(tmp_path / "a.flac", "split"))
    assert np.array_equal(np.stack((sound[YOU], sound[THEM]), axis=1), samples)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = np.full(SAMPLE_RATE_HZ, np.nan, np.float32)
    samples[:10], samples[10:20] = np.inf, -np.inf
    soundfile.write(tmp_path / "a.wav", samples, SAMPLE_RATE_HZ, subtype="FLOAT")
    sound, messages = read_all(FileSource(tmp_path / "a.wav"))
    assert (sound[THEM][:20].min(), sound[THEM][:20].max(), sound[THEM][20:].any()) == (-32768, 32767, False)
    assert ["1.0 s of it are no valid sound" in message for message in messages] == [True]


@pytest.mark.parametrize("broken", [np.nan, np.inf, -3e38])
@pytest.mark.parametrize("is_mixed", [False, True])
def test_one_broken_sample_spoils_no_more_than_itself(tmp_path: Path, broken: float, is_mixed: bool) -> None:
    whole = np.stack(stereo(), axis=1)
    damaged = whole.copy()
    damaged[RATE_HZ, 0] = broken
    heard = []
    for name, samples in (("whole.wav", whole), ("damaged.wav", damaged)):
        soundfile.write(tmp_path / name, samples, RATE_HZ, subtype="FLOAT")
        sound, _ = read_all(FileSource(tmp_path / name, "mix" if is_mixed else "split"))
        heard.append(sound[THEM if is_mixed else YOU].astype(np.int32))
    spoilt = np.abs(heard[1] - heard[0]) > 1000
    assert np.count_nonzero(spoilt) < 0.002 * SAMPLE_RATE_HZ


def test_nothing_follows_a_close(tmp_path: Path) -> None:
    source = FileSource(record(tmp_path / "a.wav", stereo()))
    assert source.read() is not None
    source.close()
    source.close()
    assert source.read() is None


def test_a_long_recording_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    minute = np.random.default_rng(1).normal(0, 3000, 8000 * 60).astype(np.int16)
    with soundfile.SoundFile(path, "w", 8000, 1) as file:
        for _ in range(4):
            file.write(minute)
    tracemalloc.start()
    source = FileSource(path)
    samples = 0
    while isinstance(item := source.read(), AudioFrame):
        samples += len(item.samples)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert samples == pytest.approx(4 * 60 * SAMPLE_RATE_HZ, abs=2)
    assert peak_bytes < 2_000_000  # its sound is 7.7 MB
