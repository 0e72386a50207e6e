"""The encrypted sound of a running call: as crash-safe as the plain one, and unreadable without the key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.audio.raw_sound import SLOT_BYTES, SLOT_SAMPLES, count_samples, open_raw, raw_path, read_raw
from assistant.audio.recording import CrashSafeRecorder, finish, read_recording
from assistant.errors import RecordingError, SealingError
from assistant.sealing import keys
from assistant.sealing.keys import HEADER_BYTES, FileKey, HistoryKey, is_sealed
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel
from tests.small_disk import small_disk

YOU = Channel.YOU
on_disk = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What is done to a file: so many samples are added, or silence up to so many more.
steps = st.lists(st.tuples(st.sampled_from(["append", "extend"]), st.integers(0, 5000)), max_size=8)


@pytest.fixture
def key() -> Iterator[FileKey]:
    history = HistoryKey(os.urandom(16), os.urandom(32))
    keys.remember(history)
    yield history.for_new_file()
    keys.forget_all()


def counting(first: int, count: int) -> NDArray[np.int16]:
    return (np.arange(first, first + count) % 30_000 + 1).astype(np.int16)


def write(
    folder: Path, key: FileKey | None, steps: list[tuple[str, int]], *, goes_on: bool = False
) -> NDArray[np.int16]:
    """What the file must hold from where it stood."""
    sound = open_raw(folder, YOU, key, goes_on=goes_on)
    parts = [np.zeros(0, np.int16)]
    for kind, count in steps:
        if kind == "append":
            parts.append(counting(sound.samples, count))
            sound.append(parts[-1])
        else:
            parts.append(np.zeros(count, np.int16))
            sound.extend(sound.samples + count)
    os.close(sound.descriptor)
    return np.concatenate(parts)


def read(folder: Path, position: int = 0, count: int = 1 << 20) -> NDArray[np.int16]:
    return read_raw(raw_path(folder, YOU), YOU, position, count)


@on_disk
@given(first=steps, then=steps, position=st.integers(0, 9000), count=st.integers(0, 4000))
def test_it_holds_what_a_plain_one_holds_also_when_another_recorder_went_on(
    tmp_path: Path, key: FileKey, first: list[tuple[str, int]], then: list[tuple[str, int]], position: int, count: int
) -> None:
    raw_path(tmp_path, YOU).unlink(missing_ok=True)
    truth = np.concatenate((write(tmp_path, key, first), write(tmp_path, key, then, goes_on=True)))
    assert count_samples(raw_path(tmp_path, YOU), YOU) == len(truth)
    assert np.array_equal(read(tmp_path), truth)
    assert np.array_equal(read(tmp_path, position, count), truth[position : position + count])


@on_disk
@given(length=st.integers(0, 6000), cut=st.integers(0, 3 * SLOT_BYTES), torn=st.booleans())
def test_a_kill_at_any_byte_costs_a_tenth_of_a_second_and_the_recording_goes_on(
    tmp_path: Path, key: FileKey, length: int, cut: int, torn: bool
) -> None:
    path = raw_path(tmp_path, YOU)
    path.unlink(missing_ok=True)
    truth = write(tmp_path, key, [("append", length)])
    data = path.read_bytes()
    kept = data[: max(0, len(data) - cut)]
    if torn and len(kept) > HEADER_BYTES:  # the end of it never reached the disk
        kept = kept[:-1] + bytes([kept[-1] ^ 1])
    path.write_bytes(kept)
    count = count_samples(path, YOU)
    lost = -(-cut // SLOT_BYTES) + torn
    assert count >= min(length, max(0, length - lost * SLOT_SAMPLES))
    assert np.array_equal(read(tmp_path)[:count], truth[:count])
    added = write(tmp_path, key, [("append", 700)], goes_on=True)
    assert np.array_equal(read(tmp_path), np.concatenate((truth[:count], added)))


@pytest.mark.parametrize("kept_bytes", [1, 7, 20, HEADER_BYTES - 1])
def test_a_kill_within_the_header_leaves_an_empty_recording_that_goes_on(
    tmp_path: Path, key: FileKey, kept_bytes: int
) -> None:
    write(tmp_path, key, [("append", 1)])
    path = raw_path(tmp_path, YOU)
    path.write_bytes(path.read_bytes()[:kept_bytes])
    assert count_samples(path, YOU) == len(read(tmp_path)) == 0
    added = write(tmp_path, key, [("append", 700)], goes_on=True)
    assert np.array_equal(read(tmp_path), added)


def test_a_damaged_place_is_a_tenth_of_a_second_of_silence_and_no_more(tmp_path: Path, key: FileKey) -> None:
    truth = write(tmp_path, key, [("append", 5 * SLOT_SAMPLES)])
    data = bytearray(raw_path(tmp_path, YOU).read_bytes())
    data[HEADER_BYTES + 2 * SLOT_BYTES + 99] ^= 1
    raw_path(tmp_path, YOU).write_bytes(data)
    truth[2 * SLOT_SAMPLES : 3 * SLOT_SAMPLES] = 0
    assert np.array_equal(read(tmp_path), truth)


def test_slots_cannot_be_moved_within_a_call(tmp_path: Path, key: FileKey) -> None:
    write(tmp_path, key, [("append", 2 * SLOT_SAMPLES)])
    data = raw_path(tmp_path, YOU).read_bytes()
    head, one, other = data[:HEADER_BYTES], data[HEADER_BYTES:-SLOT_BYTES], data[-SLOT_BYTES:]
    raw_path(tmp_path, YOU).write_bytes(head + other + one)
    assert not read(tmp_path).any()
    raw_path(tmp_path, Channel.THEM).write_bytes(data)
    assert not read_raw(raw_path(tmp_path, Channel.THEM), Channel.THEM, 0, SLOT_SAMPLES).any()


def test_a_damaged_header_keeps_the_sound_instead_of_packing_silence(tmp_path: Path, key: FileKey) -> None:
    write(tmp_path, key, [("append", 5000)])
    path = raw_path(tmp_path, YOU)
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="beginning is damaged"):
        finish(tmp_path)
    assert path.read_bytes() == data
    data[40] ^= 1
    path.write_bytes(data)
    assert finish(tmp_path) == tmp_path / "call.flac"


def test_the_same_frame_twice_is_never_the_same_bytes(tmp_path: Path, key: FileKey) -> None:
    """A slot is sealed anew with each frame: no nonce may come twice."""
    sound = open_raw(tmp_path, YOU, key, goes_on=False)
    seen = set()
    for number in range(SLOT_SAMPLES // 160):
        sound.append(counting(160 * number, 160))
        seen.add(raw_path(tmp_path, YOU).read_bytes()[HEADER_BYTES : HEADER_BYTES + keys.NONCE_BYTES])
    os.close(sound.descriptor)
    assert len(seen) == SLOT_SAMPLES // 160


def test_a_recorder_with_the_wrong_key_does_not_go_on_and_nothing_is_changed(tmp_path: Path, key: FileKey) -> None:
    write(tmp_path, key, [("append", 3000)])
    before = raw_path(tmp_path, YOU).read_bytes()
    with pytest.raises(RecordingError, match="another key"):
        CrashSafeRecorder(tmp_path, (YOU,), goes_on=True, key=HistoryKey(b"x" * 16, b"y" * 32).for_new_file())
    assert raw_path(tmp_path, YOU).read_bytes() == before
    keys.forget_all()
    with pytest.raises(SealingError, match="locked"):
        read(tmp_path)


def test_a_full_disk_keeps_all_before_and_sound_goes_on_once_there_is_room(tmp_path: Path, key: FileKey) -> None:
    with small_disk(tmp_path / "disk") as disk:
        recorder = CrashSafeRecorder(disk.folder / "call", (YOU,), key=key)
        recorder.write(AudioFrame(YOU, 0.0, counting(0, SAMPLE_RATE_HZ)))
        disk.leave(8192 if disk.is_mounted else 40_000)
        with pytest.raises(RecordingError, match="disk"):
            for second in range(1, 9):
                recorder.write(AudioFrame(YOU, float(second), counting(second * SAMPLE_RATE_HZ, SAMPLE_RATE_HZ)))
        kept = next(read_recording(disk.folder / "call").blocks())[:, 0]
        assert len(kept) >= SAMPLE_RATE_HZ
        assert np.array_equal(kept, counting(0, len(kept)))
        disk.leave(4_000_000)
        recorder.write(AudioGap(YOU, len(kept) / SAMPLE_RATE_HZ, 12.0, "the disk was full"))
        recorder.write(AudioFrame(YOU, 12.0, counting(0, 1600)))
        recorder.close()
        path = finish(disk.folder / "call")
        assert path is not None
        assert is_sealed(path)
        heard = np.concatenate(list(read_recording(path).blocks()))[:, 0]
        assert np.array_equal(heard[: len(kept)], kept)
        assert np.array_equal(heard[12 * SAMPLE_RATE_HZ :], counting(0, 1600))


def test_a_disk_without_room_to_pack_keeps_the_raw_sound_and_says_so_once(
    tmp_path: Path, key: FileKey, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 20 * SAMPLE_RATE_HZ).astype(np.int16)
    with small_disk(tmp_path / "disk") as disk:
        folder = disk.folder / "call"
        recorder = CrashSafeRecorder(folder, (YOU,), key=key)
        recorder.write(AudioFrame(YOU, 0.0, noise))
        recorder.close()
        disk.leave(100_000)
        with pytest.raises(RecordingError, match="could not be packed"):
            finish(folder)
        assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == ["you.pcm"]
        disk.leave(4_000_000)
        assert finish(folder) == folder / "call.flac"
        assert np.array_equal(np.concatenate(list(read_recording(folder).blocks()))[:, 0], noise)
    assert capfd.readouterr().err == ""  # libsndfile's callbacks print what is raised in them


@pytest.mark.parametrize("length", [HEADER_BYTES // 2, HEADER_BYTES, HEADER_BYTES + SLOT_BYTES])
def test_an_encrypted_file_is_never_gone_on_with_in_plain(tmp_path: Path, key: FileKey, length: int) -> None:
    write(tmp_path, key, [("append", 2 * SLOT_SAMPLES)])
    path = raw_path(tmp_path, YOU)
    os.truncate(path, length)
    before = path.read_bytes()
    with pytest.raises(SealingError, match="no key"):
        open_raw(tmp_path, YOU, None, goes_on=True)
    assert path.read_bytes() == before
