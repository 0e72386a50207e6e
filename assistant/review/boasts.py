"""Numbers used as proof of success, by their type and the words around them, with the exact words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.review.emptiness import Strength
from assistant.review.number_words import words_of
from assistant.review.numbers import NumberType, Quantity
from assistant.review.patterns import words_of_file
from assistant.review.quotes import clipped
from assistant.review.text import Reading

_WORDS = words_of_file("boasts.toml")
_CHANGE, _METRIC, _TRACTION = _WORDS["change"], _WORDS["metric"], _WORDS["traction"]
_MONEY, _OUTPUT = _WORDS["money"], _WORDS["output"]
_STRETCHED = 26  # words; a long sentence mostly tells more than its number
_SMALL_SUBJECT = 14  # words; a sentence that holds little else than the number
_NOT_OURS = re.compile(rf"\b{_WORDS['not_ours']}\b")
# A target that was reached is a success, however one tells it.
_OF_A_TARGET = r"(?:(?:the|my|our|your|their|this|that|annual|\w+ly|sales|revenue|growth) )*"
_REACHED = re.compile(
    rf"\b(?:of|beat|exceeded|hit|reached|met|surpassed|above|over) {_OF_A_TARGET}(?:targets?|goals?)\b|"
    rf"\bbeat {_OF_A_TARGET}budget\b"
)
_PROBLEM = re.compile(rf"\b{_WORDS['problem']}\b")
_OWN = re.compile(r"\b(?:i|we|our|my|us|ours|mine|me)\b")
_OTHERS = re.compile(r"\b(?:they|he|she|you|your|their|people|his|her)\b")
_WITHOUT_DIGITS = re.compile(
    r"\b(?:(?:doubled|tripled|quadrupled|halved)(?: (?:the|our|my|their))?(?: \w+){0,2}|"
    r"(?:\w+ )?(?:have )?(?:doubled|tripled|halved)$|"
    r"(?:\w+ )?(?:increased|reduced|grew|cut|dropped|down|up|improved|fell|went down|"
    r"went up)(?: \w+){0,3} by (?:a third|half|a quarter|two thirds|almost half|a factor)|"
    rf"(?:cut|reduced|brought)(?: \w+){{0,3}} {_METRIC}(?: \w+){{0,2}} (?:in|to|down to) (?:half|a third|a quarter)|"
    r"(?:double|triple) digit(?: \w+)?|record(?: \w+)? (?:sales|revenue|year|quarter|growth))\b"
)
_SHARE_OF = re.compile(
    rf"^ (?:of|for) (?!{_OF_A_TARGET}(?:quota|targets?|goals?|plan|budget)\b)|"
    r"^ (?:sure|certain|agree|positive that|understand|where|true|right)\b"
)
_COMPARES = re.compile(
    r"^ (?:smaller|bigger|faster|slower|cheaper|quicker|fewer|less|more|higher|lower|better|as|growth|increase)\b"
)
_STANDS_AT = re.compile(
    r"\b(?:is|are|was|at|gets?|got|sits|sat|hit)(?: (?:now|at|around|about|like|still|up to|over|below|under|well))* $"
)
_METRIC_AT = re.compile(
    rf"\b{_METRIC}\b(?: \w+){{0,4}} (?:is|was|are|at|of|hit|sits at)"
    r"(?: (?:now|north of|above|below|at|around|about))* $"
)
_SPAN_LEFT = re.compile(rf"(?:\b\w+ )?\b(?:{_CHANGE}|{_METRIC}|{_MONEY}|{_OUTPUT})\b.*$")
_SPAN_RIGHT = re.compile(
    rf"^(?: (?!(?:and|so|but|we|i|they|it|because|which|that|where|when)\b)\w+){{0,3}}? (?:{_METRIC}|"
    rf"{_TRACTION}|{_CHANGE}|(?:per|an?|every) \w+)\b"
)
_STOPS = re.compile(r".*\b(?:and|so|but|then|where|which|that|because|with|when|i|we|our|my|they|it)\b ")
_LEAST_AMOUNT = 10_000
_LEFT = 45  # characters of the reading before a number that may belong to it
_RIGHT = 32


@dataclass(frozen=True, slots=True)
class Boast:
    """A stretch of a reading that offers a number as proof of success; `number` is that number as it was written."""

    start: int
    end: int
    type: NumberType
    strength: Strength
    number: str = ""  # in "we doubled it" there is none


def find(reading: Reading, quantities: tuple[Quantity, ...]) -> list[Boast]:
    """The numbers of a sentence that stand for a success of one's own, in order and without overlap."""
    text = reading.text
    if _is_not_ours(text) or (_OTHERS.search(text) and not _OWN.search(text)):
        return []
    problem = bool(_PROBLEM.search(text))
    doubt = (len(reading.tokens) > _STRETCHED) + bool(_OTHERS.search(text))
    own = bool(_OWN.search(text))
    found: list[Boast] = []
    for place, quantity in enumerate(quantities):
        strength = _strength(reading, quantity, own)
        if strength is None or problem or strength <= doubt:
            continue
        start, end = _span(reading, quantity)
        if found and start < found[-1].end:
            start = found[-1].end + 1
        if start < end:
            number = words_of(reading, quantities, place)
            found.append(Boast(start, end, _type(reading, quantity), Strength(strength - doubt), number))
    if (
        not found
        and not problem
        and (match := _WITHOUT_DIGITS.search(text))
        and (own or len(reading.tokens) <= _SMALL_SUBJECT)
    ):
        found.append(Boast(match.start(), match.end(), NumberType.MULTIPLIER, Strength.LIKELY))
    return found


