"""The cards of the panel: at most three follow-ups, each once, none too late, none in mid-sentence."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from assistant.review.claims import Claim
from assistant.review.questions import Entry, Question, QuestionBank, without_article
from assistant.review.rewording import Reworder, Wish
from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    FollowUp,
    FollowUpRetired,
    RetiredWhy,
)

MAX_CARDS = 3
COOL_DOWN_SECONDS = 3.0  # between two new cards
TOO_LATE_SECONDS = 8.0  # after its cause a card is not shown any more
STALE_SECONDS = 120.0
ASPECT_EVERY_SECONDS = 130.0  # a card without a quote comes no more often
ASPECT_QUESTIONS = 2  # for one part of the story; then it is left alone
REMEMBERED_QUESTIONS = 2000  # far more than a call of hours brings
_SPOKEN = re.compile(r"[^\w\s%$€£¥.,'’+-]")
_MAX_QUOTE = 48


@dataclass(slots=True, eq=False)
class Card:
    follow_up: FollowUp
    shown_at_seconds: float
    claim: Claim | None  # None for a card that asks for an untouched part of the story
    entry: Entry  # of the bank


@dataclass(slots=True)
class Deck:
    """What stands in the panel, and what waits to get there."""

    bank: QuestionBank
    reworder: Reworder | None = None
    cards: list[Card] = field(default_factory=list)
    waiting: list[Claim] = field(default_factory=list)
    last_new_seconds: float = float("-inf")
    last_aspect_seconds: float = float("-inf")
    _said: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED_QUESTIONS))
    _count: int = 0

    def wait_for(self, claim: Claim) -> None:
        if claim.has_card and not claim.is_asked and not claim.is_closed_to_questions:
            self.waiting.append(claim)

    def foresee(self, claim: Claim) -> None:
        """A card for this claim may come: have its question worded by then."""
        question = self._next_question(claim) if self.reworder is not None and claim.has_card else None
        if self.reworder is not None and question is not None:
            self.reworder.wish(_wish(claim, question))

    def next_seconds(self) -> float | None:
        """When a waiting card may be shown or a standing one goes stale, if nothing else happens."""
        times = [card.shown_at_seconds + STALE_SECONDS for card in self.cards]
        if self.waiting:
            times.append(self.last_new_seconds + COOL_DOWN_SECONDS)
        return min(times) if times else None

    def drop_stale(self, at_seconds: float) -> list[FollowUpRetired]:
        self.waiting = [c for c in self.waiting if at_seconds - c.known_at_seconds <= TOO_LATE_SECONDS]
        old = [card for card in self.cards if at_seconds >= card.shown_at_seconds + STALE_SECONDS]
        return [event for card in old for event in self.retire(card, RetiredWhy.STALE)]

    def show(self, at_seconds: float, answer: int) -> list[FollowUp | FollowUpRetired]:
        """Show the best of the waiting cards, if one may be shown now."""
        if not self.waiting or at_seconds < self.last_new_seconds + COOL_DOWN_SECONDS:
            return []
        best = max(
            self.waiting, key=lambda c: (c.finding.strength, c.known_at_seconds, c.kind is ClaimKind.NUMBER_ONLY)
        )
        self.waiting.remove(best)
        events: list[FollowUp | FollowUpRetired] = []
        if len(self.cards) >= MAX_CARDS:
            worst = min(self.cards, key=lambda card: _rank(card, answer))
            if _rank(worst, answer) >= (best.answer == answer, best.finding.strength, at_seconds):
                return []
        question = self._next_question(best)
        if question is None:
            return []
        text, worded_by = self._worded(best, question)
        if len(self.cards) >= MAX_CARDS:
            events += self.retire(worst, RetiredWhy.DISPLACED)
        start, end = best.times()
        follow_up = FollowUp(
            self._next_id(), best.kind, best.sentence.channel, question.aspect, text, question.why, best.quote,
            start, end, best.flag_id, worded_by,
        )  # fmt: skip
        self._place(Card(follow_up, at_seconds, best, question.entry))
        return [*events, follow_up]

    def show_aspect(self, missing: list[Aspect], at_seconds: float) -> list[FollowUp]:
        """A question about an untouched part of the story, when nothing better stands."""
        for aspect in missing:
            for question in islice(self.bank.candidates(ClaimKind.ASPECT, "", (aspect,), "", ""), ASPECT_QUESTIONS):
                if question.text in self._said:
                    continue
                self._said.append(question.text)
                follow_up = FollowUp(
                    self._next_id(), ClaimKind.ASPECT, Channel.THEM, aspect, question.text, question.why
                )
                self.last_aspect_seconds = at_seconds
                self._place(Card(follow_up, at_seconds, None, question.entry))
                return [follow_up]
        return []

    def retire(self, card: Card, why: RetiredWhy) -> list[FollowUpRetired]:
        self.cards.remove(card)
        return [FollowUpRetired(card.follow_up.id, why)]

    def retire_claim(self, claim: Claim, why: RetiredWhy) -> list[FollowUpRetired]:
        """Take back the card of a claim, and the wish for one."""
        self.waiting = [other for other in self.waiting if other is not claim]
        return [event for card in list(self.cards) if card.claim is claim for event in self.retire(card, why)]

    def retire_before(self, answer: int) -> list[FollowUpRetired]:
        """The talk has moved on: what was claimed in earlier answers stays flagged, and its cards make room."""
        passed = [card for card in self.cards if card.claim is not None and card.claim.answer < answer]
        return [event for card in passed for event in self.retire(card, RetiredWhy.STALE)]

    def by_id(self, follow_up_id: str) -> Card | None:
        return next((card for card in self.cards if card.follow_up.id == follow_up_id), None)

    def _place(self, card: Card) -> None:
        self.cards.append(card)
        self.last_new_seconds = card.shown_at_seconds

    def _next_id(self) -> str:
        self._count += 1
        return f"q{self._count}"

    def _next_question(self, claim: Claim) -> Question | None:
        """The best one that was not asked yet, in these words or in others that stand beside it: "what is an example of
        that?" of two claims asks the same thing, unless it names the words that it is about."""
        number, quote = _own_words(claim)
        candidates = self.bank.candidates(claim.kind, claim.finding.name, claim.missing, number, quote)
        standing = [card.entry for card in self.cards if card.claim is not None and card.claim.answer == claim.answer]
        new = (question for question in candidates if question.text not in self._said)
        return next((q for q in new if q.names_words or q.entry not in standing), None)

    def _worded(self, claim: Claim, question: Question) -> tuple[str, str]:
        """How it is shown, and who worded it so: the language model where it has done so in time."""
        self._said.append(question.text)
        if self.reworder is None or not (text := self.reworder.take(_wish(claim, question))) or text in self._said:
            return question.text, ""
        self._said.append(text)
        return text, self.reworder.name


def _rank(card: Card, answer: int) -> tuple[bool, int, float]:
    """How much a card is worth now: of the current answer first, then the surer, then the newer."""
    claim = card.claim
    return (claim is not None and claim.answer == answer, claim.finding.strength if claim else 0, card.shown_at_seconds)


def _wish(claim: Claim, question: Question) -> Wish:
    folded = question.text.casefold()
    keep = tuple(w for words in _own_words(claim) if (w := without_article(words)) and w.casefold() in folded)
    return Wish(question.text, keep, claim.sentence.text)


def _own_words(claim: Claim) -> tuple[str, str]:
    """The number and the quote that a question about the claim may hold; empty where there is none to hold."""
    quote = _spoken(claim.quote)
    return _spoken(claim.finding.number), quote if len(quote) <= _MAX_QUOTE else ""


def _spoken(quote: str) -> str:
    """Words as they go into a question: without anything that is not spoken."""
    return " ".join(_SPOKEN.sub("", quote).split()).rstrip(".,")
