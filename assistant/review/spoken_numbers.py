"""Numbers in words, digits or a mix, as one token each: "seven thousand percent", "7 000 %", "two and a half x"."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.review.text import Token
from assistant.transcript.vocabulary import vocabulary

_ONES = {
    word: value
    for value, word in enumerate(
        (
            *(
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
            ),
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        )
    )
} | {"oh": 0, "nought": 0}
_TENS = {
    w: 10 * i
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
_TENS["fourty"] = 40
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7}
_SUFFIXES = {"k": 1e3, "m": 1e6, "mm": 1e6, "mil": 1e6, "bn": 1e9, "b": 1e9}
_CROWDS = {"tens": 10.0, "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "dozens": 12.0}
_FRACTIONS = {"half": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25, "fifth": 0.2}
_AFTER_ONE = vocabulary(
    """
    percent % per point and x times pct
    """
) | set(_SCALES)
_PERCENT = ("percent", "%", "pct", "percentage")
_CURRENCIES = vocabulary(
    """
    $ € £ ¥ dollar dollars euro euros pound pounds quid bucks usd eur gbp rupees cents franc francs
    """
)
_DIGITS = re.compile(
    r"^([$€£¥]?)((?:\d+(?:,\d{3})*)?(?:\.\d+)?|\d+,\d{1,2})(%|x|k|mm|m|mil|bn|b|st|nd|rd|th|'?s|[a-z]+)?$"
)
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")  # "2,5"


class Shape(StrEnum):
    """How a number is written, as `Reading.text` shows it."""

    PLAIN = "#"
    PERCENT = "#%"
    MONEY = "#$"
    TIMES = "#x"


def find(words: list[Token]) -> tuple[list[Token], list[tuple[int, float | None]]]:
    """The words with each number as one token (a `Shape`), and the place and value of each number."""
    tokens: list[Token] = []
    numbers: list[tuple[int, float | None]] = []
    i = 0
    while i < len(words):
        found = _number_at(words, i)
        if found is None:
            tokens.append(words[i])
            i += 1
            continue
        shape, value, after = found
        numbers.append((len(tokens), value))
        tokens.append(Token(shape.value, words[i].start, words[after - 1].end))
        i = after
    return tokens, numbers


def _number_at(words: list[Token], i: int) -> tuple[Shape, float | None, int] | None:
    """The number that begins at word `i`: its shape, its value and the index behind it."""
    money = words[i].text in _CURRENCIES and len(words[i].text) == 1
    start = i + 1 if money else i
    parsed = _digits(words, start) or _spelled(words, start)
    if parsed is None:
        return None
    value, after, shape = parsed
    if value is not None:
        value, after = _scaled(words, value, after)
    if shape is Shape.PLAIN:
        shape, after = _unit(words, after)
    return (Shape.MONEY if money else shape), value, after


def _digits(words: list[Token], i: int) -> tuple[float, int, Shape] | None:
    match = _DIGITS.match(words[i].text) if i < len(words) else None
    if not match or len(match[2]) > 15:
        return None
    currency, figure, suffix = match.groups()
    if not figure or (suffix == "mm" and not currency):
        return None  # a word, or millimetres
    if _DECIMAL_COMMA.fullmatch(figure):
        if suffix is None and (i + 1 == len(words) or words[i + 1].text not in _AFTER_ONE):
            return None  # "steps 1,2"
        figure = figure.replace(",", ".")
    if suffix in ("st", "nd", "rd", "th", "s", "'s"):
        return (
            None
            if suffix != "th" and suffix in ("s", "'s") and len(figure) == 4
            else (float(figure.replace(",", "")), i + 1, Shape.PLAIN)
        )
    value, i = float(figure.replace(",", "")), i + 1
    if suffix not in (None, "%", "x") and suffix not in _SUFFIXES:
        return None  # a unit or a name is glued to it: "4ms", "3d"
    while (
        suffix is None
        and i < len(words)
        and re.fullmatch(r"\d{3}", words[i].text)
        and value < 1e9
        and float(figure.replace(",", "")) < 1000
    ):
        value, i = value * 1000 + float(words[i].text), i + 1  # 7 000
    value *= _SUFFIXES.get(suffix or "", 1.0)
    shape = Shape.MONEY if currency else {"%": Shape.PERCENT, "x": Shape.TIMES}.get(suffix or "", Shape.PLAIN)
    return value, i, shape


def _spelled(words: list[Token], i: int) -> tuple[float | None, int, Shape] | None:
    """A number in words: "seven thousand", "two and a half", "one fourteen", "twenty twenty two", "half a million"."""
    texts = [word.text for word in words[i : i + 14]]
    if not texts:
        return None
    if texts[0].endswith("fold") and (times := _ONES.get(texts[0][:-4]) or _TENS.get(texts[0][:-4])):
        return float(times), i + 1, Shape.TIMES
    if texts[0] == "one" and i and words[i - 1].text == "number":
        return 1.0, i + 1, Shape.PLAIN  # "number one in the region"
    if texts[0] in _CROWDS:
        crowd, n = _CROWDS[texts[0]], 1
        while n + 1 < len(texts) and texts[n] == "of" and texts[n + 1] in _CROWDS:
            crowd, n = crowd * _CROWDS[texts[n + 1]], n + 2
        return crowd, i + n, Shape.PLAIN
    if texts[0] == "half" and texts[1:2] == ["a"] and texts[2:3] and texts[2] in _SCALES:
        return 0.5 * _SCALES[texts[2]], i + 3, Shape.PLAIN
    if (some := _some(texts)) is not None:
        return some[0], i + some[1], Shape.PLAIN
    if texts[0] == "point" and not (i and words[i - 1].text in _ONES):
        n = next((k for k, word in enumerate(texts[1:], start=1) if _ONES.get(word, 10) > 9), 1)
        if n == 1 or texts[n] not in _PERCENT:
            return None  # "at this point five of them left"
        return float("0." + "".join(str(_ONES[word]) for word in texts[1:n])), i + n, Shape.PLAIN
    if texts[0] == "a" and texts[1:2] and texts[1] in _SCALES:
        texts[0] = "one"
    groups, n = _groups(texts)
    if texts[:2] == ["fifty", "fifty"]:
        return None, i + 2, Shape.PLAIN  # halves, and no figure
    if (
        not groups
        or (texts[:n] == ["one"] and texts[n : n + 1] and texts[n] not in _AFTER_ONE)
        or texts[:n] == texts == ["one"]
    ):
        return None  # "that one", "one of them" count nothing
    if texts[n : n + 1] == ["point"] and n + 1 < len(texts) and texts[n + 1] in _ONES:
        decimals, n = "", n + 1
        while n < len(texts) and _ONES.get(texts[n], 10) < 10:
            decimals, n = decimals + str(_ONES[texts[n]]), n + 1
        return groups[0] + float("0." + (decimals or "0")), i + n, Shape.PLAIN
    if texts[n : n + 3] in (["and", "a", "half"], ["and", "a", "quarter"]):
        unit = _SCALES.get(texts[n - 1], 1.0)  # "a million and a half" is half a million more
        return groups[0] + unit * _FRACTIONS[texts[n + 2]], i + n + 3, Shape.PLAIN
    value = groups[0]
    for group in groups[1:]:  # said in pieces: "one fourteen" is 114, "nineteen ninety eight" a year
        value = value * (100 if group >= 10 else 10) + group
    return value, i + n, Shape.PLAIN


def _some(texts: list[str]) -> tuple[float, int] | None:
    """What "a dozen", "a couple of hundred" and "a few thousand" are at least, and how many words they take."""
    n = int(texts[0] == "a")
    if n and texts[n : n + 1] == ["dozen"]:
        return 12.0, n + 1
    if texts[n : n + 1] in (["couple"], ["few"], ["several"]):
        n += 2 if texts[n + 1 : n + 2] == ["of"] else 1
        if texts[n : n + 1] and texts[n] in _SCALES:
            return _SCALES[texts[n]], n + 1
    return None


def _groups(texts: list[str]) -> tuple[list[float], int]:
    """The values that stand side by side, each complete in itself, and how many words they take."""
    groups: list[float] = []
    n, room = 0, 0.0  # `room`: what may still be added to the last group
    while n < len(texts):
        word = texts[n]
        if word in _TENS:
            value, next_room = float(_TENS[word]), 10.0
        elif word in _ONES and (word != "oh" or groups):
            value, next_room = float(_ONES[word]), 0.0
        elif word in _SCALES and groups:
            groups[-1], room, n = _multiplied(groups[-1], _SCALES[word]), _SCALES[word], n + 1
            continue
        elif word == "and" and room >= 100 and n + 1 < len(texts) and (texts[n + 1] in _TENS or texts[n + 1] in _ONES):
            n += 1
            continue
        else:
            break
        if groups and 0 < value < room:
            groups[-1] += value
        elif len(groups) >= 3 or (groups and room >= 100):
            break
        else:
            groups.append(value)
        room, n = (next_room if next_room else 0.0), n + 1
    if n and texts[n - 1] == "and":
        n -= 1
    return groups, n


def _multiplied(value: float, scale: float) -> float:
    """ "two hundred thousand" multiplies all of it, "two thousand three hundred" only the three."""
    rest = value % scale if value > scale else value
    return value - rest + rest * scale


def _scaled(words: list[Token], value: float, after: int) -> tuple[float, int]:
    while after < len(words):
        text = words[after].text
        if text in _SCALES:
            value, after = value * _SCALES[text], after + 1
        elif text in ("k", "mil", "bn"):
            value, after = value * _SUFFIXES[text], after + 1
        else:
            break
    return value, after


def _unit(words: list[Token], after: int) -> tuple[Shape, int]:
    """The unit that belongs to the number and is written apart from it."""
    texts = [word.text for word in words[after : after + 2]]
    if texts[:1] in (["%"], ["percent"], ["pct"], ["percentage"]) and texts[1:2] != ["point"]:
        return Shape.PERCENT, after + (2 if texts[1:2] in (["points"],) else 1)
    if texts == ["per", "cent"]:
        return Shape.PERCENT, after + 2
    if texts == ["basis", "points"] or texts == ["percentage", "points"]:
        return Shape.PERCENT, after + 2
    if texts[:1] in (["x"], ["times"], ["fold"]):
        return Shape.TIMES, after + 1
    if texts[:1] and texts[0] in _CURRENCIES:
        return Shape.MONEY, after + 1
    return Shape.PLAIN, after
