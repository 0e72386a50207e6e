"""Calls to look at: the demo interview's truth with all that can become of a flag, and a very long one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assistant.call import Call, CallState, FlagFate, FollowUpFate
from assistant.values import (
    Aspect,
    AudioGap,
    Channel,
    ClaimKind,
    Flag,
    FollowUp,
    Label,
    Mark,
    RetiredWhy,
    ReviewedSentence,
    Sentence,
    TranscriptUpdate,
    UpdateKind,
    Word,
)
from tests.ui.desktop import script


def interview() -> Call:
    """Four flags: answered, withdrawn after it was asked, put off, open."""
    call = script.call()
    first, second, third, fourth = call.flags
    asked = list(call.follow_ups)
    asked[0] = replace(asked[0], retired_at_seconds=70.0, retired_why=RetiredWhy.ANSWERED)
    asked[1] = replace(asked[1], retired_at_seconds=60.0, retired_why=RetiredWhy.ASKED)
    asked[2] = replace(asked[2], retired_at_seconds=62.0, retired_why=RetiredWhy.DISMISSED)
    return replace(
        call,
        flags=(first, replace(second, withdrawn_at_seconds=95.0, withdrawn_reason="own part was named"), third, fourth),
        follow_ups=tuple(asked),
        marks=(Mark(61.0, "ask about the OMS"),),
        gaps=(AudioGap(Channel.YOU, 120.0, 126.0, "the microphone was unplugged"),),
    )


def long_call(words: int = 30_000, flags: int = 400, seconds: float = 10_800.0) -> Call:
    """Three hours of talk, twelve words an utterance, taking turns."""
    per, count = 12, words // 12
    pace = seconds / count
    utterances, sentences, fates, asked = [], [], [], []
    for number in range(count):
        start = number * pace
        said = tuple(Word(f"word{number % 97}", start + 0.3 * n, start + 0.3 * n + 0.25) for n in range(per))
        channel = Channel.THEM if number % 3 else Channel.YOU
        utterances.append(TranscriptUpdate(UpdateKind.FINAL, channel, number, start, start + 0.3 * per, said))
        label = Label.NEUTRAL if channel is Channel.THEM else None
        sentences.append(ReviewedSentence(Sentence(number, channel, said), label, (Aspect.RESULT,)))
    for n in range(flags):
        sentence = sentences[1 + 3 * (n * (count - 3) // (3 * flags))].sentence
        quote = " ".join(word.text for word in sentence.words[2:6])
        start = len(" ".join(word.text for word in sentence.words[:2])) + 1
        kind = ClaimKind.VAGUE if n % 2 else ClaimKind.NUMBER_ONLY
        at, end = sentence.words[2].start_seconds, sentence.words[5].end_seconds
        flag = Flag(
            f"f{n}", kind, Channel.THEM, sentence.index, quote, start, start + len(quote), at, end,
            (Aspect.BASELINE,), "A number without baseline.",
        )  # fmt: skip
        fates.append(FlagFate(flag, end + 2))
        question = FollowUp(
            f"q{n}", kind, Channel.THEM, Aspect.BASELINE, "Before?", "no baseline", quote, at, end, f"f{n}"
        )  # fmt: skip
        asked.append(FollowUpFate(question, end + 2))
    started = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
    return Call(
        "20260301-101500", "Three hours", started, seconds, CallState.FINISHED, "tiny.en",
        tuple(utterances), tuple(sentences), tuple(fates), tuple(asked), language="en",
    )  # fmt: skip
