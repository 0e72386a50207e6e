"""A source around another one: what listens in, holds up or ends what passes says only that."""

from __future__ import annotations

from assistant.ports import AudioSource
from assistant.values import AudioFrame, AudioGap, Channel, Status


class SourceAround:
    """Implements `assistant.ports.AudioSource` by passing everything through."""

    def __init__(self, source: AudioSource) -> None:
        self._source = source

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._source.channels

    @property
    def duration_seconds(self) -> float | None:
        return self._source.duration_seconds

    def read(self) -> AudioFrame | AudioGap | Status | None:
        return self._source.read()

    def close(self) -> None:
        self._source.close()
