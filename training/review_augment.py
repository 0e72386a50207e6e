"""Text as a speech recogniser may write it: no case or punctuation, fillers, repairs, numbers in words or in digits."""

from __future__ import annotations

import random
import re

ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))
VALUES = {word: value for value, word in enumerate(ONES)} | {word: 10 * i for i, word in enumerate(TENS) if i > 1}

FILLERS = ("um", "uh", "like", "you know", "I mean", "so", "well", "kind of", "basically")
MONEY = re.compile(r"[$€£](\d[\d,.]*\d|\d)((?: (?:thousand|million|billion|trillion)|[kKmMbB])\b)?")
DIGITS = re.compile(r"\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b|\b\d+(?:\.\d+)?\b")
NUMBER_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(TENS[2:])})[- ](?:{'|'.join(ONES[1:10])})|{'|'.join([*TENS[2:], *ONES[2:]])})\b", re.IGNORECASE
)
HESITATION = re.compile(r"\b(?:um+|uh+|erm?|hmm?),? ?", re.IGNORECASE)
DROPPED_MARKS = re.compile(r"(?<!\w)['’]|['’](?!\w)|[.,](?!\d)|[!?;:\"“”()…\[\]*_]")
SENTENCE_MARKS = re.compile(r"[.!?;:](?=\s|$)")


def spell(number: str) -> str:
    """Digits as words: "7,000" is "seven thousand", "2.5" is "two point five"; as it was if too large for that."""
    whole, _, fraction = number.replace(",", "").partition(".")
    if len(whole) > 10 or (len(whole) > 1 and whole[0] == "0"):
        return number
    words = _spell_whole(int(whole))
    return f"{words} point {' '.join(ONES[int(digit)] for digit in fraction)}" if fraction else words


def _spell_whole(number: int) -> str:
    for size, name in SCALES:
        if number >= size:
            rest = number % size
            return f"{_spell_whole(number // size)} {name}" + (f" {_spell_whole(rest)}" if rest else "")
    if number >= 100:
        return f"{ONES[number // 100]} hundred" + (f" {_spell_whole(number % 100)}" if number % 100 else "")
    if number >= 20:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


def numbers_in_words(text: str) -> str:
    text = re.sub(r"(?<=\d)\s?%", " percent", text)
    text = MONEY.sub(r"\1\2 dollars", text)
    return DIGITS.sub(lambda match: spell(match.group()), text)


def numbers_in_digits(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        return str(sum(VALUES[word] for word in re.split("[- ]", match.group().lower())))

    return re.sub(r"(?<=\d) per ?cent\b", "%", NUMBER_WORDS.sub(value, text), flags=re.IGNORECASE)


def with_fillers(text: str, dice: random.Random, rate: float) -> str:
    """Fillers, repeated words and restarts ("I, I mean we") in some of the gaps."""
    words = text.split()
    said: list[str] = []
    for index, word in enumerate(words):
        if dice.random() < rate:
            kind = dice.random()
            if kind < 0.6:
                said.append(dice.choice(FILLERS) + ("," if dice.random() < 0.5 else ""))
            elif kind < 0.85:
                said.extend(word.rstrip(".,!?;:") for word in words[index : index + dice.choice((1, 1, 2))])
            else:
                said.extend((dice.choice(("I", "we", "they", "the", "it")) + ",", "I mean"))
        said.append(word)
    return " ".join(said)


def as_recognised(text: str, dice: random.Random) -> str:
    """One variant of the text for training; about a third stays as it is."""
    if dice.random() < 0.33:
        return text
    draw = dice.random()
    if draw < 0.3:
        text = numbers_in_words(text)
    elif draw < 0.55:
        text = numbers_in_digits(text)
    draw = dice.random()
    if draw < 0.25:
        text = with_fillers(text, dice, 0.06)
    elif draw < 0.4:
        text = HESITATION.sub("", text)
    draw = dice.random()
    if draw < 0.45:
        text = DROPPED_MARKS.sub("", text).lower()
    elif draw < 0.6:
        text = text.lower()
    elif draw < 0.75:
        text = SENTENCE_MARKS.sub("", text)
    return " ".join(text.split()) or "um"
