"""The claims that are still open, and what a question or an answer does to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.review.claims import MAX_CLAIMS, Claim, Stage
from assistant.review.explanation import Explain, strongest
from assistant.review.interviewer import Turn
from assistant.review.judge import REPEAT_WORDS
from assistant.review.retirement import (
    Said,
    answered_features,
    asked_features,
    fitted,
    names,
    share,
)
from assistant.values import ClaimKind

CURRENT_SENTENCES = 3  # a question that names nothing is about what was claimed so shortly before
ANSWER_BEGINS_SENTENCES = 2  # behind a question
EVEN_SHARE = 0.5
NEAR_SENTENCES = 2  # a refusal that nobody asked for is about what was claimed so shortly before


class OpenClaims:
    """Oldest first."""

    def __init__(self, explain: Explain | None = None) -> None:
        self._explain = explain
        self.heard = 0  # index of the newest sentence
        self.claims: list[Claim] = []
        self._is_elsewhere = False  # the last question goes back to something else by name

    def asked(self, turn: Turn, latest_answer: int) -> list[Claim]:
        """The claims that the interviewer's turn asks about, as far as it has come; how likely is remembered."""
        found = []
        if turn.is_question or turn.recalls:
            is_named = any(names(claim, turn) for claim in self.claims)
            self._is_elsewhere = turn.recalls and bool(turn.keywords) and not is_named
        for place, claim in enumerate(self.claims):
            others = self.claims[:place] + self.claims[place + 1 :]
            names_another = any(names(other, turn) for other in others) and not names(claim, turn)
            newer = len(self.claims) - 1 - place
            likely = self._asked_share(claim, turn, latest_answer, newer, names_another)
            claim.asked_share = max(claim.asked_share, likely)
            if turn.is_question and claim.asked_share >= fitted().asked_at:
                claim.is_asked = True
                found.append(claim)
        return found

    def _asked_share(self, claim: Claim, turn: Turn, latest_answer: int, newer: int, names_another: bool) -> float:
        if is_plainly_asked(claim, turn, latest_answer, self.is_newest(claim)) and not names_another:
            if self._explain is not None and turn.is_question:
                self._explain(self.heard, f"asks about “{claim.quote}”, in so many words")
            return 1.0
        features = asked_features(claim, turn, latest_answer, newer, names_another)
        likely = share(features, fitted().asked)
        if self._explain is not None and turn.is_question and likely >= fitted().asked_at:
            self._explain(self.heard, f"asks about “{claim.quote}”: {strongest(features, fitted().asked)}")
        return likely

    def is_newest(self, claim: Claim) -> bool:
        """Whether it stands in the last sentence that holds a claim: a short question is about all that it holds."""
        return claim.sentence.index == self.claims[-1].sentence.index

    def forget_question(self) -> None:
        """Another question comes."""
        for claim in self.claims:
            claim.asked_share = 0.0

    def question_over(self) -> None:
        """The candidate answers now."""
        for claim in self.claims:
            claim.questions_since += 1

    def answered(self, said: Said, answer: int) -> list[Claim]:
        """Take out and return the claims that this sentence of the candidate answers."""
        asked = sorted((claim.asked_share for claim in self.claims), reverse=True)
        closed = []
        for claim in self.claims:
            claim.sentences_since += 1
            elsewhere = asked[0] if asked[0] > claim.asked_share else 0.0
            if self._is_answered(claim, said, answer, elsewhere):
                closed.append(claim)
        self.claims = [claim for claim in self.claims if claim not in closed]
        return closed

    def heard_anew(self, said: Said, answer: int, index: int) -> list[Claim]:
        """Take out and return the claims made before sentence `index` that this answers, which has other words now."""
        closed = [c for c in self.claims if c.sentence.index < index and self._is_answered(c, said, answer, 0.0)]
        self.claims = [claim for claim in self.claims if claim not in closed]
        return closed

    def add_late(self, claim: Claim, since: Sequence[Said]) -> bool:
        """Take in a claim of a sentence that others have followed; False where one of them has answered it."""
        for said in since:
            claim.sentences_since += 1
            if self._is_answered(claim, said, claim.answer, 0.0):
                return False
        self.claims = sorted([*self.claims, claim], key=lambda claim: claim.sentence.index)
        return True

    def _is_answered(self, claim: Claim, said: Said, answer: int, elsewhere: float) -> bool:
        if claim.kind is ClaimKind.NUMBER_ONLY and claim.is_closed_to_questions and not said.has_number:
            return False  # whoever could not explain a figure explains it with another one, not with its source
        if claim.values and said.values == claim.values and said.words <= REPEAT_WORDS:
            return False  # "Forty percent.": the same figure once more
        is_earlier = claim.answer != answer and not claim.is_asked
        if self._is_elsewhere and is_earlier and not claim.keywords & said.keywords:
            return False
        features = answered_features(claim, said, answer, elsewhere)
        is_answered = is_plainly_answered(claim, said, features)
        is_answered = is_answered or share(features, fitted().answered) >= fitted().answered_at
        if is_answered and self._explain is not None:
            self._explain(self.heard, f"closes “{claim.quote}”: {strongest(features, fitted().answered)}")
        return is_answered

    def refused(self, answer: int) -> Claim | None:
        """The claim that an honest "I don't know" is about: nothing is asked about it any more."""
        asked = max(self.claims, key=lambda claim: claim.asked_share, default=None)
        if asked is None or asked.asked_share < fitted().asked_at:
            asked = next(
                (c for c in reversed(self.claims) if c.answer == answer and c.sentences_since <= NEAR_SENTENCES), None
            )
        if asked is not None:
            asked.is_closed_to_questions = True
        return asked

    def let_go(self, held: list[Claim | None]) -> None:
        """Forget the oldest that stand in no card, so that a long call costs no more than a short one."""
        spare = [c for c in self.claims if c.stage is Stage.SHOWN and c not in held]
        for claim in spare[: max(0, len(self.claims) - MAX_CLAIMS)]:
            self.claims.remove(claim)


def is_plainly_asked(claim: Claim, turn: Turn, latest_answer: int, is_newest: bool) -> bool:
    """Whether the interviewer goes back to the claim by name and asks, or asks just after it, in so many words, for
    what it lacks."""
    if turn.is_other_matter or turn.opens_topic:
        return False
    if turn.recalls and names(claim, turn):
        return turn.is_question
    # A long question after empty words may be about anything; "how was it measured?" after a number is about that.
    is_number = claim.kind is ClaimKind.NUMBER_ONLY
    is_near = is_number or (turn.is_short and is_newest)
    is_current = claim.answer == latest_answer and claim.sentences_since < CURRENT_SENTENCES
    is_wanted = bool(set(turn.plainly) & set(claim.missing)) or (turn.asks_for_more and not is_number)
    return is_near and is_current and is_wanted


def is_plainly_answered(claim: Claim, said: Said, features: Mapping[str, float]) -> bool:
    """Whether the interviewer asked what is behind empty words, and the answer begins with what they lack."""
    is_asked = claim.kind is ClaimKind.VAGUE and claim.asked_share >= fitted().asked_at
    says_it = features["substantiated"] >= EVEN_SHARE and features["says what it lacks"] >= 0.0  # log-odds: even, too
    return is_asked and says_it and said.since_question < ANSWER_BEGINS_SENTENCES
