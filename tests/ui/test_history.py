"""Which calls are deleted by their age, with a real store."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.audio import recorded
from assistant.audio.recording import CrashSafeRecorder
from assistant.errors import RecordingError, StoreError
from assistant.store import Store
from assistant.values import AudioFrame, Channel
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


def test_a_call_that_is_recorded_on_does_not_keep_the_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "_STILL_WRITES_SECONDS", 0.05)
    with Store.open(home) as store:
        recording, other = begun(store, "recorded on", 8), begun(store, "other", 9)
        for call_id in (recording, other):
            store.finish(call_id, 3.0)
        recorder = CrashSafeRecorder(store.folder(recording), (Channel.YOU,))
        recorder.write(AudioFrame(Channel.YOU, 0.0, np.ones(160, np.int16)))
        with pytest.raises(RecordingError, match="still being written"):
            history.delete((recording, other))
        assert [kept.title for kept in store.sessions()] == ["recorded on"]
        recorder.close()
        history.delete((recording,))
        assert store.sessions() == []
