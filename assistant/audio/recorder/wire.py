"""What the recording process and the program say to each other, over the two ends of a pair of pipes.

The program writes one command a line, as JSON. The process answers with messages: a header of fixed size and a
payload, the samples of a frame or JSON. All numbers are little endian.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, BinaryIO

import numpy as np

from assistant.audio.raw_sound import SAMPLE_TYPE
from assistant.errors import AssistantError, CaptureError, RecordingError
from assistant.values import AudioFrame, AudioGap, Channel, State, Status

_HEADER = struct.Struct("<BBxxId")  # kind, channel, length of the payload, start of a frame in seconds
_CHANNELS = tuple(Channel)
_ERRORS: dict[str, type[AssistantError]] = {kind.__name__: kind for kind in (CaptureError, RecordingError)}


class Kind(IntEnum):
    FRAME = 1
    GAP = 2
    STATUS = 3
    FACT = 4  # an answer to a command, or what a successor would need to know
    ERROR = 5
    END = 6  # the recording is closed


@dataclass(frozen=True, slots=True)
class Fact:
    """`values` holds text, numbers and lists of text."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class End:
    """Nothing follows, and nothing is missing."""


Message = AudioFrame | AudioGap | Status | Fact | AssistantError | End


def encode(message: Message) -> bytes:
    """A message as it goes through the pipe."""
    match message:
        case AudioFrame(channel=channel, start_seconds=start_seconds, samples=samples):
            sound = samples.astype(SAMPLE_TYPE, copy=False).tobytes()
            return _HEADER.pack(Kind.FRAME, _CHANNELS.index(channel), len(sound), start_seconds) + sound
        case AudioGap():
            return _packed(Kind.GAP, asdict(message))
        case Status():
            return _packed(Kind.STATUS, asdict(message))
        case Fact(values=values):
            return _packed(Kind.FACT, values)
        case AssistantError():
            return _packed(Kind.ERROR, {"kind": type(message).__name__, "text": str(message)})
        case End():
            return _packed(Kind.END, {})


def _packed(kind: Kind, values: dict[str, Any]) -> bytes:
    payload = json.dumps(values).encode()
    return _HEADER.pack(kind, 0, len(payload), 0.0) + payload


def receive(pipe: BinaryIO) -> Message | None:
    """Wait for the next message; None once the other side is gone, a message that it did not end included."""
    header = pipe.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, channel, length, start_seconds = _HEADER.unpack(header)
    payload = pipe.read(length)
    if len(payload) < length:
        return None
    if kind == Kind.FRAME:
        return AudioFrame(_CHANNELS[channel], start_seconds, np.frombuffer(payload, SAMPLE_TYPE))
    return _message(Kind(kind), json.loads(payload))


def _message(kind: Kind, values: dict[str, Any]) -> Message:
    match kind:
        case Kind.GAP:
            return AudioGap(**{**values, "channel": Channel(values["channel"])})
        case Kind.STATUS:
            channel = None if values["channel"] is None else Channel(values["channel"])
            return Status(**{**values, "state": State(values["state"]), "channel": channel})
        case Kind.ERROR:
            return _ERRORS.get(values["kind"], CaptureError)(values["text"])
        case Kind.END:
            return End()
        case _:
            return Fact(values)
