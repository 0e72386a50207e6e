"""The review of sentences whose words are replaced, since an utterance was heard once more.

A sentence keeps its place and its number: what is new stands where the words stood that it replaces. The answer that is
running is reviewed again from there on: flags whose words are gone are withdrawn with their cards, those whose words
are still there stay what they are, new ones come, and what was open may turn out to be answered. In an earlier answer
nothing new is raised or answered, since the talk has gone on from what was heard first, but flags go with their words
there, too. What was closed stays closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from assistant.review.cards import Deck
from assistant.review.claims import Claim, Stage, claims_of
from assistant.review.emptiness import Strength
from assistant.review.judge import Judgement
from assistant.review.listening import Listening, Memory
from assistant.review.open_claims import OpenClaims
from assistant.transcript.agreement import letters
from assistant.values import (
    FlagWithdrawn,
    RetiredWhy,
    ReviewedSentence,
    ReviewEvent,
    Sentence,
    TranscriptUpdate,
    Word,
)

KEPT_SENTENCES = 60  # far more than a minute holds
FILLED = "What was missing has been said since."
_UNSAID = "Heard once more, the words were others."


@dataclass(slots=True, eq=False)
class Heard:
    """A sentence as it was reviewed."""

    reviewed: ReviewedSentence
    at_seconds: float
    answer: int  # by the interviewer's turns
    memory: Memory | None = None  # of the candidate's: in what context it was judged
    claims: list[Claim] = field(default_factory=list)

    @property
    def sentence(self) -> Sentence:
        return self.reviewed.sentence


@dataclass(frozen=True, slots=True)
class Replacement:
    """What an utterance's new text makes of the sentences that it touches, and of words that wait for their end."""

    sentences: tuple[tuple[Heard, Sentence], ...]
    tail: tuple[Word, ...]


class Recent:
    """The last sentences, in their order."""

    def __init__(self) -> None:
        self._heard: deque[Heard] = deque(maxlen=KEPT_SENTENCES)

    def note(self, heard: Heard) -> None:
        self._heard.append(heard)

    def forget_contexts(self) -> None:
        for heard in self._heard:
            heard.memory = None

    def since(self, first: Heard) -> list[Heard]:
        """That sentence and those of its speaker that followed."""
        channel, index = first.sentence.channel, first.sentence.index
        return [h for h in self._heard if h.sentence.channel is channel and h.sentence.index >= index]

    def replacement(
        self, before: TranscriptUpdate, update: TranscriptUpdate, tail: Sequence[Word]
    ) -> Replacement | None:
        """`tail` are the words of that channel that are in no sentence yet. None where a sentence would be left
        without a word, or is too long ago."""
        said = [word for word in before.words if word.text.strip()]
        old = set(map(id, said))
        touched = [heard for heard in self._heard if any(id(word) in old for word in heard.sentence.words)]
        groups = replaced([*(heard.sentence.words for heard in touched), tuple(tail)], said, update.words)
        if groups is None or not all(groups[:-1]):
            return None
        sentences = [(h, replace(h.sentence, words=words)) for h, words in zip(touched, groups, strict=False)]
        return Replacement(tuple(sentences), groups[-1])


