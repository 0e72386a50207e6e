"""Text of utterances that are still being spoken: which gets some next, and what is shown of it. Pure policy, used by
`Streaming` under the session's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from assistant.languages import UNSPACED_LANGUAGES
from assistant.ports import Effort, Hypothesis, Lead
from assistant.speech.listener import Listener, Utterance
from assistant.transcript.agreement import length_said
from assistant.transcript.finals import placed, update_of
from assistant.transcript.jobs import Job, Open, StreamingSettings
from assistant.transcript.nonsense import STRONG_DOUBT, is_nonsense
from assistant.transcript.pressure import Pressure, Rung
from assistant.values import Channel, TranscriptUpdate, UpdateKind, Word

# What is committed is given to the next decode, which gets to what is new sooner. But a word that was heard wrongly
# leads to more of them: the last words stay open, and where it costs little every third decode hears everything afresh.
OPEN_WORDS = 3
AFRESH_EVERY = 3
CHEAP_SECONDS = 0.15
_PUNCTUATION = ".,?!…;:؟،।"


class Partials:
    """Grow stale: there is at most one decode of each voice, of what it has said so far."""

    def __init__(self, listeners: Mapping[Channel, Listener], settings: StreamingSettings, pressure: Pressure) -> None:
        self._listeners = listeners
        self._settings = settings
        self._pressure = pressure

    def job(self, opened: Collection[Open]) -> Job | None:
        """The decode that is due, if one is: that of the voice that is overdue for longest."""
        overdue_seconds, longest = self._most_overdue(opened)
        if longest is None or overdue_seconds < -1e-6:
            return None
        utterance = self._listeners[longest.channel].open_utterance()
        assert utterance is not None
        longest.seen_until_seconds = utterance.end_seconds
        longest.partials += 1
        return Job(longest.number, utterance, Effort.PARTIAL, utterance.samples, lead=_known(longest, utterance))

    def waiting_seconds(self, opened: Collection[Open]) -> float:
        """How long the oldest sound has been waiting beyond its step that partial text should show."""
        return max(0.0, self._most_overdue(opened)[0])

    def show(self, opened: Open, job: Job, hypothesis: Hypothesis) -> list[TranscriptUpdate]:
        """What the hypothesis of a job changes in what is shown of an open utterance."""
        utterance = job.utterance
        # What is doubted can wait for its final: with less silence behind it, a noise has more likely text.
        is_doubted = hypothesis.no_speech_probability > STRONG_DOUBT or is_nonsense(hypothesis)
        heard = _all_words(opened, job, hypothesis)
        says_nothing_new = length_said(opened.agreement.committed, heard) == len(heard)
        opened.is_led_astray = _own_lead(job) is not None and (is_doubted or says_nothing_new)
        if opened.is_led_astray:
            opened.seen_until_seconds -= self._step_seconds(opened)  # to be heard again at once, without the lead
        if not self._settings.shows_partials or is_doubted or opened.is_led_astray:
            return []
        opened.written_in = hypothesis.written_in
        words = opened.agreement.add(heard)
        updates = []
        committed = opened.agreement.committed
        if len(committed) > opened.committed:
            opened.committed = len(committed)
            updates.append(update_of(UpdateKind.COMMITTED, opened.number, utterance, committed))
        if words != opened.words:
            opened.words = words
            updates.append(update_of(UpdateKind.PARTIAL, opened.number, utterance, words))
        return updates

    @property
    def _is_shown(self) -> bool:
        return self._settings.shows_partials and self._pressure.rung < Rung.NO_PARTIALS

    def _voices(self, opened: Collection[Open]) -> Collection[Open]:
        """Those that get partial text: under pressure the candidate's alone, while both speak."""
        if self._pressure.rung >= Rung.ONE_VOICE and len(opened) > 1:
            return [one for one in opened if one.channel is Channel.THEM]
        return opened

    def _most_overdue(self, opened: Collection[Open]) -> tuple[float, Open | None]:
        """By how long the most overdue voice is so, below 0 while none is due, and which it is; None without any."""
        voices = self._voices(opened) if self._is_shown else ()
        overdue = [(self._unseen_seconds(one) - self._step_seconds(one), one) for one in voices]
        return max(overdue, key=lambda pair: pair[0], default=(0.0, None))

    def _step_seconds(self, opened: Open) -> float:
        """How much unseen sound makes the next decode of an open utterance due."""
        settings = self._settings
        if self._pressure.rung:
            return settings.longest_step_seconds
        own_seconds = max(settings.step_seconds, settings.step_in_decodes * opened.partial_took_seconds)
        return min(own_seconds, settings.longest_step_seconds)

    def _unseen_seconds(self, opened: Open) -> float:
        """Length of what an open utterance has that no decode has heard."""
        span = self._listeners[opened.channel].open_span_seconds
        assert span is not None
        return span[1] - max(opened.seen_until_seconds, span[0])


def _known(opened: Open, utterance: Utterance) -> Lead | None:
    """The beginning of an utterance that need not be heard again. It does not end a sentence: what follows may be the
    rest of it."""
    known = opened.agreement.committed[:-OPEN_WORDS]
    is_afresh = opened.partials % AFRESH_EVERY == 0 and opened.whole_took_seconds <= CHEAP_SECONDS
    if not known or is_afresh or opened.is_led_astray or opened.written_in in UNSPACED_LANGUAGES:
        return None
    last = replace(known[-1], text=known[-1].text.rstrip(_PUNCTUATION) or known[-1].text)
    return Lead(last.end_seconds - utterance.start_seconds, (*known[:-1], last))


def _own_lead(job: Job) -> Lead | None:
    """The utterance's own beginning; the lead of a final is the utterance before it."""
    return None if job.is_final else job.lead


def _all_words(opened: Open, job: Job, hypothesis: Hypothesis) -> tuple[Word, ...]:
    """What the hypothesis says on the call's clock, behind what was given to a partial decode."""
    start_seconds = job.utterance.start_seconds
    lead = _own_lead(job)
    if lead is None:
        return placed(hypothesis.words, start_seconds)
    known = opened.agreement.committed[: len(lead.words)]
    return (*known, *placed(hypothesis.words, start_seconds + lead.seconds))
