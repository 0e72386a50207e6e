"""What a measured run leaves behind, as a file between its process and the one that compares."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.values import Channel, UpdateKind, Word
from benchmarks.streaming.metrics import Shown


@dataclass(frozen=True, slots=True)
class Decode:
    """One call of the model."""

    is_final: bool
    samples_seconds: float  # of the audio it was given
    began_seconds: float  # on the call's clock
    ended_seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """A call as one program lived through it in real time."""

    shown: list[Shown]
    cpu_seconds: float  # of the process and its children, from the first sound to the last text
    peak_bytes: int
    ended_seconds: float  # on the call's clock: when the last text was there
    decodes: list[Decode] = field(default_factory=list)
    machine_seconds: float = 0.0  # that all cores worked meanwhile, for this program and others; 0.0: not known
    behind_seconds: list[float] = field(default_factory=list)  # as often as the program said it was behind

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read(path: Path) -> Run:
    return run_of(json.loads(path.read_text(encoding="utf-8")))


def run_of(fields: dict[str, Any]) -> Run:
    """A run from what `asdict` made of it."""
    shown = [shown_of(entry) for entry in fields.pop("shown")]
    decodes = [Decode(**entry) for entry in fields.pop("decodes")]
    return Run(shown=shown, decodes=decodes, **fields)


def shown_of(entry: dict[str, Any]) -> Shown:
    """The same for a text."""
    kind, channel = UpdateKind(entry["kind"]), Channel(entry["channel"])
    return Shown(**{**entry, "kind": kind, "channel": channel, "words": tuple(Word(**word) for word in entry["words"])})
