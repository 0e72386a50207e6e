"""Transcripts written for people to read: names, times and talk as lines of text (.txt, .md, .docx).

Each program has its own line that begins a turn. The style that fits most lines of the file is the file's style, so a
sentence that happens to look like another style's line stays a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.importing.clock import CLOCK, parse_clock
from assistant.importing.labels import believable_names, looks_like_name, split_label
from assistant.importing.pieces import Piece, end_with_the_next

_NAME = r"(?P<name>\S(?:.{0,118}?\S)?)"
_START = rf"(?P<clock>{CLOCK})"
_RANGE = rf"{_START}(?:\s*(?:-{{1,2}}>|[-–—])\s*(?P<end>{CLOCK}))?"
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\[(?P<name>[^\[\]]{{1,120}})\]\s+{_START}",  # [Name] 10:03:12           Zoom, saved captions
        rf"{_NAME}(?:\s{{2,}}|\t){_START}",  #            Name  0:03               Otter, Teams (Word)
        rf"{_NAME}\s*[\[(]{_RANGE}[\])]:?",  #            Name (00:03):            Rev; **Name** [0:03]
        rf"{_NAME}\s*[\[(]{_RANGE}[\])]:\s+(?P<rest>.+)",  # Name (00:03): text
        rf"{_NAME}(?: | ?[-–—·|] ){_START}",  #            Name 00:00:03, Name – 0:03
        rf"{_NAME}:\s+{_START}",  #                       Speaker 0: 00:00:02      tstbtc
        rf"[\[(]?{_RANGE}[\])]?\s*[-–—]?\s*(?P<name>[^\s:\d\[(<-][^:]{{0,118}}):\s+(?P<rest>.+)",  # [0:03] Name: text
        rf"[\[(]{_RANGE}[\])]:?\s+(?P<rest>.+)",  #       [0:03 --> 0:08] text
        rf"{CLOCK}\s*-{{1,2}}>\s*{CLOCK}",  #             0:0:2.90 --> 0:0:4.480   Teams (Word, 2022): name follows
    )
)
_ZOOM_SAVED = _STYLES[0]
_ONE_SPACE = _STYLES[4]
_TIMES_ABOVE = _STYLES[-1]
_TIMES_ABOVE_PARTS = re.compile(rf"(?P<clock>{CLOCK})\s*-{{1,2}}>\s*(?P<end>{CLOCK})")
LONGEST_HEAD = 400  # characters; a longer line begins no turn, unless its text follows in it
_BLOCK_TIME = re.compile(rf"[\[(]?(?P<clock>{CLOCK})[\])]?")
_HOUR_SECONDS = 3600
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line without mark-up and outer white space. Word and Markdown say which lines are headings."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Pieces in the order of the file, and the lines before the first of them."""

    pieces: tuple[Piece, ...]
    preamble: tuple[str, ...]
    clock_at_start_seconds: float | None = None  # time of day of 0.0, where the file counts by the clock on the wall


@dataclass(slots=True)
class _Block:
    speaker: str | None
    start_seconds: float | None
    end_seconds: float | None
    lines: list[str]


def read_dialogue(
    lines: Sequence[TextLine], known_names: Sequence[str] = (), end_seconds: float | None = None
) -> Dialogue:
    """`end_seconds` is the end of the call, where the file says it: the last turn lasts until then."""
    style = _style_of(lines)
    if style is None:
        return _by_names(lines, known_names, end_seconds)
    blocks, preamble = _blocks(lines, style)
    pieces = [Piece(block.speaker, " ".join(block.lines), block.start_seconds, block.end_seconds) for block in blocks]
    clock_at_start = None
    first = pieces[0].start_seconds if pieces else None
    if style is _ZOOM_SAVED and first is not None and first >= _HOUR_SECONDS:
        pieces = _from_wall_clock(pieces, first)
        clock_at_start = first
    return Dialogue(tuple(end_with_the_next(pieces, end_seconds)), tuple(preamble), clock_at_start)


