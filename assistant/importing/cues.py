"""The frame that WebVTT and SubRip share: timing lines, what stands before them and what stands under them.

The files are read by their timing lines, not by their blank lines: programs forget blank lines between cues and put
them into cues.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.importing.clock import is_millisecond_overflow, parse_clock

_TIMING = re.compile(r"\s*(?P<start>-?\d[\d:.,]{0,30})\s*-{1,2}>\s*(?P<end>-?\d[\d:.,]{0,30})(?:\s.*)?")
_NUMBER = re.compile(r"\s*(\d{1,9})\s*")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_LONGEST_STEP = 10  # a lone number under a text is the next cue's number if it goes on from the last one
_DAY_SECONDS = 24 * 3600
_NAMED_CUES = 8  # so many cues are named in one warning


@dataclass(frozen=True, slots=True)
class Cue:
    """One timed block. Times are seconds, both None where the timing line can't be read."""

    label: str  # "cue 9 (line 38)"
    identifier: str
    start_seconds: float | None
    end_seconds: float | None
    lines: tuple[str, ...]  # without blank ones


@dataclass(frozen=True, slots=True)
class CueFile:
    cues: tuple[Cue, ...]
    header: tuple[str, ...]  # lines before the first cue, without blank ones
    warnings: tuple[str, ...]


def is_timing_line(line: str) -> bool:
    return _TIMING.fullmatch(line) is not None


def read_cues(text: str, *, is_vtt: bool) -> CueFile:
    """Cues in the order of the file, impossible times repaired. No cue is an error of the caller's format."""
    lines = text.split("\n")
    timings = [number for number, line in enumerate(lines) if is_timing_line(line)]
    identifiers = _identifiers(lines, timings, is_vtt=is_vtt)
    bounds = [*(timing - (identifiers[timing] is not None) for timing in timings), len(lines)]
    header = tuple(line for line in lines[: bounds[0]] if line.strip())
    warnings = [] if is_vtt else _numbers_used_twice(lines, timings, identifiers)
    cues: list[Cue] = []
    empty: list[str] = []
    for position, timing in enumerate(timings):
        identifier = identifiers[timing] or ""
        number = identifier if _NUMBER.fullmatch(identifier) else str(position + 1)
        label = f"cue {number} (line {timing + 1})"
        body = _body(lines[timing + 1 : bounds[position + 1]], is_vtt=is_vtt)
        previous = cues[-1].start_seconds if cues else None
        start, end, repairs = _repaired(lines[timing], label, previous or 0.0)
        warnings.extend(repairs)
        if not body:
            empty.append(label)
        cues.append(Cue(label, identifier, start, end, body))
    if empty:
        more = f" and {len(empty) - _NAMED_CUES} more" if len(empty) > _NAMED_CUES else ""
        warnings.append(f"Without any text and left out: {', '.join(empty[:_NAMED_CUES])}{more}.")
    return CueFile(tuple(cues), header, tuple(warnings))


def _identifiers(lines: Sequence[str], timings: Sequence[int], *, is_vtt: bool) -> dict[int, str | None]:
    """The identifier line above each timing line, where there is one."""
    found: dict[int, str | None] = {}
    last_number = 0
    previous_timing = -1
    for timing in timings:
        above = lines[timing - 1] if timing - 1 > previous_timing else ""
        is_parted = timing - 2 <= previous_timing or not lines[timing - 2].strip()
        number = _NUMBER.fullmatch(above)
        goes_on = number is not None and last_number < int(number[1]) <= last_number + _LONGEST_STEP
        is_identifier = bool(above.strip()) and (
            goes_on or (is_parted and (number is not None or (is_vtt and not _is_vtt_header(above, timing))))
        )
        found[timing] = above.strip() if is_identifier else None
        if is_identifier and number is not None:
            last_number = int(number[1])
        previous_timing = timing
    return found


def _is_vtt_header(line: str, timing: int) -> bool:
    return timing == 1 and line.startswith("WEBVTT")


def _numbers_used_twice(lines: Sequence[str], timings: Sequence[int], identifiers: dict[int, str | None]) -> list[str]:
    seen: set[str] = set()
    twice: list[str] = []
    for timing in timings:
        identifier = identifiers[timing]
        if identifier is not None and identifier in seen:
            twice.append(f"The number of cue {identifier} (line {timing + 1}) is used twice; both cues are kept.")
        if identifier is not None:
            seen.add(identifier)
    return twice


def _body(lines: Sequence[str], *, is_vtt: bool) -> tuple[str, ...]:
    """Text lines of a cue. In WebVTT a comment begins after a blank line and goes on to the next one."""
    kept: list[str] = []
    in_comment = False
    after_blank = False
    for line in lines:
        if not line.strip():
            in_comment = False
            after_blank = True
            continue
        if is_vtt and after_blank and _COMMENT.fullmatch(line):
            in_comment = True
        if not in_comment:
            kept.append(line)
        after_blank = False
    return tuple(kept)


def _repaired(timing_line: str, label: str, previous_start: float) -> tuple[float | None, float | None, list[str]]:
    match = _TIMING.fullmatch(timing_line)
    start = parse_clock(match["start"]) if match else None
    end = parse_clock(match["end"]) if match else None
    name = label[0].upper() + label[1:]
    if match is None or start is None or end is None:
        return None, None, [f"The times of {label} can't be read; its text is kept without times."]
    warnings: list[str] = []
    if is_millisecond_overflow(match["start"]) or is_millisecond_overflow(match["end"]):
        warnings.append(f"{name} counts more than 999 milliseconds; they were carried over to the seconds.")
    if start < 0 or end < 0:
        start, end = max(start, 0.0), max(end, 0.0)
        warnings.append(f"{name} has a time before the beginning of the call; it was set to 0:00.")
    if end < start:
        if end >= previous_start:
            start, end = end, start
            warnings.append(f"{name} ends before it starts; its two times were exchanged.")
        else:
            end = start
            warnings.append(f"{name} ends before it starts; its end was set to its start.")
    if end >= _DAY_SECONDS:
        warnings.append(f"{name} lies more than 24 hours after the beginning; its times are kept as they are.")
    return start, end, warnings
