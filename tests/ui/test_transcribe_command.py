"""Recordings to files with real weights: every container, done once, nothing of others touched, one message a fault."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soxr

from models.weights import locate
from tests.assistant.audio.recordings import CODECS, RATE_HZ, record
from tests.assistant.export.reading import words_of
from tests.ui.running import cut_of_interview, depthcue, start, write_cut, write_wav
from tests.waiting import wait_until

BETWEEN_PAUSES = (40.0, 43.4)  # "And it works so much better now.": a codec changes no word of it


@pytest.fixture(autouse=True)
def folder_of_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_model: None) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")


def encode(path: Path) -> Path:
    """The cut in another container, with a picture where such files have one."""
    samples, rate_hz = cut_of_interview(*BETWEEN_PAUSES)
    voices = soxr.resample(samples.astype(np.float32) / 32768, rate_hz, RATE_HZ).T
    return record(path, tuple(voices), has_video=path.suffix in (".mp4", ".mkv"))


def test_every_container_gives_the_same_words_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    files = [write_cut(Path("cut.wav"), BETWEEN_PAUSES), *(encode(Path(f"{name}.{name}")) for name in CODECS)]
    assert depthcue("transcribe", *files, "--format", "md,txt,json,srt,vtt", "--out", "out") == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(written) == 5 * len(files)
    said = {" ".join(words_of(path.suffix[1:], path.read_text(encoding="utf-8"))) for path in written}
    assert len(said) == 1, said
    assert "it works so much better now." in said.pop()
    assert all(path.stat().st_mode & 0o077 == 0 for path in written if os.name != "nt")


def test_what_is_done_is_not_done_again_until_something_changes(capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_cut(Path("cut.wav"))
    assert depthcue("transcribe", recording, "--format", "txt") == 0
    first = Path("cut.txt").stat().st_mtime_ns
    capsys.readouterr()
    for again in ((), ("--model", "tiny.en"), ("--out", ".")):
        assert depthcue("transcribe", recording, "--format", "txt", *again) == 0
        assert "done before" in capsys.readouterr().out
    assert Path("cut.txt").stat().st_mtime_ns == first

    assert depthcue("transcribe", recording, "--format", "txt", "--you", "right") == 0
    assert "You: I increased revenue" in Path("cut.txt").read_text(encoding="utf-8")
    write_cut(recording, BETWEEN_PAUSES)
    assert depthcue("transcribe", recording, "--format", "txt") == 0
    assert "better now" in Path("cut.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in Path().iterdir()) == ["cut.txt", "cut.wav"]


def test_only_what_is_missing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_cut(Path("cut.wav"))
    assert depthcue("transcribe", recording, "--format", "txt") == 0
    Path("cut.txt").write_text("as I corrected it")
    assert depthcue("transcribe", recording, "--format", "txt,srt") == 0
    assert capsys.readouterr().out.splitlines() == ["cut.txt", "cut.srt"]
    assert Path("cut.txt").read_text() == "as I corrected it"


def test_recordings_of_one_name_do_not_take_each_others_place(capsys: pytest.CaptureFixture[str]) -> None:
    for folder, cut in (("monday", (23.5, 29.5)), ("friday", BETWEEN_PAUSES)):
        Path(folder).mkdir()
        write_cut(Path(folder) / "call.wav", cut)
    command = ("transcribe", "monday/call.wav", "friday/call.wav", "--format", "txt", "--out", "out")
    assert depthcue(*command) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "revenue" in Path(first).read_text(encoding="utf-8")
    assert "better now" in Path(second).read_text(encoding="utf-8")
    assert depthcue(*command) == 0
    assert capsys.readouterr().out.count("done before") == 2


def test_files_of_others_and_corrected_transcripts_are_never_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_cut(Path("cut.wav"))
    Path("cut.md").write_text("my notes")
    os.utime("cut.md", (0, 0))
    assert depthcue("transcribe", recording) == 0
    assert Path("cut.md").read_text() == "my notes"
    made = Path(capsys.readouterr().out.strip())
    made.write_text("as I corrected it")
    write_cut(recording, BETWEEN_PAUSES)
    assert depthcue("transcribe", recording) == 0
    assert made.read_text() == "as I corrected it"
    assert "better now" in Path(capsys.readouterr().out.strip()).read_text(encoding="utf-8")


def test_one_bad_recording_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    good = [write_cut(Path("a.wav")), write_cut(Path("z.wav"))]
    Path("m.wav").write_text("no sound at all")
    assert depthcue("transcribe", good[0], "m.wav", good[1], "--format", "txt") == 1
    output = capsys.readouterr()
    assert output.out.splitlines() == ["a.txt", "z.txt"]
    assert output.err.count("\n") == 1
    assert "m.wav is no recording that can be read." in output.err
    assert not Path("m.txt").exists()


def bad_recordings() -> dict[str, tuple[Path, str]]:
    """Name -> a recording that can't be transcribed, and what is said of it."""
    Path("empty.wav").touch()
    Path("folder").mkdir()
    whole = encode(Path("whole.mp4")).read_bytes()
    Path("cut off.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    return {
        "not there": (Path("nope.wav"), "There is no recording nope.wav"),
        "nothing in it": (Path("empty.wav"), "is empty"),
        "no samples": (write_wav(Path("zero.wav"), np.zeros((0, 2), np.int16), 16_000), "no sound that can be read"),
        "a folder": (Path("folder"), "is a folder. Name a recording in it."),
        "no sound": (record(Path("silent film.mp4"), has_video=True), "is a video without sound"),
        "index lost": (Path("cut off.mp4"), "is cut off"),
    }


