"""Hands every event of a call to all sinks, stamped and one at a time. Called from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from assistant.errors import AssistantError
from assistant.ports import Sink
from assistant.values import Event, Stamped


class Publisher:
    """`clock_seconds` gives the position of the call's clock."""

    def __init__(self, sinks: Sequence[Sink], clock_seconds: Callable[[], float]) -> None:
        self._sinks = sinks
        self._clock_seconds = clock_seconds
        self._one_at_a_time = threading.Lock()
        self._started_wall: float | None = None
        self._is_closed = False

    def start(self) -> None:
        """The first sound: wall times count from here."""
        self._started_wall = time.monotonic()

    @property
    def has_started(self) -> bool:
        return self._started_wall is not None

    def publish(self, event: Event) -> bool:
        """False: the sinks are closed, and none of them gets it."""
        with self._one_at_a_time:
            if self._is_closed:
                return False
            wall_seconds = time.monotonic() - self._started_wall if self._started_wall is not None else 0.0
            stamped = Stamped(event, round(self._clock_seconds(), 3), round(wall_seconds, 3))
            for sink in self._sinks:
                sink.next(stamped)
            return True

    def publish_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.publish(event)

    def close(self) -> list[AssistantError]:
        """Close all sinks, in order; from now on none of them gets an event. Returns what failed at it."""
        with self._one_at_a_time:
            self._is_closed = True
        failures = []
        for sink in self._sinks:
            try:
                sink.close()
            except AssistantError as error:
                failures.append(error)
        return failures
