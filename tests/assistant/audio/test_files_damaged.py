"""What is said of a recording that is not as it should be."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.files import FileSource
from assistant.errors import AudioFileError
from assistant.values import SAMPLE_RATE_HZ
from tests.assistant.audio.heard_files import THEM, read_all, stereo
from tests.assistant.audio.recordings import RATE_HZ, cut, record


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "mkv", "webm"])
def test_a_file_that_breaks_off_is_read_up_to_there(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 5 * RATE_HZ)).astype(np.float32)
    whole = record(tmp_path / f"a.{suffix}", tuple(noise))
    sound, messages = read_all(FileSource(cut(whole, 0.6)))
    assert 2.5 < len(sound[THEM]) / SAMPLE_RATE_HZ < 3.5
    (message,) = messages
    assert "is cut off at 00:0" in message
    assert read_all(FileSource(whole))[1] == []


def test_an_mp4_without_its_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="cut off: the recording program ended"):
        FileSource(cut(record(tmp_path / "a.mp4", stereo()), 0.6))


def test_damage_in_the_middle_is_passed_over_and_reported(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 5 * RATE_HZ).astype(np.float32)
    path = record(tmp_path / "a.mkv", [noise])
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    sound, messages = read_all(FileSource(path))
    assert len(sound[THEM]) / SAMPLE_RATE_HZ == pytest.approx(5.0, abs=0.1)  # what follows keeps its time
    assert len(messages) == 1
    assert "damaged at 00:02" in messages[0]


def test_a_silent_file_is_read_and_reported(tmp_path: Path) -> None:
    silence = np.zeros(2 * RATE_HZ, np.float32)
    sound, messages = read_all(FileSource(record(tmp_path / "a.flac", (silence, silence))))
    assert not sound[THEM].any()
    assert messages == ["a.flac: the recording is silent from beginning to end."]


def _folder(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _whole_numbers_of_64_bits(path: Path) -> None:
    sound = np.arange(16_000, dtype="<i8").tobytes()
    head = struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 8 * 16_000, 8, 64)
    parts = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(sound)) + sound
    path.write_bytes(b"RIFF" + struct.pack("<I", len(parts)) + parts)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: None, "There is no recording"),
        (_folder, "is a folder"),
        (_fifo, "There is no recording"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("What did you build?\n" * 200), "no recording that can be read"),
        (lambda path: path.write_bytes(os.urandom(50_000)), "no recording that can be read"),
        (lambda path: soundfile.write(path, np.zeros(0), 16_000, format="WAV"), "of zero length"),
        (_whole_numbers_of_64_bits, "coded in a way that can't be decoded here"),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:5,\n/etc/hostname\n#EXT-X-ENDLIST\n"), "no recording"),
    ],
)
def test_what_is_no_recording_gets_one_message(tmp_path: Path, make: object, told: str) -> None:
    path = tmp_path / "call.wav"
    assert callable(make)
    make(path)
    with pytest.raises(AudioFileError, match=told) as caught:
        FileSource(path)
    assert "call.wav" in str(caught.value)


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="a video without sound"):
        FileSource(record(tmp_path / "a.mp4", has_video=True))


def test_names_are_shown_without_what_steers_a_terminal_and_opened_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "http:\x1b[31mТомаš\u202e.wav"
    soundfile.write(path, np.zeros(1600), 16_000, format="WAV")
    _, (message,) = read_all(FileSource(path))
    assert message.startswith("http:[31mТомаš.wav: ")
