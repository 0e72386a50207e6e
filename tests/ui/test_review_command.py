"""Reviews of other programs' transcripts: what is said of them, and what they never replace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assistant.settings import HOME_VARIABLE
from tests.ui.running import depthcue

TRANSCRIPT = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Interviewer>What are you proud of?

00:00:05.000 --> 00:00:08.000
<v Dana>We changed some of the forms.

00:00:08.500 --> 00:00:12.000
<v Dana>I increased revenue by 7000%.

00:00:12.500 --> 00:00:16.000
<v Dana>I had some ideas for the forms. It is a bit of a different company now, I think, when you look at the mornings.
"""


@pytest.fixture(autouse=True)
def transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "interview.vtt"
    path.write_text(TRANSCRIPT, encoding="utf-8")
    return path


def quotes(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert depthcue("review", "interview.vtt", "--format", "json", *options) == 0
    sentences = json.loads(capsys.readouterr().out)["sentences"]
    return [flag["text"] for sentence in sentences for flag in sentence["flags"]]


@pytest.mark.parametrize("name", ["interview.vtt", "./interview.vtt", "link.vtt", "hard.vtt"])
def test_the_transcript_is_never_replaced(transcript: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("link.vtt").symlink_to(transcript)
    Path("hard.vtt").hardlink_to(transcript)
    assert depthcue("review", transcript, "--out", name) == 2
    assert "is the transcript itself" in capsys.readouterr().err
    assert transcript.read_text(encoding="utf-8") == TRANSCRIPT


def test_a_review_replaces_an_older_one_and_nothing_beside_it(transcript: Path) -> None:
    Path("review.txt").write_text("an older review")
    Path("review.txt.part").write_text("of somebody else")
    before = set(Path().iterdir())
    assert depthcue("review", transcript, "--out", "review.txt") == 0
    assert "7000%" in Path("review.txt").read_text(encoding="utf-8")
    assert Path("review.txt.part").read_text() == "of somebody else"
    assert set(Path().iterdir()) - before <= {Path("home")}
    assert os.name == "nt" or Path("review.txt").stat().st_mode & 0o777 == 0o600


def test_a_folder_is_no_place_for_a_review(transcript: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("review", transcript, "--out", ".") == 2
    assert "Choose another name with --out" in capsys.readouterr().err


def test_a_name_that_steers_the_terminal_is_shown_without(transcript: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("review", transcript, "--out", "a\x1b[2Jb\u202e.txt") == 0
    shown = capsys.readouterr().err
    assert "a[2Jb.txt" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_the_settings_say_how_much_is_worth_saying_unless_the_command_does(
    transcript: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("home").mkdir()
    Path("home/settings.toml").write_text('verbosity = "quiet"\n')
    quiet = quotes(capsys)
    assert quiet == quotes(capsys, "--verbosity", "quiet")
    assert len(quiet) < len(quotes(capsys, "--verbosity", "eager"))


def test_what_decided_is_said_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("review", "interview.vtt", "--explain") == 0
    shown = capsys.readouterr().out
    assert "· rules: “increased revenue by 7000%” (a bare number: percentage)" in shown and "· encoder: " in shown
    assert depthcue("review", "interview.vtt") == 0
    assert "·" not in capsys.readouterr().out
