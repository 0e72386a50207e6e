"""The panel's program with real weights, a real store and the real window: what a person does, what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel

from assistant.audio.files import FileSource
from assistant.audio.recording import CrashSafeRecorder
from assistant.audio.replay import PacedSource
from assistant.call import Call, CallState, Version
from assistant.demo import INTERVIEW
from assistant.settings import Settings, load, settings_path
from assistant.store import Store
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.language_model_server import running
from ui import question_files, voice_check
from ui.desktop.after.session_page import SessionPage
from ui.desktop.controls import Voice
from ui.desktop.direction import in_order
from ui.desktop.past_row import PastRow
from ui.desktop.ready_page import CONSENT_TEXT
from ui.desktop.standing import Phase
from ui.plans import Plan, live_plan
from ui.preferences import Preferences
from ui.program import Program

TITLE = "Backend engineer"
LANES = ("calls", "commands", "desk", "past", "repair", "trial")
ENGINES = ("av", "ctranslate2", "faster_whisper", "onnxruntime", "sounddevice", "webrtcvad")


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 32 s of the interview: two claims and the follow-ups to them."""
    samples, rate_hz = soundfile.read(INTERVIEW, stop=32 * SAMPLE_RATE_HZ, dtype="int16")
    file = tmp_path_factory.mktemp("call") / "beginning.flac"
    soundfile.write(file, samples, rate_hz)
    return file


@pytest.fixture
def program(qtbot: Any) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def make(plan: Plan, model: str = "tiny.en", **said: Any) -> Program:
        program = Program(Preferences(Settings(), settings_path(), {"model": model, **said}), plan)
        made.append(program)
        qtbot.addWidget(program.window)
        program.window.resize(400, 900)
        program.window.show()
        program.show_ready()
        return program

    yield make
    for program in made:
        program.end()
    assert not [one.name for one in threading.enumerate() if one.name.startswith(LANES)]


def plan_of(file: Path, speed: float) -> Plan:
    voices = Voice("Left channel"), Voice("Right channel")
    return Plan(lambda _: PacedSource(FileSource(file, channels="split"), speed), lambda _: voices, TITLE)


def buttons(program: Program, text: str) -> list[QAbstractButton]:
    return [one for one in program.window.findChildren(QAbstractButton) if one.isVisible() and one.text() == text]


def click(program: Program, text: str) -> None:
    [button] = buttons(program, text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def begin(program: Program) -> None:
    click(program, CONSENT_TEXT)
    click(program, "Start")


def said_on_screen(program: Program) -> str:
    window = program.window
    said = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    return " | ".join(said + [one.currentText() for one in window.findChildren(QComboBox) if one.isVisible()])


def phase(program: Program) -> Phase:
    return program.window.state.standing.phase


def session_of(program: Program) -> SessionPage | None:
    """The session view, while it is shown with a call."""
    page = program.window.pages.currentWidget()
    return page if isinstance(page, SessionPage) and page.state is not None else None


def kept(home: Path) -> list[Call]:
    with Store.open(home) as store:
        return [store.load(summary.id) for summary in store.sessions()]


def test_a_headset_that_is_plugged_in_before_a_call_shows_by_itself(program, qtbot, beginning, monkeypatch):
    monkeypatch.setattr("ui.desk.LOOK_MILLISECONDS", 50)
    voices = [Voice("Built-in microphone"), Voice("Loudspeakers")]
    panel = program(replace(plan_of(beginning, 8.0), voices=lambda _: tuple(voices)))
    qtbot.waitUntil(lambda: "Built-in microphone" in said_on_screen(panel))
    voices[0] = Voice("Headset")
    qtbot.waitUntil(lambda: "Headset" in said_on_screen(panel))


def test_a_call_from_start_to_the_history(program, qtbot, home, beginning, tmp_path):
    panel = program(plan_of(beginning, 8.0))
    window = panel.window
    qtbot.waitUntil(lambda: "Right channel" in said_on_screen(panel))
    begin(panel)
    assert buttons(panel, in_order("Starting…")) and not buttons(panel, in_order("Starting…"))[0].isEnabled()
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=10_000)
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
    qtbot.waitUntil(lambda: panel.window.state.clock_seconds > 0.3, timeout=10_000)
    click(panel, "Pause")
    qtbot.waitUntil(lambda: phase(panel) is Phase.PAUSED)
    qtbot.wait(300)
    click(panel, "Resume")
    qtbot.waitUntil(lambda: any(line.kind == "gap" for line in panel.window.state.lines.rows))
    assert [line.text[:6] for line in panel.window.state.lines.rows if line.kind == "gap"] == ["Paused"]
    panel.window.close()
    assert panel.window.isVisible() and "still being recorded" in said_on_screen(panel)
    with qtbot.waitSignal(panel.window.closed, timeout=5000):
        click(panel, "Stop and close")
    panel.end()
    [call] = kept(home)
    assert call.state is CallState.FINISHED and call.audio is not None and call.duration_seconds > 0.5


