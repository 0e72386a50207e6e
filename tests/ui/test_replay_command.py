"""A recording as if it were live, with real weights: the same at any speed, and its event log as documented."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.ui.running import claims_in, depthcue, events_in, start, without_clock, write_cut

LONG = (2.0, 62.0)  # begins with a short sentence
TWO_CLAIMS = (24.4, 33.5)  # two claims, then the interviewer
TEXT = {"partial", "committed", "final"}
FIELDS = {
    **{kind: {"channel", "utterance", "words"} for kind in TEXT},
    "flag": {"id", "channel", "kind", "quote", "start_s", "end_s", "missing", "reason"},
    "flag_withdrawn": {"id", "reason"},
    "sentence": {"index", "channel", "start_s", "end_s", "text", "label", "aspects", "answer", "is_good_sign"},
    "cue": {"kind", "channel", "sentence", "quote", "start_s", "end_s", "advice"},
    "follow_up": {"id", "channel", "kind", "aspect", "quote", "start_s", "end_s", "question", "why"},
    "follow_up_retired": {"id", "retired_why"},
    "gap": {"channel", "start_s", "end_s", "reason"},
    "status": {"state", "message"},
}


pytestmark = pytest.mark.usefixtures("one_model", "own_folder")


def test_any_speed_gives_the_same_events_in_their_documented_shape() -> None:
    recording = write_cut(Path("cut.wav"), TWO_CLAIMS)
    logs = []
    for speed in (50, 1000):
        assert depthcue("replay", recording, "--speed", speed, "--events", "log.jsonl") == 0
        logs.append(events_in(Path("log.jsonl")))
    assert without_clock(logs[0]) == without_clock(logs[1])
    check_shape(logs[0])
    assert len([told for told in claims_in(logs[0]) if told[0] == "flag"]) == 2


def check_shape(log: list[dict[str, Any]]) -> None:
    assert {event["type"] for event in log} >= {*TEXT, "flag", "follow_up", "status"}
    for event in log:
        assert set(event) - {"type", "audio_s", "wall_s"} == FIELDS[event["type"]], event
        if event["type"] in TEXT:
            assert all(set(word) == {"text", "start_s", "end_s"} for word in event["words"])
    for clock in ("audio_s", "wall_s"):
        assert [event[clock] for event in log] == sorted(event[clock] for event in log)
    for flag in (event for event in log if event["type"] == "flag"):
        spoken = [w for e in log if e["type"] == "final" and e["channel"] == flag["channel"] for w in e["words"]]
        inside = [w for w in spoken if flag["start_s"] <= w["start_s"] and w["end_s"] <= flag["end_s"]]
        assert flag["quote"] in " ".join(w["text"] for w in inside)
        # A neighbour that the aligner gave no length may lie on the border.
        assert sum(w["end_s"] > w["start_s"] for w in inside) <= len(flag["quote"].split())


def test_at_the_speed_of_speech_the_delays_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("replay", write_cut(Path("cut.wav"), (41.0, 43.4))) == 0
    assert "end of speech -> final text: median" in capsys.readouterr().out


def test_the_log_never_replaces_the_recording(capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_cut(Path("cut.wav"))
    before = recording.read_bytes()
    Path("link").symlink_to(recording)
    for log in ("cut.wav", "./cut.wav", "link"):
        assert depthcue("replay", recording, "--speed", 100, "--events", log) == 1
        assert "would replace the recording" in capsys.readouterr().err
    assert recording.read_bytes() == before


@pytest.mark.parametrize("log", [".", "missing/log.jsonl"])
def test_a_log_that_cannot_be_written_is_told_before_anything_is_played(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("replay", write_cut(Path("cut.wav")), "--events", log) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "Choose another place with --events." in output.err


@pytest.mark.parametrize("speed", ["0", "-1", "x", "nan", "inf", "1e-12"])
def test_a_speed_that_is_none_is_not_understood(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("replay", "any.wav", "--speed", speed) == 2
    assert "--speed" in capsys.readouterr().err


def test_where_nobody_reads_on_it_ends_at_once_unless_there_is_a_log(home: Path) -> None:
    recording = write_cut(Path("cut.wav"), LONG)
    command = start("replay", recording, home=home)  # would take a minute
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == ""
    command.stderr.close()
    assert command.wait(30) == 1

    short = write_cut(Path("short.wav"))
    command = start("replay", short, "--speed", 100, "--events", "log.jsonl", home=home)
    command.stdout.close()
    assert command.stderr.read() == ""
    command.stderr.close()
    assert command.wait(60) == 0
    assert events_in(Path("log.jsonl"))[-1]["state"] == "finished"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_that_is_stopped_closes_its_log(number: int, home: Path) -> None:
    command = start("replay", write_cut(Path("cut.wav"), LONG), "--events", "log.jsonl", home=home)
    command.stdout.readline()
    for _ in range(3):  # an impatient user
        command.send_signal(number)
        time.sleep(0.03)
    _, errors = command.communicate(timeout=30)
    assert (command.returncode, errors) == (1, "depthcue: stopped. What was recorded or written so far is kept.\n")
    assert events_in(Path("log.jsonl"))[-1]["state"] == "finished"
