"""What a backend gives to a channel: devices that come and go, and the sound of one while it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CaptureError
from assistant.values import Channel


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Sound as it arrived. `arrived_seconds` is `time.monotonic()` when its last sample was there."""

    arrived_seconds: float
    samples: NDArray[np.int16]  # (samples,) at 16 kHz
    notice: str = ""  # what a user should know of the device just now, as a sentence
    spoken: float | None = None  # samples that went into it, where it is not these: resamplers give by fits and starts


def reason_of(error: Exception) -> str:
    """Why nothing is heard, to stand behind "is not heard: ". One that nobody foresaw is named."""
    if isinstance(error, CaptureError):
        return str(error)
    return f"an error came up ({type(error).__name__}{f': {error}' if str(error) else ''})"


class Feed(Protocol):
    """One device while it is there. Used and closed by the thread that attached it."""

    description: str  # of the device

    def read(self) -> Block | None:
        """The next block, or None after a short wait without one.

        Raises:
            CaptureError: the device is gone, or what it gives is not certain to be this channel's voice. The text is
                the reason, to stand behind "is not heard: ".
        """
        ...

    def close(self) -> None: ...


class Backend(Protocol):
    """Knows which device each channel listens to. The channels' threads call `attach` and `wait_for_change`."""

    def attach(self, channel: Channel) -> Feed:
        """Start to listen. Raises CaptureError with the reason when the device isn't there now."""
        ...

    def wait_for_change(self, timeout_seconds: float) -> None:
        """Wait, but no longer than until devices come or go, or `stop` is called."""
        ...

    def stop(self) -> None:
        """End all waits and whatever the backend runs itself."""
        ...
