"""Work on a recording that may be given up: a call needs the cores, or the program ends."""

from __future__ import annotations

from collections.abc import Callable

from assistant.audio.around import SourceAround
from assistant.errors import AssistantError
from assistant.ports import AudioSource
from assistant.values import AudioFrame, AudioGap, Status


class CancelledError(AssistantError):
    """Nobody waits for it any more."""


class Cancellable(SourceAround):
    """A source that fails with `CancelledError` once nobody wants it any more."""

    def __init__(self, source: AudioSource, is_cancelled: Callable[[], bool]) -> None:
        super().__init__(source)
        self._is_cancelled = is_cancelled

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if self._is_cancelled():
            raise CancelledError("The program was closed.")
        return super().read()
