"""How a number is called in a question: in the words that it was said in, with its unit, and a range as a whole."""

from __future__ import annotations

import re

from assistant.review.numbers import Quantity
from assistant.review.spoken_numbers import Shape
from assistant.review.text import Reading

_ABOUT = r"(?:about |around |roughly |almost |nearly |only |over |under )*"
_FROM = re.compile(rf"\bfrom {_ABOUT}$")
_WHOLES, _PART_OF = (10, 100, 1000), re.compile(r"\b(?:in|out of) $")
_LEFT = 40  # characters before a number that are looked at
_UP_TO = re.compile(rf"^(?: \w+){{0,3}} (?:down |up )?to {_ABOUT}$")
_RANGE = re.compile(r"^(?: (?:to|or))? $")
_SPOKEN_RANGE = re.compile(r"^(?:\s+(?:to|or)\s+|\s*[-–—]\s*)$", re.IGNORECASE)


def words_of(reading: Reading, quantities: tuple[Quantity, ...], place: int) -> str:
    """The number at `place` as it was written: of "from 38 to 61" the 61, of "20 to 30 percent" all of it."""
    if place and _is_whole(reading, quantities[place]):
        place -= 1
    if place + 1 < len(quantities) and _leads_to(reading, quantities, place):
        place += 1
    first = last = place
    if not (place and _leads_to(reading, quantities, place - 1)):
        if place and _is_range(reading, quantities, place - 1):
            first -= 1
        if place + 1 < len(quantities) and _is_range(reading, quantities, place):
            last += 1
    start, end = reading.written_span(reading.starts[quantities[first].token], quantities[last].end)
    return reading.written[start:end]


def _is_whole(reading: Reading, quantity: Quantity) -> bool:
    """Whether it is what another number is a part of: "61 in a hundred"."""
    at = reading.starts[quantity.token]
    return quantity.value in _WHOLES and bool(_PART_OF.search(reading.text[max(0, at - _LEFT) : at]))


def _leads_to(reading: Reading, quantities: tuple[Quantity, ...], place: int) -> bool:
    """Whether the number at `place` is where the next one started from."""
    at = reading.starts[quantities[place].token]
    before = reading.text[max(0, at - _LEFT) : at]
    return bool(_FROM.search(before) and _UP_TO.match(_between(reading, quantities, place)))


def _is_range(reading: Reading, quantities: tuple[Quantity, ...], place: int) -> bool:
    """Whether the number at `place` and the next one are one range; "grew 40 percent to 3 million" tells of two."""
    here, after = (reading.tokens[quantities[i].token] for i in (place, place + 1))
    if here.text not in (Shape.PLAIN, after.text):
        return False
    is_near = _RANGE.match(_between(reading, quantities, place))
    return bool(is_near and _SPOKEN_RANGE.match(reading.written[here.end : after.start]))


def _between(reading: Reading, quantities: tuple[Quantity, ...], place: int) -> str:
    token = quantities[place].token
    end = reading.starts[token] + len(reading.tokens[token].text)
    return reading.text[end : reading.starts[quantities[place + 1].token]]
