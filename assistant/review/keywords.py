"""The words that tell what a sentence is about, so that two sentences can be seen to speak of the same thing."""

from __future__ import annotations

from assistant.review.text import Reading
from assistant.transcript.vocabulary import vocabulary

_STOP = vocabulary(
    """
    the a an and or but so that this these those it its is was were are be been am i we you they he she my our
    your their me us them of in on at to for from by with about into over as than then now there here what how
    why when where which who did do does done have has had will would can could should not no yes just really
    very much many more most some any all one two also out up down back like get got go went goes thing things
    lot said say says tell think know time way kind sort bit because if make made good well new first last still
    even want new well number percent better great big work working worked team project company job part year
    years month week day everything something anything nothing people other another across while after before
    going little
    """
)  # words that any two sentences may share


def keywords(reading: Reading) -> frozenset[str]:
    """The words that tell what a sentence is about, cut to their stems."""
    return frozenset(
        stem(token.text)
        for token in reading.tokens
        if len(token.text) > 2 and token.text not in _STOP and "#" not in token.text
    )


def stem(word: str) -> str:
    """A crude stem, enough to see that "improved" and "improving" are one word."""
    for ending in ("ations", "ation", "ings", "ing", "ers", "ed", "es", "er", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e")
