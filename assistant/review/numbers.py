"""Numbers in speech, typed before anything else is made of them.

A date, an age, a version or a head count is no boast; a percentage next to a verb of change is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from assistant.review.patterns import table_of_file, words_of_file
from assistant.review.spoken_numbers import Shape, find
from assistant.review.text import Reading, words_of


class NumberType(StrEnum):
    MONEY = "money"
    PERCENTAGE = "percentage"
    MULTIPLIER = "multiplier"
    COUNT = "count"
    DURATION = "duration"
    DATE = "date"
    AGE = "age"
    VERSION = "version"
    HEAD_COUNT = "head count"
    SIZE = "size"
    RANK = "rank"
    RATE = "rate"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a sentence. `token` is its place in the reading, `value` None where none is said ("a 7-figure"),
    `end` the position in the reading's text behind it and the unit of its type: "three days", "40 tickets a month"."""

    type: NumberType
    value: float | None
    token: int
    end: int


def read(written: str) -> tuple[Reading, tuple[Quantity, ...]]:
    """The reading of a sentence with its numbers put in, and the numbers with their types."""
    tokens, numbers = find(words_of(written))
    reading = Reading.of(written, tokens)
    return reading, tuple(_quantity(reading, place, value) for place, value in numbers)


_AROUND = 40  # characters of the reading that are looked at on each side
_IN_YEAR = re.compile(r"\b(?:in|from|between|until|till|since|during)(?: \w+)?(?: # (?:and|or|to))? $")
_POINTS = re.compile(r"^ (?:percentage |percent )?points?\b")
_WITH_UNIT = {NumberType.DURATION, NumberType.RATE, NumberType.SIZE}
_BY_SHAPE = {
    Shape.PLAIN: NumberType.COUNT,
    Shape.PERCENT: NumberType.PERCENTAGE,
    Shape.TIMES: NumberType.MULTIPLIER,
    Shape.MONEY: NumberType.MONEY,
}


@dataclass(frozen=True, slots=True)
class _Rule:
    type: NumberType
    before: re.Pattern[str]
    after: re.Pattern[str]
    is_plain: bool


@cache
def _rules() -> tuple[_Rule, ...]:
    words = words_of_file("numbers.toml")

    def filled(text: str) -> str:
        for name, value in words.items():
            text = text.replace("{" + name + "}", value)
        return text

    return tuple(
        _Rule(
            NumberType(entry["type"]),
            re.compile(rf"(?:^|\b){filled(entry['before'])}$" if "before" in entry else ""),
            re.compile(f"^{filled(entry.get('after', ''))}"),
            entry.get("plain", False),
        )
        for entry in table_of_file("numbers.toml")["rule"]
    )


def _quantity(reading: Reading, token: int, value: float | None) -> Quantity:
    shape = Shape(reading.tokens[token].text)
    at, end = reading.starts[token], reading.starts[token] + len(shape)
    before, after = reading.text[max(0, at - _AROUND) : at], reading.text[end : end + _AROUND]
    year = shape is Shape.PLAIN and _is_year(reading, token)
    if year and _IN_YEAR.search(before):
        return Quantity(NumberType.DATE, value, token, end)
    for rule in _rules():
        if (rule.is_plain and shape is not Shape.PLAIN) or (rule.type is NumberType.DATE and not year):
            continue
        if rule.type is NumberType.RATE and shape is Shape.MONEY:
            continue  # two million a year is asked about as money
        if rule.before.search(before) and (match := rule.after.search(after)):
            return Quantity(rule.type, value, token, end + match.end() if rule.type in _WITH_UNIT else end)
    points = _POINTS.match(after)
    return Quantity(_BY_SHAPE[shape], value, token, end + points.end() if points else end)


def _is_year(reading: Reading, token: int) -> bool:
    place = reading.tokens[token]
    written = reading.written[place.start : place.end].lower()
    return bool(re.fullmatch(r"'?(?:19|20)\d\d|(?:nineteen|twenty)[ -]\w+(?:[ -]\w+)?", written))
