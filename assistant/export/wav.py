"""The sound itself: two channels, left you, right them, 16 kHz, 16 bit."""

from __future__ import annotations

import wave
from typing import BinaryIO

from assistant.audio.recording import read_recording
from assistant.call import Call
from assistant.errors import ExportError
from assistant.plain import clock, plain
from assistant.values import SAMPLE_RATE_HZ, Channel

_BYTES_PER_SAMPLE = 2
# Sizes in the file are of 32 bits, and the one of the whole counts 36 bytes beside the sound.
_MOST_SAMPLES = (2**32 - 1 - 36) // (_BYTES_PER_SAMPLE * len(Channel))


def write(call: Call, file: BinaryIO) -> None:
    """Write the recording block by block: three hours need no more memory than ten seconds.

    Raises:
        ExportError: there is no recording, or it is longer than a wav file can be.
        RecordingError: it can't be read.
        OSError: the file can't be written.
    """
    if call.audio is None:
        raise ExportError(f"The call {call.id} has no recording, so there is no wav to write. Choose other formats.")
    recording = read_recording(call.audio)
    if recording.length_samples > _MOST_SAMPLES:
        raise ExportError(
            f"The call {call.id} is {clock(recording.length_seconds)} long, and a wav file holds "
            f"{clock(_MOST_SAMPLES / SAMPLE_RATE_HZ)} at most. All of its sound is in {plain(str(call.audio))}, a FLAC "
            "file that most players open: copy that file. Where the calls are encrypted, decrypt them first."
        )
    with wave.open(file, "wb") as sound:
        sound.setnchannels(len(Channel))
        sound.setsampwidth(_BYTES_PER_SAMPLE)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.setnframes(recording.length_samples)
        for block in recording.blocks():
            sound.writeframesraw(block.astype("<i2", copy=False).tobytes())