def spans_of(reading: Reading, quantities: tuple[Quantity, ...], claiming: Callable[[Quantity], bool]) -> list[Boast]:
    """The same stretches for numbers that something else takes for a proof of success, as far as they are `claiming`;
    none where the sentence tells of a problem or of others."""
    if _PROBLEM.search(reading.text) or _is_not_ours(reading.text):
        return []
    found: list[Boast] = []
    for place, quantity in enumerate(quantities):
        start, end = _span(reading, quantity)
        if claiming(quantity) and (not found or start >= found[-1].end):
            number = words_of(reading, quantities, place)
            found.append(Boast(start, end, _type(reading, quantity), Strength.POSSIBLE, number))
    return found


def _is_not_ours(text: str) -> bool:
    return bool(_NOT_OURS.search(_REACHED.sub("", text)))


def _type(reading: Reading, quantity: Quantity) -> NumberType:
    """A large count next to a word of money is an amount: "a couple hundred k in new business"."""
    before, after = _around(reading, quantity)
    is_counted = re.search(rf"^(?: of)?(?: \w+){{0,2}} {_TRACTION}\b", after)
    return NumberType.MONEY if _is_amount(quantity, before + " " + after) and not is_counted else quantity.type


def _is_amount(quantity: Quantity, near: str) -> bool:
    is_large = quantity.value is not None and quantity.value >= _LEAST_AMOUNT
    return quantity.type in (NumberType.COUNT, NumberType.SIZE) and is_large and _has(_MONEY, near)


