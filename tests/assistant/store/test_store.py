from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from assistant.call import Call, CallState, Version
from assistant.errors import StoreError
from assistant.store import Notice, Store, StoreSink
from assistant.values import (
    AudioGap,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
    Flag,
    FlagWithdrawn,
    Label,
    Level,
    ReviewedSentence,
    Sentence,
    State,
    Status,
    UpdateKind,
    Verbosity,
    Word,
)
from tests.assistant.store.calls import STARTED, calls, events_of, final, send, stamp

BOTH = tuple(Channel)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data") as opened:
        yield opened


def stored(store: Store, *texts: str, title: str = "Talk", started: datetime = STARTED) -> str:
    session_id, _ = store.begin(title, started, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    send(sink, *(final(number, text, 10.0 * number) for number, text in enumerate(texts)))
    sink.close()
    store.finish(session_id, 60.0)
    return session_id


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=calls())
def test_a_call_comes_back_as_it_was(store: Store, call: Call) -> None:
    session_id, _ = store.begin(call.title, call.started, call.model, BOTH, call.consent)
    sink = StoreSink(store, session_id)
    for stamped in events_of(call):
        sink.next(stamped)
    sink.close()
    store.finish(session_id, call.duration_seconds)
    assert store.load(session_id) == replace(call, id=session_id)
    store.delete(session_id)


def test_cues_the_answers_numbers_and_the_verbosity_are_kept_and_replaced_with_the_review(store: Store) -> None:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    said = ReviewedSentence(Sentence(0, Channel.THEM, (Word("CQRS", 1.0, 1.4),)), Label.NEUTRAL, answer=3)
    cue = CommunicationCue(CueKind.UNEXPLAINED_TERM, Channel.THEM, 0, "CQRS", 1.0, 1.4, "Ask for it.")
    sink = StoreSink(store, session_id, verbosity=Verbosity.QUIET)
    send(sink, said, cue)
    sink.close()
    call = store.load(session_id)
    assert (call.sentences, call.cues, call.verbosity) == ((said,), (cue,), Verbosity.QUIET)
    other = replace(cue, quote="SLO")
    read_otherwise = replace(said, sentence=Sentence(0, Channel.THEM, (Word("SLO", 1.0, 1.4),)))
    anew = replace(call, sentences=(read_otherwise,), cues=(other,), verbosity=Verbosity.EAGER)
    store.keep_second_pass(session_id, anew)
    second = store.load(session_id)
    assert (second.cues, second.verbosity) == ((other,), Verbosity.EAGER)
    assert store.load(session_id, Version.LIVE).cues == (cue,)
    store.keep_review(session_id, replace(call, cues=()))
    assert store.load(session_id, Version.LIVE).cues == ()


def test_a_session_is_readable_private_and_unique(store: Store) -> None:
    first, folder = store.begin("Talk", STARTED, "tiny.en", BOTH, "yes")
    second, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    assert (first, second) == ("20261126-120405", "20261126-120405-2")
    assert folder == store.data_folder / "sessions" / first
    for private in (store.data_folder, store.data_folder / "sessions", folder):
        assert private.stat().st_mode & 0o777 == 0o700
    for file in store.data_folder.glob("*.db*"):
        assert file.stat().st_mode & 0o777 == 0o600
    call = store.load(first)
    assert (call.title, call.started, call.model, call.consent) == ("Talk", STARTED, "tiny.en", "yes")
    assert call.started.utcoffset() == timedelta(hours=1)
    assert call.state is CallState.RECORDING


def test_a_start_without_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.begin("Talk", datetime(2026, 1, 1), "tiny.en", BOTH, None)


def test_text_that_is_no_unicode_is_replaced_where_it_names_a_session(store: Store) -> None:
    session_id, _ = store.begin("caf\udce9", STARTED, "tiny.en", BOTH, None)
    assert store.load(session_id).title == "caf?"


def test_only_what_is_final_is_kept(store: Store) -> None:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    notices = [Status(state, "The microphone is very quiet.", Channel.YOU) for state in (State.WARNING, State.SILENT)]
    send(
        sink,
        replace(final(0, "an early guess"), kind=UpdateKind.PARTIAL),
        replace(final(0, "an early"), kind=UpdateKind.COMMITTED),
        Level(Channel.YOU, -20.0),
        Status(State.BEHIND, behind_seconds=4.0),
        final(1, "said later", 5.0),
        final(0, "a first version", 1.0),
        final(0, "the last version", 1.0),
        final(2, "no speech", 7.0),
        final(2, ""),
        *notices,
    )
    sink.close()
    call = store.load(session_id)
    assert [update.text for update in call.utterances] == ["the last version", "said later"]
    assert store.notices(session_id) == [Notice(1.0, notice) for notice in notices]
    assert [found.text for found in store.search("version")] == ["the last version"]
    assert store.search("speech") == store.search("first") == []


