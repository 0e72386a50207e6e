"""What a person writes about a call, and in place of what was heard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.call import Correction, Version
from assistant.errors import StoreError
from assistant.store import Store, StoreSink
from assistant.values import Channel
from tests.assistant.store.calls import STARTED, final, send


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.fixture
def session_id(store: Store) -> str:
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", tuple(Channel), None)
    sink = StoreSink(store, session_id)
    send(sink, final(0, "we moved to cubernetes"), final(1, "and it went well", 4.0))
    sink.close()
    store.finish(session_id, 10.0)
    return session_id


def test_a_corrected_line_is_found_by_its_new_words_and_what_was_heard_stays(store, session_id) -> None:
    heard = store.load(session_id).utterances
    store.correct(session_id, Version.LIVE, 0, "We moved to Kubernetes")
    call = store.load(session_id)
    assert call.corrections == (Correction(0, "We moved to Kubernetes"),) and call.utterances == heard
    assert session_id in [found.session_id for found in store.search("kubernetes")]
    assert session_id not in [found.session_id for found in store.search("cubernetes")]

    store.correct(session_id, Version.LIVE, 0, None)
    assert store.load(session_id).corrections == ()
    assert session_id in [found.session_id for found in store.search("cubernetes")]


def test_a_correction_belongs_to_the_version_that_was_read(store, session_id) -> None:
    store.keep_second_pass(session_id, store.load(session_id))
    store.correct(session_id, Version.SECOND, 1, "and it went badly")
    assert store.load(session_id).corrections == (Correction(1, "and it went badly"),)
    assert store.load(session_id, Version.LIVE).corrections == ()


def test_a_second_version_with_corrections_is_never_replaced(store, session_id) -> None:
    live = store.load(session_id)
    store.keep_second_pass(session_id, live)
    store.spare_corrections(session_id)
    store.correct(session_id, Version.SECOND, 0, "We moved to Kubernetes")  # while the next version is transcribed
    with pytest.raises(StoreError, match="You corrected 1 line of"):
        store.keep_second_pass(session_id, live)
    with pytest.raises(StoreError, match="You corrected 1 line of"):
        store.spare_corrections(session_id)
    assert store.load(session_id).corrections == (Correction(0, "We moved to Kubernetes"),)

    store.correct(session_id, Version.SECOND, 0, None)
    store.correct(session_id, Version.LIVE, 0, "We moved to Kubernetes")  # which stays, so it hinders nothing
    store.keep_second_pass(session_id, live)


def test_a_line_that_is_gone_is_not_corrected_silently(store, session_id) -> None:
    with pytest.raises(StoreError, match="not in the session"):
        store.correct(session_id, Version.LIVE, 99, "x")
    with pytest.raises(StoreError, match="no session"):
        store.correct("nobody", Version.LIVE, 0, "x")
    with pytest.raises(StoreError, match="no session"):
        store.keep_notes("nobody", "x")


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_notes_come_back_as_they_were_written(store, notes: str) -> None:
    [session_id, *_] = [one.id for one in store.sessions()] or [store.begin("T", STARTED, "", (), None)[0]]
    store.keep_notes(session_id, notes)
    assert store.load(session_id).notes == notes
