"""Everything the panel shows, folded from the events of a call. No Qt; used by the UI thread alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from statistics import median

from assistant.call import Call
from assistant.parts import ASPECTS
from assistant.plain import clock, plain
from assistant.values import (
    SILENCE_DBFS,
    AudioGap,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Level,
    Mark,
    ReviewedSentence,
    Stamped,
    Status,
    TranscriptUpdate,
    UpdateKind,
)
from ui.desktop import standing
from ui.desktop.agenda import Agenda
from ui.desktop.coverage import Chip, empty_chips, with_sentence
from ui.desktop.lines import LineChange, Lines, SpanKind
from ui.desktop.standing import Phase, Standing

MOST_CARDS = 3
_DELAYS = 5  # readings that the shown delay is the median of, so that it does not flicker
_SPAN_KINDS = {ClaimKind.NUMBER_ONLY: SpanKind.NUMBER_ONLY, ClaimKind.VAGUE: SpanKind.VAGUE}
HINT_SECONDS = 45.0  # a gentle note is shown for so long


class Part(Enum):
    """Parts of the panel that a change touches, beside the lines."""

    STANDING = auto()
    CLOCK = auto()
    LEVELS = auto()
    DELAY = auto()
    CARDS = auto()
    CHIPS = auto()
    BALANCE = auto()
    AGENDA = auto()
    HINT = auto()


@dataclass(frozen=True, slots=True)
class Changes:
    lines: tuple[LineChange, ...] = ()
    parts: frozenset[Part] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """A follow-up to show. Texts are cleaned."""

    id: str
    kind: ClaimKind
    quote: str  # empty where nothing is quoted
    question: str
    why: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a span is marked. `question` is the card that belongs to it, empty if there is none."""

    title: str
    text: str
    missing: str = ""
    question: str = ""


_GOOD_SIGNS = {  # of marked spans, by how the ids of their reasons begin; flags have ids of their own
    "admitted": Reason("Good sign", "A mistake admitted or a lesson learnt: worth remembering."),
    "helped": Reason("Good sign", "Helps the listener along: worth remembering."),
}


