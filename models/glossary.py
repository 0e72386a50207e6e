"""What a glossary may change in a decode: it helps where a term was said, and can't put one where none was.

A model that is given terms in its prompt hears them better, and also hears them where they are not. So a final is
decoded twice, without and with the terms. The words stay those of the decode without, but for places where the other
one has a term and this one has something that sounds like it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from assistant.letters import is_letter, letters
from assistant.values import Word

PROMPT_TOKENS = 180  # Whisper takes 223; a longer one crowds out the sound, and costs time
LEAST_LIKENESS = 0.4  # of how two texts are spelt and spelt out; "Aoife" is taken for "E the"
MOST_HEARD_WORDS = 6  # that a term may have been taken for: "be see eye s"
_SIGNS = re.compile(r"[+#]|(?<![\w.])\.(?=\w)")  # by which "C++", "C#" and ".NET" are other words than "C" and "net"
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")  # by which "he'll" is another word than "hell"
_ENDING = re.compile(r"['’]?[sd]\W*$", re.IGNORECASE)  # a plural, a possessive, "has" and "would"
# "IT" and "US" are other words than "it" and "us"; "Sql" can only be "SQL".
_ORDINARY_WORDS = {
    "all", "am", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "did", "do", "for", "get", "go",
    "had", "has", "he", "her", "him", "his", "how", "i", "id", "if", "in", "is", "it", "its", "led", "let", "may",
    "me", "met", "my", "new", "no", "nor", "not", "now", "of", "off", "oh", "ok", "on", "one", "or", "our", "out",
    "own", "per", "put", "ran", "red", "sat", "saw", "say", "see", "set", "she", "sit", "so", "ten", "the", "to",
    "too", "two", "up", "us", "use", "via", "was", "way", "we", "who", "why", "yes", "yet", "you",
}  # fmt: skip
_ALIKE = (
    ("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"), ("wh", "w"), ("c", "k"), ("q", "k"), ("z", "s"), ("y", "i"),
    ("w", "v"), ("j", "g"),
)  # fmt: skip
_LETTER_NAMES = {
    "a": "ei", "b": "bi", "c": "si", "d": "di", "e": "i", "f": "ef", "g": "gi", "h": "eik", "i": "ai", "j": "gei",
    "k": "kei", "l": "el", "m": "em", "n": "en", "o": "o", "p": "pi", "q": "kiu", "r": "ar", "s": "es", "t": "ti",
    "u": "iu", "v": "vi", "w": "dubliu", "x": "eks", "y": "vai", "z": "si",
}  # fmt: skip


class Glossary:
    """Terms of one call, as a prompt and as a judge of what the prompt has done.

    Args:
        terms: cleaned; those that do not fit into the prompt are left out.
    """

    def __init__(self, terms: Sequence[str], tokenizer: Any) -> None:
        self.terms: tuple[str, ...] = ()
        self.prompt: tuple[int, ...] = ()
        for count in range(1, len(terms) + 1):
            tokens = tokenizer.encode(f" Glossary: {', '.join(terms[:count])}.")
            if len(tokens) > PROMPT_TOKENS:
                break
            self.terms = tuple(terms[:count])
            self.prompt = tuple(token for token in tokens if token < tokenizer.eot)
        self._spellings: dict[str, list[str]] = {}
        for term in self.terms:
            self._spellings.setdefault(letters(term), []).append(term)
        self._longest_words = max((len(term.split()) for term in self.terms), default=0) + 1

    def merged(self, plain: Sequence[Word], prompted: Sequence[Word]) -> tuple[Word, ...]:
        """`plain` with terms of `prompted` in place of what sounds like them, within the times of what they replace."""
        words = list(plain)
        for (start, stop), (c, d), terms in reversed(self._parts(plain, prompted)):  # what is before keeps its place
            before = plain[start:stop]
            if not before:
                continue
            part: list[Word] = []
            for first, last in terms:
                part += [*prompted[c:first], *self._as_given(prompted[first:last])]
                c = last
            part += prompted[c:d]
            if len(before) <= MOST_HEARD_WORDS and _likeness(before, part) >= LEAST_LIKENESS:
                words[start:stop] = _fitted(part, before)
            else:
                words[start:stop] = _with_terms(before, [self._as_given(prompted[a:b]) for a, b in terms])
        return tuple(words)

    def _parts(
        self, plain: Sequence[Word], prompted: Sequence[Word]
    ) -> list[tuple[tuple[int, int], tuple[int, int], list[tuple[int, int]]]]:
        """The corresponding parts of both that hold terms, apart from each other: (first, behind the last) in `plain`
        and in `prompted`, and the terms there. Terms that stand for the same words belong together."""
        places = _places([letters(word.text) for word in plain], [letters(word.text) for word in prompted])
        parts: list[tuple[tuple[int, int], tuple[int, int], list[tuple[int, int]]]] = []
        for first, last in self._terms_in(prompted):
            (start, _, c, _), (_, stop, _, d) = places[first], places[last - 1]
            terms = [(first, last)]
            if parts and c < parts[-1][1][1]:
                (start, _), (c, _), earlier = parts.pop()
                terms = [*earlier, *terms]
            parts.append(((start, stop), (c, d), terms))
        return parts

    def _terms_in(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """Where terms stand in `words`: (first, behind the last), from left to right."""
        found: list[tuple[int, int]] = []
        start = 0
        while start < len(words):
            ends = range(min(start + self._longest_words, len(words)), start, -1)
            end = next((end for end in ends if self._is_term(words[start:end])), None)
            if end is not None:
                found.append((start, end))
            start = end or start + 1
        return found

    def _as_given(self, said: Sequence[Word]) -> list[Word]:
        """A term as the user writes it, with the punctuation of how the model wrote it."""
        term = self._meant(_written(said))
        if term is None:  # a plural, say
            return list(said)
        before, after = _outer(said[0].text)[0], _outer(said[-1].text)[1]
        own_before, own_after = _outer(term)
        text = f"{before.removesuffix(own_before)}{term}{after.removeprefix(own_after)}"
        probability = min(word.probability for word in said)
        return [Word(part, said[0].start_seconds, said[-1].end_seconds, probability) for part in text.split()]

    def _is_term(self, words: Sequence[Word]) -> bool:
        written = _written(words)
        return (self._meant(written) or self._meant(_ENDING.sub("", written))) is not None

    def _meant(self, written: str) -> str | None:
        return next((term for term in self._spellings.get(letters(written), ()) if _may_mean(written, term)), None)


def _written(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _may_mean(written: str, term: str) -> bool:
    """Whether what has the letters of the term may be a writing of it, and not of another word."""
    own = _SIGNS.findall(term)
    if _SIGNS.findall(written) != own or (_APOSTROPHE.search(written) and not _APOSTROPHE.search(term)):
        return False
    is_by_capitals = term.isupper() and term.casefold() in _ORDINARY_WORDS
    return not is_by_capitals or _capitals(written) >= _capitals(term)


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


def _outer(text: str) -> tuple[str, str]:
    """What stands before the first letter of a word and behind the last one."""
    places = [place for place, character in enumerate(text) if is_letter(character)]
    return (text[: places[0]], text[places[-1] + 1 :]) if places else (text, text)


def _places(plain: Sequence[str], prompted: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """For each word of `prompted` the smallest corresponding parts: (first, behind the last) in `plain`, then in
    `prompted`."""
    places: list[tuple[int, int, int, int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, plain, prompted, False).get_opcodes():
        if tag == "equal":
            places += [(a + i, a + i + 1, c + i, c + i + 1) for i in range(d - c)]
        else:
            places += [(a, b, c, d)] * (d - c)
    return places


def _with_terms(before: Sequence[Word], terms: Sequence[Sequence[Word]]) -> list[Word]:
    """The words `before` with each term in the place of the likest of them, if those are alike enough; in order."""
    rest, done = list(before), list[Word]()
    for term in reversed(terms):
        count = len(rest)
        spans = [(i, j) for i in range(count) for j in range(i + 1, min(i + MOST_HEARD_WORDS, count) + 1)]
        likeness, i, j = max(((_likeness(rest[i:j], term), i, j) for i, j in spans), default=(0.0, 0, 0))
        if likeness >= LEAST_LIKENESS:
            rest, done = rest[:i], [*_fitted(term, rest[i:j]), *rest[j:], *done]
    return [*rest, *done]


def _fitted(said: Sequence[Word], heard: Sequence[Word]) -> list[Word]:
    """The words `said` in the time of those `heard`, by their letters."""
    start, end = heard[0].start_seconds, heard[-1].end_seconds
    if len(said) == len(heard):
        return [
            replace(word, start_seconds=h.start_seconds, end_seconds=h.end_seconds)
            for word, h in zip(said, heard, strict=True)
        ]
    sizes = [len(word.text) for word in said]
    edges = [*(start + (end - start) * sum(sizes[:i]) / sum(sizes) for i in range(len(said))), end]
    return [replace(word, start_seconds=a, end_seconds=b) for word, (a, b) in zip(said, pairwise(edges), strict=True)]


def _likeness(one: Sequence[Word], other: Sequence[Word]) -> float:
    """How alike two texts sound, 0 to 1; capitals may be letters that are spelt out."""
    return max(SequenceMatcher(None, a, b, False).ratio() for a in _sounds(one) for b in _sounds(other))


def _sounds(words: Sequence[Word]) -> set[str]:
    read = "".join(letters(word.text) for word in words)
    spelt = "".join(
        "".join(_LETTER_NAMES.get(c, c) for c in own) if word.text.upper() == word.text or len(own) == 1 else own
        for word in words
        for own in [letters(word.text)]
    )
    return {_sound(read), _sound(spelt)}


def _sound(read: str) -> str:
    for written, spoken in _ALIKE:
        read = read.replace(written, spoken)
    return re.sub(r"(.)\1", r"\1", read)
