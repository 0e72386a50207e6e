"""Calls in the panel's program: real weights, a real store and the real window; what a person does, what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from assistant.call import CallState
from assistant.values import SAMPLE_RATE_HZ
from tests.ui.in_sight import said_on_screen
from tests.ui.panel.acting import begin, buttons, click, kept, phase, plan_of, session_of
from ui import voice_check
from ui.desktop.controls import Voice
from ui.desktop.direction import in_order
from ui.desktop.past_row import PastRow
from ui.desktop.standing import Phase
from ui.plans import live_plan


def test_a_headset_that_is_plugged_in_before_a_call_shows_by_itself(program, qtbot, beginning, monkeypatch):
    monkeypatch.setattr("ui.desk.LOOK_MILLISECONDS", 50)
    voices = [Voice("Built-in microphone"), Voice("Loudspeakers")]
    panel = program(replace(plan_of(beginning, 8.0), voices=lambda _: tuple(voices)))
    qtbot.waitUntil(lambda: "Built-in microphone" in said_on_screen(panel.window))
    voices[0] = Voice("Headset")
    qtbot.waitUntil(lambda: "Headset" in said_on_screen(panel.window))


def test_a_call_from_start_to_the_history(program, qtbot, home, beginning, tmp_path):
    panel = program(plan_of(beginning, 8.0))
    window = panel.window
    qtbot.waitUntil(lambda: "Right channel" in said_on_screen(panel.window))
    begin(panel)
    assert buttons(panel, in_order("Starting…")) and not buttons(panel, in_order("Starting…"))[0].isEnabled()
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=30_000)
    assert window.state.consent == "Consent given"
    QTest.keyClick(window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: session_of(panel) is not None, timeout=15_000)
    assert "000%" in "".join(card.quote for card in window.state.cards)
    assert {span.kind for line in window.state.lines.rows for span in line.spans} == {"number_only", "vague"}
    assert not buttons(panel, "Asked") and not buttons(panel, "Later")

    [call] = kept(home)
    assert call.state is CallState.FINISHED and call.audio is not None and len(call.marks) == 1
    assert call.consent is not None and call.consent.startswith("Given")
    assert [line.text for line in window.state.lines.rows if line.words] == [one.text for one in call.utterances]
    assert session_of(panel).state.call == call
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(PastRow) is not None)
    QTest.mouseClick(window.findChild(PastRow), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session_of(panel) is not None)


def test_a_pause_is_one_line_and_closing_asks_once_then_stops_and_keeps(program, qtbot, home, beginning):
    panel = program(plan_of(beginning, 2.0))
    begin(panel)
    qtbot.waitUntil(lambda: panel.window.state.clock_seconds > 0.3, timeout=30_000)
    click(panel, "Pause")
    qtbot.waitUntil(lambda: phase(panel) is Phase.PAUSED)
    qtbot.wait(300)
    click(panel, "Resume")
    qtbot.waitUntil(lambda: any(line.kind == "gap" for line in panel.window.state.lines.rows))
    assert [line.text[:6] for line in panel.window.state.lines.rows if line.kind == "gap"] == ["Paused"]
    panel.window.close()
    assert panel.window.isVisible() and "still being recorded" in said_on_screen(panel.window)
    with qtbot.waitSignal(panel.window.closed, timeout=5000):
        click(panel, "Stop and close")
    panel.end()
    [call] = kept(home)
    assert call.state is CallState.FINISHED and call.audio is not None and call.duration_seconds > 0.5


def test_a_mark_that_comes_when_the_call_is_closed_already_is_told(program, qtbot, beginning, monkeypatch):
    panel = program(plan_of(beginning, 8.0))
    begin(panel)
    monkeypatch.setattr("assistant.session.Session.mark", lambda *_: False)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=30_000)
    QTest.keyClick(panel.window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: "The moment is not marked" in said_on_screen(panel.window))


def test_without_its_model_a_call_does_not_start_and_says_why_in_place(program, qtbot, home, beginning):
    panel = program(plan_of(beginning, 1.0), model="nonexistent")
    panel.check()
    qtbot.waitUntil(lambda: "No speech model can be used" in said_on_screen(panel.window))
    begin(panel)
    qtbot.waitUntil(lambda: "The call can't start" in said_on_screen(panel.window))
    said = said_on_screen(panel.window)
    assert "depthcue models list" in said and "No speech model" not in said
    assert buttons(panel, "Start")[0].isEnabled()
    assert kept(home) == []


@pytest.mark.usefixtures("no_sound_at_all")
def test_without_any_sound_the_page_says_so_before_and_after_a_press_on_start(program, qtbot, home):
    panel = program(live_plan())
    qtbot.waitUntil(lambda: "Not heard without a sound server" in said_on_screen(panel.window))
    assert "libportaudio2" in said_on_screen(panel.window) and buttons(panel, "Look again")
    begin(panel)
    qtbot.waitUntil(lambda: "The call can't start" in said_on_screen(panel.window), timeout=30_000)
    assert kept(home) == []


def test_a_live_call_through_the_sound_server(program, qtbot, home, virtual_audio):
    panel = program(live_plan(), mic="Blue Yeti")
    qtbot.waitUntil(lambda: "“Blue Yeti” is not there" in said_on_screen(panel.window))
    panel = program(live_plan())
    qtbot.waitUntil(
        lambda: "Virtual microphone" in said_on_screen(panel.window) and "Virtual call" in said_on_screen(panel.window)
    )
    begin(panel)
    qtbot.waitUntil(lambda: panel.window.state.clock_seconds > 0.5, timeout=30_000)
    virtual_audio("unplug-mic")
    qtbot.waitUntil(lambda: "Your microphone is not heard" in said_on_screen(panel.window), timeout=5000)
    click(panel, "Stop")
    qtbot.waitUntil(lambda: bool(buttons(panel, "Export")), timeout=5000)
    assert "not heard" not in said_on_screen(panel.window).partition("STAYED OPEN")[0]
    [call] = kept(home)
    assert call.state is CallState.FINISHED


def test_both_voices_are_checked_and_nothing_of_it_is_kept(program, qtbot, home, beginning):
    panel = program(replace(plan_of(beginning, 4.0), is_live=True))
    click(panel, "Check both voices")
    assert buttons(panel, in_order("Listening… say something"))
    qtbot.waitUntil(lambda: said_on_screen(panel.window).count("Heard well. “") == 2, timeout=15_000)
    qtbot.waitUntil(lambda: bool(buttons(panel, "Check both voices")))  # it lets go of the sound first
    assert kept(home) == []


def test_a_press_on_start_ends_the_check(program, qtbot, tmp_path):
    silence = tmp_path / "silence.flac"  # nobody's words end the check
    soundfile.write(silence, np.zeros((60 * SAMPLE_RATE_HZ, 2), np.int16), SAMPLE_RATE_HZ)
    panel = program(replace(plan_of(silence, 1.0), is_live=True))
    click(panel, "Check both voices")
    qtbot.waitUntil(lambda: "Listening…" in said_on_screen(panel.window), timeout=30_000)
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=round(voice_check.SECONDS * 700))


def test_leaving_while_a_call_starts_leaves_nothing_behind(program, home, beginning):
    panel = program(plan_of(beginning, 1.0))
    begin(panel)
    panel.end()
    assert [call.state for call in kept(home)] in ([], [CallState.FINISHED])
