"""Which finals are heard once more while nobody speaks, and whether what is heard then is better. Pure policy, used by
`Streaming` under the session's lock.

A final is decoded the moment its end is known: what follows, which would help to understand it, has not been said yet,
and under pressure it is not searched thoroughly. So those that were decoded in haste and those that the model doubts
are decoded again, once, between the utterances before and after them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.ports import Effort, Hypothesis, Lead
from assistant.speech.listener import Utterance
from assistant.transcript.agreement import border, letters
from assistant.transcript.finals import final_of
from assistant.transcript.leads import LEAD_GAP_SECONDS, led, silence
from assistant.transcript.nonsense import is_nonsense
from assistant.values import SAMPLE_RATE_HZ, Channel, TranscriptUpdate, Word

OLDEST_SECONDS = 60.0  # who has read a line moves on: it does not change any more
LONGEST_REFINED_SECONDS = 12.0  # a longer utterance has context enough
LONGEST_DECODE_SECONDS = 15.0  # neighbours included: whoever begins to speak meanwhile waits for it
KEPT_UTTERANCES = 12  # of a channel, with their sound
DOUBTFUL_LOG_PROBABILITY = -0.7  # average over a final's tokens


@dataclass(frozen=True, slots=True)
class Refined:
    """The text of an utterance is another one from now on; `before` is how it read."""

    update: TranscriptUpdate
    before: TranscriptUpdate
    at_seconds: float


@dataclass(slots=True, eq=False)
class _Kept:
    """A final with the sound and the decode that it comes of."""

    utterance: Utterance
    update: TranscriptUpdate
    hypothesis: Hypothesis
    is_hasty: bool
    is_settled: bool  # it was heard once more, or does not need it

    @property
    def seconds(self) -> float:
        return len(self.utterance.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A final that is heard once more, with its neighbours."""

    kept: _Kept
    before: _Kept | None
    after: _Kept | None  # None where none is near

    @property
    def number(self) -> int:
        return self.kept.update.utterance

    @property
    def utterance(self) -> Utterance:
        return self.kept.utterance

    def sound(self) -> tuple[NDArray[np.float32], Lead | None]:
        """What to decode, and its lead."""
        samples = self.utterance.samples
        if self.after is not None:
            gap = silence(self.after.utterance.start_seconds - self.utterance.end_seconds)
            samples = np.concatenate([samples, gap, self.after.utterance.samples])
        before = (self.before.utterance, self.before.update) if self.before is not None else None
        return led(self.utterance, before, samples, LONGEST_DECODE_SECONDS)


class Refinement:
    """Tell it every final; it remembers the last ones, however long the call is."""

    def __init__(self) -> None:
        self._kept: dict[Channel, deque[_Kept]] = {channel: deque(maxlen=KEPT_UTTERANCES) for channel in Channel}
        self._chosen: Chosen | None = None  # being decoded

    def note(self, utterance: Utterance, update: TranscriptUpdate, hypothesis: Hypothesis, effort: Effort) -> None:
        is_hasty = effort is Effort.HASTY
        is_doubtful = hypothesis.average_log_probability < DOUBTFUL_LOG_PROBABILITY
        kept = _Kept(utterance, update, hypothesis, is_hasty, is_settled=not (is_hasty or is_doubtful))
        kept.is_settled |= not update.words or kept.seconds > LONGEST_REFINED_SECONDS
        self._forget_before(utterance.end_seconds - OLDEST_SECONDS, update.channel)
        self._kept[update.channel].append(kept)

    def choose(self, at_seconds: float) -> Chosen | None:
        """The final that deserves it most; it is never chosen again, whatever comes of it."""
        candidates = []
        for channel in self._kept:
            self._forget_before(at_seconds - OLDEST_SECONDS, channel)
            row = list(self._kept[channel])
            for kept, before, after in zip(row, [None, *row], [*row[1:], None], strict=False):
                after = after if after is not None and _is_near(kept, after) else None
                # Without what follows, one that was searched thoroughly would be heard much as before.
                if not kept.is_settled and (kept.is_hasty or after is not None):
                    candidates.append(Chosen(kept, before, after))
        self._chosen = min(candidates, key=_urgency, default=None)
        if self._chosen is not None:
            self._chosen.kept.is_settled = True
        return self._chosen

    def done(self, hypothesis: Hypothesis, at_seconds: float) -> Refined | None:
        """What was heard of the one that was chosen; None where its text stays as it is."""
        assert self._chosen is not None
        kept, after = self._chosen.kept, self._chosen.after
        words = hypothesis.words
        if after is not None:
            words = words[: border(kept.hypothesis.words, after.hypothesis.words, words)]
            if len(words) == len(hypothesis.words) and after.update.words:
                return None  # the model has stopped before what follows, so it has lost its way
        if not words or is_nonsense(hypothesis) or _spelled(words) == _spelled(kept.hypothesis.words):
            return None
        separately = [kept.hypothesis] if after is None else [kept.hypothesis, after.hypothesis]
        if hypothesis.average_log_probability <= _likelihood(separately):
            return None
        update = final_of(self._chosen.number, kept.utterance, replace(hypothesis, words=words))
        refined = Refined(update, kept.update, at_seconds)
        kept.update, kept.hypothesis = update, replace(hypothesis, words=words)
        return refined

    def _forget_before(self, seconds: float, channel: Channel) -> None:
        row = self._kept[channel]
        while row and row[0].utterance.end_seconds < seconds:
            row.popleft()


def _is_near(kept: _Kept, after: _Kept) -> bool:
    """Whether what follows an utterance belongs to the same matter, and fits into a decode with it."""
    gap_seconds = after.utterance.start_seconds - kept.utterance.end_seconds
    is_fitting = kept.seconds + gap_seconds + after.seconds <= LONGEST_DECODE_SECONDS
    return gap_seconds <= LEAD_GAP_SECONDS and is_fitting


def _urgency(chosen: Chosen) -> tuple[bool, float]:
    return not chosen.kept.is_hasty, chosen.utterance.end_seconds


def _likelihood(hypotheses: Sequence[Hypothesis]) -> float:
    """The average log-probability of what several decodes gave, by how much it is."""
    words = sum(len(one.words) for one in hypotheses)
    return sum(one.average_log_probability * len(one.words) for one in hypotheses) / words


def _spelled(words: Sequence[Word]) -> list[str]:
    return [letters(word.text) for word in words]
