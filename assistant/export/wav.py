"""The sound itself: two channels, left you, right them, 16 kHz, 16 bit."""

from __future__ import annotations

import wave
from typing import BinaryIO

from assistant.audio.recording import read_recording
from assistant.call import Call
from assistant.errors import ExportError
from assistant.values import SAMPLE_RATE_HZ, Channel


def write(call: Call, file: BinaryIO) -> None:
    """Write the recording block by block: three hours need no more memory than ten seconds.

    Raises:
        ExportError: there is no recording.
        RecordingError: it can't be read.
        OSError: the file can't be written.
    """
    if call.audio is None:
        raise ExportError(f"The call {call.id} has no recording, so there is no wav to write. Choose other formats.")
    recording = read_recording(call.audio)
    with wave.open(file, "wb") as sound:
        sound.setnchannels(len(Channel))
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.setnframes(recording.length_samples)
        for block in recording.blocks():
            sound.writeframesraw(block.astype("<i2", copy=False).tobytes())
