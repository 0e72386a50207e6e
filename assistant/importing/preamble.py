"""What programs write around the talk: titles, dates, people, closing lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from assistant.importing.clock import CLOCK, parse_clock
from assistant.importing.dialogue import TextLine

_SERVICE = re.compile(
    r"[^:\[\]]{1,120} (?:started|stopped|initiated|ended) transcription"
    r"|Transcribed by https?://\S+"
    r"|This editable transcript was computer generated.{0,200}",
    re.IGNORECASE,
)
_ENDED = re.compile(rf"(?:Transcription|Meeting|Recording) ended after ({CLOCK})\W*", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:(?P<h>\d{1,3})\s?h(?:ours?|rs?)?)?\s*(?:(?P<m>\d{1,3})\s?m(?:in\w*)?)?\s*(?:(?P<s>\d{1,3})\s?s(?:ec\w*)?)?"
)
_STATED_LENGTH = re.compile(rf"(?:Duration|Length):?\s+({CLOCK})", re.IGNORECASE)
_PEOPLE_TITLE = re.compile(r"(?:Attendees|Participants|Invited):?", re.IGNORECASE)
_OTHER_TITLE = re.compile(r"(?:Transcript|Meeting transcript):?", re.IGNORECASE)
_PRESENTATION = re.compile(r"['’]s presentation$", re.IGNORECASE)
_NUMERIC_DATE = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})\.? (?P<month>[A-Za-z]{3,9})\.?,? (?P<y>\d{4})")
_MONTH_FIRST = re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})")
_TIME = re.compile(
    r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::\d{2})?(?:\s?(?P<half>[ap]m))?(?:\s(?P<zone>GMT|UTC)(?P<shift>[+-]\d{1,2})?)?",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_HEADER_LINE = 300  # characters; dates and titles are short, a long line is talk


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lines without those of the program, and what those said."""

    lines: tuple[TextLine, ...]
    people: tuple[str, ...] = ()
    duration_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Header:
    title: str | None = None
    recorded: datetime | None = None
    duration_seconds: float | None = None
    unknown: tuple[str, ...] = ()  # lines that may have been talk


def without_service_lines(lines: Sequence[TextLine]) -> Surroundings:
    kept: list[TextLine] = []
    people: list[str] = []
    duration: float | None = None
    people_follow = False
    for line in lines:
        ended = _ENDED.fullmatch(line.text)
        if ended is not None:
            duration = parse_clock(ended[1])
        elif people_follow and not line.is_heading:
            people = [
                name for part in line.text.split(",") if (name := part.strip()) and not _PRESENTATION.search(name)
            ]
        elif _PEOPLE_TITLE.fullmatch(line.text) or _OTHER_TITLE.fullmatch(line.text) or _SERVICE.fullmatch(line.text):
            pass
        else:
            kept.append(line)
        people_follow = bool(_PEOPLE_TITLE.fullmatch(line.text))
    return Surroundings(tuple(kept), tuple(people), duration)


def read_header(preamble: Sequence[str]) -> Header:
    """Title, date and length out of the lines before the talk."""
    title: str | None = None
    recorded: datetime | None = None
    duration: float | None = None
    unknown: list[str] = []
    for line in preamble:
        date = find_date(line) if len(line) <= _LONGEST_HEADER_LINE else None
        length = _length(line)
        recorded = recorded or date
        duration = duration if duration is not None else length
        if length is not None:
            continue
        if title is None and len(line) <= _LONGEST_HEADER_LINE:
            title = line
        elif date is None:
            unknown.append(line)
    return Header(title, recorded, duration, tuple(unknown))


def find_date(text: str) -> datetime | None:
    """The first date in the text, with its time and zone where they stand there; None where there is none."""
    match = _NUMERIC_DATE.search(text) or _DAY_FIRST.search(text) or _MONTH_FIRST.search(text)
    if match is None:
        return None
    found = match.groupdict()
    month = found.get("m") or _month_number(found["month"])
    time = _TIME.search(text, match.end())
    try:
        date = datetime(int(found["y"]), int(month), int(found["d"]))
        if time is None:
            return date
        hour = int(time["h"])
        if time["half"]:
            hour = hour % 12 + (12 if time["half"].lower() == "pm" else 0)
        zone = timezone(timedelta(hours=int(time["shift"] or 0))) if time["zone"] else None
        return date.replace(hour=hour, minute=int(time["min"]), tzinfo=zone)
    except ValueError:  # no such day or hour: then it is no date
        return None


def _month_number(name: str) -> int:
    key = name[:3].lower()
    return _MONTHS.index(key) + 1 if key in _MONTHS else 0


def _length(line: str) -> float | None:
    """Seconds of "1h 53m 52s" and of "Duration: 53:52"."""
    stated = _STATED_LENGTH.fullmatch(line)
    if stated is not None:
        return parse_clock(stated[1])
    match = _LENGTH.fullmatch(line)
    if match is None or not any(match.groups()):
        return None
    return float(int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60 + int(match["s"] or 0))
