"""The edge of the program: whatever happens, one message, a documented exit code, and no traceback."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import AssistantError
from assistant.settings import MOST_THREADS, load
from assistant.store import Store
from tests.ui.running import COMMAND, depthcue, start, write_cut, write_wav
from ui import cli
from ui.commands import sessions

needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")


pytestmark = pytest.mark.usefixtures("one_model", "own_folder")


@pytest.mark.parametrize("name", [*cli.COMMANDS, "doctor"])
def test_every_command_explains_itself_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue(name, "--help") == 0
    text = capsys.readouterr().out
    assert "examples:\n  depthcue" in text


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("--help") == 0
    text = capsys.readouterr().out
    assert all(f"    {name} " in text for name in [*cli.COMMANDS, "doctor"])


@pytest.mark.parametrize("arguments", [("no such command",), ("--unknown",), ("sessions",), ("replay",)])
def test_what_is_not_understood_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue(*arguments) == 2
    assert "usage: depthcue" in capsys.readouterr().err


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def run(_: object) -> int:
        raise error

    monkeypatch.setattr(sessions, "run", run)
    return depthcue("sessions", "list")


def test_an_error_of_a_stage_is_shown_as_it_is_but_steers_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(monkeypatch, AssistantError("\x1b[2JIt\u202e broke:\n  do\rthis\x07 \udcff")) == 1
    assert capsys.readouterr().err == "depthcue: [2JIt broke:\n  do this \ufffd\n"


def test_a_fault_of_ours_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(monkeypatch, KeyError("x")) == 1
    told = capsys.readouterr().err
    assert "a fault in the program (KeyError: 'x')" in told
    assert told.count("\n") == 1
    monkeypatch.setenv("DEPTHCUE_TRACEBACK", "1")
    with pytest.raises(KeyError):
        failing(monkeypatch, KeyError("x"))


def test_an_interrupt_before_the_command_has_begun_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    assert depthcue("sessions", "list") == 0
    assert {number: signal.getsignal(number) for number in before} == before
    monkeypatch.setattr(cli, "parser", interrupted)
    try:
        assert depthcue("sessions", "list") == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@needs_full_device
@pytest.mark.parametrize(
    "command", [("sessions", "list"), ("transcribe", "a.wav"), ("replay", "b.wav", "--speed", "9")]
)
def test_output_that_cannot_be_written_is_told_once(home: Path, command: tuple[str, ...]) -> None:
    write_wav(Path("a.wav"), np.full((1600, 1), 300, np.int16), 16_000)
    write_cut(Path("b.wav"))
    with Path("/dev/full").open("w") as full:
        process = start(*command, home=home, stdout=full)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("depthcue: the output can't be written (No space left on device).")
    assert errors.count("\n") == 1
    if command[0] == "transcribe":
        assert Path("a.md").exists()


@pytest.mark.skipif(os.name == "nt", reason="shells of Unix close streams like this")
def test_closed_streams_are_no_fault_and_take_no_file_for_themselves(home: Path) -> None:
    Store.open(home).close()
    write_wav(Path("a.wav"), np.full((1600, 1), 300, np.int16), 16_000)
    shell = " ".join(COMMAND)
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    for line, code in (("sessions list >&- 2>&- <&-", 0), ("transcribe a.wav >&-", 0), ("sessions show x 2>&-", 1)):
        done = subprocess.run(
            ["sh", "-c", f"{shell} {line}"], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (code, "", ""), line
    with Store.open(home) as store:
        assert store.sessions() == []


def test_a_reader_that_has_gone_is_no_message(home: Path) -> None:
    script = f"{' '.join(COMMAND)} sessions list | true; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() in ("0", "1")
    assert done.stderr == ""


def test_any_locale_shows_what_was_said(home: Path) -> None:
    process = start(
        "replay", write_cut(Path("cut.wav")), "--speed", 100, home=home, environment={"LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "⚑ number only: “increased revenue by" in output


@pytest.mark.parametrize("command", [("sessions", "list"), ("demo", "--out", "out")])
def test_a_history_of_a_newer_version_is_left_as_it_is(
    home: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(home).close()
    with closing(sqlite3.connect(home / "depthcue.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (home / "depthcue.db").read_bytes()
    assert depthcue(*command) == 1
    told = capsys.readouterr().err
    assert "was written by a newer version" in told
    assert told.count("\n") == 1
    assert (home / "depthcue.db").read_bytes() == before


@pytest.mark.parametrize(
    "contents", [b"garbage [[[", b"\xb5\x00\xff", b'verbosity = "loud"\nmodel = 3\ncolour = "red"']
)
def test_settings_that_are_not_understood_stop_nothing(
    home: Path, contents: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "settings.toml").write_bytes(contents)
    assert depthcue("replay", write_cut(Path("cut.wav")), "--speed", 100) == 0
    output = capsys.readouterr()
    assert "revenue" in output.out
    assert all(line.startswith("depthcue: The setting") for line in output.err.splitlines())
    assert "<" not in output.err, "names of ours are no use to a user"
    assert (home / "settings.toml").read_bytes() == contents


@pytest.mark.parametrize("threads", [0, -1, MOST_THREADS + 1, 100_000])
def test_a_number_of_threads_that_the_engine_would_not_survive_is_refused(tmp_path: Path, threads: int) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"decode_threads = {threads}")
    settings, messages = load(path)
    assert settings.decode_threads == 1
    assert len(messages) == 1


def test_a_hostile_title_stays_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import UTC, datetime

    title = "../../x<b>=cmd()\x1b[31m\u202e\n"
    with Store.open(home) as store:
        session_id, _ = store.begin(title, datetime.now(UTC), "tiny.en", (), None)
        store.finish(session_id, 1.0)
    for action in (("list",), ("show", "last"), ("export", "last", "--format", "md,json", "--out", "out")):
        assert depthcue("sessions", *action) == 0
        assert not set(capsys.readouterr().out) & set("\x1b\u202e")
    assert {path.parent.name for path in Path().rglob("*.md")} == {"out"}
    assert depthcue("sessions", "list", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == session_id


def test_importing_the_command_loads_nothing_heavy() -> None:
    code = (
        "import sys, ui.cli; ui.cli.parser(); print([n for n in ('ctranslate2', 'PySide6', 'av') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
