"""Which transcripts `depthcue transcribe` has made of which recordings.

A file's name does not tell: `call.wav` and `call.mp4` may lie side by side, a transcript may have been corrected by
hand since, and `call.md` may be notes that somebody wrote. So what was made is kept in a register, and nothing else is
ever taken for done, or replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.plain import plain

NAME = "transcripts.json"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # in Windows; a slash everywhere


@dataclass(frozen=True, slots=True)
class Making:
    """What a transcript was made of, and how: a different one of these makes a different transcript."""

    recording: str  # absolute
    size_bytes: int
    changed_ns: int
    channels: str
    you: str
    speech: str = ""  # stands for the language and the glossary that were asked for


@dataclass(frozen=True, slots=True)
class Made:
    making: Making
    model: str
    sha256: str  # of the file as it was written


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the transcripts of a recording are or will be, one a format, and which of them are not made yet."""

    targets: tuple[Path, ...]
    missing: tuple[Path, ...]


def making_of(recording: Path, channels: str, you: str, speech: str = "") -> Making:
    """Raises OSError where the recording can't be found."""
    status = recording.stat()
    return Making(str(recording.resolve()), status.st_size, status.st_mtime_ns, channels, you, speech)


class Register:
    """The register in `folder`. One that can't be read is as good as empty: the transcripts are made once more."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def plan(self, making: Making, folder: Path, formats: Iterable[str], model: str) -> Plan:
        """`model` is the one that was asked for by its name; empty takes any for good."""
        entries = self._read()
        for stem in _stems(Path(making.recording)):
            targets = tuple(folder / f"{stem}.{name}" for name in formats)
            found = [_state(target, entries.get(_key(target)), making, model) for target in targets]
            if all(state is not None for state in found):
                return Plan(targets, tuple(t for t, is_made in zip(targets, found, strict=True) if not is_made))
        raise AssertionError("numbers do not end")

    def note(self, target: Path, making: Making, model: str) -> None:
        """Remember that `target` has just been made. Raises OSError where the register can't be written."""
        entry = Made(making, model, _digest(target))
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self._path.with_suffix(".lock"), mode=0o600):
            entries = {key: made for key, made in self._read().items() if Path(key).exists()}
            entries[_key(target)] = entry
            part = self._path.with_suffix(".part")
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({key: asdict(made) for key, made in entries.items()}, file, indent=1)
            part.replace(self._path)

    def _read(self) -> dict[str, Made]:
        try:
            table = json.loads(self._path.read_text(encoding="utf-8"))
            return {key: _made(value) for key, value in table.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


def _stems(recording: Path) -> Iterator[str]:
    """Names for the transcripts: the recording's without its ending, and with it where another one took that."""
    yield _clean(recording.stem)
    name = _clean(recording.name)
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def _clean(name: str) -> str:
    """As a name of a file of ours: what steers a terminal or a reader stays out of it."""
    return " ".join(_FORBIDDEN.sub(" ", plain(name).replace("\ufffd", " ")).split()).lstrip("-") or "recording"


def _state(target: Path, made: Made | None, making: Making, model: str) -> bool | None:
    """True where it is made, False where it may be written, None where something else has its place."""
    if not target.exists():
        return None if target.is_symlink() else False
    if made is None or made.making.recording != making.recording:
        return None
    if made.making == making and model in ("", made.model):
        return True
    try:
        return False if _digest(target) == made.sha256 else None  # who has worked on it shall keep that
    except OSError:
        return None


def _key(target: Path) -> str:
    return str(target.parent.resolve() / target.name)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _made(value: Mapping[str, Any]) -> Made:
    return Made(Making(**value["making"]), str(value["model"]), str(value["sha256"]))
