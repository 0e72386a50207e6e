"""The sound of one channel while a call runs: a file that grows, readable whatever ends its writer at whatever byte.

Plain, it is raw samples (16 kHz, mono, 16 bit, little endian). Encrypted, it is a header and slots of equal size, each
a tenth of a second that is sealed by itself, so that here, too, a place in time is a place in the file. The slot that
is being filled is sealed anew with each frame, under a new random nonce. A slot that the kill of its writer tore apart
is not counted; one that was never written is silence, as a hole is in the plain file.

Each file belongs to one thread that writes. All raise OSError; what is encrypted raises SealingError, too, where its
key is not known or its header is damaged.
"""

from __future__ import annotations

import os
import struct
from abc import ABC, abstractmethod
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SealingError
from assistant.sealing.keys import (
    HEADER_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    FileKey,
    is_sealed_head,
    is_torn_head,
    key_of,
)
from assistant.values import Channel

BYTES_PER_SAMPLE = 2
SAMPLE_TYPE = np.dtype("<i2")
SLOT_SAMPLES = 1600
_COUNT = struct.Struct("<H")  # of the samples in a slot that were heard; the rest of it is zeros
_SOUND_BYTES = SLOT_SAMPLES * BYTES_PER_SAMPLE
SLOT_BYTES = NONCE_BYTES + _COUNT.size + _SOUND_BYTES + TAG_BYTES
_PLACE = struct.Struct("<Q")
_NOTHING: NDArray[np.int16] = np.zeros(0, np.int16)


def raw_path(folder: Path, channel: Channel) -> Path:
    return folder / f"{channel.value}.pcm"


class RawSound(ABC):
    """A file that is being written. After an error it can be used on: what is in it then is whole."""

    def __init__(self, path: Path, flags: int) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | flags | getattr(os, "O_BINARY", 0), 0o600)
        self.samples = 0

    @abstractmethod
    def append(self, samples: NDArray[np.int16]) -> None: ...

    @abstractmethod
    def extend(self, samples: int) -> None:
        """Silence up to `samples`. A hole in the file: a night of sleep costs no disk and no time."""

    @abstractmethod
    def settle(self) -> None:
        """Leave out what a full disk or a kill has half written at the end."""


def open_raw(folder: Path, channel: Channel, key: FileKey | None, *, goes_on: bool) -> RawSound:
    """Start a file, encrypted where there is a `key`; or go on with the one that is there, as it was begun."""
    path = raw_path(folder, channel)
    flags = 0 if goes_on else os.O_EXCL
    head = _head(path) if goes_on and path.exists() else b""
    is_sealed = is_sealed_head(head) or is_torn_head(head)
    if is_sealed and key is None:
        raise SealingError("it is encrypted, and there is no key to go on with it")
    is_plain = key is None or (head and not is_sealed)
    sound = _PlainSound(path, flags) if is_plain or key is None else _SealedSound(path, flags, channel, key)
    try:
        sound.settle()
    except (OSError, SealingError):
        os.close(sound.descriptor)
        if not goes_on:
            path.unlink()
        raise
    return sound


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_BYTES)


