"""How something is told, apart from what is claimed: terms that nobody explains, long answers that do not answer, and
words that help the listener along. Gentle notes, each seldom; the quiet verbosity has none.

Remembers a bounded number of terms, and no more of an answer than when it began and whether it has answered.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from assistant.quotes import bare, is_acronym, term_key, whole_quote
from assistant.review.interviewer import Turn
from assistant.review.judge import Judgement
from assistant.review.patterns import compiled, table_of_file
from assistant.values import Aspect, CommunicationCue, CueKind, Label, Sentence, Verbosity, Word

GAP_SECONDS = {Verbosity.NORMAL: 180.0, Verbosity.EAGER: 60.0}  # between two notes of the same tone
LONG_ANSWER_SECONDS = 180.0
EXPLAINED_WITHIN = 2  # sentences behind the one with the term
REMEMBERED_TERMS = 200
_SMALL_WORDS = frozenset({"of", "and", "the", "for", "to", "in", "a", "per", "on"})
_IN_CAPITALS = 0.5  # of the words of a sentence, from which on capitals say nothing
_ADVICE = {
    CueKind.UNEXPLAINED_TERM: "Not explained: ask for it as for a newcomer.",
    CueKind.LONG_ANSWER: (
        f"{LONG_ANSWER_SECONDS / 60:.0f} minutes into the answer, this question is still open: come back to it."
    ),
    CueKind.HELPS_LISTENER: "Helps the listener along: worth remembering.",
}


@dataclass(slots=True)
class _Term:
    """A term that was used, with what there is to note unless it is explained within some sentences."""

    cue: CommunicationCue
    sentences_since: int = 0
    is_explained: bool = False


@dataclass(slots=True)
class _Question:
    """The question that the candidate answers now."""

    sentence: Sentence
    asks: tuple[Aspect, ...]
    answer_began_seconds: float | None = None
    is_answered: bool = False


@dataclass(slots=True)
class Communication:
    """Both sides' sentences in, notes out."""

    verbosity: Verbosity
    _terms: OrderedDict[str, _Term] = field(default_factory=OrderedDict)
    _shared: OrderedDict[str, None] = field(default_factory=OrderedDict)  # terms that need no explanation any more
    _question: _Question | None = None
    _last_seconds: dict[bool, float] = field(default_factory=dict)  # of the last note, by whether it was a good one

    def interviewer(self, sentence: Sentence, turn: Turn, *, asks_anew: bool) -> None:
        """What the interviewer says: terms of theirs are known to both. `asks_anew`: it is a turn's first question."""
        for key in {key for key, _ in _keys(sentence.words)}:
            if key in self._terms or _is_term(key):
                self._share(key)
        for key, _ in _acronyms(sentence.words):
            self._share(key)
        if asks_anew:
            self._question = _Question(sentence, turn.asks)
        elif self._question is not None and turn.is_question and self._question.answer_began_seconds is None:
            self._question = _Question(sentence, (*self._question.asks, *turn.asks))

    def candidate(self, sentence: Sentence, judgement: Judgement) -> list[CommunicationCue]:
        gap_seconds = GAP_SECONDS.get(self.verbosity)
        if gap_seconds is None:
            return []
        found = [*self._unexplained(sentence, judgement), *self._long_answer(sentence, judgement)]
        if _patterns("helps_listener").search(judgement.reading.text):
            found.append(_cue(CueKind.HELPS_LISTENER, sentence, sentence.words))
        kept = []
        for cue in found:
            last_seconds = self._last_seconds.get(cue.is_good, float("-inf"))
            if sentence.end_seconds - last_seconds >= gap_seconds:
                self._last_seconds[cue.is_good] = sentence.end_seconds
                self._told(cue)
                kept.append(cue)
        return kept

    def _told(self, cue: CommunicationCue) -> None:
        """Never the same again."""
        if cue.kind is CueKind.UNEXPLAINED_TERM:
            self._share(term_key(cue.quote))
        elif cue.kind is CueKind.LONG_ANSWER:
            self._question = None

    # --- terms ---

    def _unexplained(self, sentence: Sentence, judgement: Judgement) -> list[CommunicationCue]:
        explains = bool(_patterns("explains").search(judgement.reading.text))
        due = {}
        for key, term in self._terms.items():
            term.sentences_since += 1
            term.is_explained = term.is_explained or (explains and term.sentences_since <= EXPLAINED_WITHIN)
            if term.sentences_since == EXPLAINED_WITHIN and not term.is_explained:
                due[key] = term.cue
        for key, words in dict(_terms_in(sentence.words)).items():
            known = self._terms.get(key)
            if key in self._shared:
                continue
            if explains or _is_spelled_out(key, sentence.words) or (known is not None and known.is_explained):
                self._share(key)
            elif known is not None and known.sentences_since > EXPLAINED_WITHIN:
                due[key] = _cue(CueKind.UNEXPLAINED_TERM, sentence, words)
            elif known is None:
                self._remember(key, _cue(CueKind.UNEXPLAINED_TERM, sentence, words))
        return list(due.values())

    def _remember(self, key: str, cue: CommunicationCue) -> None:
        self._terms[key] = _Term(cue)
        if len(self._terms) > REMEMBERED_TERMS:
            self._terms.popitem(last=False)

    def _share(self, key: str) -> None:
        """Both sides know the term from now on."""
        self._terms.pop(key, None)
        self._shared[key] = None
        if len(self._shared) > REMEMBERED_TERMS:
            self._shared.popitem(last=False)

    # --- long answers ---

    def _long_answer(self, sentence: Sentence, judgement: Judgement) -> list[CommunicationCue]:
        question = self._question
        if question is None:
            return []
        if question.answer_began_seconds is None:
            question.answer_began_seconds = sentence.start_seconds
        asked = set(question.asks)
        answers = bool(asked & set(judgement.aspects)) if asked else judgement.label is Label.SUBSTANTIATED
        question.is_answered = question.is_answered or answers or judgement.is_refusal
        if question.is_answered or sentence.end_seconds - question.answer_began_seconds < LONG_ANSWER_SECONDS:
            return []
        return [_cue(CueKind.LONG_ANSWER, question.sentence, question.sentence.words)]


