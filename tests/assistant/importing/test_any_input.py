"""Whatever a file holds, it gives turns or one clear error, and what was said and when survives: made-up files."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ImportFileError
from assistant.importing import SUFFIXES, read_transcript

TEXT_SUFFIXES = [suffix for suffix in SUFFIXES if suffix != ".docx"]
on_one_folder = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example overwrites the file of the one before


@pytest.mark.parametrize("unit", [" ", "[", "<v ", "*a", "a: ", "00:00:00.000 --> ", "\n", "(0:00"])
@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
def test_huge_lines_take_no_huge_time(tmp_path: Path, unit: str, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    head = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" if suffix == ".vtt" else "1\n00:00:01,000 --> 00:00:02,000\n"
    path.write_text((head if suffix in (".vtt", ".srt") else "Dana: ") + "word " + unit * 100_000)
    begun = time.perf_counter()
    try:
        text = " ".join(turn.text for turn in read_transcript(path).turns)
        assert text.startswith("word")
    except ImportFileError:
        assert suffix == ".json"
    assert time.perf_counter() - begun < 5


@on_one_folder
@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from(SUFFIXES),
    head=st.sampled_from([b"", b"WEBVTT\n\n", b"PK\x03\x04", b"{"]),
)
def test_any_bytes_give_turns_or_one_clear_error(tmp_path: Path, data: bytes, suffix: str, head: bytes) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(head + data)
    try:
        transcript = read_transcript(path)
    except ImportFileError:
        return
    assert transcript.turns
    assert all(turn.text.split() for turn in transcript.turns)


FRAGMENTS = st.sampled_from(
    re.split(
        r"\||\n\s*",
        """00:00:01.000 --> 00:00:02.000|1|-->|<v A>|</v>|NOTE|A: b|(A)|[A] 0:01|A  0:02|0:03|-|- x|>> y|#|**A** [0:01]
        ---|99:99:99,9999 --> -1:00|{|"text": "a"|&lt;|♪|\u202e|é""",
    )
)


@on_one_folder
@given(
    parts=st.lists(FRAGMENTS, max_size=25),
    glue=st.sampled_from(["\n", "\n\n", " ", "\r\n"]),
    suffix=st.sampled_from(TEXT_SUFFIXES),
)
def test_any_mix_of_marks_gives_turns_or_one_clear_error(
    tmp_path: Path, parts: list[str], glue: str, suffix: str
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text(glue.join(parts), encoding="utf-8", newline="")
    try:
        transcript = read_transcript(path)
    except ImportFileError:
        return
    for turn in transcript.turns:
        assert "\u202e" not in turn.text
        assert turn.start_seconds is None or turn.start_seconds >= 0
        assert turn.end_seconds is None or turn.start_seconds is None or turn.end_seconds >= turn.start_seconds


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "start", "end", "words", "word", "speaker", "score", "segments"]), inner
        )
    ),
    max_leaves=12,
)


@on_one_folder
@given(segments=st.lists(JSON_VALUES, max_size=4))
def test_any_json_gives_turns_or_one_clear_error(tmp_path: Path, segments: list[object]) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"segments": segments}))
    try:
        transcript = read_transcript(path)
    except ImportFileError:
        return
    for turn in transcript.turns:
        (turn.text + (turn.speaker or "")).encode()
        assert all(word.end_seconds >= word.start_seconds for word in turn.words)


WORDS = st.from_regex(re.compile(r"[a-zà-ÿ0-9%$'.,&]{0,6}[a-z]", re.ASCII | re.IGNORECASE), fullmatch=True)
TALK = st.lists(
    st.tuples(
        st.sampled_from([None, "Dana O'Neil", "Rivera, Tomás", "marc | wolovim"]),
        st.lists(WORDS, min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=10,
)


def stamp(seconds: float, mark: str) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{round(seconds % 1 * 1000):03}"


@on_one_folder
@given(
    talk=TALK,
    suffix=st.sampled_from([".vtt", ".srt"]),
    gap=st.sampled_from([0.5, 7.25, 900.0]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_words_speakers_and_times_of_captions_survive(
    tmp_path: Path, talk: list[tuple[str | None, list[str]]], suffix: str, gap: float, line_end: str
) -> None:
    lines = ["WEBVTT", ""] if suffix == ".vtt" else []
    for number, (speaker, words) in enumerate(talk):
        mark = "." if suffix == ".vtt" else ","
        named = f"<v {speaker}>" if speaker and suffix == ".vtt" else ""
        text = " ".join(words).replace("&", "&amp;")
        lines += [
            str(number + 1),
            f"{stamp(number * gap, mark)} --> {stamp((number + 1) * gap, mark)}",
            named + text,
            "",
        ]
    path = tmp_path / f"x{suffix}"
    path.write_text(line_end.join(lines), encoding="utf-8", newline="")

    transcript = read_transcript(path)

    assert [w for turn in transcript.turns for w in turn.text.split()] == [w for _, words in talk for w in words]
    if suffix == ".vtt":
        expected = [
            speaker for position, (speaker, _) in enumerate(talk) if not position or talk[position - 1][0] != speaker
        ]
        assert [turn.speaker for turn in transcript.turns] == expected
    assert transcript.turns[0].start_seconds == 0.0
    assert transcript.turns[-1].end_seconds == pytest.approx(len(talk) * gap)


@on_one_folder
@given(talk=TALK, with_times=st.booleans())
def test_words_of_text_survive(tmp_path: Path, talk: list[tuple[str | None, list[str]]], with_times: bool) -> None:
    heads = [f"Speaker {len(speaker or '')}" for speaker, _ in talk]
    blocks = [
        f"{head}  {number // 60}:{number % 60:02}  \n{' '.join(words)}\n"
        if with_times
        else f"{head}: {' '.join(words)}\n"
        for number, (head, (_, words)) in enumerate(zip(heads, talk, strict=True))
    ]
    path = tmp_path / "x.txt"
    path.write_text("\n".join(blocks), encoding="utf-8")
    turns = read_transcript(path).turns
    assert [word for turn in turns for word in turn.text.split()] == [word for _, words in talk for word in words]
    assert [turn.speaker for turn in turns] == [
        head for position, head in enumerate(heads) if not position or heads[position - 1] != head
    ]
