"""The tones that both sides play."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.values import Channel
from tests.assistant.audio.capture.listening import CALL_HZ, MICROPHONE_HZ, THEM, TONE_AMPLITUDE, YOU


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> dict[Channel, Path]:
    """A steady tone for each side, long enough for any test."""
    folder = tmp_path_factory.mktemp("tones")
    times = np.arange(90 * 48_000) / 48_000
    files = {YOU: folder / "microphone.wav", THEM: folder / "call.wav"}
    for channel, pitch_hz in ((YOU, MICROPHONE_HZ), (THEM, CALL_HZ)):
        soundfile.write(files[channel], TONE_AMPLITUDE * np.sin(2 * np.pi * pitch_hz * times), 48_000)
    return files
