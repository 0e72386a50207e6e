from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.errors import StoreError
from assistant.store import Store, StoreSink
from assistant.values import AudioFrame, Channel, State, Status
from tests.assistant.store.calls import STARTED, final, send
from ui.commands import sessions


def call(home: Path, text: str, title: str = "Talk", started: datetime = STARTED, *, is_finished: bool = True) -> str:
    with Store.open(home) as store:
        session_id, folder = store.begin(title, started, "tiny.en", tuple(Channel), None)
        recorder = CrashSafeRecorder(folder, tuple(Channel))
        recorder.write(AudioFrame(Channel.YOU, 0.0, np.ones(32_000, np.int16)))
        recorder.close()
        sink = StoreSink(store, session_id)
        send(sink, final(0, text), Status(State.WARNING, "The microphone is \x1b[31mquiet."))
        sink.close()
        if is_finished:
            store.finish(session_id, 2.0)
            finish(folder)
    return session_id


def sessions_command(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="depthcue")
    sessions.add_parser(parser.add_subparsers())
    args = parser.parse_args(["sessions", *arguments])
    return int(args.run(args))


def test_list_as_text_and_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sessions_command("list") == 0
    assert "Nothing has been recorded yet" in capsys.readouterr().out
    assert sessions_command("list", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []
    older = call(home, "hello", title="Older \x1b[31m\u202etalk")
    newer = call(home, "hello", started=STARTED + timedelta(days=1))
    assert sessions_command("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [newer, older]
    assert lines[1].endswith("00:02  finished   Older [31mtalk")
    assert sessions_command("list", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)[1] == {
        "id": older,
        "started": STARTED.isoformat(),
        "duration_s": 2.0,
        "title": "Older \x1b[31m\u202etalk",
        "state": "finished",
    }


def test_a_crashed_call_is_listed_as_recovered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = call(home, "hello", is_finished=False)
    assert sessions_command("list", "--format", "json") == 0
    output = capsys.readouterr()
    assert [(one["state"], one["duration_s"]) for one in json.loads(output.out)] == [("recovered", 2.0)]
    assert f"{session_id} was cut off" in output.err
    with Store.open(home) as store:
        assert [one.session_id for one in store.untranscribed()] == [session_id]


def test_show_prints_the_call_without_steering_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(home, "hello \x1b]0;title\x07there")
    assert sessions_command("show", "last") == 0
    output = capsys.readouterr().out
    assert "[00:00] Them: hello ]0;titlethere" in output
    assert "- 00:01: The microphone is [31mquiet." in output
    assert "\x1b" not in output


def test_export_prints_the_files(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = call(home, "hello there")
    out = tmp_path / "out"
    assert sessions_command("export", session_id[:8], "--format", "md, srt,WAV", "--out", str(out)) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.suffix for path in paths] == [".md", ".srt", ".wav"]
    assert sorted(paths) == sorted(out.iterdir())
    assert "hello there" in paths[0].read_text(encoding="utf-8")


def test_delete_removes_the_call(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = call(home, "hello")
    assert sessions_command("delete", "last") == 0
    assert session_id in capsys.readouterr().out
    assert list((home / "sessions").iterdir()) == []


@pytest.mark.parametrize("action", ["show", "export", "delete"])
def test_an_unknown_call_is_said(home: Path, action: str) -> None:
    with pytest.raises(StoreError, match="Nothing has been recorded yet"):
        sessions_command(action, "last")
    call(home, "hello")
    with pytest.raises(StoreError, match="no session '19990101'"):
        sessions_command(action, "19990101")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("show",),
        ("list", "--format", "xml"),
        ("export", "last", "--format", "md,pdf"),
        ("export", "last", "--format", ","),
    ],
)
def test_what_is_not_understood_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        sessions_command(*arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_bad_format_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        sessions_command("export", "last", "--format", "md,pdf")
    assert "'pdf' is no format; there are md, txt, json, srt, vtt, wav" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("list",), ("show",), ("export",), ("delete",)])
def test_help_has_examples(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        sessions_command(*arguments, "--help")
    assert caught.value.code == 0
    assert "  depthcue sessions" in capsys.readouterr().out


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, argparse; from ui.commands import sessions; "
        "sessions.add_parser(argparse.ArgumentParser().add_subparsers()); "
        "print([name for name in ('numpy', 'sqlite3', 'soundfile') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert result.stdout.strip() == "[]"