def test_search_takes_words_as_they_are_typed(store: Store) -> None:
    older = stored(store, "We increased revenue by 7000%.", "Tomás helped a lot")
    newer = stored(store, "Revenue went down", started=STARTED + timedelta(days=1))
    assert {found.session_id for found in store.search("revenue")} == {older, newer}
    assert [found.text for found in store.search("tomas HELPED")] == ["Tomás helped a lot"]
    assert [
        found.utterance for found in store.search("incr revenue")
    ] == []  # only the last word may be a beginning ...
    assert [found.utterance for found in store.search("revenue incr")] == [0]
    assert [found.start_seconds for found in store.search("7000%")] == [0.0]
    for typed in ("", "  ", "%", '"', "\0", "\ud800"):
        assert store.search(typed) == []
    for typed in ('rev"enue', "revenue AND", "text:revenue", "revenue*", "(revenue", "NEAR(revenue", "-revenue", "^"):
        store.search(typed)  # an operator is a word like any other


def test_sessions_are_listed_with_the_newest_first(store: Store) -> None:
    assert store.sessions() == []
    morning = stored(store, "Hi", title="Morning", started=datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    # Its local time is earlier, it is later all the same.
    evening = stored(store, "Hi", title="Evening", started=STARTED.replace(hour=11))
    assert [(one.id, one.title, one.duration_seconds, one.state) for one in store.sessions()] == [
        (evening, "Evening", 60.0, CallState.FINISHED),
        (morning, "Morning", 60.0, CallState.FINISHED),
    ]
    assert store.resolve("last") == evening


def test_resolve_says_what_is_wrong_with_a_name(store: Store) -> None:
    with pytest.raises(StoreError, match="Nothing has been recorded yet"):
        store.resolve("last")
    first = stored(store, "Hi")
    second = stored(store, "Hi", started=STARTED + timedelta(hours=2))
    assert store.resolve(first) == first
    assert store.resolve("20261126-14") == second
    with pytest.raises(StoreError, match=f"2 sessions.*{first}"):
        store.resolve("2026")
    for name in ("1999", "", "%", "../x"):
        with pytest.raises(StoreError, match="no session"):
            store.resolve(name)


def test_an_id_is_taken_before_its_longer_sisters(store: Store) -> None:
    first, second = stored(store, "Hi"), stored(store, "Hi")
    assert second.startswith(first)
    assert store.resolve(first) == first


def test_delete_removes_rows_files_and_words(store: Store) -> None:
    kept = stored(store, "this one stays")
    gone = stored(store, "nobody may read confidentialword ever again")
    (store.folder(gone) / "call.flac").write_bytes(b"sound")
    store.delete(gone)
    assert not store.folder(gone).exists()
    assert [one.id for one in store.sessions()] == [kept]
    assert store.search("confidentialword") == []
    assert [found.session_id for found in store.search("stays")] == [kept]
    on_disk = b"".join(file.read_bytes() for file in store.data_folder.iterdir() if file.is_file())
    assert b"confidentialword" not in on_disk
    for action in (store.delete, store.load, store.recover, store.hold, lambda name: store.finish(name, 1.0)):
        with pytest.raises(StoreError, match="no session"):
            action(gone)


def test_a_call_that_goes_on_is_neither_deleted_nor_recovered(store: Store) -> None:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    with Store.open(store.data_folder) as other:
        for one in (store, other):
            assert one.recoverable() == []
            for action in (one.delete, one.recover):
                with pytest.raises(StoreError, match="just now"):
                    action(session_id)
        with pytest.raises(StoreError, match="just now"):
            StoreSink(other, session_id)
    store.finish(session_id, 1.0)
    store.delete(session_id)
    assert store.sessions() == []


def test_two_read_while_one_records(store: Store) -> None:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    with Store.open(store.data_folder) as one, Store.open(store.data_folder) as two:
        for number in range(5):
            sink.next(stamp(final(number, f"utterance {number}", float(number))))
            while len(one.load(session_id).utterances) <= number:
                assert sink.failure is None
            assert two.load(session_id).utterances[-1].text == f"utterance {number}"
    sink.close()


def test_a_session_can_go_on_and_be_corrected(store: Store) -> None:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    flag = Flag("f1", ClaimKind.VAGUE, Channel.THEM, 0, "a lot", 0, 5, 1.0, 2.0, (), "what?")
    first = StoreSink(store, session_id)
    send(first, final(0, "before"), flag, FlagWithdrawn("f1", "answered"))
    first.close()
    second = StoreSink(store, session_id)
    send(second, final(1, "after", 20.0), final(0, "corrected"), flag, AudioGap(Channel.YOU, 3.0, 4.0, "x"))
    second.close()
    call = store.load(session_id)
    assert [(update.utterance, update.text) for update in call.utterances] == [(0, "corrected"), (1, "after")]
    assert [(fate.flag.id, fate.withdrawn_reason) for fate in call.flags] == [("f1", None)]  # it stands again
    assert len(call.gaps) == 1


def test_an_unwritable_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match=r"file.*writable"):
        Store.open(tmp_path / "file" / "data")


def test_the_folder_of_a_vanished_database_is_named(store: Store) -> None:
    for file in store.data_folder.glob("*.db*"):
        file.unlink()
    with pytest.raises(StoreError, match=r"can't be opened.*depthcue|depthcue.*can't be opened"):
        store.sessions()
