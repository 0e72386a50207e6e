"""Sentences from utterances that were cut at pauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.transcript.sentences import MAX_WORDS, SentenceBuilder
from assistant.values import Channel, Sentence, TranscriptUpdate, UpdateKind, Word


def utterance(text: str, start: float = 0.0, channel: Channel = Channel.THEM, number: int = 0) -> TranscriptUpdate:
    """Words of 0.3 s; "|" between words is a pause of 0.5 s, "||" one of 1.5 s."""
    words, at = [], start
    for piece in text.split():
        if set(piece) == {"|"}:
            at += 0.5 if len(piece) == 1 else 1.5
            continue
        words.append(Word(piece, at, at + 0.3))
        at += 0.3
    return TranscriptUpdate(UpdateKind.FINAL, channel, number, start, at, tuple(words))


def texts(sentences: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def locked(builder: SentenceBuilder, update: TranscriptUpdate) -> list[str]:
    builder.speech_started(update.channel, update.start_seconds)
    return texts(builder.lock(update, update.end_seconds))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It went well. We won.", ["It went well.", "We won."]),
        (
            "It took 2.5 days, e.g. on Mondays at 3 p.m. in town.",
            ["It took 2.5 days, e.g. on Mondays at 3 p.m. in town."],
        ),
        ("Really? Yes! Good…", ["Really?", "Yes!", "Good…"]),
        ("we moved it || they were glad", ["we moved it", "they were glad"]),
        ("we moved it to the || second floor", ["we moved it to the second floor"]),
        ("We asked the. Finance lead.", ["We asked the. Finance lead."]),
    ],
)
def test_one_utterance_is_split_where_sentences_end(text: str, expected: list[str]) -> None:
    builder = SentenceBuilder()
    assert locked(builder, utterance(text)) + texts(builder.flush()) == expected


def test_a_sentence_cut_by_a_short_pause_is_joined() -> None:
    builder = SentenceBuilder()
    assert locked(builder, utterance("I increased revenue by", 0.0)) == []
    assert builder.is_open(Channel.THEM)
    assert locked(builder, utterance("7,000%. And then", 1.4)) == ["I increased revenue by 7,000%."]
    assert texts(builder.flush()) == ["And then"]


def test_a_full_stop_set_at_a_cut_does_not_end_a_sentence_that_runs_on() -> None:
    builder = SentenceBuilder()
    assert locked(builder, utterance("It was part of.", 0.0)) == []
    assert locked(builder, utterance("the plan.", 1.2)) == ["It was part of. the plan."]


def test_a_short_piece_with_a_full_stop_at_a_cut_waits_a_moment_for_the_rest() -> None:
    cut, whole = SentenceBuilder(), SentenceBuilder()
    assert locked(cut, utterance("Getting it approved.", 0.0)) == locked(whole, utterance("We fixed it.", 0.0)) == []
    assert locked(cut, utterance("was hard for us.", 1.0)) == ["Getting it approved. was hard for us."]
    assert texts(whole.clock(1.14)) == [] and texts(whole.clock(1.16)) == ["We fixed it."]


def test_an_open_sentence_is_finished_by_silence_only() -> None:
    builder = SentenceBuilder()
    locked(builder, utterance("we fixed it", 0.0))
    assert builder.deadline_seconds() == pytest.approx(1.9)
    assert builder.clock(1.8) == []
    builder.speech_started(Channel.THEM, 1.85)
    assert builder.deadline_seconds() is None
    assert builder.clock(10.0) == []
    builder.lock(TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 1, 1.85, 12.0, ()), 12.0)
    assert texts(builder.clock(12.0)) == ["we fixed it"]


def test_a_sentence_that_seems_over_does_not_wait_for_the_end_of_a_long_utterance() -> None:
    builder = SentenceBuilder()
    assert locked(builder, utterance("We did everything for them really.", 0.0)) == []
    builder.speech_started(Channel.THEM, 1.9)
    assert builder.deadline_seconds() == pytest.approx(3.3)
    assert builder.clock(3.2) == []
    assert texts(builder.clock(3.3)) == ["We did everything for them really."]
    assert texts(builder.lock(utterance("and they were all glad.", 1.9), 12.0)) == ["and they were all glad."]


@pytest.mark.parametrize("cut", ["It was a large part of.", "Getting it approved.", "We did everything for them"])
def test_what_may_have_been_cut_waits_for_its_rest_however_long_that_takes(cut: str) -> None:
    builder = SentenceBuilder()
    assert locked(builder, utterance(cut, 0.0)) == []
    builder.speech_started(Channel.THEM, 1.9)
    assert builder.deadline_seconds() is None
    assert builder.clock(11.0) == []
    assert texts(builder.lock(utterance("and then the rest.", 2.1), 12.0)) == [f"{cut} and then the rest."]


def test_a_run_on_without_punctuation_is_cut_at_its_joints() -> None:
    builder = SentenceBuilder()
    text = "when i joined it was slow for all of us so i rewrote the loader and then we shipped it in may"
    assert locked(builder, utterance(text)) == []
    assert texts(builder.flush()) == [
        "when i joined it was slow for all of us",
        "so i rewrote the loader",
        "and then we shipped it in may",
    ]


def test_channels_do_not_mix_and_share_one_numbering() -> None:
    builder = SentenceBuilder()
    locked(builder, utterance("we did", 0.0, Channel.THEM))
    builder.speech_started(Channel.YOU, 0.2)
    first = builder.lock(utterance("Why did you stop?", 0.2, Channel.YOU, 1), 1.4)
    rest = builder.flush()
    assert [(s.index, s.channel, s.text) for s in [*first, *rest]] == [
        (0, Channel.YOU, "Why did you stop?"),
        (1, Channel.THEM, "we did"),
    ]


def test_an_endless_sentence_is_cut_so_that_the_state_stays_small() -> None:
    builder = SentenceBuilder()
    done = locked(builder, utterance(" ".join(["word,"] * 500)))
    assert all(len(text.split()) <= MAX_WORDS for text in done)
    assert len(done) == 500 // MAX_WORDS


@given(st.lists(st.text(min_size=1, max_size=12), max_size=40), st.integers(1, 5))
def test_no_word_is_lost_invented_or_moved(words: list[str], per_utterance: int) -> None:
    builder = SentenceBuilder()
    said = [Word(w, 0.3 * i, 0.3 * i + 0.2) for i, w in enumerate(words)]
    done: list[Sentence] = []
    for n in range(0, len(said), per_utterance):
        part = tuple(said[n : n + per_utterance])
        update = TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, n, part[0].start_seconds, part[-1].end_seconds, part)
        builder.speech_started(Channel.THEM, update.start_seconds)
        done += builder.lock(update, update.end_seconds)
    done += builder.flush()
    assert [w for s in done for w in s.words] == [w for w in said if w.text.strip()]
    assert [s.index for s in done] == list(range(len(done)))
