"""Reading what was stored. All raise sqlite3.Error."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from assistant.call import Call, CallState, Correction, FlagFate, FollowUpFate, Version
from assistant.quotes import as_they_read
from assistant.store.codec import (
    decode_cue,
    decode_flag,
    decode_follow_up,
    decode_gap,
    decode_mark,
    decode_sentence,
    decode_status,
    decode_words,
    storable,
)
from assistant.store.views import Found, Notice
from assistant.values import (
    AudioGap,
    Channel,
    CommunicationCue,
    Mark,
    RetiredWhy,
    ReviewedSentence,
    TranscriptUpdate,
    UpdateKind,
    Verbosity,
)

SEARCH_LIMIT = 500


def read_call(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    second_pass: sqlite3.Row | None,
    duration_seconds: float,
    audio: Path | None,
) -> Call:
    """The call of a row of `session`, or of its second pass, read as of one moment. What was marked and what was not
    heard belongs to both."""
    text = second_pass or row
    connection.execute("BEGIN")  # one snapshot, also while the call goes on
    try:
        sentences = _sentences(connection, text["id"])
        return Call(
            id=row["id"],
            title=row["title"],
            started=datetime.fromisoformat(row["started"]),
            duration_seconds=duration_seconds,
            state=CallState(row["state"]),
            model=text["model"],
            language=text["language"],
            utterances=_utterances(connection, text["id"]),
            sentences=sentences,
            flags=_flags(connection, text["id"]),
            follow_ups=_follow_ups(connection, text["id"]),
            gaps=_gaps(connection, row["id"]),
            marks=_marks(connection, row["id"]),
            audio=audio,
            consent=row["consent"],
            version=Version.SECOND if second_pass else Version.LIVE,
            corrections=_corrections(connection, text["id"]),
            notes=row["notes"],
            cues=as_they_read(_cues(connection, text["id"]), sentences),
            verbosity=Verbosity(text["verbosity"]) if text["verbosity"] else None,
        )
    finally:
        connection.execute("ROLLBACK")


def read_notices(connection: sqlite3.Connection, session_id: str) -> list[Notice]:
    rows = connection.execute(
        "SELECT audio_seconds, value FROM moment WHERE session = ? AND kind = 'Status' ORDER BY rowid", (session_id,)
    )
    return [Notice(row["audio_seconds"], decode_status(row["value"])) for row in rows]


def search_utterances(connection: sqlite3.Connection, text: str) -> list[Found]:
    words = [word for word in storable(text).replace("\0", " ").split() if any(map(str.isalnum, word))]
    if not words:
        return []
    # Quoted, nothing that was typed is an operator of the query language; the star makes the last one a beginning.
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words) + "*"
    rows = connection.execute(
        "SELECT coalesce(pass_of, id), number, channel, start_seconds, utterance.text FROM utterance_search "
        "JOIN utterance ON utterance.row = utterance_search.rowid JOIN session ON id = session "
        "WHERE utterance_search MATCH ? AND id NOT IN (SELECT pass_of FROM session WHERE pass_of IS NOT NULL) "
        f"ORDER BY rank, session DESC, start_seconds LIMIT {SEARCH_LIMIT}",
        (query,),
    )
    return [Found(row[0], row[1], Channel(row[2]), row[3], row[4]) for row in rows]


def last_end_seconds(connection: sqlite3.Connection, session_id: str) -> float:
    """The end of the last stored utterance of a session; 0 where there is none."""
    row = connection.execute("SELECT max(end_seconds) FROM utterance WHERE session = ?", (session_id,)).fetchone()
    return float(row[0] or 0.0)


def _utterances(connection: sqlite3.Connection, session_id: str) -> tuple[TranscriptUpdate, ...]:
    rows = connection.execute(
        "SELECT number, channel, start_seconds, end_seconds, words FROM utterance WHERE session = ? "
        "ORDER BY start_seconds, number",
        (session_id,),
    )
    return tuple(
        TranscriptUpdate(UpdateKind.FINAL, Channel(row[1]), row[0], row[2], row[3], decode_words(row[4]))
        for row in rows
    )


def _corrections(connection: sqlite3.Connection, session_id: str) -> tuple[Correction, ...]:
    rows = connection.execute(
        "SELECT number, text FROM utterance WHERE session = ? AND is_corrected ORDER BY number", (session_id,)
    )
    return tuple(Correction(row[0], row[1]) for row in rows)


def _sentences(connection: sqlite3.Connection, session_id: str) -> tuple[ReviewedSentence, ...]:
    rows = connection.execute("SELECT value FROM sentence WHERE session = ?", (session_id,))
    sentences = [decode_sentence(row[0]) for row in rows]
    return tuple(sorted(sentences, key=lambda reviewed: (reviewed.sentence.start_seconds, reviewed.sentence.index)))


def _flags(connection: sqlite3.Connection, session_id: str) -> tuple[FlagFate, ...]:
    rows = connection.execute(
        "SELECT value, audio_seconds, withdrawn_at_seconds, withdrawn_reason FROM flag WHERE session = ? "
        "ORDER BY audio_seconds, rowid",
        (session_id,),
    )
    return tuple(FlagFate(decode_flag(row[0]), row[1], row[2], row[3]) for row in rows)


def _follow_ups(connection: sqlite3.Connection, session_id: str) -> tuple[FollowUpFate, ...]:
    rows = connection.execute(
        "SELECT value, audio_seconds, retired_at_seconds, retired_why FROM follow_up WHERE session = ? "
        "ORDER BY audio_seconds, rowid",
        (session_id,),
    )
    return tuple(
        FollowUpFate(decode_follow_up(row[0]), row[1], row[2], None if row[3] is None else RetiredWhy(row[3]))
        for row in rows
    )


def _gaps(connection: sqlite3.Connection, session_id: str) -> tuple[AudioGap, ...]:
    gaps = [decode_gap(text) for text in _moments(connection, session_id, "AudioGap")]
    return tuple(sorted(gaps, key=lambda gap: gap.start_seconds))


def _cues(connection: sqlite3.Connection, session_id: str) -> tuple[CommunicationCue, ...]:
    cues = [decode_cue(text) for text in _moments(connection, session_id, "CommunicationCue")]
    return tuple(sorted(cues, key=lambda cue: (cue.start_seconds, cue.sentence)))


def _marks(connection: sqlite3.Connection, session_id: str) -> tuple[Mark, ...]:
    marks = [decode_mark(text) for text in _moments(connection, session_id, "Mark")]
    return tuple(sorted(marks, key=lambda mark: mark.at_seconds))


def _moments(connection: sqlite3.Connection, session_id: str, kind: str) -> list[str]:
    rows = connection.execute(
        "SELECT value FROM moment WHERE session = ? AND kind = ? ORDER BY rowid", (session_id, kind)
    )
    return [row[0] for row in rows]