def test_without_its_model_a_call_does_not_start_and_says_why_in_place(program, qtbot, home, beginning):
    panel = program(plan_of(beginning, 1.0), model="nonexistent")
    panel.check()
    qtbot.waitUntil(lambda: "No speech model can be used" in said_on_screen(panel))
    begin(panel)
    qtbot.waitUntil(lambda: "The call can't start" in said_on_screen(panel))
    assert "depthcue models list" in said_on_screen(panel) and "No speech model" not in said_on_screen(panel)
    assert buttons(panel, "Start")[0].isEnabled()
    assert kept(home) == []


@pytest.mark.usefixtures("no_sound_at_all")
def test_without_any_sound_the_page_says_so_before_and_after_a_press_on_start(program, qtbot, home):
    panel = program(live_plan())
    qtbot.waitUntil(lambda: "Not heard without a sound server" in said_on_screen(panel))
    assert "libportaudio2" in said_on_screen(panel) and buttons(panel, "Look again")
    begin(panel)
    qtbot.waitUntil(lambda: "The call can't start" in said_on_screen(panel), timeout=10_000)
    assert kept(home) == []


def test_a_live_call_through_the_sound_server(program, qtbot, home, virtual_audio):
    panel = program(live_plan(), mic="Blue Yeti")
    qtbot.waitUntil(lambda: "“Blue Yeti” is not there" in said_on_screen(panel))
    panel = program(live_plan())
    qtbot.waitUntil(lambda: "Virtual microphone" in said_on_screen(panel) and "Virtual call" in said_on_screen(panel))
    begin(panel)
    qtbot.waitUntil(lambda: panel.window.state.clock_seconds > 0.5, timeout=10_000)
    virtual_audio("unplug-mic")
    qtbot.waitUntil(lambda: "Your microphone is not heard" in said_on_screen(panel), timeout=5000)
    click(panel, "Stop")
    qtbot.waitUntil(lambda: bool(buttons(panel, "Export")), timeout=5000)
    assert "not heard" not in said_on_screen(panel).partition("STAYED OPEN")[0]
    [call] = kept(home)
    assert call.state is CallState.FINISHED


def test_both_voices_are_checked_and_nothing_of_it_is_kept(program, qtbot, home, beginning):
    panel = program(replace(plan_of(beginning, 4.0), is_live=True))
    click(panel, "Check both voices")
    assert buttons(panel, in_order("Listening… say something"))
    qtbot.waitUntil(lambda: said_on_screen(panel).count("Heard well. “") == 2, timeout=15_000)
    qtbot.waitUntil(lambda: bool(buttons(panel, "Check both voices")))  # it lets go of the sound first
    assert kept(home) == []


def test_a_press_on_start_ends_the_check(program, qtbot, tmp_path):
    silence = tmp_path / "silence.flac"  # nobody's words end the check
    soundfile.write(silence, np.zeros((60 * SAMPLE_RATE_HZ, 2), np.int16), SAMPLE_RATE_HZ)
    panel = program(replace(plan_of(silence, 1.0), is_live=True))
    click(panel, "Check both voices")
    qtbot.waitUntil(lambda: "Listening…" in said_on_screen(panel), timeout=10_000)
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=round(voice_check.SECONDS * 700))


def test_choices_are_stored_and_count_for_the_next_call(program, qtbot, home, beginning):
    panel = program(replace(plan_of(beginning, 8.0), title="", is_live=True))
    panel.choose("title", "Nurse")
    panel.choose("question_set", "nursing")
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=10_000)
    assert panel.window.state.title == "Nurse"
    assert panel.window.state.agenda.questions == question_files.agenda("nursing", 45).questions
    assert load(settings_path())[0].title == "Nurse"


def test_what_the_settings_say_of_the_model_counts_from_the_next_call_on(program, beginning):
    panel = program(plan_of(beginning, 1.0))
    first = panel._loaded(Settings(model="tiny.en"))
    assert panel._loaded(Settings(model="tiny.en", title="Nurse")) is first
    assert panel._loaded(Settings(model="tiny.en", always_pad_to_30_seconds=True)) is not first


def test_a_question_set_that_is_gone_does_not_hinder_a_call(program, qtbot, beginning):
    panel = program(plan_of(beginning, 8.0), question_set="/nowhere/chef.toml")
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=10_000)
    assert panel.window.state.agenda.questions == ()
    assert "There is no plan for this call" in said_on_screen(panel)