def _strength(reading: Reading, quantity: Quantity, own: bool) -> Strength | None:
    """How surely a number is offered as a success; None where it is not. `own`: the sentence speaks of "I" or "we"."""
    before, after = _around(reading, quantity)
    near = before + " " + after
    kind = quantity.type
    short = len(reading.tokens) <= _SMALL_SUBJECT
    changed, metric = _has(_CHANGE, near), _has(_METRIC, near)
    if kind in (NumberType.PERCENTAGE, NumberType.MULTIPLIER):
        if _SHARE_OF.match(after) or (quantity.value == 100 and kind is NumberType.PERCENTAGE and not metric):
            return None
        if kind is NumberType.MULTIPLIER and not changed and not _COMPARES.match(after):
            return None
        changed = changed or bool(_COMPARES.match(after))
        if changed and metric:
            return Strength.SURE
        if changed or metric:
            return Strength.LIKELY if own or short else Strength.POSSIBLE
        if short and _STANDS_AT.search(before) and not re.match(r"^ (?:of|sure|certain)\b", after):
            return Strength.LIKELY
        return Strength.POSSIBLE if own else None
    if kind is NumberType.MONEY:
        return (Strength.SURE if own else Strength.LIKELY) if _has(_MONEY, near) else None
    if kind is NumberType.RANK:
        listed = re.match(r"^ (?:thing|priority|question|reason|rule|in the list)s?\b", after)
        return Strength.LIKELY if own and quantity.value is not None and quantity.value <= 10 and not listed else None
    if kind is NumberType.RATE:
        if _has(_TRACTION, near) or (short and re.search(rf"\b{_OUTPUT} (?:\w+ )?$", before)):
            return Strength.LIKELY if own or short else Strength.POSSIBLE
        return Strength.POSSIBLE if own and changed else None
    if kind in (NumberType.COUNT, NumberType.SIZE) and quantity.value is not None:
        if _is_amount(quantity, near) and (own or short):
            return Strength.LIKELY
        if short and (_METRIC_AT.search(before) or re.search(r"\b(?:we|i) (?:are|were|am|was)(?: sat)? at $", before)):
            return Strength.LIKELY
        if re.match(r"^(?: \w+)? (?:out )?of (?:the )?#", after) and own:
            return Strength.LIKELY
        if re.search(r"\b(?:plus|minus|down by|up by) $", before) and short:
            return Strength.LIKELY
        if (
            own
            and short
            and quantity.value >= 10
            and re.search(rf"\b(?:we|i)(?: have)?(?: \w+)? {_OUTPUT} (?:\w+ ){{0,2}}$", before)
        ):
            return Strength.LIKELY if _has(_TRACTION, after) else Strength.POSSIBLE
        if quantity.value >= 20 and re.search(rf"^(?: of)?(?: \w+){{0,2}} {_TRACTION}\b", after):
            return Strength.LIKELY if own or short else Strength.POSSIBLE
        if re.search(
            r"\b(?:nps|csat|score|rating|rated|roas|recall|accuracy|precision|satisfaction|coverage|f1)\b.{0,25}$",
            before,
        ):
            return Strength.LIKELY
        if re.search(r"^ points\b", after) and changed:
            return Strength.LIKELY
    if kind is NumberType.DURATION and re.search(
        r"\b(?:latency|response time|load time|lead time|time to \w+|cycle time|mean time)\b", before
    ):
        return Strength.POSSIBLE
    return None


def _around(reading: Reading, quantity: Quantity) -> tuple[str, str]:
    at = reading.starts[quantity.token]
    end = at + len(reading.tokens[quantity.token].text)
    return reading.text[max(0, at - _LEFT) : at], reading.text[end : end + _RIGHT]


def _span(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """The number with its metric: from the verb or noun of success before it to the one after it."""
    before, after = _around(reading, quantity)
    at = reading.starts[quantity.token]
    end = at + len(reading.tokens[quantity.token].text)
    clause = (
        before[match.end() :]
        if (match := _STOPS.match(before))
        else before.split(" ", 1)[-1]
        if len(before) == _LEFT
        else before
    )
    left = _SPAN_LEFT.search(clause)
    right = _SPAN_RIGHT.match(after)
    start = at - len(clause) + left.start() if left else at
    last = end + (right.end() if right else 0)
    return start, clipped(reading, start, last, lambda edge: edge >= end)


def _has(words: str, text: str) -> bool:
    return bool(re.search(rf"\b(?:{words})\b", text))
