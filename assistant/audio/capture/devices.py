"""What can be listened to, in the words that a user chooses it by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    MICROPHONE = "microphone"
    CALL_OUTPUT = "call output"  # what plays the call: loudspeakers, a headset
    PROGRAM = "program"  # a program that plays sound now


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is stable over restarts and is what settings keep; `description` is what people know it by."""

    name: str
    description: str
    kind: DeviceKind
    is_default: bool
