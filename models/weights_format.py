"""CTranslate2's file of weights (its `model_spec.py`), variable by variable, without reading their data."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

OLDEST_SIZED_FORMAT = 4  # since then each variable says its size in bytes


@dataclass(frozen=True, slots=True)
class Variable:
    """Its shape stands in the file from `shape_at` on, four bytes for each number, and then one byte for its type, four
    for `size_bytes`, and the data."""

    name: str
    shape: tuple[int, ...]
    shape_at: int
    data_at: int
    size_bytes: int


def whisper_variables(file: BinaryIO) -> Iterator[Variable]:
    """The variables of a Whisper model, in the order of the file; none for formats that do not say where they end.

    Raises:
        ValueError: it is another model. EOFError: it ends early.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    (version,) = _unpack(file, "<I")
    if not 2 <= version < 100:
        raise ValueError("it does not begin as model files do")
    if _text(file) != "WhisperSpec":
        raise ValueError("it holds another kind of model")
    _, variables = _unpack(file, "<II")
    if version < OLDEST_SIZED_FORMAT:
        return
    for _ in range(variables):
        name = _text(file)
        (rank,) = _unpack(file, "<B")
        shape_at = file.tell()
        *shape, _, size_bytes = _unpack(file, f"<{rank}IBI")
        data_at = file.tell()
        if file.seek(size_bytes, os.SEEK_CUR) > size:
            raise EOFError(f"it ends after {size:,} bytes, in the middle of its weights")
        yield Variable(name, tuple(shape), shape_at, data_at, size_bytes)


def _text(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<H")
    return _exactly(file, length).rstrip(b"\0").decode("utf-8")


def _unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, _exactly(file, struct.calcsize(layout)))


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError("it ends early")
    return data
