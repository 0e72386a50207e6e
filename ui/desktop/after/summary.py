"""What a call has covered and what stayed open, as rows. Pure values."""

from __future__ import annotations

from assistant.call import Call, CallState, Version
from assistant.export.coverage import good_signs, parts_of
from assistant.languages import is_reviewed
from assistant.plain import clock, plain
from assistant.values import Channel
from ui.desktop.after.entries import Entry, Tone, heading
from ui.desktop.after.flag_fates import TONES

MOST_GOOD_SIGNS = 50
MOST_QUESTIONS = 50  # that stayed open; the rest is a number
NOT_REVIEWED = "This call was not reviewed: flags and follow-ups work for English only."


def summary_entries(call: Call) -> tuple[Entry, ...]:
    """Keys are "at SECONDS": where it was said."""
    if not call.sentences or not is_reviewed(call.language):
        return (Entry(NOT_REVIEWED, tone=Tone.QUIET), *_marks(call))
    covered, still_open = _depth(call)
    return (*covered, *still_open, *_questions(call), *_good_signs(call), *_cues(call), *_marks(call))


def facts(call: Call) -> str:
    """When, how long, and by what it was transcribed, in one line."""
    states = {CallState.RECOVERED: "recovered", CallState.RECORDING: "still being recorded", CallState.FINISHED: ""}
    model, again = plain(call.model), "once more " if call.version is Version.SECOND else ""
    parts = (
        f"{call.started:%d %b %Y, %H:%M}",
        clock(call.duration_seconds),
        f"transcribed {again}by {model}" if model else "imported transcript",
        states[call.state],
    )
    return " · ".join(filter(None, parts))


def place(at_seconds: float) -> str:
    """The key of a moment."""
    return f"at {at_seconds:.3f}"


def seconds_of(key: str) -> float | None:
    """The moment that a key names; None for other keys."""
    return float(key.removeprefix("at ")) if key.startswith("at ") else None


def _depth(call: Call) -> tuple[list[Entry], list[Entry]]:
    covered, still_open = [heading("COVERED")], [heading("STAYED OPEN")]
    for part in parts_of(call):
        if part.answers:
            first, count = part.answers[0].sentence, len(part.answers)
            times = "said once" if count == 1 else f"said {count} times, first here"
            at = first.start_seconds
            covered.append(Entry(f"✓ {part.name}", place(at), clock(at), f"“{plain(first.text)}”", times, Tone.GOOD))
            continue
        asked = part.asked_at_seconds
        note = f"asked {', '.join(map(clock, asked[:5]))}, not answered" if asked else "not touched"
        key = place(asked[0]) if asked else ""
        still_open.append(Entry(f"○ {part.name}", key, clock(asked[0]) if asked else "", note=note))
    return (covered if len(covered) > 1 else []), (still_open if len(still_open) > 1 else [])


def _questions(call: Call) -> list[Entry]:
    """Those that nobody came to; of the ones about a part of the story the list above says enough."""
    still = [fate.follow_up for fate in call.follow_ups if fate.retired_at_seconds is None and fate.follow_up.quote]
    entries = [
        Entry(
            plain(one.question),
            place(one.start_seconds or 0.0),
            clock(one.start_seconds or 0.0),
            f"“{plain(one.quote or '')}”",
            tone=TONES[one.kind],
        )
        for one in still[:MOST_QUESTIONS]
    ]
    if len(still) > MOST_QUESTIONS:
        entries.append(Entry(f"and {len(still) - MOST_QUESTIONS} more, among the flags", tone=Tone.QUIET))
    return [heading("QUESTIONS NOT ASKED"), *entries] if entries else []


def _good_signs(call: Call) -> list[Entry]:
    signs = [
        Entry(f"“{plain(one.sentence.text)}”", place(one.sentence.start_seconds), clock(one.sentence.start_seconds))
        for one in good_signs(call)[:MOST_GOOD_SIGNS]
    ]
    return [heading("MISTAKES AND LESSONS TOLD OPENLY"), *signs] if signs else []


def _cues(call: Call) -> list[Entry]:
    entries = [
        Entry(f"“{plain(cue.quote)}”", place(cue.start_seconds), clock(cue.start_seconds), note=plain(cue.advice))
        for cue in call.cues
    ]
    return [heading("HOW IT WAS TOLD"), *entries] if entries else []


def _marks(call: Call) -> list[Entry]:
    marks = [
        Entry(plain(mark.note) or "Marked", place(mark.at_seconds), clock(mark.at_seconds), tone=Tone.ASKED)
        for mark in call.marks
    ]
    return [heading("MARKS"), *marks] if marks else []


def talk_share(call: Call) -> str:
    """Who talked how much, in words; empty where nobody did."""
    seconds = dict.fromkeys(Channel, 0.0)
    for update in call.utterances:
        seconds[update.channel] += sum(word.end_seconds - word.start_seconds for word in update.words)
    total = sum(seconds.values())
    if not total:
        return ""
    return f"You {seconds[Channel.YOU] / total:.0%}, them {seconds[Channel.THEM] / total:.0%} of the talk"
