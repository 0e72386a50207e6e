"""Heights of rows of which most were never laid out: estimated until they are seen. No Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class RowHeights:
    """Rows one below the other, from 0 pixels on."""

    def __init__(self, estimates: Iterable[float] = ()) -> None:
        self._heights = list(estimates)
        self._measured = [False] * len(self._heights)
        self._tops: list[float] | None = None  # of all rows and of the end; made anew after a change

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> float:
        return self._all_tops()[-1]

    def top(self, row: int) -> float:
        """Of row `len(self)`: the end."""
        return self._all_tops()[row]

    def height(self, row: int) -> float:
        return self._heights[row]

    def insert(self, row: int, estimate: float) -> None:
        if row == len(self._heights) and self._tops is not None:
            self._tops.append(self._tops[-1] + estimate)
        else:
            self._tops = None
        self._heights.insert(row, estimate)
        self._measured.insert(row, False)

    def remove(self, row: int) -> None:
        del self._heights[row], self._measured[row]
        self._tops = None

    def is_measured(self, row: int) -> bool:
        return self._measured[row]

    def measure(self, row: int, height: float) -> float:
        """Now it is known; how much higher it is than was thought."""
        grown, self._heights[row], self._measured[row] = height - self._heights[row], height, True
        if row == len(self._heights) - 1 and self._tops is not None:
            self._tops[-1] += grown
        elif grown:
            self._tops = None
        return grown

    def forget(self, row: int) -> None:
        """It has other text; its height is a guess again."""
        self._measured[row] = False

    def between(self, top: float, bottom: float) -> range:
        """The rows of which something lies between two positions."""
        tops = self._all_tops()
        return range(max(0, bisect_right(tops, top) - 1), min(len(self._heights), bisect_right(tops, bottom)))

    def row_at(self, y: float) -> int | None:
        tops = self._all_tops()
        return bisect_right(tops, y) - 1 if 0 <= y < tops[-1] else None

    def _all_tops(self) -> list[float]:
        if self._tops is None:
            self._tops = [0.0, *accumulate(self._heights)]
        return self._tops
