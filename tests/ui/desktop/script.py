"""A scripted call, made of the demo interview's truth: the events that a session would publish."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

from assistant.call import Call, CallState, FlagFate, FollowUpFate
from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    Flag,
    FollowUp,
    FollowUpRetired,
    Label,
    Level,
    RetiredWhy,
    ReviewedSentence,
    Sentence,
    Stamped,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
    Word,
)

TITLE = "Senior product manager"
CHANNELS = {"interviewer": Channel.YOU, "candidate": Channel.THEM}
# The claims of the interview: sentence, words, what is asked, why, and the sentence after which the card goes.
CLAIMS = [
    (7, "increased revenue by 7000%", ClaimKind.NUMBER_ONLY,
     "What did that 7000% measure, and against what starting point?",
     "number without baseline or method", 15, RetiredWhy.ASKED),
    (8, "improved a lot of things across the platform", ClaimKind.VAGUE,
     "Which of those was yours, and what exactly did you do?",
     "no own part yet", 20, RetiredWhy.ASKED),
    (12, "it works so much better now", ClaimKind.VAGUE, "What works better now, and how can you tell?",
     "nothing to check yet", None, None),
    (47, "customer satisfaction is up 35%", ClaimKind.NUMBER_ONLY,
     "How was that satisfaction measured, and what was it before?",
     "number without baseline or method", None, None),
]  # fmt: skip


def truth() -> list[ReviewedSentence]:
    """The interview's sentences as a perfect review would give them."""
    source = json.loads(resources.files("assistant.demo").joinpath("interview.json").read_text("utf-8"))
    reviewed = []
    for index, said in enumerate(source["sentences"]):
        words = tuple(Word(word["text"], word["start_s"], word["end_s"]) for word in said["words"])
        aspects = tuple(Aspect(name) for name in said["aspects_answered"])
        label = Label(said["label"]) if said["label"] else None
        sentence = Sentence(index, CHANNELS[said["speaker"]], words)
        reviewed.append(ReviewedSentence(sentence, label, aspects, Aspect.LESSON in aspects))
    return reviewed


def final(number: int, sentence: Sentence, kind: UpdateKind = UpdateKind.FINAL) -> TranscriptUpdate:
    return TranscriptUpdate(
        kind, sentence.channel, number, sentence.start_seconds, sentence.end_seconds, sentence.words
    )


def flag_of(number: int, reviewed: ReviewedSentence) -> Flag:
    _, quote, kind, _, why, _, _ = CLAIMS[number]
    text = reviewed.sentence.text
    start = text.index(quote)
    first = len(text[:start].split())
    last = first + len(quote.split()) - 1
    words = reviewed.sentence.words
    missing = (
        (Aspect.BASELINE, Aspect.MEASUREMENT_METHOD) if kind is ClaimKind.NUMBER_ONLY else (Aspect.OWN_CONTRIBUTION,)
    )
    return Flag(
        f"f{number + 1}", kind, Channel.THEM, reviewed.sentence.index, quote, start, start + len(quote),
        words[first].start_seconds, words[last].end_seconds, missing, why.capitalize() + ".",
    )  # fmt: skip


def follow_up_of(number: int, flag: Flag) -> FollowUp:
    _, quote, kind, question, why, _, _ = CLAIMS[number]
    return FollowUp(
        f"q{number + 1}", kind, Channel.THEM, flag.missing[0], question, why, quote,
        flag.start_seconds, flag.end_seconds, flag.id,
    )  # fmt: skip


def events(until_seconds: float = 1000.0) -> Iterator[Stamped]:
    """The call up to a moment, with partial text of the sentence that is being spoken then."""
    yield Stamped(Status(State.RECORDING), 0.0, 0.0)
    for reviewed in truth():
        sentence = reviewed.sentence
        index, channel, now = sentence.index, sentence.channel, min(sentence.end_seconds, until_seconds)
        if sentence.start_seconds > until_seconds:
            return
        yield Stamped(Level(channel, -14.0), now, now)
        yield Stamped(Level(Channel.YOU if channel is Channel.THEM else Channel.THEM, -51.0), now, now)
        words = tuple(word for word in sentence.words if word.end_seconds <= until_seconds)
        heard = replace(final(index, sentence, UpdateKind.PARTIAL), words=words, end_seconds=now - 0.1)
        yield Stamped(heard, now + 0.7, now + 0.7)
        yield Stamped(replace(heard, kind=UpdateKind.COMMITTED, words=words[: len(words) // 2]), now + 0.7, now + 0.7)
        if sentence.end_seconds > until_seconds:
            return
        yield Stamped(final(index, sentence), now + 0.9, now + 0.9)
        yield Stamped(reviewed, now + 1.0, now + 1.0)
        for number, (said_in, *_, gone_after, why) in enumerate(CLAIMS):
            if said_in == index:
                flag = flag_of(number, reviewed)
                yield Stamped(flag, now + 1.1, now + 1.1)
                yield Stamped(follow_up_of(number, flag), now + 1.1, now + 1.1)
            if gone_after == index and why is not None:
                yield Stamped(FollowUpRetired(f"q{number + 1}", why), now + 1.1, now + 1.1)
        if index == 9:
            hardest = "What did you find the most challenging about it?"
            yield Stamped(
                FollowUp("q9", ClaimKind.ASPECT, Channel.THEM, Aspect.CHALLENGE, hardest, "not touched yet"), now, now
            )
        if index == 33:
            yield Stamped(FollowUpRetired("q9", RetiredWhy.ANSWERED), now, now)


def call() -> Call:
    """The same interview as it is kept."""
    sentences = truth()
    flags = [flag_of(number, sentences[claim[0]]) for number, claim in enumerate(CLAIMS)]
    follow_ups = [follow_up_of(number, flag) for number, flag in enumerate(flags)]
    return Call(
        id="20260301-101500",
        title=TITLE,
        started=datetime(2026, 3, 1, 10, 15, tzinfo=UTC),
        duration_seconds=186.85,
        state=CallState.FINISHED,
        model="tiny.en",
        utterances=tuple(final(one.sentence.index, one.sentence) for one in sentences),
        sentences=tuple(sentences),
        flags=tuple(FlagFate(flag, flag.end_seconds + 2) for flag in flags),
        follow_ups=tuple(
            FollowUpFate(one, 60.0, None if CLAIMS[number][5] is None else 90.0, CLAIMS[number][6])
            for number, one in enumerate(follow_ups)
        ),
        consent="Consent noted 00:02",
    )
