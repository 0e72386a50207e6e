"""The kept calls, as the panel asks for them. Each call blocks: run them on a lane.

Raises of all: StoreError, where the history can't be read or written.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import data_folder
from ui.desktop.controls import PastCall

if TYPE_CHECKING:  # the store loads codecs, which a window must not wait for
    from assistant.audio.playback import Player
    from assistant.call import Call, Correction, Version
    from ui.desktop.after.export_page import Preview
    from ui.desktop.after.history_state import Hit
    from ui.desktop.after.session_state import SessionState

NEWEST_CALLS = 8


def past_calls() -> tuple[PastCall, ...]:
    """All that are kept, the newest first."""
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        return tuple(
            PastCall(kept.id, kept.title, kept.started, kept.duration_seconds, kept.state) for kept in store.sessions()
        )


def newest_calls() -> tuple[PastCall, ...]:
    """As many as the page before a call shows."""
    return past_calls()[:NEWEST_CALLS]


def delete_older(days: int) -> list[str]:
    """Delete calls that began more than `days` ago, also those that a crash ended; the titles of those that are gone.
    Calls that wait to be recovered stay."""
    from assistant.call import CallState
    from assistant.store import Store

    oldest = datetime.now().astimezone() - timedelta(days=days)
    with Store.open(data_folder()) as store:
        old = [kept for kept in store.sessions() if kept.started < oldest and kept.state is not CallState.RECORDING]
    delete(tuple(kept.id for kept in old))
    return [kept.title for kept in old]


def load(call_id: str, version: Version) -> Call:
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        return store.load(call_id, version)


def search(query: str) -> tuple[Hit, ...]:
    """Utterances with all these words, the best first."""
    from assistant.store import Store
    from ui.desktop.after.history_state import Hit

    with Store.open(data_folder()) as store:
        return tuple(
            Hit(found.session_id, found.utterance, found.channel, found.start_seconds, found.text)
            for found in store.search(query)
        )


def version_of(call_id: str, version: Version) -> SessionState:
    """A call to look at, in one of its versions."""
    from assistant.store import Store
    from ui.desktop.after.session_state import SessionState

    with Store.open(data_folder()) as store:
        call, has_second_pass = store.load(call_id, version), store.has_second_pass(call_id)
    return SessionState.of(call, has_second_pass)


def open_session(call_id: str) -> tuple[SessionState, Player | None, str]:
    """A call to look at, its sound if there is any, and why that can't be played if it can't."""
    from assistant.audio.playback import Player
    from assistant.call import Version
    from assistant.errors import RecordingError

    state = version_of(call_id, Version.NEWEST)
    if state.call.audio is None:
        return state, None, ""
    try:
        return state, Player(state.call.audio), ""
    except RecordingError as error:
        return state, None, str(error)


def keep_notes(call_id: str, notes: str) -> None:
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        store.keep_notes(call_id, notes)


def correct(call_id: str, version: Version, correction: Correction) -> SessionState:
    """Store a correction; the call with all of them. An empty one puts back what was heard."""
    from assistant.store import Store

    with Store.open(data_folder()) as store:
        store.correct(call_id, version, correction.utterance, correction.text or None)
    return version_of(call_id, version)


def delete(call_ids: tuple[str, ...]) -> None:
    """For good, with their recordings. Where one can't be deleted the others are, and its reason is raised:
    a RecordingError where it is still being recorded."""
    from assistant.errors import AssistantError
    from assistant.store import Store

    failures: list[AssistantError] = []
    with Store.open(data_folder()) as store:
        for call_id in call_ids:
            try:
                store.delete(call_id)
            except AssistantError as error:
                failures.append(error)
    if failures:
        raise failures[0]


def preview(call_id: str, version: Version, format_: str) -> Preview:
    """The beginning of what an export would write."""
    from assistant.export import render_text
    from assistant.plain import clock
    from ui.desktop.after.export_page import MOST_CHARACTERS, Preview

    call = load(call_id, version)
    if format_ == "wav":
        megabytes = call.duration_seconds * 64_000 / 1e6  # two channels of 16 bit at 16 kHz
        text = f"{clock(call.duration_seconds)} of sound in two channels, about {megabytes:.0f} MB."
        return Preview(format_, text)
    text = render_text(call, format_)
    return Preview(format_, text[:MOST_CHARACTERS], is_whole=len(text) <= MOST_CHARACTERS)


def export(call_id: str, folder: Path, format_: str = "md", version: Version | None = None) -> Path:
    """The file that was written, of the newest version unless one is named. Raises ExportError, RecordingError."""
    from assistant.call import Version
    from assistant.export import export_call

    return export_call(load(call_id, version or Version.NEWEST), [format_], folder)[0]
