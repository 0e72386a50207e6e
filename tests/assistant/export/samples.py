"""Calls to export."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

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

HOSTILE = (
    "<b>bold</b> <script>alert(1)</script> [click](http://evil.example) ![x](y) http://evil.example www.evil.example "
    "a@b.example `code` *stars* __under__ ~~gone~~ # - + 1. > | a|b &lt; &amp; &#35; R&D --> {\\an8}top =cmd() \\ "
    "%s 200% {0} $1 ../../x 00:00:01,000 NOTE WEBVTT STYLE Tomás 你好 🙂"
)
STEERING = "\x1b[31mred \u202eright-to-left\u202c \x00nul \u2028line\r\nend\ud800"


def words(text: str, start_seconds: float, word_seconds: float = 0.5) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_seconds + word_seconds * index, start_seconds + word_seconds * index + word_seconds * 0.8, 0.9)
        for index, word in enumerate(text.split(" "))
    )


def utterance(number: int, channel: Channel, text: str, start_seconds: float) -> TranscriptUpdate:
    said = words(text, start_seconds)
    return TranscriptUpdate(UpdateKind.FINAL, channel, number, start_seconds - 0.4, said[-1].end_seconds + 0.3, said)


def call_of(*updates: TranscriptUpdate, title: str = "Product manager") -> Call:
    started = datetime(2026, 11, 26, 12, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    return Call("20261126-120405", title, started, 3725.0, CallState.FINISHED, "tiny.en", updates)


def interview() -> Call:
    """A short one with everything in it. The first flag lies over two utterances' worth of words."""
    asked = utterance(0, Channel.YOU, "What did you achieve, and how?", 1.0)
    boast = utterance(1, Channel.THEM, "I increased revenue by 7000%. It went really well.", 6.0)
    answer = utterance(2, Channel.THEM, "We went from 30 a month to 9. I should have asked earlier.", 3605.0)
    sentences = (
        ReviewedSentence(Sentence(0, Channel.YOU, asked.words), None, (Aspect.RESULT, Aspect.TRADEOFF)),
        ReviewedSentence(Sentence(1, Channel.THEM, boast.words[:5]), Label.NUMBER_ONLY, (Aspect.RESULT,)),
        ReviewedSentence(Sentence(2, Channel.THEM, boast.words[5:]), Label.VAGUE),
        ReviewedSentence(Sentence(3, Channel.THEM, answer.words[:8]), Label.SUBSTANTIATED, (Aspect.BASELINE,)),
        ReviewedSentence(Sentence(4, Channel.THEM, answer.words[8:]), Label.SUBSTANTIATED, (Aspect.LESSON,), True),
    )
    number = Flag(
        "f1", ClaimKind.NUMBER_ONLY, Channel.THEM, 1, "increased revenue by 7000%.", 2, 29, 6.5, 8.4,
        (Aspect.BASELINE, Aspect.OWN_CONTRIBUTION), "A number without baseline.",
    )  # fmt: skip
    vague = Flag("f2", ClaimKind.VAGUE, Channel.THEM, 2, "really well.", 8, 20, 9.5, 10.4, (), "Nothing to check")
    question = FollowUp(
        "q1", ClaimKind.NUMBER_ONLY, Channel.THEM, Aspect.BASELINE, "7000% of what?", "No baseline was given",
        "increased revenue by 7000%.", 6.5, 8.4, "f1",
    )  # fmt: skip
    other = FollowUp("q2", ClaimKind.ASPECT, Channel.THEM, Aspect.CHALLENGE, "What was hardest?", "Nobody asked yet.")
    base = call_of(asked, boast, answer)
    return Call(
        base.id, base.title, base.started, base.duration_seconds, CallState.RECOVERED, base.model,
        base.utterances, sentences,
        (FlagFate(number, 9.0, 3610.0, "the baseline was named"), FlagFate(vague, 11.0)),
        (FollowUpFate(question, 9.0, 3610.0, RetiredWhy.ANSWERED), FollowUpFate(other, 20.0)),
        (AudioGap(Channel.YOU, 80.0, 81.4, "the microphone was unplugged"),),
        (Mark(12.0, "ask again"), Mark(13.0)),
        consent="yes, at 12:03",
    )  # fmt: skip
