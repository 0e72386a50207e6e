"""What this program exports can be read back: the same words, speakers and times as exact as the format writes them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.call import Call, CallState, FlagFate
from assistant.export import render_text
from assistant.importing import ImportedTranscript, read_transcript
from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    Flag,
    Label,
    Mark,
    ReviewedSentence,
    Sentence,
    TranscriptUpdate,
    UpdateKind,
    Word,
)

STARTED = datetime(2026, 9, 15, 8, 2, tzinfo=UTC)
FORMATS = ("md", "txt", "json", "srt", "vtt")


def call_of(talk: list[tuple[Channel, str]]) -> Call:
    """Every word takes half a second; the second candidate's words are flagged where there are any."""
    utterances = []
    sentences = []
    at = 1.0
    for number, (channel, text) in enumerate(talk):
        words = []
        for word in text.split():
            words.append(Word(word, at, at + 0.5))
            at += 0.5
        utterances.append(TranscriptUpdate(UpdateKind.FINAL, channel, number, words[0].start_seconds, at, tuple(words)))
        label = Label.VAGUE if channel is Channel.THEM else None
        sentences.append(ReviewedSentence(Sentence(number, channel, tuple(words)), label, (Aspect.RESULT,)))
    flags = tuple(
        FlagFate(
            Flag(
                id=f"f{number}",
                kind=ClaimKind.VAGUE,
                channel=Channel.THEM,
                sentence=one.sentence.index,
                quote=one.sentence.words[0].text,
                quote_start=0,
                quote_end=len(one.sentence.words[0].text),
                start_seconds=one.sentence.words[0].start_seconds,
                end_seconds=one.sentence.words[0].end_seconds,
                missing=(Aspect.BASELINE,),
                reason="It says: nothing",
            ),
            at,
            withdrawn_at_seconds=at if number % 2 else None,
            withdrawn_reason="It was said" if number % 2 else None,
        )
        for number, one in enumerate(sentences, 1)
        if one.sentence.channel is Channel.THEM
    )
    return Call(
        id="x",
        title="Interview: *one* & two",
        started=STARTED,
        duration_seconds=float(int(at)),
        state=CallState.FINISHED,
        model="tiny.en",
        utterances=tuple(utterances),
        sentences=tuple(sentences),
        flags=flags,
        marks=(Mark(2.0, "You: look here"),),
    )


def read_back(call: Call, format_: str) -> ImportedTranscript:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"call.{format_}"
        path.write_text(render_text(call, format_), encoding="utf-8")
        return read_transcript(path)


def expected(talk: list[tuple[Channel, str]]) -> list[tuple[str, str]]:
    names = {Channel.YOU: "You", Channel.THEM: "Them"}
    return [
        (names[channel], " ".join(text for _, text in run)) for channel, run in groupby(talk, key=lambda one: one[0])
    ]


TALK = [
    (Channel.YOU, "Hi. What did you do?"),
    (Channel.THEM, "I did: *many* things_in_code, 40% & <b>more</b> --> {\\an8} done."),
    (Channel.THEM, "Number one: [this](https://a.b) &amp; `that`"),
    (Channel.YOU, "# Transcript"),
    (Channel.THEM, "- Flags"),
]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_talk_comes_back(format_: str) -> None:
    transcript = read_back(call_of(TALK), format_)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == expected(TALK)
    assert transcript.warnings == ()
    assert transcript.turns[0].start_seconds == 1.0


@pytest.mark.parametrize("format_", ["md", "txt", "json"])
def test_the_header_comes_back(format_: str) -> None:
    transcript = read_back(call_of(TALK), format_)
    assert transcript.title == "Interview: *one* & two"
    assert transcript.recorded == STARTED
    assert transcript.duration_seconds == call_of(TALK).duration_seconds


def test_json_brings_word_times_back() -> None:
    call = call_of(TALK)
    words = [word for turn in read_back(call, "json").turns for word in turn.words]
    assert words == [word for update in call.utterances for word in update.words]


@settings(max_examples=40, deadline=None)
@given(
    talk=st.lists(
        st.tuples(
            st.sampled_from(list(Channel)),
            st.text(st.sampled_from("almptgu1:*_`~#>&;<()[]\\-{}/!|@% .'\""), min_size=1, max_size=30)
            .map(lambda text: " ".join(text.split()))
            .filter(bool),
        ),
        min_size=2,
        max_size=6,
    ),
    format_=st.sampled_from(FORMATS),
)
def test_any_signs_in_the_talk_come_back(talk: list[tuple[Channel, str]], format_: str) -> None:
    transcript = read_back(call_of(talk), format_)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == expected(talk)
