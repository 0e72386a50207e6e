"""What is no transcript is refused with one clear sentence; nothing else ever comes out."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ImportFileError
from assistant.importing import SUFFIXES, read_transcript

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TEXT_SUFFIXES = [suffix for suffix in SUFFIXES if suffix != ".docx"]
on_one_folder = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example overwrites the file of the one before


def refusal(path: Path) -> str:
    with pytest.raises(ImportFileError) as caught:
        read_transcript(path)
    return str(caught.value)


def docx(document: str | bytes, name: str = "word/document.xml") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, document)
    return packed.getvalue()


def paragraphs(*texts: str) -> str:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    return f"<w:document {W}><w:body>{body}</w:body></w:document>"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\n\t", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG picture"),
        (b"%PDF-1.7\n%abc", "PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "JPEG"),
    ],
)
def test_files_of_other_kinds(tmp_path: Path, suffix: str, data: bytes, reason: str) -> None:
    path = tmp_path / f"interview{suffix}"
    path.write_bytes(data)
    message = refusal(path)
    assert f"interview{suffix}" in message
    assert reason in message
    assert "Export the transcript again" in message


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
def test_binary_data(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(bytes(range(32)) * 40)
    assert "binary" in refusal(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ("[" * 200_000, "nested deeper"),
        ('{"a":' * 200_000, "nested deeper"),
        ("9" * 10_000, "no JSON"),
        ("{}", "no list of segments"),
        ('{"name": "depthcue", "dependencies": {"a": "1"}}', "no list of segments"),
        ("[1, 2]", "no list of segments"),
        ('{"segments": [{"start": 1}]}', "no list of segments"),
        ('{"segments": [{"text": " "}]}', "nobody says anything"),
    ],
)
def test_json_that_is_no_transcript(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert reason in refusal(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.srt", "Dana: Hi.\n"), ("x.vtt", "WEBVTT\n\nNOTE nothing\n"), ("x.srt", "1\n00:00:01,000\nHi")],
)
def test_captions_without_cues(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert "times of a cue" in refusal(path)


def test_captions_without_words(tmp_path: Path) -> None:
    path = tmp_path / "x.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n♪♪\n\n2\n00:00:03,000 --> 00:00:04,000\n\n")
    assert "nobody says anything" in refusal(path)


@pytest.mark.parametrize("name", ["x.exe", "x", "x.doc"])
def test_other_endings(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Dana: Hi.")
    assert "Export the transcript again" in refusal(path)


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "x.txt")
    (tmp_path / "folder.txt").mkdir()
    assert "folder" in refusal(tmp_path / "folder.txt")


def test_a_hostile_file_name_does_not_turn_the_message(tmp_path: Path) -> None:
    path = tmp_path / "a\u202egpj\n.txt"
    path.write_bytes(b"")
    message = refusal(path)
    assert "\u202e" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Dana: Hi.", "no Word document"),
        (docx("x", "other.xml"), "no Word document"),
        (docx(paragraphs("Dana: Hi."))[:-30], "no Word document"),
        (docx("<w:document"), "damaged"),
        (docx(paragraphs()), "nobody says anything"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
    ],
)
def test_word_documents_that_are_none(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(data)
    assert reason in refusal(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(docx(paragraphs().encode() + b" " * (80 * 1024 * 1024)))
    assert path.stat().st_size < 200_000
    assert "larger than 64 MB" in refusal(path)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_xml_entities_are_refused(tmp_path: Path, doctype: str) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(docx(doctype + paragraphs("Dana: &c;")))
    assert "entities" in refusal(path)


def test_deep_xml_and_deleted_text(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    depth = 20_000
    deep = "<w:r>" * depth + "<w:t>Dana: Hi.</w:t>" + "</w:r>" * depth
    path.write_bytes(
        docx(f"<w:document {W}><w:body><w:p>{deep}<w:del><w:t>gone</w:t></w:del></w:p></w:body></w:document>")
    )
    assert [turn.text for turn in read_transcript(path).turns] == ["Hi."]


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
