"""Where the quoted words of a claim end: at the edge of their clause, with no word left hanging there."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.review.text import Reading
from assistant.transcript.vocabulary import vocabulary

_MARK = re.compile(r"[,;:—–]")
_SUBJECTS = vocabulary(
    """
    i we they he she because which
    """
)
_LINKS = vocabulary(
    """
    and but or so as than then if when while where that because which what who
    """
)
_VERBS = vocabulary(
    """
    is are was were be been am has have had do does did can could will would
    """
)
_HANGING = (
    _SUBJECTS
    | _LINKS
    | _VERBS
    | vocabulary(
        """
        the a an my our your his their its to of in on at for with from by not also
        """
    )
)
_EITHER = vocabulary(
    """
    it you this there
    """
)  # at the end of a clause, as in "they love it", or at the beginning of the next


def clipped(reading: Reading, start: int, end: int, is_enough: Callable[[int], bool]) -> int:
    """The end of a quote that stands at `text[start:end]` of the reading. It is never made shorter than `is_enough`
    (of an end) allows."""
    first, last = reading.token_at(start), reading.token_at(end - 1)
    ends = (_end_of(reading, number) for number in range(first, last) if _is_edge(reading, number))
    return unhung(reading, start, next((at for at in ends if is_enough(at)), end), is_enough)


def unhung(reading: Reading, start: int, end: int, is_enough: Callable[[int], bool]) -> int:
    """The same where only words go that nothing follows any more."""
    first, last = reading.token_at(start), reading.token_at(end - 1)
    whole = last
    while last > first and is_enough(_end_of(reading, last - 1)):
        text, before = reading.tokens[last].text, reading.tokens[last - 1].text
        begins_clause = text in _EITHER and (last < whole or before in _LINKS)
        if text not in _HANGING and not begins_clause:
            break
        last -= 1
    return _end_of(reading, last)


def _is_edge(reading: Reading, number: int) -> bool:
    """Whether a clause ends behind this token: at a mark in the text as written, or before another subject."""
    here, after = reading.tokens[number], reading.tokens[number + 1]
    return bool(_MARK.search(reading.written[here.end : after.start])) or after.text in _SUBJECTS


def _end_of(reading: Reading, number: int) -> int:
    return reading.starts[number] + len(reading.tokens[number].text)
