"""Names and places of exported files, and the recording as wav."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.errors import ExportError, RecordingError
from assistant.export import FORMATS, export_call
from assistant.export.files import file_stem
from assistant.values import AudioFrame, Channel
from tests.assistant.export.samples import HOSTILE, STEERING, call_of, interview, utterance
from tests.small_disk import SmallDisk, small_disk

TEXT_FORMATS = ("md", "txt", "json", "srt", "vtt")
SAMPLES = np.arange(1, 16_001, dtype=np.int16)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A session's folder with a second of them, raw."""
    folder = tmp_path / "session"
    recorder = CrashSafeRecorder(folder, (Channel.THEM,))
    recorder.write(AudioFrame(Channel.THEM, 0.0, SAMPLES))
    recorder.close()
    return folder


def test_all_formats_are_written_privately_under_title_and_start(tmp_path: Path, recorded: Path) -> None:
    call = replace(interview(), audio=recorded)
    paths = export_call(call, FORMATS, tmp_path / "a" / "b")
    assert [path.name for path in paths] == [f"Product manager 20261126-120405.{name}" for name in FORMATS]
    for path in paths:
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(path.name for path in paths)


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("../../x", "x"),
        ("a/b\\c:d", "a b c d"),
        ("C:\\Windows\\system32", "C Windows system32"),
        ("", "call"),
        ("...", "call"),
        ("con", "call con"),
        ("COM1.txt", "call COM1.txt"),
        ("-rf", "rf"),
        ("=cmd()", "cmd()"),
        ("Tomás 你好", "Tomás 你好"),
        ("200% %s {0} $1", "200% %s {0} $1"),
        ("x\x00\x1b[31m\u202e\ud800\n", "x[31m"),
    ],
)
def test_a_title_becomes_one_plain_name(title: str, stem: str) -> None:
    assert file_stem(call_of(title=title)) == f"{stem} 20261126-120405"


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_title_makes_a_dangerous_name(title: str) -> None:
    name = file_stem(call_of(title=title)) + ".json"
    assert PureWindowsPath(name).name == name
    assert not PureWindowsPath(name).is_reserved()
    assert len(name.encode()) < 255
    assert name[0] not in ".-~= "


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    call = interview()
    [first] = export_call(call, ["md"], tmp_path)
    before = first.read_bytes()
    assert export_call(call, ["md"], tmp_path) == [first]  # the same again
    other = replace(call, utterances=(utterance(0, Channel.YOU, "Another call", 1.0),))
    [second] = export_call(other, ["md"], tmp_path)
    [third] = export_call(replace(call, marks=()), ["md"], tmp_path)
    assert [second.name, third.name] == [f"{first.stem} (2).md", f"{first.stem} (3).md"]
    assert first.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_the_wav_is_the_recording(tmp_path: Path, recorded: Path) -> None:
    for _ in ("raw", "finished"):
        [path] = export_call(replace(interview(), audio=recorded), ["wav"], tmp_path / "out")
        with wave.open(str(path)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (2, 2, 16_000)
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
        assert not samples[:, 0].any()
        assert np.array_equal(samples[:, 1], SAMPLES)
        finish(recorded)
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_call_without_recording_has_no_wav_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"no recording.*other formats"):
        export_call(interview(), ["md", "wav"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_call_that_no_wav_can_hold_is_told_where_its_sound_is(tmp_path: Path, recorded: Path) -> None:
    os.truncate(recorded / "them.pcm", 19 * 3600 * 16_000 * 2)  # a night of sleep: a hole, which needs no disk
    with pytest.raises(ExportError, match=r"19:00:00 long.* 18:38:28 at most.*session.*copy that file"):
        export_call(replace(interview(), audio=recorded), ["wav"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_recording_that_is_gone_is_said_and_leaves_no_file(tmp_path: Path, recorded: Path) -> None:
    (recorded / "them.pcm").unlink()
    with pytest.raises(RecordingError, match="no recording"):
        export_call(replace(interview(), audio=recorded), ["wav"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("formats", [["pdf"], ["md", "../x"], []])
def test_an_unknown_format_names_those_there_are(tmp_path: Path, formats: list[str]) -> None:
    with pytest.raises(ExportError, match="md, txt, json, srt, vtt, wav"):
        export_call(interview(), formats, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportError, match=r"out.*choose another folder"):
        export_call(interview(), ["md"], tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    folder = Path("/proc/depthcue") if os.geteuid() == 0 else tmp_path / "locked"  # root may write everywhere else
    if os.geteuid():
        folder.mkdir(mode=0o500)
    with pytest.raises(ExportError, match=r"Nothing could be written to .*Choose a folder"):
        export_call(interview(), ["md"], folder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@pytest.mark.parametrize("format_", ["md", "wav"])
def test_a_full_disk_leaves_no_half_file(disk: SmallDisk, recorded: Path, format_: str) -> None:
    call = call_of(*(utterance(number, Channel.YOU, "word " * 100 + "end", number) for number in range(100)))
    disk.leave(20_000)
    before = sorted(disk.folder.iterdir())
    with pytest.raises(ExportError, match=r"disk is full: free some space.*that was there has changed"):
        export_call(replace(call, audio=recorded), [format_], disk.folder)
    assert sorted(disk.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("variables", "name"),
    [({}, "Tomás 你好"), ({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "Toms")],  # even file names are ASCII there
)
def test_utf8_is_written_whatever_the_locale(tmp_path: Path, variables: dict[str, str], name: str) -> None:
    code = f"""
        import sys
        from pathlib import Path
        from assistant.export import export_call
        from assistant.values import Channel
        from tests.assistant.export.samples import HOSTILE, STEERING, call_of, utterance
        call = call_of(utterance(0, Channel.THEM, HOSTILE + STEERING, 1.0), title={"Tomás 你好"!a})
        export_call(call, {TEXT_FORMATS}, Path(sys.argv[1]))
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "out")]
    subprocess.run(command, env=os.environ | {"LC_ALL": "C"} | variables, check=True)
    call = call_of(utterance(0, Channel.THEM, HOSTILE + STEERING, 1.0), title="Tomás 你好")
    here = sorted(export_call(call, TEXT_FORMATS, tmp_path / "here"))
    there = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in there] == [f"{name} 20261126-120405.{format_}" for format_ in sorted(TEXT_FORMATS)]
    for one, other in zip(here, there, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert "Tomás 你好" in one.read_bytes().decode("utf-8")
