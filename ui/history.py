"""The kept calls, as the panel asks for them. Each call blocks: run them on the desk's lane.

Raises of all: StoreError, where the history can't be read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import data_folder
from ui.desktop.controls import PastCall

if TYPE_CHECKING:  # the store loads codecs, which a window must not wait for
    from assistant.call import Call

PAST_CALLS = 8


def past_calls() -> tuple[PastCall, ...]:
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        return tuple(PastCall(kept.id, kept.title, kept.started, kept.state) for kept in store.sessions()[:PAST_CALLS])


def delete_older(days: int) -> list[str]:
    """Delete finished calls that began more than `days` ago; the titles of those that are gone. Calls that wait to be
    recovered stay."""
    from assistant.call import CallState
    from assistant.store import Store

    oldest = datetime.now().astimezone() - timedelta(days=days)
    with Store.open(data_folder()) as store:
        old = [kept for kept in store.sessions() if kept.started < oldest and kept.state is CallState.FINISHED]
        for kept in old:
            store.delete(kept.id)
        return [kept.title for kept in old]


def load(call_id: str) -> Call:
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        return store.load(call_id)


def export(call_id: str, folder: Path) -> Path:
    from assistant.export import export_call

    return export_call(load(call_id), ["md"], folder)[0]
