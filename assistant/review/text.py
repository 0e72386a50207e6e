"""A sentence as the rules see it: lower case, no punctuation, fillers or repairs; each word knows where it stood.

Rules match on `Reading.text`, so they find the same thing in what a person typed and in what a recogniser wrote.
Numbers stand there as `#` (plain), `#%`, `#$` or `#x` (multiplier), however they were spelled.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from assistant.transcript.vocabulary import vocabulary

_TOKEN = re.compile(
    r"[$€£¥]?(?:(?<![\w.])\.)?\d[\d.,]*(?:[a-z%]+|'?s)?|[$€£¥%]|[^\W\d_]+(?:['-][^\W\d_]+)*(?:\d+[a-z]*)?",
    re.IGNORECASE,
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‑": "-", "–": " ", "—": " "})

FILLERS = vocabulary(
    """
    um uh er erm uhm eh ah hmm hm mm oh well really very quite pretty super extremely incredibly absolutely
    totally truly just basically actually honestly literally obviously probably definitely certainly maybe
    perhaps simply clearly somehow right okay yeah
    """
)
_FILLER_PHRASES = frozenset(
    tuple(phrase.split())
    for phrase in [
        "you know",
        "i mean",
        "sort of",
        "kind of",
        "i think",
        "i guess",
        "i suppose",
        "i would say",
        "let us say",
        "to be honest",
        "how to say",
        "of course",
    ]
)
_PRONOUNS = vocabulary(
    """
    it that there he she what who how here where this everything everybody everyone nobody
    """
)
_WITHOUT_APOSTROPHE = {
    "im": "i am", "ive": "i have", "weve": "we have", "theyve": "they have", "youre": "you are", "theyre": "they are",
    "thats": "that is", "theres": "there is", "dont": "do not", "didnt": "did not", "doesnt": "does not",
    "cant": "can not", "couldnt": "could not", "wouldnt": "would not", "wasnt": "was not", "isnt": "is not",
    "werent": "were not", "havent": "have not", "hasnt": "has not", "hadnt": "had not", "wont": "will not",
    "whats": "what is", "howd": "how did", "gonna": "going to", "wanna": "want to", "lets": "let us",
    "let's": "let us", "can't": "can not", "won't": "will not", "ain't": "is not", "cannot": "can not",
    "how'd": "how did", "what'd": "what did", "where'd": "where did", "gotta": "got to", "cos": "because",
}  # fmt: skip
_NUMBER_WORDS = vocabulary(
    """
    one two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety
    """
)
_GLUED_UNIT = re.compile(r"(\d[\d.,]*)(ms|secs?|mins?|hrs?|[gmtk]b|kg|km|hz|khz|pm|am|h|d)")
_ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word in the form that rules read, and its place in the sentence as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`tokens` joined by single spaces are `text`; `written` is the sentence as it stands in the transcript."""

    written: str
    tokens: tuple[Token, ...]
    text: str
    starts: tuple[int, ...]  # of each token in `text`

    @classmethod
    def of(cls, written: str, tokens: list[Token]) -> Reading:
        starts, at = [], 0
        for token in tokens:
            starts.append(at)
            at += len(token.text) + 1
        return cls(written, tuple(tokens), " ".join(token.text for token in tokens), tuple(starts))

    def token_at(self, position: int) -> int:
        """Index of the token that covers a position of `text`."""
        return max(0, bisect_right(self.starts, position) - 1)

    def written_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the stretch `text[start:end]` stands in `written`; empty stretches are not allowed."""
        first, last = self.token_at(start), self.token_at(end - 1)
        return self.tokens[first].start, self.tokens[last].end


def words_of(written: str) -> list[Token]:
    """The tokens of a sentence without fillers and repairs, contractions written out. Numbers are left as they are."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(written.translate(_APOSTROPHES)):
        raw, start = match.group().rstrip(".,"), match.start()
        end = start + len(raw)
        tokens += [Token(part, start, end) for part in _spread(raw.lower())]
    return _without_repairs(_without_fillers(tokens))


def _spread(word: str) -> list[str]:
    """A word as the one or two words that it stands for: "we're" is "we are"."""
    if word in _WITHOUT_APOSTROPHE:
        return _WITHOUT_APOSTROPHE[word].split()
    for ending, full in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return [word[: -len(ending)], full]
    if word.endswith("'s") and (word[:-2] in _PRONOUNS or word[:-2].split("-")[-1] in _NUMBER_WORDS):
        return [*word[:-2].split("-"), "is"]
    if glued := _GLUED_UNIT.fullmatch(word):
        return [glued[1], glued[2]]
    if "-" in word and not word[0].isdigit():
        return [part for part in word.split("-") if part]
    return [word]


def _without_fillers(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    i = 0
    while i < len(tokens):
        here = tuple(token.text for token in tokens[i : i + 3])
        if here in _FILLER_PHRASES:
            i += 3
        elif here[:2] in _FILLER_PHRASES and not _means_it(tokens, i):
            i += 2
        elif here[0] in FILLERS and not _carries(tokens, i):
            i += 1
        else:
            kept.append(tokens[i])
            i += 1
    return kept or tokens


def _means_it(tokens: list[Token], i: int) -> bool:
    """Whether "a kind of", "do you know", "i think about" mean what they say."""
    before = tokens[i - 1].text if i else ""
    after = tokens[i + 2].text if i + 2 < len(tokens) else ""
    return before in ("a", "the", "this", "what", "do", "did", "how", "not") or after in ("about", "of", "differently")


def _carries(tokens: list[Token], i: int) -> bool:
    """Whether a word of the fillers carries the sense here: "did well", "worked right", "well received"."""
    if tokens[i].text not in ("well", "right", "pretty", "super"):
        return False
    before = tokens[i - 1].text if i else ""
    return i > 0 and before not in ("so", "and", "but", "yeah", "oh", "um", "uh")


def _without_repairs(tokens: list[Token]) -> list[Token]:
    """Drop a word, or a pair of words, that is said twice in a row; the last one stays."""
    kept: list[Token] = []
    for token in tokens:
        digit = token.text[:1].isdigit() or token.text in _NUMBER_WORDS
        if kept and kept[-1].text == token.text and not digit and kept[-1].start != token.start:
            kept[-1] = token
            continue
        kept.append(token)
        if len(kept) >= 4 and [t.text for t in kept[-4:-2]] == [t.text for t in kept[-2:]] and not digit:
            del kept[-4:-2]
    return kept
