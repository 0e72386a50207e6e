"""The event log: one JSON object a line, as things happen. A stable format for tools and tests.

Every line has `wall_s` (seconds since the first sound was read), `audio_s` (position of the call's clock when it was
emitted) and `type`:

- `partial`, `committed`, `final`: `channel` (`you`, `them`), `utterance`, `words` [`text`, `start_s`, `end_s`]. Each
  holds all words of its kind; of several finals of an utterance the last counts; one without words takes it back. A
  second final comes where an utterance was heard once more, at most once and within a minute; what follows from its
  words comes behind it: `sentence` with a known `index` and `flag` with a known `id` take the place of earlier ones,
  and a flag whose words are gone is withdrawn.
- `flag`: `id`, `channel`, `kind` (`vague`, `number_only`), `quote`, `start_s`, `end_s` of the quoted words, `missing`,
  `reason`. `flag_withdrawn`: `id`, `reason`.
- `sentence`: `index`, `channel`, `start_s`, `end_s`, `text`, `label` (null for you), `aspects` (what it answers; of
  yours: what it asks for), `answer` (to which of their answers it belongs or leads, from 0; another one begins with
  another topic), `is_good_sign` (a mistake or a lesson told openly). These are the ledger of what was covered.
- `cue`: `kind` (`unexplained_term`, `long_answer`, `helps_listener`), `channel`, `sentence` (index), `quote`,
  `start_s`, `end_s`, `advice`. Gentle notes on how something is told.
- `follow_up`: `id`, `channel`, `kind` (also `aspect`), `aspect`, `quote`, `start_s`, `end_s` (null where nothing is
  quoted), `question`, `why`, and where a language model worded the question its name as `worded_by`.
  `follow_up_retired`: `id`, `retired_why` (`answered`, `asked`, `dismissed`, `stale`, `displaced`, `unsaid`: its words
  turned out to be others).
- `gap`: `channel`, `start_s`, `end_s`, `reason`.
- `status`: `state`, `message`, and `channel` and `behind_s` where they apply; a mark of the user has the state `mark`,
  the note as its message, and `at_s`, the moment that is marked.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

from assistant.errors import ExportError
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
    Status,
    TranscriptUpdate,
)


class EventLog:
    """A sink that writes the log to `path`, readable by the user alone. Lines are flushed as they come; the log of a
    call is small.

    Raises:
        ExportError: at once when the file can't be opened, and from `close` when it could not be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._error: OSError | None = None
        try:
            self._file = open(path, "w", encoding="utf-8", newline="\n", opener=_open_private)  # noqa: SIM115
        except OSError as error:
            raise self._failed(error) from error

    def next(self, stamped: Stamped) -> None:
        fields = describe(stamped.event)
        if fields is None or self._error is not None:
            return
        fields |= {"audio_s": stamped.audio_seconds, "wall_s": stamped.wall_seconds}
        try:
            self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:  # a full disk must not end a call: said when it is over
            self._error = error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self._error = self._error or error
        if self._error is not None:
            raise self._failed(self._error) from self._error

    def _failed(self, error: OSError) -> ExportError:
        return ExportError(
            f"The event log {self._path} can't be written: {error.strerror}. Choose another place with --events."
        )


def _open_private(path: str, flags: int) -> int:
    """For `open`: the log holds what was said, and an older file of the name may have been readable by others."""
    descriptor = os.open(path, flags, 0o600)
    try:
        if sys.platform != "win32" and stat.S_ISREG(os.fstat(descriptor).st_mode):  # not a pipe or a terminal
            os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def describe(event: Event) -> dict[str, Any] | None:
    """The fields of an event's line, without its times; None for events that are not logged."""
    match event:
        case TranscriptUpdate():
            words = [{"text": w.text, "start_s": w.start_seconds, "end_s": w.end_seconds} for w in event.words]
            return {"type": event.kind, "channel": event.channel, "utterance": event.utterance, "words": words}
        case Flag():
            return {
                "type": "flag", "id": event.id, "channel": event.channel, "kind": event.kind, "quote": event.quote,
                "start_s": event.start_seconds, "end_s": event.end_seconds, "missing": list(event.missing),
                "reason": event.reason,
            }  # fmt: skip
        case FlagWithdrawn():
            return {"type": "flag_withdrawn", "id": event.id, "reason": event.reason}
        case FollowUp():
            worded = {"worded_by": event.worded_by} if event.worded_by else {}
            return {
                "type": "follow_up", "id": event.id, "channel": event.channel, "kind": event.kind,
                "aspect": event.aspect, "quote": event.quote, "start_s": event.start_seconds,
                "end_s": event.end_seconds, "question": event.question, "why": event.why, **worded,
            }  # fmt: skip
        case FollowUpRetired():
            return {"type": "follow_up_retired", "id": event.id, "retired_why": event.why}
        case ReviewedSentence(sentence=said):
            return {
                "type": "sentence", "index": said.index, "channel": said.channel, "start_s": said.start_seconds,
                "end_s": said.end_seconds, "text": said.text, "label": event.label, "aspects": list(event.aspects),
                "answer": event.answer, "is_good_sign": event.is_good_sign,
            }  # fmt: skip
        case CommunicationCue():
            return {
                "type": "cue", "kind": event.kind, "channel": event.channel, "sentence": event.sentence,
                "quote": event.quote, "start_s": event.start_seconds, "end_s": event.end_seconds,
                "advice": event.advice,
            }  # fmt: skip
        case AudioGap():
            return {
                "type": "gap", "channel": event.channel, "start_s": event.start_seconds, "end_s": event.end_seconds,
                "reason": event.reason,
            }  # fmt: skip
        case Status():
            fields: dict[str, Any] = {"type": "status", "state": event.state, "message": event.message}
            if event.channel is not None:
                fields["channel"] = event.channel
            if event.behind_seconds is not None:
                fields["behind_s"] = event.behind_seconds
            return fields
        case Mark():
            return {"type": "status", "state": "mark", "message": event.note, "at_s": round(event.at_seconds, 3)}
        case _:
            return None
