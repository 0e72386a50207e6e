"""`depthcue listen` while a call runs and when it ends: what is typed, what breaks, and what follows."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.audio.recorder.disk import RESERVE_BYTES
from assistant.call import Call, Version
from assistant.export import render_text
from assistant.session import Session
from assistant.settings import HOME_VARIABLE, Settings
from assistant.store import Store
from tests.conftest import VirtualAudio
from tests.fakes import CountingTranscriber, LoudnessDetector, RecordingConversation, ScriptedSource
from tests.small_disk import small_disk
from tests.ui.running import PATIENCE_SECONDS, RECORDING, cut_of_interview, depthcue, events_in, start, write_wav
from ui.commands.listen import _do_typed
from ui.kept_call import KeptCall


def test_a_reader_that_goes_does_not_take_the_call_with_it(virtual_audio: VirtualAudio, home: Path) -> None:
    call = start("listen", "--consent", "--seconds", 3, home=home)
    call.stdout.readline()
    call.stdout.close()
    errors = call.stderr.read()
    call.wait(PATIENCE_SECONDS)
    call.stderr.close()
    assert "the call goes on being recorded" in errors
    assert "fault in the program" not in errors
    with Store.open(home) as store:
        (kept,) = store.sessions()
        assert (kept.state, kept.duration_seconds > 2.0) == ("finished", True)


def test_a_full_disk_stops_the_recording_and_nothing_that_was_said_before_is_lost(
    virtual_audio: VirtualAudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    samples, rate_hz = cut_of_interview(24.6, 34.0)
    voice = write_wav(tmp_path / "voice.wav", samples[:, 1], rate_hz)
    with small_disk(tmp_path / "disk") as disk:
        home = disk.folder / "home"
        monkeypatch.setenv(HOME_VARIABLE, str(home))
        Store.open(home).close()
        disk.leave(RESERVE_BYTES + 300_000 if disk.is_mounted else 300_000)
        call = start("listen", "--consent", "--mic", "none", "--seconds", 40, home=home)
        assert call.stdout.readline().startswith("Recording only")
        player = virtual_audio.play(voice, "call")
        try:
            _, errors = call.communicate(timeout=PATIENCE_SECONDS)
        finally:
            for process in (call, player):
                process.kill()
                process.wait()
        assert call.returncode == 1
        assert errors.count("depthcue: ") == 1, errors
        assert "The recording stopped" in errors
        assert "start a new recording" in errors
        if not disk.is_mounted:
            disk.leave(1_000_000_000)
        assert depthcue("sessions", "show", "last") == 0
        shown = capsys.readouterr().out
        assert "increased revenue" in shown
        assert "improved a lot of things" in shown
        assert not list(home.glob("sessions/*/*.pcm")), "packed: room was left for that"


def test_what_is_typed_marks_the_moment_with_a_note_and_pauses(
    virtual_audio: VirtualAudio, home: Path, tmp_path: Path
) -> None:
    typed, terminal = os.openpty()
    call = start("listen", "--consent", "--events", tmp_path / "log.jsonl", home=home, stdin=terminal)
    try:
        assert call.stdout.readline().startswith(RECORDING)
        assert "marks this moment" in call.stdout.readline()
        for line, answer in (("ask about *margins*", "marked ask about"), ("", "marked"), ("p", "Paused")):
            os.write(typed, f"{line}\n".encode())
            assert any(answer in told for told in call.stdout)
        time.sleep(0.5)
        os.write(typed, b"p\n")
        assert any("Recording again" in told for told in call.stdout)
        assert any(": paused]" in told for told in call.stdout)
        call.send_signal(signal.SIGTERM)
        _, errors = call.communicate(timeout=PATIENCE_SECONDS)
        assert (call.returncode, errors) == (0, "")
    finally:
        call.kill()
        os.close(typed)
        os.close(terminal)
    with Store.open(home) as store:
        kept = store.load(store.resolve("last"))
    assert [mark.note for mark in kept.marks] == ["ask about *margins*", ""]
    assert "paused" in {gap.reason for gap in kept.gaps}
    assert [event["message"] for event in events_in(tmp_path / "log.jsonl") if event.get("state") == "mark"] == [
        "ask about *margins*",
        "",
    ]
    assert "ask about \\*margins\\*" in render_text(kept, "md")


@pytest.mark.parametrize(
    ("line", "ends_paused", "told"),
    [
        ("a note", True, "can't be marked any more"),
        ("p", True, "can't go on any more"),
        ("p", False, "can't be paused any more"),
    ],
)
def test_what_is_typed_when_the_call_is_closed_already_is_not_said_to_be_done(
    capsys: pytest.CaptureFixture[str], line: str, ends_paused: bool, told: str
) -> None:
    source = ScriptedSource(them=[(0.5, False)])
    session = Session(source, CountingTranscriber(), LoudnessDetector, RecordingConversation(), [])

    def pause(at_seconds: float) -> None:
        if ends_paused and at_seconds:
            session.pause()

    source.before = pause
    session.run()
    call = KeptCall("", session, Store(Path()), Path(), None, None)
    assert call.is_paused is ends_paused
    _do_typed(call, line)
    said = capsys.readouterr().out
    assert told in said
    assert "Recording" not in said


def test_the_first_interrupt_of_a_terminal_is_enough(virtual_audio: VirtualAudio, home: Path) -> None:
    call = start("listen", "--consent", home=home, start_new_session=True)
    assert call.stdout.readline().startswith(RECORDING)
    os.killpg(call.pid, signal.SIGINT)  # as the terminal does: to all, what records included
    output, errors = call.communicate(timeout=PATIENCE_SECONDS)
    assert (call.returncode, errors) == (0, "")
    assert "Kept: " in output


def test_a_call_is_transcribed_once_more_when_the_settings_say_so(virtual_audio: VirtualAudio, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("second_pass = true\n")
    command = start("listen", "--consent", "--seconds", "0.5", home=tmp_path)
    output, errors = command.communicate(timeout=PATIENCE_SECONDS)
    assert command.returncode == 0, errors
    assert "Transcribed once more by" in output
    with Store.open(tmp_path) as store:
        session_id = store.resolve("last")
        assert store.load(session_id).version is Version.SECOND
        assert store.load(session_id, Version.LIVE).version is Version.LIVE


def test_once_a_call_is_over_signals_mean_what_they_did_before(
    virtual_audio: VirtualAudio, home: Path, monkeypatch: pytest.MonkeyPatch, one_model: None
) -> None:
    meanwhile = []

    def transcribe_again(store: Store, session_id: str, *_: Any, **__: Any) -> Call:
        meanwhile.append(signal.getsignal(signal.SIGHUP))
        return store.load(session_id)

    before = signal.getsignal(signal.SIGHUP)
    monkeypatch.setattr("ui.second_pass.transcribe_again", transcribe_again)
    monkeypatch.setattr("assistant.settings.load", lambda path: (Settings(second_pass=True), []))
    assert depthcue("listen", "--consent", "--seconds", 0.3) == 0
    assert meanwhile == [before]
