"""Whose voice is where in a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.files import FileSource
from assistant.demo import INTERVIEW
from assistant.errors import AudioFileError
from assistant.values import SAMPLE_RATE_HZ, Channel
from tests.assistant.audio.heard_files import LEFT_HZ, RIGHT_HZ, THEM, YOU, pitch, read_all, stereo
from tests.assistant.audio.recordings import RATE_HZ, record, tone


def test_the_interviewer_may_be_on_the_right(tmp_path: Path) -> None:
    source = FileSource(record(tmp_path / "a.wav", stereo()), you="right")
    assert source.layout == "one voice per channel: the left channel is Them, the right channel is You"
    sound, _ = read_all(source)
    assert pitch(sound[YOU]) == pytest.approx(RIGHT_HZ, abs=2)


def test_mono_is_the_candidate(tmp_path: Path) -> None:
    source = FileSource(record(tmp_path / "a.wav", [tone(LEFT_HZ, 1)]))
    assert source.channels == (THEM,)
    assert read_all(source)[1] == []


@pytest.mark.parametrize(
    ("right", "why"),
    [
        (lambda left: left, "a mono recording saved as stereo"),
        (lambda left: left * 0.1, "the same, panned to one side"),
        (lambda left: np.roll(left, 96), "two microphones in a room, 70 cm apart"),
        (lambda left: left + np.random.default_rng(1).normal(0, 0.003, len(left)).astype(np.float32), "with noise"),
    ],
)
def test_the_same_sound_in_both_channels_is_one_voice(tmp_path: Path, right: object, why: str) -> None:
    speech, _ = soundfile.read(INTERVIEW, frames=6 * SAMPLE_RATE_HZ, dtype="float32")
    left = np.repeat(speech.sum(axis=1), 3)
    assert callable(right)
    source = FileSource(record(tmp_path / "a.mp3", (left, right(left))))
    assert source.channels == (THEM,), why
    assert source.layout == "all 2 channels together as one voice"


def test_a_silent_beginning_does_not_decide(tmp_path: Path) -> None:
    quiet = np.zeros(40 * RATE_HZ, np.float32)
    left, right = (np.concatenate((quiet, channel)) for channel in stereo(4.0))
    assert FileSource(record(tmp_path / "a.flac", (left, right))).channels == (YOU, THEM)


def test_two_voices_with_an_echo_of_one_are_still_two(tmp_path: Path) -> None:
    speech, _ = soundfile.read(INTERVIEW, frames=40 * SAMPLE_RATE_HZ, dtype="float32")
    you, them = (np.repeat(speech[:, side], 3) for side in (0, 1))
    microphone = you + 0.7 * np.roll(them, 3 * RATE_HZ // 1000)  # loudspeakers: 3 ms late, 3 dB quieter
    assert FileSource(record(tmp_path / "a.flac", (microphone, them))).channels == (YOU, THEM)


def test_one_empty_side_keeps_the_other_and_is_reported(tmp_path: Path) -> None:
    source = FileSource(record(tmp_path / "a.wav", (np.zeros(2 * RATE_HZ, np.float32), tone(RIGHT_HZ, 2))))
    assert source.channels == (YOU, THEM)
    sound, messages = read_all(source)
    assert pitch(sound[THEM]) == pytest.approx(RIGHT_HZ, abs=2)
    assert messages == ["a.wav: the left channel (you) is silent from beginning to end."]


def test_mixing_keeps_both_voices(tmp_path: Path) -> None:
    source = FileSource(record(tmp_path / "a.wav", stereo()), "mix")
    assert source.channels == (THEM,)
    sound, _ = read_all(source)
    assert pitch(sound[THEM][:SAMPLE_RATE_HZ]) == pytest.approx(LEFT_HZ, abs=2)
    spectrum = np.abs(np.fft.rfft(sound[THEM][SAMPLE_RATE_HZ:]))
    assert spectrum[660] > 1e6
    assert spectrum[440] > 1e6


def test_one_channel_cant_be_split(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="one channel: only two can be split"):
        FileSource(record(tmp_path / "a.wav", [tone(LEFT_HZ, 1)]), "split")


def test_surround_sound_is_one_voice_and_that_is_said(tmp_path: Path) -> None:
    path = record(tmp_path / "film.mkv", [tone(LEFT_HZ, 1)] * 6)
    source = FileSource(path)
    assert source.channels == (THEM,)
    sound, messages = read_all(source)
    assert messages == ["film.mkv: all 6 channels together as one voice."]
    assert pitch(sound[THEM]) == pytest.approx(LEFT_HZ, abs=2)
    with pytest.raises(AudioFileError, match="6 channels: only two can be split"):
        FileSource(path, "split")


@pytest.mark.parametrize(("you", "first"), [("left", YOU), ("right", THEM)])
def test_two_tracks_are_two_voices_and_it_is_said_which(tmp_path: Path, you: str, first: Channel) -> None:
    tracks = ([tone(LEFT_HZ, 2)], [tone(RIGHT_HZ, 1)])
    path = record(tmp_path / "a.mkv", *tracks, titles=("Microphone", "Desktop\x1b[2J\u202e"), has_video=True)
    sound, messages = read_all(FileSource(path, you="left" if you == "left" else "right"))
    names = ("You", "Them") if first is YOU else ("Them", "You")
    assert messages == [
        f"a.mkv: one voice per track: track 1 (Microphone) is {names[0]}, track 2 (Desktop[2J) is {names[1]}."
    ]
    second = THEM if first is YOU else YOU
    assert pitch(sound[first]) == pytest.approx(LEFT_HZ, abs=2)
    assert pitch(sound[second][:SAMPLE_RATE_HZ]) == pytest.approx(RIGHT_HZ, abs=2)
    assert len(sound[first]) == len(sound[second])  # the shorter one goes on as silence
    assert not sound[second][SAMPLE_RATE_HZ + 4000 :].any()


def test_a_third_track_is_named_as_not_used(tmp_path: Path) -> None:
    path = record(tmp_path / "a.mkv", *([tone(hz, 1)] for hz in (LEFT_HZ, RIGHT_HZ, 880.0)))
    _, (message,) = read_all(FileSource(path))
    assert message.endswith("not used: track 3.")


def test_sound_that_begins_late_in_a_video_keeps_its_place(tmp_path: Path) -> None:
    path = record(tmp_path / "a.mkv", [tone(LEFT_HZ, 1)], start_seconds=1.5, has_video=True)
    sound, _ = read_all(FileSource(path))
    first = int(np.argmax(np.abs(sound[THEM].astype(int)) > 3000)) / SAMPLE_RATE_HZ
    assert first == pytest.approx(1.5, abs=0.03)