def count_samples(path: Path, channel: Channel) -> int:
    """How long the sound in a file is by now."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        size = os.fstat(file.fileno()).st_size
        if is_torn_head(header):
            return 0
        if not is_sealed_head(header):
            return size // BYTES_PER_SAMPLE
        slots = max(0, size - HEADER_BYTES) // SLOT_BYTES
        if not slots:
            return 0
        reader = _Slots(file, key_of(header), channel)
        return (slots - 1) * SLOT_SAMPLES + len(reader.read(slots - 1, _NOTHING))


def read_raw(path: Path, channel: Channel, position: int, count: int) -> NDArray[np.int16]:
    """`count` samples from `position` on, or as many as there are. A damaged slot is silence."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        if is_torn_head(header):
            return _NOTHING
        if not is_sealed_head(header):
            file.seek(position * BYTES_PER_SAMPLE)
            data = file.read(count * BYTES_PER_SAMPLE)
            return np.frombuffer(data, SAMPLE_TYPE, len(data) // BYTES_PER_SAMPLE).astype(np.int16, copy=False)
        reader = _Slots(file, key_of(header), channel)
        slots = (os.fstat(file.fileno()).st_size - HEADER_BYTES) // SLOT_BYTES
        first, beyond = position // SLOT_SAMPLES, -(-(position + count) // SLOT_SAMPLES)
        silence = np.zeros(SLOT_SAMPLES, np.int16)
        pieces = [reader.read(number, silence) for number in range(first, min(beyond, slots))]
    sound = np.concatenate([_NOTHING, *pieces])
    start = position - first * SLOT_SAMPLES
    return sound[start : start + count]


class _PlainSound(RawSound):
    def append(self, samples: NDArray[np.int16]) -> None:
        try:
            _write(self.descriptor, samples.astype(SAMPLE_TYPE, copy=False).tobytes())
        finally:
            self.settle()

    def extend(self, samples: int) -> None:
        if samples > self.samples:
            os.ftruncate(self.descriptor, samples * BYTES_PER_SAMPLE)
            os.lseek(self.descriptor, 0, os.SEEK_END)
            self.samples = samples

    def settle(self) -> None:
        written = os.lseek(self.descriptor, 0, os.SEEK_END)
        if written % BYTES_PER_SAMPLE:
            os.ftruncate(self.descriptor, written - 1)
            os.lseek(self.descriptor, 0, os.SEEK_END)
        self.samples = written // BYTES_PER_SAMPLE


class _SealedSound(RawSound):
    def __init__(self, path: Path, flags: int, channel: Channel, key: FileKey) -> None:
        super().__init__(path, flags)
        self._path, self._channel, self._key = path, channel, key
        self._cipher = key.cipher()
        self._full = 0  # slots that nothing is added to any more
        self._filling = _NOTHING  # what is in the one behind them

    def append(self, samples: NDArray[np.int16]) -> None:
        try:
            while len(samples):
                room = SLOT_SAMPLES - len(self._filling)
                self._put(np.concatenate((self._filling, samples[:room])))
                samples = samples[room:]
        except OSError:
            self.settle()
            raise

    def extend(self, samples: int) -> None:
        if samples <= self.samples:
            return
        try:
            slots, rest = divmod(samples, SLOT_SAMPLES)
            if slots > self._full:
                if len(self._filling):
                    self._put(self._filled(SLOT_SAMPLES))
                os.ftruncate(self.descriptor, HEADER_BYTES + slots * SLOT_BYTES)
                self._full, self.samples = slots, slots * SLOT_SAMPLES
            if rest:
                self._put(self._filled(rest))
        except OSError:
            self.settle()
            raise

    def settle(self) -> None:
        size = os.fstat(self.descriptor).st_size
        if size < HEADER_BYTES:  # a new one, or one whose writer ended at once
            os.lseek(self.descriptor, 0, os.SEEK_SET)
            _write(self.descriptor, self._key.header)
            size = HEADER_BYTES
        slots = (size - HEADER_BYTES) // SLOT_BYTES
        last = _NOTHING
        with self._path.open("rb") as file:
            if file.read(HEADER_BYTES) != self._key.header:
                raise SealingError("it is encrypted with another key")
            reader = _Slots(file, self._key, self._channel)
            if slots and not len(last := reader.read(slots - 1, _NOTHING)):
                slots -= 1
        os.ftruncate(self.descriptor, HEADER_BYTES + slots * SLOT_BYTES)
        is_filling = 0 < len(last) < SLOT_SAMPLES
        self._full = slots - is_filling
        self._filling = last if is_filling else _NOTHING
        self.samples = self._full * SLOT_SAMPLES + len(self._filling)

    def _filled(self, count: int) -> NDArray[np.int16]:
        return np.concatenate((self._filling, np.zeros(count - len(self._filling), np.int16)))

    def _put(self, samples: NDArray[np.int16]) -> None:
        """Let the slot that is being filled hold `samples`."""
        sound = samples.astype(SAMPLE_TYPE, copy=False).tobytes().ljust(_SOUND_BYTES, b"\0")
        nonce = os.urandom(NONCE_BYTES)
        place = _place(self._key, self._channel, self._full)
        sealed = self._cipher.encrypt(nonce, _COUNT.pack(len(samples)) + sound, place)
        os.lseek(self.descriptor, HEADER_BYTES + self._full * SLOT_BYTES, os.SEEK_SET)
        _write(self.descriptor, nonce + sealed)
        self.samples = self._full * SLOT_SAMPLES + len(samples)
        is_full = len(samples) == SLOT_SAMPLES
        self._full += is_full
        self._filling = _NOTHING if is_full else samples


class _Slots:
    """Reads the slots of an encrypted file that is open behind its header."""

    def __init__(self, file: BinaryIO, key: FileKey, channel: Channel) -> None:
        self._file, self._key, self._channel = file, key, channel
        self._cipher = key.cipher()

    def read(self, number: int, if_damaged: NDArray[np.int16]) -> NDArray[np.int16]:
        """What was heard in a slot that is there."""
        from cryptography.exceptions import InvalidTag

        self._file.seek(HEADER_BYTES + number * SLOT_BYTES)
        data = self._file.read(SLOT_BYTES)
        if not any(data):
            return np.zeros(SLOT_SAMPLES, np.int16)
        try:
            opened = self._cipher.decrypt(
                data[:NONCE_BYTES], data[NONCE_BYTES:], _place(self._key, self._channel, number)
            )
        except InvalidTag:
            return if_damaged
        (count,) = _COUNT.unpack_from(opened)
        return np.frombuffer(opened, SAMPLE_TYPE, count, _COUNT.size).astype(np.int16, copy=False)


def _place(key: FileKey, channel: Channel, number: int) -> bytes:
    """What a slot is bound to: it can't be put anywhere else."""
    return key.header + _PLACE.pack(number) + channel.value.encode()


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