@dataclass(slots=True, weakref_slot=True)  # Qt connects signals to its methods by weak references
class PanelState:
    title: str = ""
    consent: str = ""
    clock_seconds: float = 0.0
    standing: Standing = field(default_factory=Standing)
    levels: dict[Channel, float] = field(default_factory=lambda: dict.fromkeys(Channel, SILENCE_DBFS))
    cards: tuple[Card, ...] = ()
    chips: tuple[Chip, ...] = field(default_factory=empty_chips)
    spoken_seconds: dict[Channel, float] = field(default_factory=lambda: dict.fromkeys(Channel, 0.0))
    lines: Lines = field(default_factory=Lines)
    agenda: Agenda = field(default_factory=Agenda)
    hint: str = ""  # a gentle note on how something is told; empty for most of a call
    _hint_seconds: float = 0.0  # when it came
    _helped: set[int] = field(default_factory=set)  # sentences that help the listener along
    _flags: dict[str, Flag] = field(default_factory=dict)
    _questions: dict[str, str] = field(default_factory=dict)  # of a flag: what its follow-up asks
    _spoken: dict[int, float] = field(default_factory=dict)  # seconds of an utterance's final text
    _said_before: str = ""  # the newest sentence, where it was the interviewer's
    _delays: list[float] = field(default_factory=list)

    @classmethod
    def from_call(cls, call: Call) -> PanelState:
        """A call that is over: its lines, the flags that still stand, the follow-ups that nobody came to."""
        state = cls(title=plain(call.title), consent=plain(call.consent or ""), clock_seconds=call.duration_seconds)
        state.standing = Standing(Phase.FINISHED)
        events: list[Stamped] = [Stamped(update, update.end_seconds, 0.0) for update in call.utterances]
        events += [Stamped(gap, gap.start_seconds, 0.0) for gap in call.gaps]
        events += [Stamped(mark, mark.at_seconds, 0.0) for mark in call.marks]
        events += [Stamped(sentence, sentence.sentence.end_seconds, 0.0) for sentence in call.sentences]
        events += [Stamped(cue, cue.end_seconds, 0.0) for cue in call.cues if cue.is_good]
        for fate in call.flags:
            if fate.withdrawn_at_seconds is None:
                events.append(Stamped(fate.flag, fate.raised_at_seconds, 0.0))
        for asked in call.follow_ups:
            events.append(Stamped(asked.follow_up, asked.raised_at_seconds, 0.0))
            if asked.retired_why is not None:
                events.append(Stamped(FollowUpRetired(asked.follow_up.id, asked.retired_why), 0.0, 0.0))
        for stamped in events:
            state.apply(stamped)
        state.clock_seconds = call.duration_seconds
        return state

    def apply_all(self, events: Iterable[Stamped]) -> Changes:
        lines: list[LineChange] = []
        parts: set[Part] = set()
        for stamped in events:
            changes = self.apply(stamped)
            lines += changes.lines
            parts |= changes.parts
        return Changes(tuple(lines), frozenset(parts))

    def apply(self, stamped: Stamped) -> Changes:
        """Take an event in; what of the panel it changes."""
        lines, parts = self._fold(stamped)
        if stamped.audio_seconds > self.clock_seconds:
            self.clock_seconds = stamped.audio_seconds
            parts.add(Part.CLOCK)
        if self.hint and self.clock_seconds - self._hint_seconds >= HINT_SECONDS:
            self.hint = ""
            parts.add(Part.HINT)
        return Changes(tuple(lines), frozenset(parts))

    def close(self) -> Changes:
        """No event will come any more."""
        self.standing = standing.closed(self.standing)
        return Changes(parts=frozenset({Part.STANDING, Part.DELAY}))

    def take_card(self, follow_up_id: str) -> Changes:
        """The interviewer has dealt with a card: it goes at once, the core confirms it later."""
        return Changes(parts=frozenset({Part.CARDS} if self._retire(follow_up_id) else ()))

    def put_away(self, key: str) -> Changes:
        """The interviewer has read a notice."""
        self.standing = standing.without(self.standing, key)
        return Changes(parts=frozenset({Part.STANDING}))

    def toggle_question(self, index: int) -> Changes:
        """The interviewer ticks a question of the plan, or takes its tick back."""
        self.agenda = self.agenda.toggled(index)
        return Changes(parts=frozenset({Part.AGENDA}))

    @property
    def delay_seconds(self) -> float | None:
        """How far the text lags behind the voice; None until it is known."""
        if self.standing.behind_seconds is not None:
            return self.standing.behind_seconds
        return median(self._delays) if self._delays else None

    @property
    def share_of_you(self) -> float | None:
        """Of the time that anyone spoke, 0 to 1; None before anyone did."""
        total_seconds = sum(self.spoken_seconds.values())
        return self.spoken_seconds[Channel.YOU] / total_seconds if total_seconds else None

    def reason(self, reason_id: str) -> Reason | None:
        """Why a span is marked; None where it no longer is."""
        flag = self._flags.get(reason_id)
        if flag is None:
            return _GOOD_SIGNS.get(reason_id.partition(" ")[0])
        title = "A number, nothing behind it yet" if flag.kind is ClaimKind.NUMBER_ONLY else "Vague so far"
        missing = ", ".join(ASPECTS[aspect] for aspect in flag.missing)
        return Reason(title, plain(flag.reason), missing, self._questions.get(flag.id, ""))

    # --- one kind of event each ---

    def _fold(self, stamped: Stamped) -> tuple[list[LineChange], set[Part]]:
        match stamped.event:
            case Level(channel, peak_dbfs):
                self.levels[channel] = peak_dbfs
                before = self.standing
                if peak_dbfs > SILENCE_DBFS:
                    self.standing = standing.heard(before, channel)
                return [], {Part.LEVELS} if self.standing is before else {Part.LEVELS, Part.STANDING}
            case TranscriptUpdate() as update:
                return self.lines.update(update), self._measure(update, stamped.audio_seconds)
            case ReviewedSentence() as reviewed:
                return self._sentence(reviewed)
            case CommunicationCue() as cue:
                return self._note(cue, stamped.audio_seconds)
            case Flag() as flag:
                known = self._flags.get(flag.id)
                self._flags[flag.id] = flag
                # The same claim again, after its words were heard once more.
                moved = self.lines.unmark(flag.id, known.start_seconds) if known else []
                return [*moved, *self._span(flag)], set()
            case FlagWithdrawn(flag_id):
                withdrawn = self._flags.pop(flag_id, None)
                return self.lines.unmark(flag_id, withdrawn.start_seconds) if withdrawn else [], set()
            case FollowUp() as follow_up:
                return [], self._ask(follow_up)
            case FollowUpRetired(follow_up_id):
                return [], {Part.CARDS} if self._retire(follow_up_id) else set()
            case AudioGap() as gap:
                return self.lines.gap(gap), set()
            case Mark() as mark:
                return self.lines.mark(mark), set()
            case Status() as status:
                self.standing = standing.after(self.standing, status)
                return [], {Part.STANDING, Part.DELAY}

    def _measure(self, update: TranscriptUpdate, audio_seconds: float) -> set[Part]:
        if update.kind is UpdateKind.FINAL:
            before = self._spoken.get(update.utterance, 0.0)
            self._spoken[update.utterance] = seconds = sum(
                word.end_seconds - word.start_seconds for word in update.words
            )
            self.spoken_seconds[update.channel] += seconds - before
            return {Part.BALANCE}
        self._delays = [*self._delays, max(0.0, audio_seconds - update.end_seconds)][-_DELAYS:]
        return {Part.DELAY}

    def _sentence(self, reviewed: ReviewedSentence) -> tuple[list[LineChange], set[Part]]:
        chips = with_sentence(self.chips, reviewed)
        parts = {Part.CHIPS} if chips is not self.chips else set()
        is_yours = reviewed.sentence.channel is Channel.YOU
        if is_yours:
            agenda = self.agenda.heard(reviewed.sentence.text, self._said_before)
            parts |= {Part.AGENDA} if agenda is not self.agenda else set()
            self.agenda = agenda
        self._said_before = reviewed.sentence.text if is_yours else ""
        self.chips = chips
        said = reviewed.sentence
        lines: list[LineChange] = []
        span = (said.channel, said.start_seconds, said.end_seconds, said.text)
        for kind, is_marked in (("admitted", reviewed.is_good_sign), ("helped", said.index in self._helped)):
            reason_id = _good_sign(kind, said.index)
            lines += self.lines.unmark(reason_id, said.start_seconds)  # where it was heard once more
            lines += self.lines.span(*span, SpanKind.GOOD_SIGN, reason_id) if is_marked else []
        return lines, parts

    def _note(self, cue: CommunicationCue, at_seconds: float) -> tuple[list[LineChange], set[Part]]:
        """A good one is marked where it was said; of the others the newest is a hint for a while."""
        if cue.is_good:
            self._helped.add(cue.sentence)
            span = (cue.channel, cue.start_seconds, cue.end_seconds, cue.quote)
            return self.lines.span(*span, SpanKind.GOOD_SIGN, _good_sign("helped", cue.sentence)), set()
        if cue.kind is CueKind.UNEXPLAINED_TERM:
            self.hint = f"“{plain(cue.quote)}”: ask as a newcomer would"
        else:
            self.hint = "A long answer; the question is still open"
        self._hint_seconds = at_seconds
        return [], {Part.HINT}

    def _span(self, flag: Flag) -> list[LineChange]:
        return self.lines.span(
            flag.channel, flag.start_seconds, flag.end_seconds, flag.quote, _SPAN_KINDS[flag.kind], flag.id
        )

    def _ask(self, follow_up: FollowUp) -> set[Part]:
        why = plain(follow_up.why)
        if follow_up.start_seconds is not None:
            why = f"{why.rstrip('.')} · {clock(follow_up.start_seconds)}"
        if follow_up.worded_by:
            why = f"{why.rstrip('.')} · reworded"
        card = Card(follow_up.id, follow_up.kind, plain(follow_up.quote or ""), plain(follow_up.question), why)
        if follow_up.flag_id is not None:
            self._questions[follow_up.flag_id] = card.question
        self.cards = (*(old for old in self.cards if old.id != card.id), card)
        return {Part.CARDS}

    def _retire(self, follow_up_id: str) -> bool:
        kept = tuple(card for card in self.cards if card.id != follow_up_id)
        changed, self.cards = len(kept) != len(self.cards), kept
        return changed


def _good_sign(kind: str, sentence: int) -> str:
    """The id of a good sign's reason."""
    return f"{kind} {sentence}"
