"""Work on a recording that may be given up: a call needs the cores, or the program ends."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import AssistantError
from assistant.ports import AudioSource
from assistant.values import AudioFrame, AudioGap, Channel, Status


class CancelledError(AssistantError):
    """Nobody waits for it any more."""


class Cancellable:
    """A source that fails with `CancelledError` once nobody wants it any more."""

    def __init__(self, source: AudioSource, is_cancelled: Callable[[], bool]) -> None:
        self._source = source
        self._is_cancelled = is_cancelled

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._source.channels

    @property
    def duration_seconds(self) -> float | None:
        return self._source.duration_seconds

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if self._is_cancelled():
            raise CancelledError("The program was closed.")
        return self._source.read()

    def close(self) -> None:
        self._source.close()