class SecondHearing:
    """Reviews replaced sentences by the parts of a conversation's review, which it shares."""

    def __init__(self, listening: Listening, claims: OpenClaims, deck: Deck, least: Strength) -> None:
        self._listening = listening
        self._open = claims
        self._deck = deck
        self._least = least
        self._recent = Recent()

    def note(self, heard: Heard) -> None:
        """A sentence was reviewed."""
        self._recent.note(heard)

    def stop_reviewing(self) -> None:
        """From now on sentences only read otherwise."""
        self._recent.forget_contexts()

    def replacement(
        self, before: TranscriptUpdate, update: TranscriptUpdate, tail: Sequence[Word]
    ) -> Replacement | None:
        """See `Recent.replacement`."""
        return self._recent.replacement(before, update, tail)

    def review(self, sentences: Sequence[tuple[Heard, Sentence]]) -> list[ReviewEvent]:
        """What follows from other words in these sentences of one speaker."""
        judged = [pair for pair in sentences if pair[0].memory is not None]
        events: list[ReviewEvent] = []
        for heard, sentence in sentences:
            if heard.memory is None:
                heard.reviewed = replace(heard.reviewed, sentence=sentence)
                events.append(heard.reviewed)
        return events + (self._review_answer(judged) if judged else [])

    def _review_answer(self, sentences: Sequence[tuple[Heard, Sentence]]) -> list[ReviewEvent]:
        first = sentences[0][0]
        assert first.memory is not None
        is_running = first.memory.turns == self._listening.memory.turns
        chain = self._recent.since(first) if is_running else [heard for heard, _ in sentences]
        texts = {id(heard): sentence for heard, sentence in sentences}
        now = [texts.get(id(heard), heard.sentence) for heard in chain]
        understood = self._listening.again(now, first.memory)
        events: list[ReviewEvent] = []
        for place, (heard, sentence, (judgement, said)) in enumerate(zip(chain, now, understood, strict=True)):
            events += _judged_anew(heard, sentence, judgement)
            found = claims_of(sentence, judgement, self._least, heard.answer, heard.at_seconds)
            events += self._follow(heard, found)
            if not is_running:
                continue
            if id(heard) in texts:
                for claim in self._open.heard_anew(said, heard.answer, sentence.index):
                    events += self._close(claim, FILLED, RetiredWhy.ANSWERED)
            since = [later for _, later in understood[place + 1 :]]
            heard.claims += [claim for claim in found if self._open.add_late(claim, since)]
        return events

    def _follow(self, heard: Heard, found: list[Claim]) -> list[ReviewEvent]:
        """What becomes of the claims of a sentence, now that those in `found` are in it; those that are the same are
        taken out there."""
        events: list[ReviewEvent] = []
        for claim in list(heard.claims):
            same = next((one for one in found if _is_same(one, claim)), None)
            if same is None:
                heard.claims.remove(claim)
                events += self._close(claim, _UNSAID, RetiredWhy.UNSAID)
                continue
            found.remove(same)
            claim.move_to(same)
            if claim.stage is Stage.SHOWN:
                events.append(claim.flag())
        return events

    def _close(self, claim: Claim, reason: str, why: RetiredWhy) -> list[ReviewEvent]:
        events: list[ReviewEvent] = []
        if claim.stage is Stage.SHOWN:
            events.append(FlagWithdrawn(claim.flag_id, reason))
        claim.stage = Stage.CLOSED
        self._open.claims = [other for other in self._open.claims if other is not claim]
        return [*events, *self._deck.retire_claim(claim, why)]


def replaced(
    groups: Sequence[Sequence[Word]], old: Sequence[Word], new: Sequence[Word]
) -> list[tuple[Word, ...]] | None:
    """Groups of words with `new` in place of those that are `old`; a new word goes to the group in which the word was
    that it stands for. None where `old` is not in the groups."""
    group_of = {id(word): number for number, words in enumerate(groups) for word in words}
    places = [group_of[id(word)] for word in old if id(word) in group_of]
    if len(places) != len(old) or not old:
        return None
    coming: list[list[Word]] = [[] for _ in groups]
    matcher = SequenceMatcher(None, [letters(word.text) for word in old], [letters(word.text) for word in new], False)
    for _, first, last, first_new, last_new in matcher.get_opcodes():
        for number in range(first_new, last_new):
            # Spread evenly over what it stands for; what was added belongs to the word before.
            at = first + (number - first_new) * (last - first) // (last_new - first_new) if last > first else first - 1
            coming[places[max(at, 0)]].append(new[number])
    return [_with(words, set(map(id, old)), coming[number]) for number, words in enumerate(groups)]


def _with(words: Sequence[Word], old: set[int], new: Sequence[Word]) -> tuple[Word, ...]:
    """`words` with `new` where the first of the `old` ones stands, which go."""
    at = next((place for place, word in enumerate(words) if id(word) in old), len(words))
    kept = [word for word in words[at:] if id(word) not in old]
    return (*words[:at], *new, *kept)


def _judged_anew(heard: Heard, sentence: Sentence, judgement: Judgement) -> list[ReviewedSentence]:
    """Told also where only its utterance reads otherwise: marks in that are set anew."""
    before = heard.reviewed
    heard.reviewed = replace(
        before,
        sentence=sentence,
        label=judgement.label,
        aspects=judgement.aspects,
        is_good_sign=judgement.is_good_sign,
    )
    return [] if heard.reviewed == before and sentence is before.sentence else [heard.reviewed]


def _is_same(one: Claim, other: Claim) -> bool:
    """The same kind of claim in the same words."""
    return one.kind is other.kind and letters(one.quote) == letters(other.quote)
