"""Devices that give what a test says, and what a channel makes of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture import LiveSource
from assistant.audio.capture.feed import Block
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, Status
from tests.waiting import PATIENCE_SECONDS

YOU, THEM = Channel.YOU, Channel.THEM


class ScriptedFeed:
    """Gives its blocks, then ends with `reason`, be it a text or any error, or stays silent without one."""

    description = "Headset"

    def __init__(self, blocks: list[Block], reason: str | Exception = "") -> None:
        self._blocks = list(blocks)
        self._end = CaptureError(reason) if isinstance(reason, str) and reason else reason
        self.is_closed = False
        self.spent = threading.Event()  # all of its sound was taken in

    def read(self) -> Block | None:
        if self._blocks:
            return self._blocks.pop(0)
        if isinstance(self._end, Exception):
            raise self._end
        self.spent.set()
        time.sleep(0.002)
        return None

    def close(self) -> None:
        self.is_closed = True


class ScriptedBackend:
    """Hands out its feeds in order; an error in between is a device that isn't there."""

    def __init__(self, **feeds: list[ScriptedFeed | Exception]) -> None:
        self._feeds = {Channel(name): list(items) for name, items in feeds.items()}
        self.waits_seconds: list[float] = []
        self._stopped = threading.Event()

    def attach(self, channel: Channel) -> ScriptedFeed:
        item = self._feeds[channel].pop(0) if self._feeds[channel] else ScriptedFeed([])
        if isinstance(item, Exception):
            raise item
        return item

    def wait_for_change(self, timeout_seconds: float) -> None:
        self.waits_seconds.append(timeout_seconds)

    def stop(self) -> None:
        self._stopped.set()


def blocks(start_seconds: float, seconds: float, value: int = 1000) -> list[Block]:
    """Sound of that length that began then, on an imagined clock."""
    return [Block(start_seconds + (n + 1) * 0.02, np.full(320, value, np.int16)) for n in range(round(seconds / 0.02))]


Item = AudioFrame | AudioGap | Status


def play(backend: ScriptedBackend, *channels: Channel, until: Callable[[list[Item]], bool]) -> list[Item]:
    source = LiveSource(backend, channels)
    items: list[Item] = []
    late = threading.Timer(PATIENCE_SECONDS, source.close)
    late.start()
    while not until(items) and (item := source.read()) is not None:
        items.append(item)
    late.cancel()
    source.close()
    assert until(items), "it did not come about"
    return items


def frames(items: list[Item], channel: Channel) -> list[AudioFrame]:
    return [item for item in items if isinstance(item, AudioFrame) and item.channel is channel]


def heard(items: list[Item], channel: Channel) -> NDArray[np.int16]:
    """All sound of a channel, gaps left out."""
    return np.concatenate([np.zeros(0, np.int16), *(frame.samples for frame in frames(items, channel))])


def has_heard(channel: Channel, seconds: float) -> Callable[[list[Item]], bool]:
    return lambda items: len(heard(items, channel)) >= round(seconds * SAMPLE_RATE_HZ)


def gaps(items: list[Item]) -> list[AudioGap]:
    return [item for item in items if isinstance(item, AudioGap)]
