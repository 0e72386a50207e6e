"""Values as JSON text and back, exactly: floats keep every bit, and text that is no Unicode (half a surrogate pair in
an imported file) stays what it is, since JSON escapes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from assistant.values import (
    Aspect,
    AudioGap,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
    Flag,
    FollowUp,
    Label,
    Mark,
    ReviewedSentence,
    Sentence,
    State,
    Status,
    Word,
)


def encode(value: ReviewedSentence | Flag | FollowUp | CommunicationCue | AudioGap | Mark | Status) -> str:
    return json.dumps(asdict(value), separators=(",", ":"))


def encode_words(words: tuple[Word, ...]) -> str:
    return json.dumps(
        [[word.text, word.start_seconds, word.end_seconds, word.probability] for word in words], separators=(",", ":")
    )


def storable(text: str) -> str:
    """Text for a column of its own: what is no Unicode becomes question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def decode_words(text: str) -> tuple[Word, ...]:
    return tuple(Word(*fields) for fields in json.loads(text))


def decode_sentence(text: str) -> ReviewedSentence:
    table = json.loads(text)
    inner = table["sentence"]
    words = tuple(Word(**word) for word in inner["words"])
    return ReviewedSentence(
        Sentence(inner["index"], Channel(inner["channel"]), words),
        None if table["label"] is None else Label(table["label"]),
        _aspects(table["aspects"]),
        table["is_good_sign"],
        table.get("answer", 0),  # older calls do not tell their answers apart
    )


def decode_flag(text: str) -> Flag:
    table: dict[str, Any] = json.loads(text)
    typed = {
        "kind": ClaimKind(table["kind"]),
        "channel": Channel(table["channel"]),
        "missing": _aspects(table["missing"]),
    }
    return Flag(**(table | typed))


def decode_follow_up(text: str) -> FollowUp:
    table: dict[str, Any] = json.loads(text)
    typed = {
        "kind": ClaimKind(table["kind"]),
        "channel": Channel(table["channel"]),
        "aspect": Aspect(table["aspect"]),
    }
    return FollowUp(**(table | typed))


def decode_cue(text: str) -> CommunicationCue:
    table: dict[str, Any] = json.loads(text)
    return CommunicationCue(**(table | {"kind": CueKind(table["kind"]), "channel": Channel(table["channel"])}))


def decode_gap(text: str) -> AudioGap:
    table: dict[str, Any] = json.loads(text)
    return AudioGap(**(table | {"channel": Channel(table["channel"])}))


def decode_mark(text: str) -> Mark:
    return Mark(**json.loads(text))


def decode_status(text: str) -> Status:
    table: dict[str, Any] = json.loads(text)
    channel = table["channel"]
    return Status(
        **(table | {"state": State(table["state"]), "channel": None if channel is None else Channel(channel)})
    )


def _aspects(names: list[str]) -> tuple[Aspect, ...]:
    return tuple(Aspect(name) for name in names)
