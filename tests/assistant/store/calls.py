"""Calls to store: any that the stages could make (hypothesis), and the events that lead to one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from assistant.call import Call, CallState, FlagFate, FollowUpFate
from assistant.store import StoreSink
from assistant.values import (
    Aspect,
    AudioGap,
    Channel,
    ClaimKind,
    Event,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Label,
    Mark,
    RetiredWhy,
    ReviewedSentence,
    Sentence,
    Stamped,
    TranscriptUpdate,
    UpdateKind,
    Word,
)

STARTED = datetime(2026, 11, 26, 12, 4, 5, 123456, tzinfo=timezone(timedelta(hours=1)))

_seconds = st.floats(0, 11_000, allow_nan=False)
_text = st.text(max_size=12)  # any code point, control characters among them
_wild_text = st.text(st.characters(exclude_categories=()), max_size=12)  # half surrogate pairs, too
_words = st.lists(st.builds(Word, _wild_text, _seconds, _seconds, st.floats(0, 1)), min_size=1, max_size=5).map(tuple)
_aspects = st.lists(st.sampled_from(Aspect), max_size=3, unique=True).map(tuple)
_claims = st.sampled_from([ClaimKind.VAGUE, ClaimKind.NUMBER_ONLY])
_channels = st.sampled_from(Channel)
_starts = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()).map(
    lambda start: start.astimezone(UTC)  # an hour that a clock change repeats is no moment before that
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    utterances = [
        TranscriptUpdate(UpdateKind.FINAL, draw(_channels), number, draw(_seconds), draw(_seconds), words)
        for number, words in enumerate(draw(st.lists(_words, max_size=4)))
    ]
    sentences = [
        ReviewedSentence(
            Sentence(index, draw(_channels), words),
            draw(st.none() | st.sampled_from(Label)),
            draw(_aspects),
            draw(st.booleans()),
        )
        for index, words in enumerate(draw(st.lists(_words, max_size=3)))
    ]
    flags = [
        FlagFate(
            draw(
                st.builds(
                    Flag,
                    st.just(f"f{number}"),
                    _claims,
                    _channels,
                    st.integers(0, 9),
                    _wild_text,
                    st.integers(0, 9),
                    st.integers(0, 9),
                    _seconds,
                    _seconds,
                    _aspects,
                    _wild_text,
                )
            ),
            draw(_seconds),
            *draw(st.just((None, None)) | st.tuples(_seconds, _text)),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]
    follow_ups = [
        FollowUpFate(
            draw(
                st.builds(
                    FollowUp,
                    st.just(f"q{number}"),
                    st.sampled_from(ClaimKind),
                    _channels,
                    st.sampled_from(Aspect),
                    _wild_text,
                    _wild_text,
                    st.none() | _wild_text,
                    st.none() | _seconds,
                    st.none() | _seconds,
                    st.none() | st.just("f1"),
                )
            ),
            draw(_seconds),
            *draw(st.just((None, None)) | st.tuples(_seconds, st.sampled_from(RetiredWhy))),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]
    gaps = draw(st.lists(st.builds(AudioGap, _channels, _seconds, _seconds, _wild_text), max_size=3))
    marks = draw(st.lists(st.builds(Mark, _seconds, _wild_text), max_size=3))
    return Call(
        id="",
        title=draw(_text),
        started=draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())).astimezone(
            UTC
        ),
        duration_seconds=draw(_seconds),
        state=CallState.FINISHED,
        model=draw(_text),
        utterances=tuple(sorted(utterances, key=lambda update: (update.start_seconds, update.utterance))),
        sentences=tuple(sorted(sentences, key=lambda one: (one.sentence.start_seconds, one.sentence.index))),
        flags=tuple(sorted(flags, key=lambda fate: fate.raised_at_seconds)),
        follow_ups=tuple(sorted(follow_ups, key=lambda fate: fate.raised_at_seconds)),
        gaps=tuple(sorted(gaps, key=lambda gap: gap.start_seconds)),
        marks=tuple(sorted(marks, key=lambda mark: mark.at_seconds)),
        consent=draw(st.none() | _text),
    )


def events_of(call: Call) -> list[Stamped]:
    events: list[Stamped] = [stamp(event) for event in (*call.utterances, *call.sentences, *call.gaps, *call.marks)]
    for flag in call.flags:
        events.append(stamp(flag.flag, flag.raised_at_seconds))
        if flag.withdrawn_at_seconds is not None:
            events.append(stamp(FlagWithdrawn(flag.flag.id, flag.withdrawn_reason or ""), flag.withdrawn_at_seconds))
    for follow_up in call.follow_ups:
        events.append(stamp(follow_up.follow_up, follow_up.raised_at_seconds))
        if follow_up.retired_at_seconds is not None and follow_up.retired_why is not None:
            retired = FollowUpRetired(follow_up.follow_up.id, follow_up.retired_why)
            events.append(stamp(retired, follow_up.retired_at_seconds))
    return events


def stamp(event: Event, audio_seconds: float = 1.0) -> Stamped:
    return Stamped(event, audio_seconds, audio_seconds + 0.5)


def final(number: int, text: str, start_seconds: float = 0.0, channel: Channel = Channel.THEM) -> TranscriptUpdate:
    """An utterance of half a second a word."""
    words = tuple(
        Word(word, start_seconds + 0.5 * index, start_seconds + 0.5 * index + 0.4, 0.9)
        for index, word in enumerate(text.split())
    )
    end_seconds = words[-1].end_seconds if words else start_seconds + 0.4
    return TranscriptUpdate(UpdateKind.FINAL, channel, number, start_seconds, end_seconds, words)


def send(sink: StoreSink, *events: Event) -> None:
    for event in events:
        sink.next(stamp(event))
