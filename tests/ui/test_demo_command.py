"""The bundled interview from the first sound to its files, with real weights, and against its truth."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.demo import TRUTH
from assistant.settings import HOME_VARIABLE
from tests.assistant.export.reading import words_of
from tests.ui.running import depthcue

IN_TIME_SECONDS = 10.0  # from the words that resolve a claim to the end of its follow-up
TEXT_FORMATS = ("md", "txt", "json", "srt", "vtt")


@dataclass(frozen=True)
class Demo:
    output: str
    folder: Path
    home: Path

    def text(self, format_: str) -> str:
        (path,) = self.folder.glob(f"*.{format_}")
        return path.read_text(encoding="utf-8")

    @property
    def call(self) -> dict[str, Any]:
        return dict(json.loads(self.text("json")))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    base = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(base / "home"))
        with contextlib.redirect_stdout(io.StringIO()) as output:
            assert depthcue("demo", "--out", base / "out") == 0
        yield Demo(output.getvalue(), base / "out", base / "home")


def truth() -> dict[str, Any]:
    return dict(json.loads(TRUTH.read_text(encoding="utf-8")))


def times_of(sentence: dict[str, Any]) -> tuple[float, float]:
    """Start and end of the words that are to be flagged, in seconds."""
    words, (span,) = sentence["words"], sentence["spans"]
    plain = ["".join(filter(str.isalnum, word["text"].lower())) for word in words]
    wanted = ["".join(filter(str.isalnum, word.lower())) for word in span.split()]
    at = next(i for i in range(len(words)) if plain[i : i + len(wanted)] == wanted)
    return float(words[at]["start_s"]), float(words[at + len(wanted) - 1]["end_s"])


def test_the_claims_of_the_truth_are_flagged_on_their_words_and_nothing_else_is(demo: Demo) -> None:
    expected = [(claim["kind"], *times_of(truth()["sentences"][claim["sentence"]])) for claim in truth()["claims"]]
    flags = sorted(demo.call["flags"], key=lambda flag: flag["start_s"])
    assert [flag["kind"] for flag in flags] == [kind for kind, _, _ in expected]
    for flag, (_, start_seconds, end_seconds) in zip(flags, expected, strict=True):
        shared = min(flag["end_s"], end_seconds) - max(flag["start_s"], start_seconds)
        assert shared > 0.8 * (max(flag["end_s"], end_seconds) - min(flag["start_s"], start_seconds)), flag["quote"]


def test_follow_ups_go_when_they_are_resolved_and_stay_where_nothing_was_said(demo: Demo) -> None:
    sentences, call = truth()["sentences"], demo.call
    flags = sorted(call["flags"], key=lambda flag: flag["start_s"])
    for claim, flag in zip(truth()["claims"], flags, strict=True):
        about = [one for one in call["follow_ups"] if one["flag_id"] == flag["id"]]
        assert len(about) == 1, flag["quote"]
        if claim["resolved"] is None:
            assert about[0]["retired_why"] in (None, "stale", "displaced"), flag["quote"]
            assert flag["withdrawn_at_s"] is None
        else:
            resolved_seconds = sentences[claim["resolved"]]["end_s"]
            assert about[0]["retired_why"] == claim["how"]
            assert sentences[claim["resolved"]]["start_s"] < about[0]["retired_at_s"]
            assert about[0]["retired_at_s"] < resolved_seconds + IN_TIME_SECONDS


def test_a_bare_number_that_was_merely_asked_about_stays_flagged(demo: Demo) -> None:
    assert [f["withdrawn_at_s"] for f in demo.call["flags"] if f["kind"] == "number_only"] == [None, None]


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_every_file_holds_the_same_words_and_marks(demo: Demo, format_: str) -> None:
    said = [word["text"] for one in demo.call["utterances"] for word in one["words"]]
    assert len(said) > 350
    assert words_of(format_, demo.text(format_)) == " ".join(said).split()
    if format_ in ("md", "txt"):
        for flag in demo.call["flags"]:
            assert flag["quote"] in demo.text(format_).replace("\\", "")


def test_the_terminal_shows_what_happened_as_it_happened(demo: Demo) -> None:
    lines = demo.output.splitlines()
    flag = demo.call["flags"][0]
    question = next(one["question"] for one in demo.call["follow_ups"] if one["flag_id"] == flag["id"])
    happened = [f"⚑ number only: “{flag['quote']}” {flag['reason']}", f"→ ask: {question}", f"✓ asked: {question}"]
    places = [next(i for i, line in enumerate(lines) if text in line) for text in happened]
    assert places == sorted(places)
    assert any(line.startswith(" 00:0") and " You " in line for line in lines)
    for path in demo.folder.iterdir():
        assert f"  {path}" in lines, "where the files are"
    assert (demo.folder / "panel.png").stat().st_size > 10_000


def test_it_is_kept_like_any_call(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(demo.home))
    assert depthcue("sessions", "list", "--format", "json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["state"], round(listed["duration_s"])) == ("finished", 187)
    assert depthcue("sessions", "export", "last", "--format", "json,wav", "--out", tmp_path) == 0
    (again,) = tmp_path.glob("*.json")
    assert json.loads(again.read_text(encoding="utf-8")) == demo.call


def test_where_nothing_can_be_written_the_call_does_not_even_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("mine")
    assert depthcue("demo", "--out", in_the_way) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "There is a file where the folder should be: choose another folder." in output.err
    assert in_the_way.read_text() == "mine"