def test_follow_ups_that_can_not_be_used_are_said_before_the_call_and_in_it(program, qtbot, home, beginning):
    own = home / "own.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("oops", encoding="utf-8")
    panel = program(plan_of(beginning, 8.0))
    panel.choose("follow_ups", str(own))
    qtbot.waitUntil(lambda: "Some questions are not used" in said_on_screen(panel), timeout=10_000)
    assert "own.toml is not valid TOML" in said_on_screen(panel)
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=10_000)
    qtbot.waitUntil(lambda: "come with the program are asked" in said_on_screen(panel), timeout=10_000)


def test_the_language_model_is_tried_from_the_settings_and_leaving_ends_that(program, qtbot, beginning):
    with running() as server:
        server.says = "What exactly did that 40% measure?"
        panel = program(plan_of(beginning, 1.0), language_model_address=server.address)
        panel.window.settings_over.open()
        click(panel, "Try it")
        qtbot.waitUntil(lambda: f"“{server.says}”" in said_on_screen(panel), timeout=10_000)
        server.reply = lambda _handler: server.is_over.wait(120) and None
        click(panel, "Try it")
        qtbot.waitUntil(lambda: len(server.asked) == 2, timeout=10_000)
        panel.end()  # which would wait for a minute
        assert not server.is_over.is_set()


def test_old_calls_are_deleted_where_the_settings_say_so(program, qtbot, home, beginning):
    with Store.open(home) as store:
        for year in (2020, 2100):
            call_id, _ = store.begin(f"Role {year}", datetime(year, 1, 1, tzinfo=UTC), "tiny.en", tuple(Channel), None)
            store.finish(call_id, 1.0)
    panel = program(plan_of(beginning, 1.0), keep_days=30)
    panel.check()
    qtbot.waitUntil(lambda: "older than 30 days were deleted | Role 2020" in said_on_screen(panel), timeout=10_000)
    assert [call.title for call in kept(home)] == ["Role 2100"]


def test_a_call_is_transcribed_once_more_where_the_settings_say_so(program, qtbot, home, beginning):
    panel = program(plan_of(beginning, 8.0), second_pass=True)
    begin(panel)
    qtbot.waitUntil(lambda: "The call was transcribed once more" in said_on_screen(panel), timeout=30_000)
    [call] = kept(home)
    assert call.version is Version.SECOND and call.utterances


def test_leaving_while_a_call_starts_leaves_nothing_behind(program, home, beginning):
    panel = program(plan_of(beginning, 1.0))
    begin(panel)
    panel.end()
    assert [call.state for call in kept(home)] in ([], [CallState.FINISHED])


def test_a_call_without_an_end_is_recovered_and_said_so(program, qtbot, home, beginning):
    with Store.open(home) as store:
        _, folder = store.begin(TITLE, datetime(2026, 3, 1, tzinfo=UTC), "tiny.en", tuple(Channel), None)
        recorder = CrashSafeRecorder(folder, tuple(Channel))
        for channel in Channel:
            recorder.write(AudioFrame(channel, 0.0, np.zeros(SAMPLE_RATE_HZ, np.int16)))
        recorder.close()
    panel = program(plan_of(beginning, 1.0))
    panel.check()
    qtbot.waitUntil(lambda: "was recovered" in said_on_screen(panel), timeout=10_000)
    qtbot.waitUntil(lambda: "recovered" in said_on_screen(panel).partition("KEPT CALLS")[2])


def test_the_window_comes_before_devices_codecs_and_engines(home):
    code = (
        "import sys, ui.panel\n"
        "from PySide6.QtCore import QTimer\n"
        "from ui.cli import main\n"
        "def shown(window, show=ui.panel.PanelWindow.show):\n"
        "    show(window)\n"
        f"    print([name for name in {ENGINES} if name in sys.modules])\n"
        "    QTimer.singleShot(0, window.close)\n"
        "ui.panel.PanelWindow.show = shown\n"
        "sys.exit(main(['panel']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_a_request_to_end_closes_the_call_properly(home):
    panel = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "demo", "--window", "--model", "tiny.en"],
        stderr=subprocess.PIPE,
        env={**os.environ, "DEPTHCUE_HOME": str(home)},
    )
    try:
        until = time.monotonic() + 15
        while not any(file.stat().st_size > SAMPLE_RATE_HZ for file in home.glob("sessions/*/you.pcm")):
            assert time.monotonic() < until and panel.poll() is None
            time.sleep(0.05)
        panel.send_signal(signal.SIGTERM)
        _, told = panel.communicate(timeout=10)
    finally:
        panel.kill()
        panel.wait()
    assert (panel.returncode, told) == (0, b"")
    [call] = kept(home)
    assert call.state is CallState.FINISHED and call.audio is not None
