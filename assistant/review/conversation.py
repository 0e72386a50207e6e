"""The review of one call, fed in the order of the call's clock by one thread. The only thing that a session calls.

What comes out depends on what was said and when, never on how often the clock was told: whatever is due at a time is
kept as a deadline and done at that time, before anything later.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from assistant.languages import ENGLISH
from assistant.ports import SentenceModel
from assistant.review.cards import ASPECT_EVERY_SECONDS, Deck
from assistant.review.claims import MAX_CLAIMS, Claim, Ledger, Stage, claims_of
from assistant.review.emptiness import Strength
from assistant.review.interviewer import Turn, understand
from assistant.review.judge import Judgement, judge
from assistant.review.opinion import weigh
from assistant.review.questions import QuestionBank
from assistant.transcript.sentences import SentenceBuilder
from assistant.values import (
    Aspect,
    Channel,
    FlagWithdrawn,
    RetiredWhy,
    ReviewedSentence,
    ReviewEvent,
    Sentence,
    TranscriptUpdate,
    Verbosity,
)

LEAST_STRENGTH = {
    Verbosity.QUIET: Strength.SURE,
    Verbosity.NORMAL: Strength.LIKELY,
    Verbosity.EAGER: Strength.POSSIBLE,
}
CURRENT_SENTENCES = 3  # a question that names nothing is about what was claimed so shortly before
STORY_SENTENCES = 4  # substantiated ones, before a part of the story is asked for
QUIET_SECONDS = 3.0  # both silent for so long: there is room for a question about the story
BY_VALUE = (
    Aspect.OWN_CONTRIBUTION, Aspect.CHALLENGE, Aspect.HOW_OVERCOME, Aspect.RESULT, Aspect.MEASUREMENT_METHOD,
    Aspect.LESSON, Aspect.TRADEOFF,
)  # fmt: skip
ASK_SHARE = 0.5  # of the model, from which on it counts that a turn asks for an aspect
TOPIC_SHARE = 0.7
TURN_WORDS = 200  # of a turn that are kept: an interviewer may speak for hours where no candidate is heard
NOD_WORDS = 3  # a turn of the interviewer this short is no new question
_FILLED = "What was missing has been said since."
_NOT_ENGLISH = "This call is not in English, and only English is reviewed."


class Conversation:
    """Both sides of a call. All times are seconds on the call's clock and never fall."""

    def __init__(
        self,
        verbosity: Verbosity = Verbosity.NORMAL,
        bank: QuestionBank | None = None,
        model: SentenceModel | None = None,
    ) -> None:
        """Args:
        bank: of questions; the bundled one by default.
        model: beside the rules; without it they decide alone.
        """
        self._model = model
        self._is_reviewing = True
        self._question = ""  # the interviewer's last turn of more than a nod
        self._turn_text = ""  # the interviewer's turn in progress
        self._said: deque[str] = deque(maxlen=3)  # of this answer, as the model wants it
        self._before_turn: tuple[str, ...] = ()  # what was said before the interviewer's turn
        self._least = LEAST_STRENGTH[verbosity]
        self._builder = SentenceBuilder()
        self._deck = Deck(bank or QuestionBank.bundled())
        self._claims: list[Claim] = []
        self._before: deque[Judgement] = deque(maxlen=3)  # in this answer
        self._earlier: deque[Judgement] = deque(maxlen=3)  # before the last question
        self._ledger = Ledger()
        self._focus: Claim | None = None  # what the interviewer is asking about
        self._asked_elsewhere = False  # the last question was about something else than the open claims
        self._answer = 0
        self._turn_asked = False  # the interviewer's turn has begun a new answer
        self._turn_named = False  # it has named a claim
        self._speaking = dict.fromkeys(Channel, False)
        self._silent_since = 0.0
        self._now = 0.0
        self._aspect_tried = False  # in this silence
        self._flags = 0
        judge("We doubled it.")  # compiles the patterns before the call needs them
        understand("How?")

    def transcribed_in(self, language: str) -> list[ReviewEvent]:
        """The call turns out to be in this language (a code). Only English is reviewed: in any other one sentences pass
        through from now on, and what stands is taken back."""
        if language == ENGLISH or not self._is_reviewing:
            return []
        self._is_reviewing = False
        events: list[ReviewEvent] = [
            FlagWithdrawn(claim.flag_id, _NOT_ENGLISH) for claim in self._claims if claim.stage is Stage.SHOWN
        ]
        for card in list(self._deck.cards):
            events += self._deck.retire(card, RetiredWhy.STALE)
        self._claims.clear()
        self._deck.waiting.clear()
        return events

    def speech_started(self, channel: Channel, at_seconds: float) -> list[ReviewEvent]:
        """Somebody begins an utterance."""
        events = self.clock(at_seconds)
        self._builder.speech_started(channel, at_seconds)
        self._speaking[channel] = True
        return events

    def utterance_locked(self, update: TranscriptUpdate, at_seconds: float) -> list[ReviewEvent]:
        """The final text of an utterance that ended at `at_seconds`; without words it only ends the speech."""
        events = self.clock(at_seconds)
        self._speaking[update.channel] = False
        self._silent_since, self._aspect_tried = at_seconds, False
        if update.channel is Channel.THEM:
            for claim in self._claims:
                spoke_until = update.words[-1].end_seconds if update.words else at_seconds
                claim.silent_since_seconds = max(claim.silent_since_seconds, min(spoke_until, at_seconds))
        events += self._review(self._builder.lock(update, at_seconds), at_seconds)
        return events + self._settle(at_seconds)

    def clock(self, at_seconds: float) -> list[ReviewEvent]:
        """The call has reached this time."""
        events: list[ReviewEvent] = []
        while (due := self._next_deadline()) is not None and due <= at_seconds:
            self._now = due
            events += self._review(self._builder.clock(due), due)
            events += self._settle(due)
        self._now = max(self._now, at_seconds)
        return events

    def asked(self, follow_up_id: str, at_seconds: float) -> list[ReviewEvent]:
        """The user says that the question of this card has been asked."""
        events = self.clock(at_seconds)
        card = self._deck.by_id(follow_up_id)
        if card is None:
            return events
        if card.claim is not None:
            card.claim.is_asked = True
            self._focus, self._asked_elsewhere = card.claim, False
        return [*events, *self._deck.retire(card, RetiredWhy.ASKED)]

    def dismissed(self, follow_up_id: str, at_seconds: float) -> list[ReviewEvent]:
        """The user puts this card aside."""
        events = self.clock(at_seconds)
        card = self._deck.by_id(follow_up_id)
        return events if card is None else [*events, *self._deck.retire(card, RetiredWhy.DISMISSED)]

    def finish(self, at_seconds: float) -> list[ReviewEvent]:
        """The call is over: review what is still open and show what is still undecided; no new card."""
        events = self.clock(at_seconds)
        events += self._review(self._builder.flush(), at_seconds)
        events += [event for claim in self._claims if claim.stage is Stage.PENDING for event in self._show(claim)]
        self._deck.waiting.clear()
        return events

    # --- sentences ----------------------------------------------------------------------------------------------

    def _review(self, sentences: list[Sentence], at_seconds: float) -> list[ReviewEvent]:
        if not self._is_reviewing:
            return [ReviewedSentence(sentence, None) for sentence in sentences]
        events: list[ReviewEvent] = []
        for sentence in sentences:
            if sentence.channel is Channel.THEM:
                events += self._candidate_said(sentence, at_seconds)
            else:
                events += self._interviewer_said(sentence)
            events += self._show_followed()
        return events

    def _candidate_said(self, sentence: Sentence, at_seconds: float) -> list[ReviewEvent]:
        self._turn_asked = self._turn_named = False
        self._turn_text = ""
        judgement = judge(sentence.text, tuple(self._before), tuple(self._earlier))
        if self._model is not None and not judgement.is_settled:
            scores = self._model.score((self._question, *self._said), sentence.text)
            judgement = weigh(sentence.text, judgement, scores)
        self._said.append(sentence.text)
        events: list[ReviewEvent] = [
            ReviewedSentence(sentence, judgement.label, judgement.aspects, judgement.is_good_sign)
        ]
        for claim in list(self._claims):
            claim.sentences_since += 1
            elsewhere = self._asked_elsewhere or (self._focus is not None and self._focus is not claim)
            elsewhere = elsewhere and claim.answer != self._answer
            if claim.is_filled_by(judgement, self._answer, claim is self._focus, elsewhere):
                events += self._close(claim)
        if judgement.is_refusal:
            events += self._refused()
        for card in list(self._deck.cards):
            if card.claim is None and card.follow_up.aspect in judgement.aspects:
                events += self._deck.retire(card, RetiredWhy.ANSWERED)
        self._claims += claims_of(sentence, judgement, self._least, self._answer, at_seconds)
        self._let_go()
        self._before.append(judgement)
        self._ledger.note(judgement)
        return events

    def _refused(self) -> list[ReviewEvent]:
        """An honest "I don't know": nothing is asked any more about what it was said of."""
        said_of = self._focus or next(
            (c for c in reversed(self._claims) if c.answer == self._answer and c.sentences_since <= 2), None
        )
        if said_of is None:
            return []
        said_of.is_closed_to_questions = True
        return [*self._deck.retire_claim(said_of, RetiredWhy.ANSWERED)]

    def _close(self, claim: Claim) -> list[ReviewEvent]:
        """What was missing arrived: a provisional claim vanishes, a shown one is withdrawn with its card."""
        self._claims.remove(claim)
        events: list[ReviewEvent] = []
        if claim.stage is Stage.SHOWN:
            events.append(FlagWithdrawn(claim.flag_id, _FILLED))
        return [*events, *self._deck.retire_claim(claim, RetiredWhy.ANSWERED)]

    def _let_go(self) -> None:
        """Forget the oldest claims that stand in no card, so that a long call costs no more than a short one."""
        held = [card.claim for card in self._deck.cards]
        spare = [c for c in self._claims if c.stage is Stage.SHOWN and c not in held and c is not self._focus]
        for claim in spare[: max(0, len(self._claims) - MAX_CLAIMS)]:
            self._claims.remove(claim)

    # --- the interviewer ----------------------------------------------------------------------------------------

    def _interviewer_said(self, sentence: Sentence) -> list[ReviewEvent]:
        turn = self._understood(sentence)
        events: list[ReviewEvent] = [ReviewedSentence(sentence, None, turn.asks)]
        if turn.is_nod:
            return events
        current = self._current()
        meant = [claim for claim in self._claims if claim.is_meant_by(turn, claim in current)]
        meant += [c for c in self._claims if c not in meant and c.is_hinted_at_by(turn) and _lacks(c, turn)]
        if meant:
            if not self._turn_named:
                self._focus = meant[-1]
            self._asked_elsewhere, self._turn_named = False, True
        if turn.is_question:
            events += self._asked_for(turn, meant, current)
        if turn.opens_topic:
            self._before.clear()
            self._earlier.clear()
            self._ledger.new_topic()
        return events

    def _understood(self, sentence: Sentence) -> Turn:
        """What the sentence does, in the eyes of the rules and of the model."""
        turn = understand(sentence.text)
        if not self._turn_text:
            self._before_turn = (self._question, *self._said)
        self._turn_text = " ".join([*self._turn_text.split(), *sentence.text.split()][-TURN_WORDS:])
        if self._model is not None and turn.is_question and not turn.is_other_matter:
            scores = self._model.score(self._before_turn, self._turn_text)
            asks = tuple(a for a in Aspect if a in turn.asks or scores.asks[a] >= ASK_SHARE)
            turn = replace(turn, asks=asks, opens_topic=turn.opens_topic or scores.opens_topic >= TOPIC_SHARE)
        if len(self._turn_text.split()) > NOD_WORDS:
            self._question = self._turn_text
            self._said.clear()
        return turn

    def _current(self) -> list[Claim]:
        """What a question that names nothing may be about: claims of the latest answer, made just now."""
        latest = self._answer - self._turn_asked
        return [c for c in self._claims if c.answer == latest and c.sentences_since < CURRENT_SENTENCES]

    def _asked_for(self, turn: Turn, meant: list[Claim], current: list[Claim]) -> list[ReviewEvent]:
        if not self._turn_asked:
            self._turn_asked = True
            self._answer += 1
            self._earlier.extend(self._before)
            self._before.clear()
            if not self._turn_named:
                self._focus = None
        if turn.is_other_matter or turn.opens_topic:
            asked = []
        elif meant or self._turn_named:
            asked = [claim for claim in self._claims if claim in meant or (self._turn_named and claim is self._focus)]
        else:
            asked = [claim for claim in current if _lacks(claim, turn)]
        self._asked_elsewhere = not asked and self._focus is None
        events: list[ReviewEvent] = []
        for claim in asked:
            claim.is_asked = True
            events += self._deck.retire_claim(claim, RetiredWhy.ASKED)
        if asked:
            self._focus = asked[-1]
        for card in list(self._deck.cards):
            if card.claim is None and card.follow_up.aspect in turn.asks:
                events += self._deck.retire(card, RetiredWhy.ASKED)
        return events

    # --- time ---------------------------------------------------------------------------------------------------

    def _next_deadline(self) -> float | None:
        """The next time at which something may change by itself; what was due until now is settled."""
        speaks = self._speaking[Channel.THEM]
        pending = [claim.show_at_seconds(speaks) for claim in self._claims if claim.stage is Stage.PENDING]
        times = [*pending, self._deck.next_seconds(), self._builder.deadline_seconds()]
        if not any(self._speaking.values()) and not self._aspect_tried:
            times.append(max(self._silent_since + QUIET_SECONDS, self._deck.last_aspect_seconds + ASPECT_EVERY_SECONDS))
        later = [time for time in times if time is not None and time > self._now]
        return min(later) if later else None

    def _settle(self, at_seconds: float) -> list[ReviewEvent]:
        """Do what is due now: show flags whose time has come, then at most one card."""
        speaks = self._speaking[Channel.THEM]
        events: list[ReviewEvent] = []
        for claim in self._claims:
            if claim.stage is Stage.PENDING and claim.show_at_seconds(speaks) <= at_seconds:
                events += self._show(claim)
        events += self._deck.drop_stale(at_seconds)
        if speaks or self._builder.is_open(Channel.THEM):
            return events
        events += self._deck.show(at_seconds, self._answer)
        return events + self._ask_for_aspect(at_seconds)

    def _show_followed(self) -> list[ReviewEvent]:
        """Show the flags that another sentence has followed.

        After each sentence, so that the flags do not depend on how many of them one utterance holds. Cards come only
        when all of an utterance is known: none is shown that the same breath has answered.
        """
        followed = [c for c in self._claims if c.stage is Stage.PENDING and c.sentences_since > 0]
        return [event for claim in followed for event in self._show(claim)]

    def _show(self, claim: Claim) -> list[ReviewEvent]:
        claim.stage = Stage.SHOWN
        self._flags += 1
        claim.flag_id = f"f{self._flags}"
        self._deck.wait_for(claim)
        return [claim.flag()]

    def _ask_for_aspect(self, at_seconds: float) -> list[ReviewEvent]:
        due = max(self._silent_since + QUIET_SECONDS, self._deck.last_aspect_seconds + ASPECT_EVERY_SECONDS)
        if any(self._speaking.values()) or self._aspect_tried or at_seconds < due:
            return []
        self._aspect_tried = True
        has_room = not self._deck.cards and not self._deck.waiting
        if not self._is_reviewing or not has_room or self._ledger.substantiated < STORY_SENTENCES:
            return []
        untouched = [aspect for aspect in BY_VALUE if aspect not in self._ledger.answered]
        return [*self._deck.show_aspect(untouched, at_seconds)]


def _lacks(claim: Claim, turn: Turn) -> bool:
    """Whether the interviewer asks for something that this claim leaves open."""
    return bool(set(turn.asks) & set(claim.missing))
