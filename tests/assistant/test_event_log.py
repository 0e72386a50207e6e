import json
import os

import pytest

from assistant.errors import ExportError
from assistant.event_log import EventLog
from assistant.values import (
    Aspect,
    AudioGap,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Label,
    Level,
    Mark,
    RetiredWhy,
    ReviewedSentence,
    Sentence,
    Stamped,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
    Word,
)

THEM = Channel.THEM
WORD = Word("7000%", 26.0, 27.2)


def logged(tmp_path, *events):
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    for event in events:
        log.next(Stamped(event, 31.2, 31.3))
    log.close()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_text_has_words_with_times(tmp_path):
    (line,) = logged(tmp_path, TranscriptUpdate(UpdateKind.FINAL, THEM, 17, 24.0, 27.4, (WORD,)))
    assert line == {
        "type": "final", "channel": "them", "utterance": 17, "audio_s": 31.2, "wall_s": 31.3,
        "words": [{"text": "7000%", "start_s": 26.0, "end_s": 27.2}],
    }  # fmt: skip


def test_flags_and_follow_ups_have_their_quotes_and_times(tmp_path):
    flag = Flag(
        "f3", ClaimKind.NUMBER_ONLY, THEM, 7, "by 7000%", 0, 8, 24.8, 27.2, (Aspect.BASELINE,), "no starting point"
    )
    follow_up = FollowUp("q2", ClaimKind.ASPECT, THEM, Aspect.CHALLENGE, "What was hardest?", "not touched yet")
    lines = logged(
        tmp_path, flag, FlagWithdrawn("f3", "said later"), follow_up, FollowUpRetired("q2", RetiredWhy.ASKED)
    )
    assert [line["type"] for line in lines] == ["flag", "flag_withdrawn", "follow_up", "follow_up_retired"]
    assert (lines[0]["quote"], lines[0]["start_s"], lines[0]["end_s"]) == ("by 7000%", 24.8, 27.2)
    assert (lines[0]["kind"], lines[0]["missing"]) == ("number_only", ["baseline"])
    assert (lines[2]["quote"], lines[2]["start_s"], lines[2]["aspect"]) == (None, None, "challenge")
    assert lines[3]["retired_why"] == "asked" and "worded_by" not in lines[2]


def test_whose_words_a_follow_up_has_is_there_where_they_are_not_the_banks(tmp_path):
    follow_up = FollowUp("q1", ClaimKind.VAGUE, THEM, Aspect.RESULT, "What came of it?", "Why.", worded_by="tiny")
    [line] = logged(tmp_path, follow_up)
    assert line["worded_by"] == "tiny"


def test_the_ledger_is_there_with_its_sentences_and_times(tmp_path):
    sentence = Sentence(4, THEM, (WORD,))
    said = ReviewedSentence(sentence, Label.SUBSTANTIATED, (Aspect.RESULT,), True, 2)
    cue = CommunicationCue(CueKind.UNEXPLAINED_TERM, THEM, 4, "CQRS", 26.0, 26.4, "Ask for it.")
    first, second = logged(tmp_path, said, cue)
    assert (first["type"], first["index"], first["aspects"], first["answer"]) == ("sentence", 4, ["result"], 2)
    assert (first["start_s"], first["label"], first["is_good_sign"]) == (26.0, "substantiated", True)
    assert (second["type"], second["kind"], second["quote"]) == ("cue", "unexplained_term", "CQRS")


def test_gaps_states_and_marks_are_told_and_the_rest_is_not(tmp_path):
    lines = logged(
        tmp_path,
        AudioGap(THEM, 80.0, 81.4, "unplugged"),
        Status(State.BEHIND, "6 s behind", behind_seconds=6.0),
        Mark(12.0, "nice"),
        Level(THEM, -12.0),
    )
    assert [(line["type"], line.get("state")) for line in lines] == [
        ("gap", None), ("status", "behind"), ("status", "mark"),
    ]  # fmt: skip
    assert lines[1]["behind_s"] == 6.0


def test_text_of_any_kind_stays_one_line(tmp_path):
    hostile = "<b>\n\u202e=cmd()\x00 Tomás 日本"
    (line,) = logged(tmp_path, TranscriptUpdate(UpdateKind.FINAL, THEM, 0, 0.0, 1.0, (Word(hostile, 0.0, 1.0),)))
    assert line["words"][0]["text"] == hostile


def test_a_place_that_can_t_be_written_is_told_at_once(tmp_path):
    with pytest.raises(ExportError, match="--events"):
        EventLog(tmp_path / "missing" / "events.jsonl")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
@pytest.mark.parametrize("is_there", [False, True])
def test_the_log_is_the_users_alone_even_where_an_open_one_was(tmp_path, is_there):
    path = tmp_path / "events.jsonl"
    if is_there:
        path.write_text("of an earlier call\n" * 9)
        path.chmod(0o644)
    (line,) = logged(tmp_path, Mark(1.0))
    assert line["state"] == "mark"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_does_not_end_the_call_but_is_told(tmp_path):
    log = EventLog(tmp_path / "events.jsonl")
    os.close(log._file.fileno())  # every later write fails
    log.next(Stamped(Mark(1.0), 1.0, 1.0))
    with pytest.raises(ExportError, match="can't be written"):
        log.close()
