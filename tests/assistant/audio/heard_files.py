"""What is heard of a recording."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.files import FRAME_SECONDS, FileSource
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State
from tests.assistant.audio.recordings import tone

YOU, THEM = Channel.YOU, Channel.THEM
LEFT_HZ, RIGHT_HZ = 440.0, 660.0


def stereo(seconds: float = 2.0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return tone(LEFT_HZ, seconds), tone(RIGHT_HZ, seconds, off_seconds=seconds / 2)


def read_all(source: FileSource) -> tuple[dict[Channel, NDArray[np.int16]], list[str]]:
    """The sound of each channel and what was said; frames must be contiguous and side by side."""
    sound: dict[Channel, list[NDArray[np.int16]]] = {channel: [] for channel in source.channels}
    ends = dict.fromkeys(source.channels, 0.0)
    messages = []
    while (item := source.read()) is not None:
        if not isinstance(item, AudioFrame):
            assert item.state is State.WARNING
            messages.append(item.message)
            continue
        assert item.samples.dtype == np.int16
        assert 0 < len(item.samples) <= FRAME_SECONDS * 16_000
        assert item.start_seconds == pytest.approx(ends[item.channel], abs=1e-9)
        ends[item.channel] = item.end_seconds
        assert max(ends.values()) - min(ends.values()) < 0.021
        sound[item.channel].append(item.samples)
    source.close()
    return {channel: np.concatenate(parts) for channel, parts in sound.items()}, messages


def pitch(samples: NDArray[np.int16]) -> float:
    """Of the loudest tone."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE_HZ / len(samples)
