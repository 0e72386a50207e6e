"""Hands every event of a call to all sinks, stamped and one at a time. Called from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from assistant.ports import Sink
from assistant.values import Event, Stamped


class Publisher:
    """`clock_seconds` gives the position of the call's clock."""

    def __init__(self, sinks: Sequence[Sink], clock_seconds: Callable[[], float]) -> None:
        self._sinks = sinks
        self._clock_seconds = clock_seconds
        self._one_at_a_time = threading.Lock()
        self._started_wall: float | None = None

    def start(self) -> None:
        """The first sound: wall times count from here."""
        self._started_wall = time.monotonic()

    @property
    def has_started(self) -> bool:
        return self._started_wall is not None

    def publish(self, event: Event) -> None:
        with self._one_at_a_time:
            wall_seconds = time.monotonic() - self._started_wall if self._started_wall is not None else 0.0
            stamped = Stamped(event, round(self._clock_seconds(), 3), round(wall_seconds, 3))
            for sink in self._sinks:
                sink.next(stamped)

    def publish_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.publish(event)
