"""The parts of a call that its text formats tell in the same words, beside what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.call import Call, FlagFate, FollowUpFate
from assistant.export.coverage import Answer, PartCoverage, answers_in, good_signs, parts_of
from assistant.export.wording import KINDS
from assistant.languages import is_reviewed
from assistant.parts import ASPECTS, SPEAKERS
from assistant.plain import clock, plain, plain_lines
from assistant.values import AudioGap, CommunicationCue, Mark, RetiredWhy, ReviewedSentence, TranscriptUpdate

Escape = Callable[[str], str]  # makes text harmless in a format; what is said by us is left alone

_RETIRED = {
    RetiredWhy.ANSWERED: "answered",
    RetiredWhy.ASKED: "asked",
    RetiredWhy.DISMISSED: "put off",
    RetiredWhy.STALE: "the talk had moved on",
    RetiredWhy.DISPLACED: "better ones stood there",
    RetiredWhy.UNSAID: "heard once more, the words were others",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list: what it is about (words of ours and times only), and what there is to say."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: list[Item]


def sections_of(call: Call, escape: Escape) -> list[Section]:
    """Coverage, flags and all else beside the transcript. A section without items is left out."""
    parts = parts_of(call) if call.sentences and is_reviewed(call.language) else []
    answers = answers_in(call.sentences) if parts else []
    sections = [
        Section("Notes", [Item("Note", escape(line)) for line in plain_lines(call.notes).split("\n") if line]),
        Section("Covered", [_covered(one, escape) for one in parts if one.answers]),
        Section("Still open", [_still_open(one) for one in parts if not one.answers]),
        Section("Answer by answer", [_answer(one, escape) for one in answers] if len(answers) > 1 else []),
        Section("Mistakes and lessons told openly", [_good_sign(one, escape) for one in good_signs(call)]),
        Section("Explained for the listener", [_cue(one, escape) for one in call.cues if one.is_good]),
        Section("To ask for as a listener", [_cue(one, escape) for one in call.cues if not one.is_good]),
        Section("Flags", [flag(fate, escape) for fate in call.flags]),
        Section("Follow-ups", [_follow_up(fate, escape) for fate in call.follow_ups]),
        Section("Marks", [_mark(one, escape) for one in call.marks]),
        Section("Not heard", [_gap(one, escape) for one in call.gaps]),
        Section("Corrected by hand", [_heard(one, escape) for one in heard_otherwise(call)]),
    ]
    return [section for section in sections if section.items]


def flag(fate: FlagFate, escape: Escape) -> Item:
    one = fate.flag
    text = f"{_quoted(one.quote, escape)} ({SPEAKERS[one.channel]}, {KINDS[one.kind]}). {_full(one.reason, escape)}"
    if one.missing:
        text += f" Missing: {', '.join(ASPECTS[aspect] for aspect in one.missing)}."
    if fate.withdrawn_at_seconds is None:
        text += " It stands."
    else:
        text += f" Taken back at {clock(fate.withdrawn_at_seconds)}: {_full(fate.withdrawn_reason or '', escape)}"
    return Item(f"{escape(plain(one.id))} at {clock(one.start_seconds)}", text)


def _follow_up(fate: FollowUpFate, escape: Escape) -> Item:
    one = fate.follow_up
    about = ASPECTS[one.aspect]
    if one.quote:
        at = "" if one.start_seconds is None else f" at {clock(one.start_seconds)}"
        about += f", on {_quoted(one.quote, escape)}{at}"
    text = f"{_quoted(one.question, escape)} ({about}). {_full(one.why, escape)}"
    if one.worded_by:
        text += f" Worded by the language model {escape(plain(one.worded_by))}."
    if fate.retired_at_seconds is None:
        text += " It was open to the end."
    else:
        why = _RETIRED[fate.retired_why] if fate.retired_why else "no longer needed"
        text += f" Taken away at {clock(fate.retired_at_seconds)}: {why}."
    return Item(f"{escape(plain(one.id))} at {clock(fate.raised_at_seconds)}", text)


def heard_otherwise(call: Call) -> list[TranscriptUpdate]:
    """The utterances that were corrected, as they were heard."""
    by_hand = {correction.utterance for correction in call.corrections}
    return [update for update in call.utterances if update.utterance in by_hand]


def _heard(one: TranscriptUpdate, escape: Escape) -> Item:
    return Item(clock(one.words[0].start_seconds), f"{SPEAKERS[one.channel]}, heard as {_quoted(one.text, escape)}")


def _covered(one: PartCoverage, escape: Escape) -> Item:
    first = one.answers[0].sentence
    times = ", ".join(clock(answer.sentence.start_seconds) for answer in one.answers)
    return Item(one.name, f"{times}; first {_quoted(first.text, escape)}")


def _answer(one: Answer, escape: Escape) -> Item:
    """What one answer has covered, and when."""
    start, end = clock(one.said[0].sentence.start_seconds), clock(one.said[-1].sentence.end_seconds)
    told = f"to {_quoted(one.question.sentence.text, escape)}; " if one.question is not None else ""
    covered = [
        f"{part.name.lower()} ({', '.join(clock(said.sentence.start_seconds) for said in part.answers)})"
        for part in one.parts
        if part.answers
    ]
    unanswered = [part.name.lower() for part in one.parts if part.asked_in and not part.answers]
    text = f"{told}covered: {', '.join(covered) or 'none of the parts of a story'}"
    return Item(f"{start} to {end}", f"{text}; asked, not answered: {', '.join(unanswered)}" if unanswered else text)


def _cue(one: CommunicationCue, escape: Escape) -> Item:
    return Item(clock(one.start_seconds), f"{_quoted(one.quote, escape)} {_full(one.advice, escape)}")


def _still_open(one: PartCoverage) -> Item:
    times = ", ".join(map(clock, one.asked_at_seconds))
    return Item(one.name, f"asked at {times}, not answered" if times else "not touched")


def _good_sign(one: ReviewedSentence, escape: Escape) -> Item:
    return Item(clock(one.sentence.start_seconds), _quoted(one.sentence.text, escape))


def _gap(one: AudioGap, escape: Escape) -> Item:
    span = f"{clock(one.start_seconds)} to {clock(one.end_seconds)}"
    return Item(span, f"{SPEAKERS[one.channel]}, {_full(one.reason, escape)}")


def _mark(one: Mark, escape: Escape) -> Item:
    return Item(clock(one.at_seconds), escape(plain(one.note)) or "marked")


def _quoted(text: str, escape: Escape) -> str:
    return f"“{escape(plain(text))}”"


def _full(text: str, escape: Escape) -> str:
    """A reason as a sentence that others can follow."""
    text = plain(text)
    return escape(text if text.endswith((".", "?", "!")) else f"{text}.")
