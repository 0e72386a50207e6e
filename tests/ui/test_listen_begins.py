"""`depthcue listen` before the first sound: what keeps a call from starting, and who is asked for consent."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from assistant.store import Store
from tests.conftest import VirtualAudio
from tests.ui.running import PATIENCE_SECONDS, RECORDING, depthcue, start


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


def test_only_one_voice_is_called_by_its_name(
    virtual_audio: VirtualAudio, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("listen", "--seconds", 0.5, "--mic", "none", "--consent") == 0
    output = capsys.readouterr().out
    assert "Recording only the other side;" in output
    assert "No consent" not in output


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x"])
def test_a_length_that_is_none_is_not_understood(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("listen", "--seconds", seconds) == 2
    assert "--seconds" in capsys.readouterr().err


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
