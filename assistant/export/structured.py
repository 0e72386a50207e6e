"""JSON: everything that is kept of a call, exactly as it was said. Stable: fields may be added, none changes.

    format        "depthcue-call"
    version       1
    id, title, model
    started       ISO 8601 with time zone
    language      code of the language that was transcribed, or null where it is not known
    duration_s    length in seconds; all times below are seconds since the start of the call
    state         "recording", "recovered" or "finished"
    consent       text or null
    audio         name of the recording in the session's folder, or null
    notes         what the interviewer wrote about the call
    utterances    [utterance (number), channel ("you", "them"), start_s, end_s, text, words (both as they were heard),
                  corrected_text (what a person wrote in place of that, or null)]
    verbosity     by which it was reviewed ("quiet", "normal", "eager"), or null where that was not kept
    sentences     [index, channel, start_s, end_s, text, words, label (null for you), aspects (what it answers, or
                  of yours: asks for), is_good_sign (a mistake or a lesson told openly), answer (to which of the
                  candidate's it belongs or leads, from 0; another one begins with another topic)]
    ledger        conversation [aspect], answers [answer, question (index of a sentence, or null), first_sentence,
                  last_sentence, start_s, end_s, aspects [aspect]]; each aspect is [aspect, is_answered, answered_in
                  [sentence (index), at_s], asked_in [sentence, at_s]]
    cues          [kind ("unexplained_term", "long_answer", "helps_listener"), channel, sentence (index), quote,
                  start_s, end_s, advice]
    flags         [id, kind, channel, sentence (index), quote, quote_start, quote_end (characters of that sentence's
                  text; null where that was heard otherwise after the flag was withdrawn), start_s, end_s, missing
                  (aspects), reason, raised_at_s, withdrawn_at_s, withdrawn_reason]
    follow_ups    [id, kind, channel, aspect, question, why, quote, start_s, end_s, flag_id, raised_at_s,
                  retired_at_s, retired_why, worded_by (the language model that worded the question, or null)]
    gaps          [channel, start_s, end_s, reason]
    marks         [at_s, note]

`words` are [text, start_s, end_s, probability]. What does not exist is null. The file is UTF-8; characters that are not
for reading (controls, direction marks) are written as escapes, so that it is safe to look at and loses nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from assistant.call import Call, FlagFate, FollowUpFate
from assistant.export.coverage import ledger_table
from assistant.values import CommunicationCue, ReviewedSentence, TranscriptUpdate, Word

_UNREADABLE = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def render(call: Call) -> str:
    by_hand = {correction.utterance: correction.text for correction in call.corrections}
    texts = {one.sentence.index: one.sentence.text for one in call.sentences}
    table = {
        "format": "depthcue-call",
        "version": 1,
        "id": call.id,
        "title": call.title,
        "started": call.started.isoformat(),
        "duration_s": call.duration_seconds,
        "state": call.state.value,
        "model": call.model,
        "language": call.language or None,
        "consent": call.consent,
        "audio": None if call.audio is None else call.audio.name,
        "notes": call.notes,
        "utterances": [_utterance(update, by_hand.get(update.utterance)) for update in call.utterances],
        "verbosity": None if call.verbosity is None else call.verbosity.value,
        "sentences": [_sentence(one) for one in call.sentences],
        "ledger": ledger_table(call.sentences),
        "cues": [cue_table(cue) for cue in call.cues],
        "flags": [_flag(fate, texts.get(fate.flag.sentence, "")) for fate in call.flags],
        "follow_ups": [_follow_up(fate) for fate in call.follow_ups],
        "gaps": [
            {
                "channel": gap.channel.value,
                "start_s": gap.start_seconds,
                "end_s": gap.end_seconds,
                "reason": gap.reason,
            }
            for gap in call.gaps
        ],
        "marks": [{"at_s": mark.at_seconds, "note": mark.note} for mark in call.marks],
    }
    return _readable(json.dumps(table, ensure_ascii=False, indent=1)) + "\n"


def _utterance(update: TranscriptUpdate, corrected_text: str | None) -> dict[str, Any]:
    return {
        "utterance": update.utterance,
        "channel": update.channel.value,
        "start_s": update.start_seconds,
        "end_s": update.end_seconds,
        "text": update.text,
        "words": _words(update.words),
        "corrected_text": corrected_text,
    }


def _sentence(one: ReviewedSentence) -> dict[str, Any]:
    sentence = one.sentence
    return {
        "index": sentence.index,
        "channel": sentence.channel.value,
        "start_s": sentence.start_seconds if sentence.words else None,
        "end_s": sentence.end_seconds if sentence.words else None,
        "text": sentence.text,
        "words": _words(sentence.words),
        "label": None if one.label is None else one.label.value,
        "aspects": [aspect.value for aspect in one.aspects],
        "is_good_sign": one.is_good_sign,
        "answer": one.answer,
    }


def cue_table(cue: CommunicationCue, *, has_times: bool = True) -> dict[str, Any]:
    return {
        "kind": cue.kind.value,
        "channel": cue.channel.value,
        "sentence": cue.sentence,
        "quote": cue.quote,
        "start_s": cue.start_seconds if has_times else None,
        "end_s": cue.end_seconds if has_times else None,
        "advice": cue.advice,
    }


def _flag(fate: FlagFate, said: str) -> dict[str, Any]:
    """`said` is its sentence."""
    flag = fate.flag
    is_there = said[flag.quote_start : flag.quote_end] == flag.quote
    return {
        "id": flag.id,
        "kind": flag.kind.value,
        "channel": flag.channel.value,
        "sentence": flag.sentence,
        "quote": flag.quote,
        "quote_start": flag.quote_start if is_there else None,
        "quote_end": flag.quote_end if is_there else None,
        "start_s": flag.start_seconds,
        "end_s": flag.end_seconds,
        "missing": [aspect.value for aspect in flag.missing],
        "reason": flag.reason,
        "raised_at_s": fate.raised_at_seconds,
        "withdrawn_at_s": fate.withdrawn_at_seconds,
        "withdrawn_reason": fate.withdrawn_reason,
    }


def _follow_up(fate: FollowUpFate) -> dict[str, Any]:
    follow_up = fate.follow_up
    return {
        "id": follow_up.id,
        "kind": follow_up.kind.value,
        "channel": follow_up.channel.value,
        "aspect": follow_up.aspect.value,
        "question": follow_up.question,
        "why": follow_up.why,
        "quote": follow_up.quote,
        "start_s": follow_up.start_seconds,
        "end_s": follow_up.end_seconds,
        "flag_id": follow_up.flag_id,
        "raised_at_s": fate.raised_at_seconds,
        "retired_at_s": fate.retired_at_seconds,
        "retired_why": None if fate.retired_why is None else fate.retired_why.value,
        "worded_by": follow_up.worded_by or None,
    }


def _words(words: Iterable[Word]) -> list[dict[str, Any]]:
    return [
        {
            "text": word.text,
            "start_s": word.start_seconds,
            "end_s": word.end_seconds,
            "probability": word.probability,
        }
        for word in words
    ]


def _readable(text: str) -> str:
    """JSON with escapes for what is not for reading. It can only stand in strings."""
    return _UNREADABLE.sub(lambda match: json.dumps(match.group())[1:-1].replace("\x7f", "\\u007f"), text)
