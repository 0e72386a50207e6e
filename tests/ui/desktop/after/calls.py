"""Calls to look at: the demo interview's truth with all that can become of a flag, and a very long one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assistant.call import Call, CallCollector, CallState, Correction
from assistant.values import AudioGap, Channel, Mark, RetiredWhy
from benchmarks.panel import made_up
from tests.ui.desktop import script
from ui.desktop.after.session_state import SessionState


def interview() -> Call:
    """Four flags: answered, withdrawn after it was asked, put off, open."""
    call = script.call()
    first, second, third, fourth = call.flags
    asked = list(call.follow_ups)
    asked[0] = replace(asked[0], retired_at_seconds=70.0, retired_why=RetiredWhy.ANSWERED)
    asked[1] = replace(asked[1], retired_at_seconds=60.0, retired_why=RetiredWhy.ASKED)
    asked[2] = replace(asked[2], retired_at_seconds=62.0, retired_why=RetiredWhy.DISMISSED)
    return replace(
        call,
        flags=(first, replace(second, withdrawn_at_seconds=95.0, withdrawn_reason="own part was named"), third, fourth),
        follow_ups=tuple(asked),
        marks=(Mark(61.0, "ask about the OMS"),),
        gaps=(AudioGap(Channel.YOU, 120.0, 126.0, "the microphone was unplugged"),),
    )


def corrected(state: SessionState, correction: Correction) -> SessionState:
    """The call once the store has that correction."""
    return SessionState.of(replace(state.call, corrections=(correction,) if correction.text else ()))


def long_call(lines: int) -> Call:
    """Talk of nobody, twelve words a line, taking turns, with a flag in every sixth line."""
    collector = CallCollector()
    for stamped in made_up.events(0, lines):
        collector.next(stamped)
    started = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
    seconds = made_up.line(lines).start_seconds
    bare = Call("20260301-101500", "Hours of it", started, seconds, CallState.FINISHED, "tiny.en", language="en")
    return collector.call(bare)
