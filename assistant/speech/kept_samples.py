"""The newest samples of a stream, found by their numbers. Pure; whoever feeds it owns it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.int16, np.float32)
_FIRST_CAPACITY = 1 << 15  # two seconds


class KeptSamples(Generic[_Number]):
    """Samples come at the end and are forgotten at the beginning; each is copied a constant number of times, however
    many are kept. `start` is the number of the first that is kept, `end` that of the next to come."""

    def __init__(self, kind: type[_Number]) -> None:
        self._room: NDArray[Any] = np.zeros(_FIRST_CAPACITY, kind)
        self._first = 0  # place in the room
        self._length = 0
        self.start = 0

    @property
    def end(self) -> int:
        return self.start + self._length

    def append(self, samples: NDArray[_Number]) -> None:
        if self._first + self._length + len(samples) > len(self._room):
            self._make_room(self._length + len(samples))
        at = self._first + self._length
        self._room[at : at + len(samples)] = samples
        self._length += len(samples)

    def between(self, begin: int, end: int) -> NDArray[_Number]:
        """(end - begin,), or fewer where some are not kept; to be used before the next `append`."""
        held: NDArray[_Number] = self._room[self._place(begin) : self._place(end)]
        return held

    def forget_before(self, number: int) -> None:
        gone = min(max(0, number - self.start), self._length)
        self._first += gone
        self._length -= gone
        self.start += gone

    def jump(self, number: int) -> None:
        """Go on there; what was before is forgotten."""
        self._first = self._length = 0
        self.start = number

    def _place(self, number: int) -> int:
        return self._first + min(max(0, number - self.start), self._length)

    def _make_room(self, length: int) -> None:
        kept = self._room[self._first : self._first + self._length]
        capacity = len(self._room)
        while capacity < 2 * length:
            capacity *= 2
        room = np.zeros(capacity, self._room.dtype)
        room[: len(kept)] = kept
        self._room, self._first = room, 0
