"""Numbers however they are said, with their types."""

from __future__ import annotations

import pytest
from hypothesis import given
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
        ("it is 4x faster", [T.MULTIPLIER]),
        ("from 30 to 9", [T.COUNT, T.COUNT]),
        ("it took three weeks", [T.DURATION]),
        ("we started in 2019", [T.DATE]),
        ("i started in twenty twenty two", [T.DATE]),
        ("she is 34 years old", [T.AGE]),
        ("on android 8", [T.VERSION]),
        ("the p ninety nine", [T.VERSION]),
        ("a team of six", [T.HEAD_COUNT]),
        ("there were six of us", [T.HEAD_COUNT]),
        ("we had 612 stores", [T.SIZE]),
        ("we are in the top 3", [T.RANK]),
        ("eighty requests per second", [T.RATE]),
        ("our target was 95%", [T.TARGET]),
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


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    reading, numbers = read(text)
    for token in reading.tokens:
        assert 0 <= token.start < token.end <= len(text)
    assert all(0 <= number.token < len(reading.tokens) for number in numbers)


@given(st.integers(1, 999_999))
def test_digits_with_and_without_separators_agree(n: int) -> None:
    assert found(f"we sold {n}%") == found(f"we sold {n:,}%")