def _cue(kind: CueKind, sentence: Sentence, words: tuple[Word, ...]) -> CommunicationCue:
    is_term = kind is CueKind.UNEXPLAINED_TERM
    quote = " ".join(bare(word.text) for word in words) if is_term else whole_quote(sentence)
    start_seconds, end_seconds = words[0].start_seconds, words[-1].end_seconds
    return CommunicationCue(kind, sentence.channel, sentence.index, quote, start_seconds, end_seconds, _ADVICE[kind])


def _terms_in(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """The terms of a sentence of the candidate that may need an explanation, with their words."""
    yield from _acronyms(words)
    for key, own in _keys(words):
        if _is_term(key):
            yield key, own


def _acronyms(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    in_capitals = sum(len(text) > 1 and text.isupper() for text in (bare(word.text) for word in words))
    if in_capitals > _IN_CAPITALS * len(words) and len(words) > 1:
        return
    for word in words:
        if is_acronym(word.text) and (key := term_key(word.text)) not in _lists()[0]:
            yield key, (word,)


def _keys(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """Each word, and each pair of neighbours, as the lists hold them."""
    keys = [term_key(word.text) for word in words]
    for i, key in enumerate(keys):
        yield key, (words[i],)
        if i:
            yield f"{keys[i - 1]} {key}", (words[i - 1], words[i])


def _is_term(key: str) -> bool:
    return key in _lists()[1]


def _is_spelled_out(key: str, words: Iterable[Word]) -> bool:
    """Whether neighbouring words have the letters of an acronym as their first: "service level objective"."""
    own = (term_key(word.text) for word in words)
    firsts = "".join(one[0] for one in own if one and one not in (key, *_SMALL_WORDS))
    return len(key) > 1 and key in firsts


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """Acronyms that most people know, and terms of a trade."""
    table = table_of_file("communication.toml")
    jargon = re.findall(r'"([^"]+)"|(\S+)', table["jargon"])
    return frozenset(table["known"].split()), frozenset(pair or word for pair, word in jargon)


@cache
def _patterns(name: str) -> re.Pattern[str]:
    return compiled(table_of_file("communication.toml")[name], {})
