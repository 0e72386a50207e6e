"""A live call through a real sound server with real weights: heard like its recording, and safe from any end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.audio.files import FileSource
from assistant.audio.recorder.disk import RESERVE_BYTES
from assistant.call import Call, Version
from assistant.event_log import EventLog
from assistant.export import render_text
from assistant.settings import HOME_VARIABLE, Settings
from assistant.store import Store
from tests.conftest import VirtualAudio
from tests.small_disk import small_disk
from tests.ui.running import claims_in, cut_of_interview, depthcue, events_in, start, without_clock, words_in, write_wav
from ui import compose

CUT = (18.6, 50.4)  # three claims, and the question about the first of them
KILLED_AT_SECONDS = 24.0  # in the middle of a sentence
PATIENCE_SECONDS = 60.0
RECORDING = "Recording both voices"


@dataclass(frozen=True)
class Live:
    """One conversation, heard by two calls at once: one that is ended politely, and one that is killed."""

    folder: Path
    exit_code: int
    output: str
    killed_log: list[dict[str, Any]]

    @property
    def log(self) -> list[dict[str, Any]]:
        return events_in(self.folder / "whole.jsonl")


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def live(audio_rig: VirtualAudio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    audio_rig.whole()
    folder = tmp_path_factory.mktemp("live")
    samples, rate_hz = cut_of_interview(*CUT)
    voices = [write_wav(folder / f"{name}.wav", samples[:, i], rate_hz) for i, name in enumerate(("mic", "call"))]
    calls = [
        start(
            "listen", "--consent", "--title", name, "--events", folder / f"{name}.jsonl", home=folder / name,
            environment=audio_rig.environment,
        )
        for name in ("whole", "killed")
    ]  # fmt: skip
    players: list[subprocess.Popen[bytes]] = []
    try:
        for call in calls:
            assert call.stdout.readline().startswith(RECORDING)
        players = [audio_rig.play(voice, sink) for voice, sink in zip(voices, ("micfeed", "call"), strict=True)]
        began = time.monotonic()
        time.sleep(max(0.0, KILLED_AT_SECONDS - (time.monotonic() - began)))
        calls[1].kill()
        killed_log = events_in(folder / "killed.jsonl")
        for player in players:
            assert player.wait(PATIENCE_SECONDS) == 0
        time.sleep(0.7)  # as after any last word
        calls[0].send_signal(signal.SIGTERM)
        output, errors = calls[0].communicate(timeout=PATIENCE_SECONDS)
        assert errors == ""
        yield Live(folder, calls[0].returncode, output, killed_log)
    finally:
        for process in (*calls, *players):
            process.kill()
            process.wait()
        with Store.open(folder / "killed") as store:
            store.end_recordings()  # the killed one's goes on


def replayed(recording: Path, log: Path) -> list[dict[str, Any]]:
    """The events of a replay that waits for every decode; without the text on its way, which costs most of the time."""
    settings = compose.user_settings()
    compose.recording_session(
        FileSource(recording, channels="split"),
        compose.load_transcriber("", settings),
        settings.verbosity,
        [EventLog(log)],
        is_lossless=True,
        shows_partials=False,
    ).run()
    return events_in(log)


def recorded(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sound of the only call in `home`."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    assert depthcue("sessions", "export", "last", "--format", "wav", "--out", folder) == 0
    (sound,) = folder.glob("*.wav")
    return sound


def test_a_live_call_is_flagged_and_followed_up_like_its_recording(live: Live, tmp_path: Path) -> None:
    cut = write_wav(tmp_path / "cut.wav", *cut_of_interview(*CUT))
    expected = claims_in(replayed(cut, tmp_path / "replay.jsonl"))
    assert [told[1] for told in expected if told[0] == "flag"] == ["number_only", "vague", "vague"]
    assert any(told[0] == "asked" for told in expected)
    # The same claims and questions; which of two comes first may differ by a few milliseconds of sound.
    assert sorted(claims_in(live.log)) == sorted(expected)


def test_a_polite_kill_keeps_everything_and_is_no_error(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert live.exit_code == 0
    assert "Kept: " in live.output
    assert "3 flags" in live.output
    monkeypatch.setenv(HOME_VARIABLE, str(live.folder / "whole"))
    with Store.open(live.folder / "whole") as store:
        (kept,) = store.sessions()
        assert kept.state == "finished"
        assert kept.duration_seconds > CUT[1] - CUT[0]
        call = store.load(kept.id)
    assert [fate.flag.quote for fate in call.flags] == [e["quote"] for e in live.log if e["type"] == "flag"]


def test_after_a_kill_the_call_comes_back_to_its_last_second(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    last_seconds = max(event["audio_s"] for event in live.killed_log)
    assert last_seconds > KILLED_AT_SECONDS - 2.0
    sound = recorded(live.folder / "killed", tmp_path / "sound", monkeypatch)
    assert depthcue("sessions", "list", "--format", "json") == 0
    output = capsys.readouterr()
    (listed,) = json.loads(output.out[output.out.index("[") :])
    assert listed["state"] == "recovered"
    assert listed["duration_s"] >= last_seconds
    assert "ended without a stop" in output.err

    # As if nothing had happened: what one who was not killed makes of the same sound.
    expected = replayed(sound, tmp_path / "replay.jsonl")
    with Store.open(live.folder / "killed") as store:
        call = store.load(listed["id"])
    for channel in ("you", "them"):
        said = [word.text for one in call.utterances if one.channel == channel for word in one.words]
        assert " ".join(said) == words_in(expected, channel)
    assert [fate.flag.quote for fate in call.flags] == [e["quote"] for e in expected if e["type"] == "flag"]
    asked = [event["question"] for event in expected if event["type"] == "follow_up"]
    assert [fate.follow_up.question for fate in call.follow_ups] == asked
    assert {"flag", "follow_up"} <= {event["type"] for event in live.killed_log}, "killed after something was shown"


def test_the_log_of_a_live_call_has_the_documented_shape(live: Live) -> None:
    times = [event["audio_s"] for event in live.log]
    assert times == sorted(times)
    assert all(event["wall_s"] >= 0 for event in live.log)
    assert {"partial", "committed", "final", "flag", "follow_up"} <= {event["type"] for event in live.log}
    assert without_clock(live.log)[-1]["state"] == "finished"


def test_a_second_recording_does_not_start_and_harms_nothing(virtual_audio: VirtualAudio, home: Path) -> None:
    log = home.parent / "older.jsonl"
    log.write_text("what was here before\n")
    first = start("listen", "--consent", "--seconds", 30, home=home)
    try:
        assert first.stdout.readline().startswith(RECORDING)
        second = start("listen", "--consent", "--seconds", 30, "--events", log, home=home)
        _, errors = second.communicate(timeout=PATIENCE_SECONDS)
        assert second.returncode == 1
        assert "A call is being recorded on this computer already" in errors
        assert "Traceback" not in errors
        assert log.read_text() == "what was here before\n"
        first.send_signal(signal.SIGINT)
        output, errors = first.communicate(timeout=PATIENCE_SECONDS)
        assert (first.returncode, errors) == (0, "")
        assert "Kept: " in output
    finally:
        first.kill()
    with Store.open(home) as store:
        assert [kept.state for kept in store.sessions()] == ["finished"]


def test_where_a_call_cannot_be_kept_it_does_not_start_and_the_devices_are_let_go(
    virtual_audio: VirtualAudio, home: Path
) -> None:
    home.write_text("in the way")
    refused = start("listen", "--consent", "--seconds", 30, home=home)
    _, errors = refused.communicate(timeout=PATIENCE_SECONDS)
    assert refused.returncode == 1, "not by a signal either"
    assert errors.count("depthcue: ") == 2, errors  # the settings are there, too
    assert "The history of calls in" in errors
    assert "leaked" not in errors


def test_without_anything_to_hear_nothing_is_made(
    no_sound_at_all: None, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = home.parent / "log.jsonl"
    assert depthcue("listen", "--consent", "--events", log) == 1
    assert "Neither voice can be recorded" in capsys.readouterr().err
    assert not log.exists()
    assert not (home / "sessions").exists()


def test_a_log_that_cannot_be_written_is_told_before_the_call(
    virtual_audio: VirtualAudio, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("listen", "--consent", "--seconds", 30, "--events", home.parent) == 1
    assert "Choose another place with --events." in capsys.readouterr().err
    with Store.open(home) as store:
        assert store.sessions() == []


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


def test_only_one_voice_is_called_by_its_name(
    virtual_audio: VirtualAudio, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("listen", "--seconds", 0.5, "--mic", "none", "--consent") == 0
    output = capsys.readouterr().out
    assert "Recording only the other side;" in output
    assert "No consent" not in output


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


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x"])
def test_a_length_that_is_none_is_not_understood(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("listen", "--seconds", seconds) == 2
    assert "--seconds" in capsys.readouterr().err


def test_the_first_interrupt_of_a_terminal_is_enough(virtual_audio: VirtualAudio, home: Path) -> None:
    call = start("listen", "--consent", home=home, start_new_session=True)
    assert call.stdout.readline().startswith(RECORDING)
    os.killpg(call.pid, signal.SIGINT)  # as the terminal does: to all, what records included
    output, errors = call.communicate(timeout=PATIENCE_SECONDS)
    assert (call.returncode, errors) == (0, "")
    assert "Kept: " in output


def test_without_an_answer_nothing_is_recorded(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = start("listen", home=home)
    _, errors = refused.communicate(timeout=PATIENCE_SECONDS)
    assert refused.returncode == 1
    assert "--consent" in errors and "--without-consent" in errors
    assert not home.exists()


@pytest.mark.parametrize(("answer", "kept_as"), [("y", "Given"), ("n", None), ("", None)])
def test_a_terminal_asks_and_the_answer_is_kept(
    virtual_audio: VirtualAudio,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    one_model: None,
    answer: str,
    kept_as: str | None,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert depthcue("listen", "--seconds", 0.3) == (0 if kept_as else 1)
    if kept_as is None:
        assert not home.exists()
        return
    with Store.open(home) as store:
        (kept,) = store.sessions()
        assert (store.load(kept.id).consent or "").startswith(kept_as)


def test_to_record_without_consent_is_a_choice_that_every_export_tells(
    virtual_audio: VirtualAudio, home: Path, tmp_path: Path, one_model: None
) -> None:
    assert depthcue("listen", "--seconds", 0.3, "--without-consent") == 0
    formats = ("md", "txt", "json", "vtt")  # the others have no place for what is not said
    assert depthcue("sessions", "export", "last", "--format", ",".join(formats), "--out", tmp_path / "out") == 0
    exports = {file.suffix[1:]: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert set(exports) == set(formats)
    for text in exports.values():
        assert "recorded without an answer by choice" in text


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
