"""Numbers however they are said, with their types."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.review.numbers import NumberType, read

T = NumberType


def found(text: str) -> list[tuple[NumberType, float | None]]:
    return [(quantity.type, quantity.value) for quantity in read(text)[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("revenue is up 7000%", 7000),
        ("revenue is up 7,000%", 7000),
        ("revenue is up 7 000 per cent", 7000),
        ("revenue is up seven thousand percent", 7000),
        ("we hit one fourteen", 114),
        ("half a million users", 500_000),
        ("about ninety K", 90_000),
        ("one point eight billion rows", 1.8e9),
        ("twenty-six hundred cases", 2600),
        ("a hundred and ninety thousand dozen", 190_000),
        ("two hundred thousand three hundred and five", 200_305),
        ("it grew two and a half x", 2.5),
        ("it is two point five times faster", 2.5),
        ("hundreds of thousands of requests", 100_000),
        ("a million and a half users", 1_500_000),
        ("a tenfold increase", 10),
        ("7 000 % more", 7000),
        ("one hundred twenty five tickets", 125),
        ("it costs €40k", 40_000),
        ("it costs $3mm", 3_000_000),
        ("we have 2,5k users", 2500),
        ("it is 1,5 million by now", 1_500_000),
        ("it rose by .5%", 0.5),
        ("it rose by point five percent", 0.5),
        ("tens of thousands of users", 10_000),
        ("a couple of hundred users", 100),
        ("a few thousand users", 1000),
        ("several hundred users", 100),
    ],
)
def test_spoken_written_and_mixed_forms_are_one_number(text: str, value: float) -> None:
    assert [v for _, v in found(text)] == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("sales rose 20%", [T.PERCENTAGE]),
        ("it saved us $3.2m", [T.MONEY]),
        ("it saved us two million euros", [T.MONEY]),
        ("it saves us two million euros a year", [T.MONEY]),
        ("we get 40 tickets a day", [T.RATE]),
        ("it is 4x faster", [T.MULTIPLIER]),
        ("from 30 to 9", [T.COUNT, T.COUNT]),
        ("it took three weeks", [T.DURATION]),
        ("it took 40h", [T.DURATION]),
        ("it took 3 secs", [T.DURATION]),
        ("in 2019 and 2020 we moved", [T.DATE, T.DATE]),
        ("we started in 2019", [T.DATE]),
        ("i started in twenty twenty two", [T.DATE]),
        ("i started in twenty twenty", [T.DATE]),
        ("she is 34 years old", [T.AGE]),
        ("on android 8", [T.VERSION]),
        ("the p ninety nine", [T.VERSION]),
        ("a team of six", [T.HEAD_COUNT]),
        ("there were six of us", [T.HEAD_COUNT]),
        ("we had 612 stores", [T.SIZE]),
        ("we are in the top 3", [T.RANK]),
        ("eighty requests per second", [T.RATE]),
        ("our target was 95%", [T.TARGET]),
        ("our goal was ninety five percent", [T.TARGET]),
        ("she was thirty four when", [T.AGE]),
        ("we are number one in the region", [T.RANK]),
        ("the file had 2 GB", [T.SIZE]),
        ("20k a month", [T.RATE]),
        ("from 30 percent to 45 percent", [T.PERCENTAGE, T.PERCENTAGE]),
        ("three quarters of the tickets", [T.COUNT]),
        ("for 3 quarters", [T.DURATION]),
        ("version 3.11", [T.VERSION]),
        ("5k users", [T.COUNT]),
    ],
)
def test_the_type_comes_from_the_words_around(text: str, types: list[NumberType]) -> None:
    assert [kind for kind, _ in found(text)] == types


@pytest.mark.parametrize("text", ["that one was mine", "one of them left", "oh well", "a pointless thing", ""])
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert found(text) == []


def test_the_place_in_the_sentence_is_kept() -> None:
    text = "So, um, we're at seven thousand percent, honestly."
    reading, (number,) = read(text)
    at = reading.starts[number.token]
    start, end = reading.written_span(at, at + len(reading.tokens[number.token].text))
    assert text[start:end] == "seven thousand percent"


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    reading, numbers = read(text)
    for token in reading.tokens:
        assert 0 <= token.start < token.end <= len(text)
    assert all(0 <= number.token < len(reading.tokens) for number in numbers)


@settings(deadline=None)
@given(st.integers(1, 999_999))
def test_digits_with_and_without_separators_agree(n: int) -> None:
    assert found(f"we sold {n}%") == found(f"we sold {n:,}%")


@settings(deadline=None)
@given(st.integers(1, 999), st.sampled_from([("%", "percent"), ("x", "times"), ("k euros", "thousand euros")]))
def test_a_unit_may_be_a_sign_or_a_word(n: int, unit: tuple[str, str]) -> None:
    sign, word = unit
    assert found(f"sales grew {n}{sign} that year") == found(f"sales grew {n} {word} that year")


@pytest.mark.parametrize(
    ("text", "values"), [("a 3mm gap", []), ("at this point five of them left", [5]), ("one thing", [])]
)
def test_what_only_looks_like_a_figure_is_read_as_it_is_meant(text: str, values: list[float]) -> None:
    assert [value for _, value in found(text)] == values


def test_fifty_fifty_is_no_five_thousand() -> None:
    assert [value for _, value in found("it was fifty fifty")] == [None]
