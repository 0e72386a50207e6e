"""The review of one call, fed in the order of the call's clock by one thread. The only thing that a session calls.

What comes out depends on what was said and when, never on how often the clock was told: whatever is due at a time is
kept as a deadline and done at that time, before anything later.
"""

from __future__ import annotations

from assistant.languages import ENGLISH
from assistant.ports import SentenceModel
from assistant.review.cards import ASPECT_EVERY_SECONDS, Deck
from assistant.review.claims import Claim, Ledger, Stage, claims_of
from assistant.review.communication import Communication
from assistant.review.emptiness import Strength
from assistant.review.explanation import Explain
from assistant.review.interviewer import understand
from assistant.review.judge import judge
from assistant.review.listening import Listening
from assistant.review.occasions import STORY_ASPECTS
from assistant.review.open_claims import OpenClaims
from assistant.review.questions import QuestionBank
from assistant.review.rewording import Reworder
from assistant.review.second_hearing import FILLED, Heard, SecondHearing
from assistant.transcript.sentences import SentenceBuilder
from assistant.values import (
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
STORY_SENTENCES = 4  # substantiated ones, before a part of the story is asked for
ANOTHER_ANSWER_SHARE = 0.5  # of a new topic, from which on the ledger counts another answer
QUIET_SECONDS = 3.0  # both silent for so long: there is room for a question about the story
_NOT_ENGLISH = "This call is not in English, and only English is reviewed."


class Conversation:
    """Both sides of a call. All times are seconds on the call's clock and never fall."""

    def __init__(
        self,
        verbosity: Verbosity = Verbosity.NORMAL,
        bank: QuestionBank | None = None,
        model: SentenceModel | None = None,
        explain: Explain | None = None,
        reworder: Reworder | None = None,
    ) -> None:
        """Args:
        bank: of questions; the bundled one by default.
        model: beside the rules; without it they decide alone.
        explain: is told why, for each sentence.
        reworder: of follow-ups, started and closed by the session; without it the bank's wording is shown.
        """
        self._is_reviewing = True
        self._listening = Listening(model, explain)
        self._least = LEAST_STRENGTH[verbosity]
        self._builder = SentenceBuilder()
        self._deck = Deck(bank or QuestionBank.bundled(), reworder)
        self._open = OpenClaims(explain)
        self._second_hearing = SecondHearing(self._listening, self._open, self._deck, self._least)
        self._ledger = Ledger()
        self._communication = Communication(verbosity)
        self._answer = 0  # counted by the interviewer's turns that ask something or open a topic
        self._topic = 0  # counted by the topics they open
        self._topic_has_begun = False  # the candidate has said something on it
        self._turn_moves_on = False  # it asks for something else than what is open
        self._turn_asked = False  # the interviewer's turn holds a question
        self._turn_begins_answer = False  # what the candidate says next is another answer
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
            FlagWithdrawn(claim.flag_id, _NOT_ENGLISH) for claim in self._open.claims if claim.stage is Stage.SHOWN
        ]
        for card in list(self._deck.cards):
            events += self._deck.retire(card, RetiredWhy.STALE)
        self._open.claims.clear()
        self._deck.waiting.clear()
        self._second_hearing.stop_reviewing()
        return events

    def speech_started(self, channel: Channel, at_seconds: float) -> list[ReviewEvent]:
        """Somebody begins an utterance."""
        events = self.clock(at_seconds)
        self._builder.speech_started(channel, at_seconds)
        self._speaking[channel] = True
        return events + self._show_due(at_seconds)

    def utterance_locked(self, update: TranscriptUpdate, at_seconds: float) -> list[ReviewEvent]:
        """The final text of an utterance that ended at `at_seconds`; without words it only ends the speech."""
        events = self.clock(at_seconds)
        self._speaking[update.channel] = False
        self._silent_since, self._aspect_tried = at_seconds, False
        if update.channel is Channel.THEM:
            for claim in self._open.claims:
                spoke_until = update.words[-1].end_seconds if update.words else at_seconds
                claim.silent_since_seconds = max(claim.silent_since_seconds, min(spoke_until, at_seconds))
        events += self._review(self._builder.lock(update, at_seconds), at_seconds)
        return events + self._settle(at_seconds)

    def utterance_refined(self, before: TranscriptUpdate, update: TranscriptUpdate) -> list[ReviewEvent] | None:
        """The final text of an utterance that was `before` reads otherwise from now on. None where the review can't
        follow: then nothing has changed, and the text has to stay."""
        replacement = self._second_hearing.replacement(before, update, self._builder.tail(update.channel))
        if replacement is None:
            return None
        self._builder.replace_tail(update.channel, replacement.tail)
        return [*self._second_hearing.review(replacement.sentences), *self._settle(self._now)]

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
            self._open.forget_question()
            card.claim.asked_share = 1.0
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
        events += [event for claim in self._open.claims if claim.stage is Stage.PENDING for event in self._show(claim)]
        self._deck.waiting.clear()
        return events

    # --- sentences ----------------------------------------------------------------------------------------------

    def _review(self, sentences: list[Sentence], at_seconds: float) -> list[ReviewEvent]:
        if not self._is_reviewing:
            passed = [ReviewedSentence(sentence, None) for sentence in sentences]
            for reviewed in passed:
                self._second_hearing.note(Heard(reviewed, at_seconds, self._answer))
            return [*passed]
        events: list[ReviewEvent] = []
        for sentence in sentences:
            self._open.heard = sentence.index
            if sentence.channel is Channel.THEM:
                events += self._candidate_said(sentence, at_seconds)
            else:
                events += self._interviewer_said(sentence, at_seconds)
            events += self._show_followed()
        return events

    def _candidate_said(self, sentence: Sentence, at_seconds: float) -> list[ReviewEvent]:
        if self._turn_asked:
            self._open.question_over()
        memory = self._listening.memory
        judgement, said = self._listening.candidate(sentence)
        reviewed = ReviewedSentence(sentence, judgement.label, judgement.aspects, judgement.is_good_sign, self._topic)
        events: list[ReviewEvent] = [reviewed, *self._communication.candidate(sentence, judgement)]
        self._topic_has_begun = True
        for claim in self._open.answered(said, self._answer):
            if claim.stage is Stage.SHOWN:
                events.append(FlagWithdrawn(claim.flag_id, FILLED))
            claim.stage = Stage.CLOSED
            events += self._deck.retire_claim(claim, RetiredWhy.ANSWERED)
        if judgement.is_refusal and (refused := self._open.refused(self._answer)) is not None:
            events += self._deck.retire_claim(refused, RetiredWhy.ANSWERED)
        for card in list(self._deck.cards):
            if card.claim is None and card.follow_up.aspect in judgement.aspects:
                events += self._deck.retire(card, RetiredWhy.ANSWERED)
        if self._turn_moves_on and not judgement.is_settled:  # "Great, thank you." follows nobody anywhere yet
            events += self._deck.retire_before(self._answer)
            self._turn_moves_on = False
        self._turn_asked = self._turn_begins_answer = False
        claims = claims_of(sentence, judgement, self._least, self._answer, at_seconds)
        self._open.claims += claims
        self._second_hearing.note(Heard(reviewed, at_seconds, self._answer, memory, claims))
        for claim in claims:
            self._deck.foresee(claim)
        self._open.let_go([card.claim for card in self._deck.cards])
        self._ledger.note(judgement)
        return events

    # --- the interviewer ----------------------------------------------------------------------------------------

    def _interviewer_said(self, sentence: Sentence, at_seconds: float) -> list[ReviewEvent]:
        turn = self._listening.interviewer(sentence)
        if turn.topic_share >= ANOTHER_ANSWER_SHARE and self._topic_has_begun:
            self._topic, self._topic_has_begun = self._topic + 1, False
        reviewed = ReviewedSentence(sentence, None, turn.asks, answer=self._topic)
        self._second_hearing.note(Heard(reviewed, at_seconds, self._answer))
        events: list[ReviewEvent] = [reviewed]
        if turn.is_nod:
            return events
        latest = self._answer - self._turn_begins_answer
        if not self._turn_begins_answer and (turn.is_question or turn.opens_topic):
            # After "Let's talk about teamwork.", too, a story is no answer to what is open.
            self._turn_begins_answer = True
            self._answer += 1
            self._listening.new_answer()
            self._open.forget_question()
        self._communication.interviewer(sentence, turn, asks_anew=turn.is_question and not self._turn_asked)
        self._turn_asked = self._turn_asked or turn.is_question
        asked = self._open.asked(turn, latest)
        if turn.is_question or turn.opens_topic:
            self._turn_moves_on = not asked and not turn.is_other_matter
        for claim in asked:
            events += self._deck.retire_claim(claim, RetiredWhy.ASKED)
        for card in list(self._deck.cards):
            if card.claim is None and card.follow_up.aspect in turn.asks:
                events += self._deck.retire(card, RetiredWhy.ASKED)
        if turn.opens_topic:
            self._listening.new_topic()
            self._ledger.new_topic()
        return events

    # --- time ---------------------------------------------------------------------------------------------------

    def _next_deadline(self) -> float | None:
        """The next time at which something may change by itself; what was due until now is settled."""
        speaks = self._speaking[Channel.THEM]
        pending = [claim.show_at_seconds(speaks) for claim in self._open.claims if claim.stage is Stage.PENDING]
        times = [*pending, self._deck.next_seconds(), self._builder.deadline_seconds()]
        if not any(self._speaking.values()) and not self._aspect_tried:
            times.append(self._aspect_due_seconds)
        later = [time for time in times if time is not None and time > self._now]
        return min(later) if later else None

    @property
    def _aspect_due_seconds(self) -> float:
        """When there is room for a question about the story, if this silence lasts."""
        return max(self._silent_since + QUIET_SECONDS, self._deck.last_aspect_seconds + ASPECT_EVERY_SECONDS)

    def _settle(self, at_seconds: float) -> list[ReviewEvent]:
        """Do what is due now: show flags whose time has come, then at most one card."""
        events = self._show_due(at_seconds)
        events += self._deck.drop_stale(at_seconds)
        if self._speaking[Channel.THEM] or self._builder.is_open(Channel.THEM):
            return events
        events += self._deck.show(at_seconds, self._answer)
        return events + self._ask_for_aspect(at_seconds)

    def _show_due(self, at_seconds: float) -> list[ReviewEvent]:
        """Show the flags that have waited long enough."""
        speaks = self._speaking[Channel.THEM]
        pending = [claim for claim in self._open.claims if claim.stage is Stage.PENDING]
        due = [claim for claim in pending if claim.show_at_seconds(speaks) <= at_seconds]
        return [event for claim in due for event in self._show(claim)]

    def _show_followed(self) -> list[ReviewEvent]:
        """Show the flags that another sentence has followed.

        After each sentence, so that the flags do not depend on how many of them one utterance holds. Cards come only
        when all of an utterance is known: none is shown that the same breath has answered.
        """
        followed = [c for c in self._open.claims if c.stage is Stage.PENDING and c.sentences_since > 0]
        return [event for claim in followed for event in self._show(claim)]

    def _show(self, claim: Claim) -> list[ReviewEvent]:
        claim.stage = Stage.SHOWN
        self._flags += 1
        claim.flag_id = f"f{self._flags}"
        self._deck.wait_for(claim)
        return [claim.flag()]

    def _ask_for_aspect(self, at_seconds: float) -> list[ReviewEvent]:
        if any(self._speaking.values()) or self._aspect_tried or at_seconds < self._aspect_due_seconds:
            return []
        self._aspect_tried = True
        has_room = not self._deck.cards and not self._deck.waiting
        if not self._is_reviewing or not has_room or self._ledger.substantiated < STORY_SENTENCES:
            return []
        untouched = [aspect for aspect in STORY_ASPECTS if aspect not in self._ledger.answered]
        return [*self._deck.show_aspect(untouched, at_seconds)]
