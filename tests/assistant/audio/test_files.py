"""Recordings of every kind: which voice is where, and what is said of a file that is not as it should be."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from assistant.audio.files import FRAME_SECONDS, FileSource
from assistant.demo import INTERVIEW
from assistant.errors import AudioFileError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State
from tests.assistant.audio.recordings import CODECS, RATE_HZ, cut, record, tone

YOU, THEM = Channel.YOU, Channel.THEM
LEFT_HZ, RIGHT_HZ = 440.0, 660.0


def stereo(seconds: float = 2.0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return tone(LEFT_HZ, seconds), tone(RIGHT_HZ, seconds, off_seconds=seconds / 2)


def read_all(source: FileSource) -> tuple[dict[Channel, NDArray[np.int16]], list[str]]:
    """The sound of each channel and what was said; frames must be contiguous and side by side."""
    sound: dict[Channel, list[NDArray[np.int16]]] = {channel: [] for channel in source.channels}
    ends = dict.fromkeys(source.channels, 0.0)
    messages = []
    while (item := source.read()) is not None:
        if not isinstance(item, AudioFrame):
            assert item.state is State.WARNING
            messages.append(item.message)
            continue
        assert item.samples.dtype == np.int16
        assert 0 < len(item.samples) <= FRAME_SECONDS * 16_000
        assert item.start_seconds == pytest.approx(ends[item.channel], abs=1e-9)
        ends[item.channel] = item.end_seconds
        assert max(ends.values()) - min(ends.values()) < 0.021
        sound[item.channel].append(item.samples)
    source.close()
    return {channel: np.concatenate(parts) for channel, parts in sound.items()}, messages


def pitch(samples: NDArray[np.int16]) -> float:
    """Of the loudest tone."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE_HZ / len(samples)


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


# --- whose voice ---------------------------------------------------------------------------------------------------


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


# --- files that are not as they should be --------------------------------------------------------------------------


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


# --- as a source ---------------------------------------------------------------------------------------------------


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
