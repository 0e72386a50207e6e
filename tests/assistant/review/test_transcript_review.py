"""Transcripts that other programs made: the same review, with and without times, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.review.transcript_review import SpokenTurn, review_transcript
from assistant.values import Channel, Label, RetiredWhy, Verbosity
from ui.cli import main

TURNS = [
    SpokenTurn("Interviewer", "What are you proud of?"),
    SpokenTurn("Candidate", "I increased revenue by 7000%. That was in spring."),
    SpokenTurn("Interviewer", "What exactly did the 7000% measure?"),
    SpokenTurn("Candidate", "I'd have to check."),
]
TEXT = "".join(f"{turn.speaker}: {turn.text}\n" for turn in TURNS)


def test_without_times_the_clock_is_made_up_and_no_times_are_told() -> None:
    review = review_transcript(TURNS, "Candidate", Verbosity.NORMAL)
    assert [s.speaker for s in review.sentences] == [
        "Interviewer",
        "Candidate",
        "Candidate",
        "Interviewer",
        "Candidate",
    ]
    assert all(s.start_seconds is None and s.end_seconds is None for s in review.sentences)
    assert [s.reviewed.label for s in review.sentences] == [None, Label.NUMBER_ONLY, Label.NEUTRAL, None, Label.NEUTRAL]
    (flag,) = review.sentences[1].flags
    assert flag.flag.quote == "increased revenue by 7000%" and flag.withdrawn_after is None
    (card,) = review.follow_ups
    assert (card.raised_after, card.retired_after, card.retired_why) == (2, 3, RetiredWhy.ASKED)


def test_with_times_they_are_kept() -> None:
    turns = [
        SpokenTurn("Ann", "How was it?", 1.0, 2.0),
        SpokenTurn("Bob", "It was 30 a month before.", 3.5, 5.5),
        SpokenTurn("Ann", "Good.", 5.0, 5.4),  # they talk at once
    ]
    review = review_transcript(turns, "Bob", Verbosity.NORMAL)
    first, second, _ = review.sentences
    assert (first.start_seconds, second.start_seconds) == (1.0, 3.5)
    assert second.end_seconds == pytest.approx(5.5, abs=0.01)
    assert second.reviewed.sentence.channel is Channel.THEM


def test_an_answer_takes_the_flag_and_the_card_back() -> None:
    turns = [
        SpokenTurn(None, "Revenue went up by 40%. That was in spring. Revenue was 2 million before. We kept it."),
    ]
    review = review_transcript(turns, None, Verbosity.NORMAL)
    (flag,) = review.sentences[0].flags
    assert flag.withdrawn_after == 2
    assert [(c.retired_after, c.retired_why) for c in review.follow_ups] == [(2, RetiredWhy.ANSWERED)]


def review(*arguments: object) -> int:
    return main(["review", *map(str, arguments)])


def transcript(folder: Path, text: str = TEXT) -> Path:
    file = folder / "call.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_command_writes_json_of_the_promised_shape(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert review(transcript(tmp_path), "--format", "json", "--out", out) == 0
    table = json.loads(out.read_text(encoding="utf-8"))
    sentence = table["sentences"][1]
    assert set(sentence) == {"speaker", "start_s", "end_s", "text", "label", "flags", "aspects"}
    (flag,) = sentence["flags"]
    assert set(flag) == {"kind", "start", "end", "text", "missing", "reason", "withdrawn_after"}
    assert sentence["text"][flag["start"] : flag["end"]] == flag["text"] == "increased revenue by 7000%"
    assert flag["kind"] == "number_only" and "baseline" in flag["missing"]
    (card,) = table["follow_ups"]
    keys = {"question", "kind", "aspect", "quote", "raised_after", "retired_after", "retired_why"}
    assert set(card) == keys and card["retired_why"] == "asked"
    assert out.stat().st_mode & 0o777 == 0o600


def test_the_json_says_what_was_covered_in_which_sentence_and_when(tmp_path: Path) -> None:
    said = "The CQRS was new. I opened every box myself. I like it. I like that."
    text = f"Interviewer: What happened?\nCandidate: {said}\n"
    out = tmp_path / "out.json"
    assert review(transcript(tmp_path, text), "--out", out, "--format", "json") == 0
    table = json.loads(out.read_text(encoding="utf-8"))
    whole = {one["aspect"]: one for one in table["ledger"]["conversation"]}
    assert {"sentence": 2, "at_s": None} in whole["own_contribution"]["answered_in"]
    assert table["sentences"][2]["text"] == "I opened every box myself."
    (answer,) = table["ledger"]["answers"]
    assert (answer["question"], answer["first_sentence"], answer["start_s"]) == (0, 1, None)
    (cue,) = table["cues"]
    assert (cue["kind"], cue["quote"], cue["sentence"], cue["start_s"]) == ("unexplained_term", "CQRS", 1, None)


def test_the_command_prints_sentences_flags_and_follow_ups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(transcript(tmp_path), "--candidate", "candidate") == 0
    printed = capsys.readouterr().out
    assert "I [increased revenue by 7000%]." in printed
    assert "ask: What did that 7000% measure, and against what?" in printed
    assert "1 claim flagged, 1 still open; 1 follow-up." in printed


@pytest.mark.parametrize("extra", [[], ["--candidate", "Zoe"]])
def test_where_the_candidate_cannot_be_told_all_speakers_are_listed(
    extra: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = TEXT.replace("Interviewer", "Ann Lee").replace("Candidate", "Bob Ray")
    assert review(transcript(tmp_path, text), *extra) == 2
    said = capsys.readouterr().err
    assert '--candidate "Ann Lee"' in said and '--candidate "Bob Ray"' in said


def test_a_text_without_speakers_is_the_candidates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(transcript(tmp_path, "I increased revenue by 7000%.\n")) == 0
    assert "[increased revenue by 7000%]" in capsys.readouterr().out


def test_what_cannot_be_written_leaves_the_old_file_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "notes"
    in_the_way.write_text("mine", encoding="utf-8")
    assert review(transcript(tmp_path), "--out", in_the_way / "x.txt") == 1
    assert "choose another folder" in capsys.readouterr().err
    assert in_the_way.read_text(encoding="utf-8") == "mine"


def test_hostile_text_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TEXT.replace("That was", "\x1b[31m<b>\u202eThat was")
    assert review(transcript(tmp_path, text)) == 0
    assert not {"\x1b", "\u202e"} & set(capsys.readouterr().out)


@pytest.mark.parametrize("verbosity", ["quiet", "normal", "eager"])
def test_each_verbosity_runs(verbosity: str, tmp_path: Path) -> None:
    assert review(transcript(tmp_path), "--verbosity", verbosity) == 0
