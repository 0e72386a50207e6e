"""Which calls are deleted by their age, with a real store."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.store import Store
from assistant.values import Channel
from ui import history


def begun(store: Store, title: str, days_ago: float) -> str:
    started = datetime.now().astimezone() - timedelta(days=days_ago)
    return store.begin(title, started, "tiny.en", tuple(Channel), "yes")[0]


def test_calls_older_than_the_days_are_deleted_and_those_that_wait_for_recovery_stay(home: Path) -> None:
    with Store.open(home) as store:
        store.finish(begun(store, "old", 8), 3.0)
        store.finish(begun(store, "new", 6), 3.0)
        begun(store, "crashed", 9)
        recovered = begun(store, "recovered", 10)
        store.release(recovered)
        store.recover(recovered)
    assert sorted(history.delete_older(7)) == ["old", "recovered"]
    with Store.open(home) as store:
        assert [kept.title for kept in store.sessions()] == ["new", "crashed"]
        assert len(list((home / "sessions").iterdir())) == 2


def test_a_call_that_somebody_uses_does_not_keep_the_others(home: Path) -> None:
    with Store.open(home) as store:
        used, other = begun(store, "used", 8), begun(store, "other", 9)
        for call_id in (used, other):
            store.finish(call_id, 3.0)
        store.hold(used)
        with pytest.raises(StoreError, match="being recorded or repaired"):
            history.delete_older(7)
        assert [kept.title for kept in store.sessions()] == ["used"]
