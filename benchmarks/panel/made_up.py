"""Events of calls that nobody held, for measuring only: lines, flags and cards as a session would publish them."""

from __future__ import annotations

from collections.abc import Iterator

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

TALK = (
    "So at my last company I rebuilt the part of the shop that takes payments and after that we increased revenue by a "
    "lot which my team measured against the same month of the year before because nobody trusted the dashboard then"
)
WORDS = TALK.split()
WORDS_A_LINE = 12
WORD_SECONDS = 0.36  # 30,000 words are three hours
FLAG_EVERY = 6  # lines: 400 flags in 30,000 words


def line(number: int) -> TranscriptUpdate:
    start = number * WORDS_A_LINE * WORD_SECONDS
    words = tuple(
        Word(
            WORDS[(number * 7 + position) % len(WORDS)],
            round(start + position * WORD_SECONDS, 3),
            round(start + (position + 1) * WORD_SECONDS - 0.02, 3),
        )
        for position in range(WORDS_A_LINE)
    )
    channel = Channel.YOU if number % 3 == 0 else Channel.THEM
    return TranscriptUpdate(UpdateKind.FINAL, channel, number, start, words[-1].end_seconds, words)


def events(first: int, last: int) -> Iterator[Stamped]:
    """The lines from `first` to before `last`, each with what a session says of it."""
    for number in range(first, last):
        update = line(number)
        now = update.end_seconds + 0.5
        yield Stamped(update, now, now)
        sentence = Sentence(number, update.channel, update.words)
        is_them = update.channel is Channel.THEM
        aspects = (list(Aspect)[number % len(Aspect)],) if is_them and number % 5 == 0 else ()
        yield Stamped(ReviewedSentence(sentence, Label.NEUTRAL if is_them else None, aspects), now, now)
        if number % FLAG_EVERY == 1:
            yield from _claim(number, sentence, now)


def _claim(number: int, sentence: Sentence, now: float) -> Iterator[Stamped]:
    quoted = sentence.words[3:7]
    quote = " ".join(word.text for word in quoted)
    start = sentence.text.index(quote)
    kind = ClaimKind.VAGUE if number % 2 else ClaimKind.NUMBER_ONLY
    times = quoted[0].start_seconds, quoted[-1].end_seconds
    missing = (Aspect.BASELINE, Aspect.MEASUREMENT_METHOD)
    flag = Flag(
        f"f{number}", kind, Channel.THEM, number, quote, start, start + len(quote), *times, missing, "No baseline."
    )
    yield Stamped(flag, now, now)
    question = "What did that measure, and against which starting point?"
    why = "A number needs something to compare it with"
    yield Stamped(
        FollowUp(f"q{number}", kind, Channel.THEM, missing[0], question, why, quote, *times, flag.id), now, now
    )
    if number >= 3 * FLAG_EVERY:
        yield Stamped(FollowUpRetired(f"q{number - 3 * FLAG_EVERY}", RetiredWhy.STALE), now, now)


def beginning() -> Stamped:
    return Stamped(Status(State.RECORDING), 0.0, 0.0)


def while_spoken(number: int) -> Iterator[Stamped]:
    """What is published while a line is spoken: ten levels a second for both, a guess and what is agreed on twice."""
    update = line(number)
    for tenth in range(round((update.end_seconds - update.start_seconds) * 10)):
        now = update.start_seconds + tenth / 10
        for channel in Channel:
            yield Stamped(Level(channel, -20.0 - (tenth * 7 + len(channel)) % 30), now, now)
        if tenth % 5 == 4:
            words = tuple(word for word in update.words if word.end_seconds <= now)
            for kind, known in ((UpdateKind.PARTIAL, words), (UpdateKind.COMMITTED, words[: len(words) // 2])):
                guess = TranscriptUpdate(kind, update.channel, number, update.start_seconds, now, known)
                yield Stamped(guess, now + 0.4, now + 0.4)
