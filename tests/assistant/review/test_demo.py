"""The bundled interview from its own truth: what is flagged, and when each follow-up comes and goes."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from assistant.review.conversation import Conversation
from assistant.values import (
    Channel,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    RetiredWhy,
    ReviewEvent,
    TranscriptUpdate,
    UpdateKind,
    Word,
)

CHANNELS = {"interviewer": Channel.YOU, "candidate": Channel.THEM}
CLAIMS = {
    7: "increased revenue by 7000%",
    8: "improved a lot of things across the platform",
    12: "it works so much better now",
    31: "Getting it approved was really challenging",
    47: "customer satisfaction is up 35%",
}


@cache
def truth() -> dict[str, Any]:
    return dict(json.loads(files("assistant.demo").joinpath("interview.json").read_text(encoding="utf-8")))


def utterances(long_pause: float, short_pause: float) -> list[tuple[float, float, Channel, tuple[Word, ...]]]:
    """(start, endpoint, channel, words): cut at `long_pause`, and after 6 s of speech at `short_pause`."""
    found = []
    for speaker, channel in CHANNELS.items():
        words = [
            Word(w["text"], w["start_s"], w["end_s"])
            for s in truth()["sentences"]
            if s["speaker"] == speaker
            for w in s["words"]
        ]
        part = [words[0]]
        for word in [*words[1:], None]:
            limit = short_pause if part[-1].end_seconds - part[0].start_seconds >= 6.0 else long_pause
            if word is None or word.start_seconds - part[-1].end_seconds >= limit:
                found.append((part[0].start_seconds, part[-1].end_seconds + limit, channel, tuple(part)))
                part = []
            if word is not None:
                part.append(word)
    return found


def play(long_pause: float = 0.5, short_pause: float = 0.12, spoil: Any = None) -> list[tuple[float, ReviewEvent]]:
    steps: list[tuple[float, int, TranscriptUpdate]] = []
    for number, (start, end, channel, words) in enumerate(sorted(utterances(long_pause, short_pause))):
        said = spoil(words) if spoil else words
        update = TranscriptUpdate(UpdateKind.FINAL, channel, number, start, end, said)
        steps += [(start, 1, update), (end, 0, update)]
    conversation = Conversation()
    log: list[tuple[float, ReviewEvent]] = []
    for at, starts, update in sorted(steps, key=lambda step: step[:2]):
        if starts:
            log += [(at, event) for event in conversation.speech_started(update.channel, at)]
        else:
            log += [(at, event) for event in conversation.utterance_locked(update, at)]
    return log + [(truth()["seconds"], event) for event in conversation.finish(truth()["seconds"])]


def sentence_of(seconds: float) -> int:
    """The candidate's sentence of the truth that is spoken at a time."""
    candidates = [i for i, s in enumerate(truth()["sentences"]) if s["speaker"] == "candidate"]
    return min(
        candidates,
        key=lambda i: max(
            truth()["sentences"][i]["start_s"] - seconds, 0.0, seconds - truth()["sentences"][i]["end_s"]
        ),
    )


def flags(log: list[tuple[float, ReviewEvent]]) -> dict[int, str]:
    return {sentence_of(e.start_seconds + 0.05): e.quote for _, e in log if isinstance(e, Flag)}


def retirements(log: list[tuple[float, ReviewEvent]]) -> dict[int, tuple[float, RetiredWhy]]:
    claim = {e.id: sentence_of((e.start_seconds or 0) + 0.05) for _, e in log if isinstance(e, FollowUp)}
    return {claim[e.id]: (at, e.why) for at, e in log if isinstance(e, FollowUpRetired)}


SEGMENTATIONS = [(0.5, 0.12), (0.4, 0.12), (0.3, 0.12), (0.34, 0.2)]