def test_each_bad_recording_gets_one_message_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for name, (path, message) in bad_recordings().items():
        for command in (("transcribe", path, "--out", "out"), ("replay", path, "--events", "log.jsonl")):
            assert depthcue(*command) == 1, name
            output = capsys.readouterr()
            assert output.out == ""
            assert output.err.startswith("depthcue: ")
            assert output.err.count("\n") == 1, output.err
            assert message in output.err
    assert not Path("out").exists()
    assert not Path("log.jsonl").exists()


def test_what_is_wrong_with_a_recording_that_can_be_read_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    write_wav(Path("silent.wav"), np.zeros((32_000, 2), np.int16), 16_000)
    whole = write_cut(Path("whole.wav")).read_bytes()
    Path("cut.wav").write_bytes(whole[: len(whole) * 6 // 10])
    assert depthcue("transcribe", "silent.wav", "cut.wav", "--format", "txt") == 0
    output = capsys.readouterr()
    assert output.out.splitlines() == ["silent.txt", "cut.txt"]
    assert "silent from beginning to end" in output.err
    assert "cut.wav is cut off at 00:01" in output.err
    assert "revenue" in Path("cut.txt").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_told_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_cut(Path("cut.wav"))
    Path("out").write_text("mine")
    for folder in ("out", "out/deeper"):
        assert depthcue("transcribe", recording, "--out", folder) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert "choose another folder" in output.err
        assert output.err.count("\n") == 1
    assert Path("out").read_text() == "mine"


def test_where_nothing_can_be_noted_it_is_done_all_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("in the way")
    recordings = [write_cut(Path("a.wav")), write_cut(Path("b.wav"))]
    assert depthcue("transcribe", *recordings, "--format", "txt") == 0
    output = capsys.readouterr()
    assert output.out.splitlines() == ["a.txt", "b.txt"]
    assert output.err.count("that this is done can't be noted") == 1


@pytest.mark.parametrize("contents", ["", "{", "[]", '{"a": {"making": 3}}', '{"a": null}', "\x00\xff"])
def test_a_damaged_register_only_costs_time(home: Path, contents: str, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "transcripts.json").write_text(contents, encoding="utf-8")
    write_wav(Path("a.wav"), np.full((1600, 1), 9, np.int16), 16_000)
    assert depthcue("transcribe", "a.wav") == 0
    assert depthcue("transcribe", "a.wav") == 0
    assert "done before" in capsys.readouterr().out


def test_hostile_names_steer_neither_terminal_nor_files(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["=cmd().wav", "<b>x.wav", "a\u202egpj.wav", "r\x1b[31med\x07.wav", "li\nne.wav", "-o.wav", "http:x.wav"]
    for name in names:
        write_wav(Path(name), np.full((1600, 1), 9, np.int16), 16_000)
    Path("-o.wav").rename("bad\udcff.wav")  # a byte that is no text in any encoding
    files = sorted(Path().iterdir())
    assert depthcue("transcribe", "--out", "out", "--", *files) == 0
    output = capsys.readouterr().out
    made = sorted(path.name for path in Path("out").iterdir())
    assert made == sorted(["=cmd().md", "b x.md", "agpj.md", "r[31med.md", "li ne.md", "bad.md", "http x.md"])
    assert not set(output) & set("\x1b\x07\u202e<")
    assert depthcue("transcribe", "no\x1b[31m\u202e\nsuch.wav") == 1
    assert capsys.readouterr().err.startswith("depthcue: There is no recording no[31m such.wav (")


def test_a_model_that_cannot_be_used_is_said_once_for_all_recordings(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recordings = [write_cut(Path("a.wav")), write_cut(Path("b.wav"))]
    whole = locate("tiny.en", home).folder
    for name, lacks in (("without", "model.bin"), ("damaged", "")):
        Path(name).mkdir()
        for file in whole.iterdir():
            if file.is_file() and file.name not in (lacks, "model.bin"):
                shutil.copy(file, Path(name) / file.name)
    Path("damaged/model.bin").write_bytes(b"\x06\x00\x00\x00 but then nothing of a model" * 100)
    for model, message in (("without", "has no model.bin"), ("damaged", "is damaged"), ("nothing", "nor a folder")):
        for command in (("transcribe", *recordings), ("replay", recordings[0])):
            assert depthcue(*command, "--model", model) == 1
            output = capsys.readouterr()
            assert message in output.err
            assert output.err.count("depthcue: ") == 1
            assert output.out == ""
    assert depthcue("replay", recordings[0], "--model", "base") == 1
    told = capsys.readouterr().err
    assert all(way in told for way in ("pip install", "models use base", "models import PATH"))


@pytest.mark.parametrize(
    "arguments",
    [(), ("a.wav", "--format", "md,pdf"), ("a.wav", "--format", ","), ("a.wav", "--channels", "three")],
)
def test_what_is_not_understood_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("transcribe", *arguments) == 2
    assert "usage: depthcue transcribe" in capsys.readouterr().err


def test_channels_are_split_or_mixed_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    write_cut(Path("call.wav"), (28.0, 33.5))  # "...across the platform." "Oh nice, and how big was the team?"
    for option, voices in (("split", {"you", "them"}), ("mix", {"them"})):
        assert depthcue("transcribe", "call.wav", "--format", "json", "--out", option, "--channels", option) == 0
        call = json.loads(Path(option, "call.json").read_text(encoding="utf-8"))
        assert {one["channel"] for one in call["utterances"]} == voices
    write_wav(Path("mono.wav"), np.full((16_000, 1), 9, np.int16), 16_000)
    capsys.readouterr()
    assert depthcue("transcribe", "mono.wav", "--channels", "split") == 1
    assert "only two can be split" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_transcription_that_is_stopped_leaves_nothing_half_written(number: int, home: Path) -> None:
    write_cut(Path("long.wav"), (0.0, 120.0))
    command = start("transcribe", "long.wav", "--out", "out", home=home)
    wait_until(Path("out").exists)  # it begins with that
    time.sleep(1.5)
    command.send_signal(number)
    output, errors = command.communicate(timeout=30)
    assert (command.returncode, output) == (1, "")
    assert errors == "depthcue: stopped. What was recorded or written so far is kept.\n"
    assert list(Path("out").iterdir()) == []


def test_the_bar_shows_how_much_time_is_left(home: Path) -> None:
    pty = pytest.importorskip("pty")
    write_cut(Path("cut.wav"))
    master, slave = pty.openpty()
    command = start("transcribe", "cut.wav", home=home, stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    seen = b""
    with contextlib.suppress(OSError):  # how a terminal ends on Linux
        while piece := os.read(master, 4096):
            seen += piece
    os.close(master)
    assert command.wait(30) == 0
    frames = [frame for frame in seen.decode().split("\r") if frame.startswith("cut.wav:")]
    assert any("100%" in frame for frame in frames)
    assert all(frame.rstrip().endswith(" left") for frame in frames)
