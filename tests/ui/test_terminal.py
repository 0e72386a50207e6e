"""What the terminal says of the states of a call."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from ui.terminal import TerminalSink, findings


@pytest.mark.parametrize("state", [State.WARNING, State.SILENT, State.DEVICE_LOST, State.DEVICE_BACK])
def test_what_is_wrong_with_a_device_is_said_with_its_moment(state: State) -> None:
    printed = io.StringIO()
    TerminalSink(printed).next(Stamped(Status(state, "Your microphone.", Channel.YOU), 70.0, 70.0))
    assert printed.getvalue() == " 01:10 ! Your microphone.\n"


def test_what_was_found_in_a_call_is_counted_in_words() -> None:
    call = script.call()
    assert findings(replace(call, flags=call.flags[:2], follow_ups=call.follow_ups[:1])) == "2 flags and 1 follow-up"
