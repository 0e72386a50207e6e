"""What a crash left is heard again with real weights: nothing that a person did to it is lost, however that ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import soxr

from assistant.audio.recording import CrashSafeRecorder
from assistant.call import Version
from assistant.settings import Settings
from assistant.store import Recovered, Store, StoreSink
from assistant.values import (
    AudioFrame,
    Channel,
    FollowUpRetired,
    RetiredWhy,
    TranscriptUpdate,
    UpdateKind,
    Word,
)
from tests.assistant.store.calls import STARTED, send
from tests.ui.running import ONE_CLAIM, cut_of_interview
from ui.echo_removal import EchoRemoval
from ui.recovery import recover

TWO_CLAIMS = (24.4, 34.0)  # and "we improved a lot of things" behind it


@pytest.fixture
def store(home: Path, one_model: None) -> Store:
    return Store.open(home)


def crashed(store: Store, cut_seconds: tuple[float, float] = ONE_CLAIM) -> str:
    """A call that ended without a stop, in the silence after a claim, before any of it was transcribed."""
    samples, rate_hz = cut_of_interview(*cut_seconds)
    voices = soxr.resample(samples.astype(np.float32) / 32768, rate_hz, 16_000).T
    voices = np.pad(voices, ((0, 0), (0, 10 * 16_000)))
    session_id, folder = store.begin("Talk", STARTED, "tiny.en", tuple(Channel), "yes")
    recorder = CrashSafeRecorder(folder, tuple(Channel))
    for channel, voice in zip(Channel, voices, strict=True):
        recorder.write(AudioFrame(channel, 0.0, (voice * 32767).astype(np.int16)))
    recorder.close()
    store.release(session_id)
    return session_id


def recovered(store: Store, is_cancelled: Callable[[], bool] = lambda: False) -> None:
    messages: list[str] = []
    recover(store, Settings(), messages.append, is_cancelled)
    assert not [message for message in messages if "could not" in message]


def test_what_a_person_did_stays_when_recovery_is_given_up_and_when_it_is_done(store: Store) -> None:
    session_id = crashed(store)
    recovered(store)
    call = store.load(session_id)
    assert (call.language, len(call.flags)) == ("en", 1)
    card, *_ = [fate.follow_up for fate in call.follow_ups if fate.retired_why is None]
    sink = StoreSink(store, session_id)
    send(sink, FollowUpRetired(card.id, RetiredWhy.DISMISSED))
    sink.close()
    line = call.utterances[-1].utterance
    store.correct(session_id, Version.LIVE, line, "I doubled revenue.")
    before = store.load(session_id)
    store.finish(session_id, call.duration_seconds, is_complete=False)  # as where its last words had no text

    reads = count()
    recovered(store, lambda: next(reads) > 5)
    assert next(reads) > 5
    assert len(store.untranscribed()) == 1
    after = store.load(session_id)
    assert (after.flags, after.follow_ups, after.corrections) == (before.flags, before.follow_ups, before.corrections)

    recovered(store)
    assert store.untranscribed() == []
    after = store.load(session_id)
    assert after.corrections == before.corrections
    assert [fate.flag.quote for fate in after.flags] == [fate.flag.quote for fate in before.flags]
    why = {fate.follow_up.question: fate.retired_why for fate in after.follow_ups}
    assert why[card.question] is RetiredWhy.DISMISSED


def said_by_them(store: Store, session_id: str) -> list[TranscriptUpdate]:
    return [update for update in store.load(session_id).utterances if update.channel is Channel.THEM]


def words_of(updates: list[TranscriptUpdate]) -> list[str]:
    return [word.text for update in updates for word in update.words]


@pytest.mark.parametrize("early_seconds", [0.0, 0.25])
@pytest.mark.parametrize("kept_words", [2, 4, 5])  # of the first utterance, which has five: "I increased ..."
def test_what_is_stored_is_not_heard_twice_where_utterances_come_out_otherwise(
    store: Store, early_seconds: float, kept_words: int
) -> None:
    """An utterance less or more before them, and another border between two, as a gap or an echo may leave it."""
    session_id = crashed(store, TWO_CLAIMS)
    recovered(store)
    first, *rest = expected = said_by_them(store, session_id)
    assert len(first.words) == 5
    assert rest
    again = crashed(store, TWO_CLAIMS)
    start_seconds = first.start_seconds - early_seconds
    end_seconds = first.words[kept_words - 1].end_seconds if kept_words < 5 else first.end_seconds
    stored = replace(first, utterance=7, start_seconds=start_seconds, end_seconds=end_seconds)
    # A number that the second hearing gives to another one, on the other channel.
    own = TranscriptUpdate(UpdateKind.FINAL, Channel.YOU, 1, 0.1, 0.4, (Word("Mhm.", 0.1, 0.4),))
    sink = StoreSink(store, again)
    send(sink, own, replace(stored, words=first.words[:kept_words]))
    sink.close()
    recovered(store)
    assert words_of(said_by_them(store, again)) == words_of(expected)
    assert said_by_them(store, again)[0].utterance == 7
    assert own in store.load(again).utterances


@pytest.mark.parametrize("stub_words", [0, 2])  # of what the engine failed on, as a recovery that was given up kept it
def test_what_was_left_out_in_the_call_is_recovered_between_what_is_stored(store: Store, stub_words: int) -> None:
    session_id = crashed(store, TWO_CLAIMS)
    recovered(store)
    first, *rest = expected = said_by_them(store, session_id)
    again = crashed(store, TWO_CLAIMS)
    sink = StoreSink(store, again)
    if stub_words:
        end_seconds = first.words[stub_words - 1].end_seconds
        send(sink, replace(first, end_seconds=end_seconds, words=first.words[:stub_words]))
    send(sink, *rest)
    sink.close()
    recovered(store)
    assert words_of(said_by_them(store, again)) == words_of(expected)
    added = [update for update in said_by_them(store, again) if update.utterance > rest[-1].utterance]
    assert words_of(added) == [word.text for word in first.words[stub_words:]]


def test_what_was_left_out_is_recovered_also_where_it_is_one_utterance_with_what_is_stored(store: Store) -> None:
    session_id = crashed(store, TWO_CLAIMS)
    recovered(store)
    first, *rest = expected = said_by_them(store, session_id)
    again = crashed(store, TWO_CLAIMS)
    words = first.words[2:4]
    inner = replace(first, words=words, start_seconds=words[0].start_seconds, end_seconds=words[-1].end_seconds)
    sink = StoreSink(store, again)
    send(sink, inner, *rest)
    sink.close()
    recovered(store)
    assert words_of(said_by_them(store, again)) == words_of(expected)
    assert len(said_by_them(store, again)) == len(rest) + 3


def test_a_call_whose_recording_is_damaged_is_told_and_held_by_nobody(store: Store, home: Path) -> None:
    session_id = crashed(store)
    store.recover(session_id)
    (store.folder(session_id) / "call.flac").write_bytes(b"fLaC and then nothing of it")
    messages: list[str] = []
    before = threading.enumerate()
    recover(store, Settings(), messages.append)
    assert "could not be transcribed; its recording is kept" in messages[-1]
    assert [one for one in threading.enumerate() if one.name == "store" and one not in before] == []
    with Store.open(home) as other:
        assert other.hold(session_id)


def test_a_call_that_is_deleted_meanwhile_keeps_no_other_from_recovery(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (crashed(store) for _ in range(3))
    heard: list[str] = []
    messages: list[str] = []

    def say(message: str) -> None:
        messages.append(message)
        if f"({first})" in message:
            store.delete(second)

    def transcribe(_store: Store, call: Recovered, *_: object) -> None:
        heard.append(call.session_id)
        if call.session_id == first:
            store.delete(first)
            store.load(first)  # as where the next utterance is to be kept

    monkeypatch.setattr("ui.recovery._transcribe_tail", transcribe)
    monkeypatch.setattr("ui.recovery.echo_removal", lambda _: EchoRemoval(notices=("No echo is removed.",)))
    recover(store, Settings(), say)
    assert heard == [first, third]
    assert [message.split(" was cut off")[0] for message in messages] == [
        f"The call “Talk” ({first})",
        f"The call “Talk” ({third})",
        "No echo is removed.",
    ]
