"""Takes the call out of the microphone's sound, by the echo canceller of WebRTC (AEC3). The package is an extra."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError
from assistant.values import SAMPLE_RATE_HZ


class WebRtcEchoRemover:
    """Implements `assistant.ports.EchoRemover`; 60 microseconds for 10 ms of sound.

    Raises:
        ModelError: the package is not installed, or can't be loaded here.
    """

    def __init__(self) -> None:
        try:
            from pywebrtc_audio import EchoCanceller
        except ImportError as error:
            raise ModelError(
                "Echo can't be removed: the extra for it is not installed, or not made for this computer. What your "
                "microphone hears of the call is left out of your words all the same. Install it with "
                "pip install 'depthcue[echo]', or switch \"Remove echo\" off."
            ) from error
        self._canceller = EchoCanceller(SAMPLE_RATE_HZ)

    def remove(self, microphone: NDArray[np.float32], call: NDArray[np.float32]) -> NDArray[np.float32]:
        cleaned: NDArray[np.float32] = self._canceller.process(microphone, call)
        return cleaned