def _style_of(lines: Sequence[TextLine]) -> re.Pattern[str] | None:
    counts = [sum(_head(style, line) is not None for line in lines) for style in _STYLES]
    best = max(counts, default=0)
    return _STYLES[counts.index(best)] if best else None


def _head(style: re.Pattern[str], line: TextLine) -> re.Match[str] | None:
    if len(line.text) > LONGEST_HEAD and "rest" not in style.groupindex:
        return None
    match = style.fullmatch(line.text)
    if match is None or "name" not in style.groupindex:
        return match if not line.is_heading else None
    # A heading or one space before a time is often no name: "Part two (12:30)", "it was over at 10:30".
    is_sure = not line.is_heading and style is not _ONE_SPACE
    name = match["name"]
    return match if (any(map(str.isalpha, name)) if is_sure else looks_like_name(name)) else None


def _blocks(lines: Sequence[TextLine], style: re.Pattern[str]) -> tuple[list[_Block], list[str]]:
    blocks: list[_Block] = []
    preamble: list[str] = []
    name_follows = False
    for line in lines:
        match = _head(style, line)
        if match is not None:
            found = match.groupdict()
            if style is _TIMES_ABOVE:
                found = _TIMES_ABOVE_PARTS.fullmatch(line.text).groupdict()  # type: ignore[union-attr]
            rest = [found["rest"]] if found.get("rest") else []
            blocks.append(_Block(found.get("name"), parse_clock(found["clock"]), _clock(found.get("end")), rest))
            name_follows = style is _TIMES_ABOVE
        elif line.is_heading or not blocks:
            preamble.extend([line.text] if not blocks else [])
        elif name_follows:
            blocks[-1].speaker = line.text
            name_follows = False
        else:
            blocks[-1].lines.append(line.text)
    return blocks, preamble


def _clock(text: str | None) -> float | None:
    return parse_clock(text) if text else None


def _from_wall_clock(pieces: Sequence[Piece], first: float) -> list[Piece]:
    """Times of day to seconds since the first one; after midnight they begin again from zero."""
    shifted: list[Piece] = []
    days = 0
    previous = first
    for piece in pieces:
        clock = piece.start_seconds if piece.start_seconds is not None else previous
        days += previous - clock > _DAY_SECONDS / 2
        shifted.append(replace(piece, start_seconds=clock + days * _DAY_SECONDS - first))
        previous = clock
    return shifted


def _by_names(lines: Sequence[TextLine], known_names: Sequence[str], end_seconds: float | None) -> Dialogue:
    """ "Name: text" lines, perhaps under times that stand alone and hold for all lines up to the next such time."""
    texts = [line.text for line in lines if not line.is_heading and not _BLOCK_TIME.fullmatch(line.text)]
    names = believable_names(texts, known_names)
    pieces: list[Piece] = []
    preamble: list[str] = []
    speaker: str | None = None
    # Talk before the first of the times belongs to the beginning of the call.
    has_times = any(_BLOCK_TIME.fullmatch(line.text) for line in lines)
    start = 0.0 if has_times else None
    for line in lines:
        time = _BLOCK_TIME.fullmatch(line.text)
        split = split_label(line.text)
        if time is not None:
            start = parse_clock(time["clock"])
        elif line.is_heading:
            preamble.extend([] if pieces else [line.text])
        elif split is not None and split[0].casefold() in names:
            speaker = split[0]
            pieces.append(Piece(speaker, split[1], start, None, times_are_exact=False))
        elif names and speaker is None:
            preamble.append(line.text)
        else:
            pieces.append(Piece(speaker, line.text, start, None, times_are_exact=False))
    return Dialogue(tuple(_end_blocks(pieces, end_seconds)), tuple(preamble))


def _end_blocks(pieces: Sequence[Piece], end_seconds: float | None) -> list[Piece]:
    """Lines under one time end where the next time stands."""
    starts = sorted({piece.start_seconds for piece in pieces if piece.start_seconds is not None})
    ends = dict(zip(starts, [*starts[1:], end_seconds], strict=False))
    return [
        replace(piece, end_seconds=ends[piece.start_seconds]) if piece.start_seconds is not None else piece
        for piece in pieces
    ]
