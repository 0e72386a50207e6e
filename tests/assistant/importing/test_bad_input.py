"""What is no transcript is refused with one clear sentence; nothing else ever comes out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from assistant.errors import ImportFileError
from assistant.importing import SUFFIXES, read_transcript

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def refusal(path: Path) -> str:
    with pytest.raises(ImportFileError) as caught:
        read_transcript(path)
    return str(caught.value)


def docx(document: str | bytes, name: str = "word/document.xml", packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
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


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".docx"])
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
        (docx(paragraphs("Dana: Hi."), packing=zipfile.ZIP_LZMA).replace(b"\x5d\0\0", b"\xff\0\0"), "no Word document"),
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
