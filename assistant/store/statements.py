"""What an event of a call does to the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from assistant.call import Call
from assistant.store.codec import decode_words, encode, encode_words, storable
from assistant.store.sessions import set_verbosity
from assistant.values import (
    AudioGap,
    CommunicationCue,
    Event,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Mark,
    ReviewedSentence,
    Stamped,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
)

# What explains a call afterwards; how late the worker was, and that it ended, does not.
KEPT_STATES = {
    State.RECORDING,
    State.PAUSED,
    State.DEVICE_LOST,
    State.DEVICE_BACK,
    State.SILENT,
    State.WARNING,
    State.DISK_FULL,
    State.FAILED,
}


def is_kept(event: Event) -> bool:
    match event:
        case TranscriptUpdate():
            return event.kind is UpdateKind.FINAL
        case Status():
            return event.state in KEPT_STATES
        case ReviewedSentence() | Flag() | FlagWithdrawn() | FollowUp() | FollowUpRetired() | CommunicationCue():
            return True
        case AudioGap() | Mark():
            return True
        case _:
            return False


def write(connection: sqlite3.Connection, session_id: str, stamped: Stamped) -> None:
    """Store one event that `is_kept`. Raises sqlite3.Error."""
    event, at = stamped.event, stamped.audio_seconds
    execute: Callable[[str, tuple[Any, ...]], Any] = connection.execute
    match event:
        case TranscriptUpdate():
            _write_utterance(connection, session_id, event, at)
        case ReviewedSentence():
            execute(
                "INSERT INTO sentence (session, audio_seconds, number, value) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (session, number) DO UPDATE SET "
                "value = excluded.value, audio_seconds = excluded.audio_seconds",
                (session_id, at, event.sentence.index, encode(event)),
            )
        case Flag() | FollowUp():
            is_flag = isinstance(event, Flag)
            table = "flag" if is_flag else "follow_up"
            fate = ("withdrawn_at_seconds", "withdrawn_reason") if is_flag else ("retired_at_seconds", "retired_why")
            execute(
                f"INSERT INTO {table} (session, audio_seconds, id, value) VALUES (?, ?, ?, ?) "
                f"ON CONFLICT (session, id) DO UPDATE SET value = excluded.value, {fate[0]} = NULL, {fate[1]} = NULL",
                (session_id, at, event.id, encode(event)),
            )
        case FlagWithdrawn():
            execute(
                "UPDATE flag SET withdrawn_at_seconds = ?, withdrawn_reason = ? WHERE session = ? AND id = ?",
                (at, storable(event.reason), session_id, event.id),
            )
        case FollowUpRetired():
            execute(
                "UPDATE follow_up SET retired_at_seconds = ?, retired_why = ? WHERE session = ? AND id = ?",
                (at, event.why.value, session_id, event.id),
            )
        case CommunicationCue() | AudioGap() | Mark() | Status():
            execute(
                "INSERT INTO moment (session, audio_seconds, kind, value) VALUES (?, ?, ?, ?)",
                (session_id, at, type(event).__name__, encode(event)),
            )


def write_call(connection: sqlite3.Connection, session_id: str, call: Call) -> None:
    """The text of a call with its review. Raises sqlite3.Error."""
    for update in call.utterances:
        write(connection, session_id, Stamped(update, update.end_seconds, 0.0))
    write_review(connection, session_id, call)


def write_review(connection: sqlite3.Connection, session_id: str, call: Call) -> None:
    """Sentences, flags, follow-ups and cues of a call, and its verbosity. Raises sqlite3.Error."""
    if call.verbosity is not None:
        set_verbosity(connection, session_id, call.verbosity)
    stamped = [Stamped(reviewed, reviewed.sentence.end_seconds, 0.0) for reviewed in call.sentences]
    for flag in call.flags:
        stamped.append(Stamped(flag.flag, flag.raised_at_seconds, 0.0))
        if flag.withdrawn_at_seconds is not None:
            withdrawn = FlagWithdrawn(flag.flag.id, flag.withdrawn_reason or "")
            stamped.append(Stamped(withdrawn, flag.withdrawn_at_seconds, 0.0))
    for fate in call.follow_ups:
        stamped.append(Stamped(fate.follow_up, fate.raised_at_seconds, 0.0))
        if fate.retired_at_seconds is not None and fate.retired_why is not None:
            retired = FollowUpRetired(fate.follow_up.id, fate.retired_why)
            stamped.append(Stamped(retired, fate.retired_at_seconds, 0.0))
    stamped += [Stamped(cue, cue.end_seconds, 0.0) for cue in call.cues]
    for one in stamped:
        write(connection, session_id, one)


def correct_utterance(connection: sqlite3.Connection, session_id: str, number: int, text: str | None) -> bool:
    """Let an utterance read `text`, or what was heard where that is None; False if there is none of that number.

    Raises sqlite3.Error.
    """
    where = "WHERE session = ? AND number = ?"
    row = connection.execute(f"SELECT words FROM utterance {where}", (session_id, number)).fetchone()
    if row is None:
        return False
    heard = " ".join(word.text for word in decode_words(row[0]))
    connection.execute(
        f"UPDATE utterance SET text = ?, is_corrected = ? {where}",
        (storable(heard if text is None else text), text is not None, session_id, number),
    )
    return True


def _write_utterance(connection: sqlite3.Connection, session_id: str, update: TranscriptUpdate, at: float) -> None:
    if not update.words:
        connection.execute("DELETE FROM utterance WHERE session = ? AND number = ?", (session_id, update.utterance))
        return
    connection.execute(
        "INSERT INTO utterance (session, audio_seconds, number, channel, start_seconds, end_seconds, text, words) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session, number) DO UPDATE SET "
        "audio_seconds = excluded.audio_seconds, channel = excluded.channel, start_seconds = excluded.start_seconds, "
        "end_seconds = excluded.end_seconds, text = excluded.text, words = excluded.words, is_corrected = 0",
        (
            session_id,
            at,
            update.utterance,
            update.channel.value,
            update.start_seconds,
            update.end_seconds,
            storable(update.text),
            encode_words(update.words),
        ),
    )
