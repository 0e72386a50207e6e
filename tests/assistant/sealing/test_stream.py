"""The sealed format: what goes in comes out, from anywhere, and whatever is changed in it is found out."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import SealingError
from assistant.sealing import keys
from assistant.sealing.files import convert_file
from assistant.sealing.keys import HEADER_BYTES, HistoryKey, is_sealed
from assistant.sealing.stream import CHUNK_BYTES, SealingFile, UnsealedFile

lengths = st.one_of(
    st.integers(0, 300),
    st.builds(lambda chunks, more: max(0, chunks * CHUNK_BYTES + more), st.integers(0, 3), st.integers(-2, 2)),
)
on_disk = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def key() -> Iterator[HistoryKey]:
    made = HistoryKey(os.urandom(16), os.urandom(32))
    keys.remember(made)
    yield made
    keys.forget_all()


def seal(path: Path, key: HistoryKey, data: bytes, step: int = CHUNK_BYTES) -> Path:
    path.unlink(missing_ok=True)
    with SealingFile(path, key.for_new_file()) as file:
        for start in range(0, len(data), step):
            file.write(data[start : start + step])
    return path


def unsealed(path: Path) -> bytes:
    with io.BufferedReader(UnsealedFile(path)) as file:
        return file.read()


@on_disk
@given(
    length=lengths, step=st.sampled_from([777, CHUNK_BYTES - 1, CHUNK_BYTES, 3 * CHUNK_BYTES]), place=st.floats(0, 1)
)
def test_what_is_sealed_is_read_back_from_its_beginning_and_from_anywhere(
    tmp_path: Path, key: HistoryKey, length: int, step: int, place: float
) -> None:
    data = os.urandom(length)
    path = seal(tmp_path / "sealed", key, data, step)
    assert unsealed(path) == data
    with io.BufferedReader(UnsealedFile(path)) as file:
        assert file.seek(0, os.SEEK_END) == length
        file.seek(start := round(place * length))
        assert file.read(999) == data[start : start + 999]
    assert length < 8 or data not in path.read_bytes()


@on_disk
@given(length=st.sampled_from([1, 1000, CHUNK_BYTES, CHUNK_BYTES + 5]), place=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_single_changed_bit_anywhere_is_found_out(
    tmp_path: Path, key: HistoryKey, length: int, place: float, bit: int
) -> None:
    path = seal(tmp_path / "sealed", key, bytes(length))
    data = bytearray(path.read_bytes())
    data[min(int(place * len(data)), len(data) - 1)] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(SealingError):
        unsealed(path)


@on_disk
@given(length=lengths, cut=st.integers(1, 2 * CHUNK_BYTES))
def test_a_file_that_is_cut_off_is_found_out(tmp_path: Path, key: HistoryKey, length: int, cut: int) -> None:
    path = seal(tmp_path / "sealed", key, os.urandom(length))
    data = path.read_bytes()
    path.write_bytes(data[: max(0, len(data) - cut)])
    with pytest.raises(SealingError):
        unsealed(path)


def test_chunks_of_equal_files_differ_and_cannot_change_places(tmp_path: Path, key: HistoryKey) -> None:
    data = bytes(3 * CHUNK_BYTES)
    one, other = (seal(tmp_path / name, key, data).read_bytes() for name in ("one", "other"))
    assert one[HEADER_BYTES:] != other[HEADER_BYTES:]
    size = CHUNK_BYTES + keys.TAG_BYTES
    head, chunks = one[:HEADER_BYTES], [one[HEADER_BYTES + n * size : HEADER_BYTES + (n + 1) * size] for n in range(3)]
    (tmp_path / "one").write_bytes(head + chunks[1] + chunks[0] + chunks[2])
    with pytest.raises(SealingError, match="damaged"):
        unsealed(tmp_path / "one")


def test_a_damaged_chunk_leaves_the_others_readable(tmp_path: Path, key: HistoryKey) -> None:
    data = os.urandom(3 * CHUNK_BYTES)
    path = seal(tmp_path / "sealed", key, data)
    sealed = bytearray(path.read_bytes())
    sealed[HEADER_BYTES + CHUNK_BYTES + 100] ^= 1
    path.write_bytes(sealed)
    with UnsealedFile(path) as file:
        assert file.read(CHUNK_BYTES) == data[:CHUNK_BYTES]
        with pytest.raises(SealingError, match="damaged at 33 %"):
            file.read(1)
        file.seek(2 * CHUNK_BYTES)
        assert file.read(CHUNK_BYTES) == data[2 * CHUNK_BYTES :]


def test_the_beginning_can_be_written_again_until_the_end_as_flac_does(tmp_path: Path, key: HistoryKey) -> None:
    data = os.urandom(2 * CHUNK_BYTES + 9)
    with SealingFile(tmp_path / "sealed", key.for_new_file()) as file:
        file.write(data)
        file.seek(4)
        file.write(b"true length")
        file.seek(0, os.SEEK_END)
        file.write(b"end")
        file.seek(CHUNK_BYTES + 1)
        with pytest.raises(io.UnsupportedOperation):
            file.write(b"x")
    assert unsealed(tmp_path / "sealed") == data[:4] + b"true length" + data[15:] + b"end"


def test_without_the_key_nothing_is_read(tmp_path: Path, key: HistoryKey) -> None:
    path = seal(tmp_path / "sealed", key, b"what was said")
    keys.forget_all()
    with pytest.raises(SealingError, match="locked"):
        UnsealedFile(path)
    keys.remember(HistoryKey(key.id, os.urandom(32)))
    with pytest.raises(SealingError, match="damaged"):
        UnsealedFile(path)


def test_a_file_is_converted_in_its_place_or_stays_as_it_is(tmp_path: Path, key: HistoryKey) -> None:
    data = os.urandom(200_000)
    path = tmp_path / "call.flac"
    path.write_bytes(data)
    (tmp_path / "call.flac.part").write_bytes(b"of a run that was killed")
    convert_file(path, key.for_new_file())
    assert is_sealed(path)
    assert path.stat().st_mode & 0o777 == 0o600
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(SealingError, match="damaged"):
        convert_file(path, None)
    assert path.read_bytes() == sealed
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    convert_file(path, None)
    assert path.read_bytes() == data
    assert [file.name for file in tmp_path.iterdir()] == ["call.flac"]