@pytest.mark.parametrize(("long_pause", "short_pause"), SEGMENTATIONS)
def test_exactly_the_five_claims_are_flagged_on_the_right_words(long_pause: float, short_pause: float) -> None:
    assert flags(play(long_pause, short_pause)) == CLAIMS


@pytest.mark.parametrize(("long_pause", "short_pause"), SEGMENTATIONS)
def test_the_follow_ups_go_when_and_why_the_truth_says(long_pause: float, short_pause: float) -> None:
    sentences = truth()["sentences"]
    log = play(long_pause, short_pause)
    gone = retirements(log)
    shown = {sentence_of((e.start_seconds or 0) + 0.05) for _, e in log if isinstance(e, FollowUp)}
    assert shown | {31} == set(CLAIMS)
    for claim, asked_at in ((7, 15), (8, 20)):
        at, why = gone[claim]
        assert why is RetiredWhy.ASKED
        assert sentences[asked_at]["start_s"] < at < sentences[asked_at]["end_s"] + 2.0
    if 31 in shown:  # not where one utterance holds the claim and its answer
        at, why = gone[31]
        assert why is RetiredWhy.ANSWERED and at < sentences[33]["end_s"] + 5.0
    assert gone.get(12, (0.0, RetiredWhy.STALE))[1] not in (RetiredWhy.ASKED, RetiredWhy.ANSWERED)
    assert 47 not in gone


def test_no_card_is_shown_that_is_gone_in_the_same_moment() -> None:
    for long_pause, short_pause in SEGMENTATIONS:
        log = play(long_pause, short_pause)
        raised = {e.id: at for at, e in log if isinstance(e, FollowUp)}
        assert all(at > raised[e.id] for at, e in log if isinstance(e, FollowUpRetired))


def test_an_unnamed_difficulty_is_shown_in_the_pause_and_goes_when_it_gets_its_name() -> None:
    assert any(retirements(play(*cut)).get(31, (0, None))[1] is RetiredWhy.ANSWERED for cut in SEGMENTATIONS)


def test_nothing_is_asked_after_the_honest_refusal_and_in_the_substantiated_part() -> None:
    log = play()
    start, end = truth()["sentences"][16]["start_s"], truth()["sentences"][30]["end_s"]
    assert [e for at, e in log if isinstance(e, FollowUp) and start < at < end] == []


def test_the_bare_number_stays_flagged_when_it_was_only_asked_about() -> None:
    log = play()
    (number,) = [e for _, e in log if isinstance(e, Flag) and "7000%" in e.quote]
    assert number.id not in {e.id for _, e in log if isinstance(e, FlagWithdrawn)}


def lower(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(Word(w.text.lower(), w.start_seconds, w.end_seconds) for w in words)


def without_commas(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(Word(w.text.rstrip(",") or w.text, w.start_seconds, w.end_seconds) for w in words)


def with_a_full_stop_at_every_cut(words: tuple[Word, ...]) -> tuple[Word, ...]:
    last = words[-1]
    return (*words[:-1], Word(last.text.rstrip(".,?!") + ".", last.start_seconds, last.end_seconds))


def with_seven_thousand(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(Word(w.text.replace("7000%", "7,000%"), w.start_seconds, w.end_seconds) for w in words)


@pytest.mark.parametrize("spoil", [lower, without_commas, with_a_full_stop_at_every_cut, with_seven_thousand])
def test_the_claims_are_found_as_a_recogniser_may_write_them(spoil: Any) -> None:
    found = flags(play(spoil=spoil))
    assert sorted(found) == sorted(CLAIMS)
    for claim, quote in found.items():
        assert letters(quote) == letters(CLAIMS[claim])


def test_without_any_punctuation_the_numbers_and_the_plainest_claims_are_still_found() -> None:
    def bare(words: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(Word(re.sub(r"[.,?!]", "", w.text).lower(), w.start_seconds, w.end_seconds) for w in words)

    assert {7, 8, 12, 47} <= set(flags(play(spoil=bare)))


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9%]", "", text.lower())
