"""Habits of programs and people that the files in `tests/data/transcripts` don't show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import ImportFileError
from assistant.importing import ImportedTranscript, read_transcript

Reader = Callable[[str, str], ImportedTranscript]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reader(name: str, text: str) -> ImportedTranscript:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return read_transcript(path)

    return reader


def said(transcript: ImportedTranscript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def cues(*texts: str) -> str:
    return "\n".join(
        f"{number}\n00:00:{number:02},000 --> 00:00:{number:02},900\n{text}\n" for number, text in enumerate(texts, 1)
    )


def test_zoom_names_stay_whole_and_the_offset_stays(read: Reader) -> None:
    file = (
        "WEBVTT\r\n\r\n1\r\n00:02:43.480 --> 00:02:46.369\r\nBobby | Ambire: Hello: all.\r\n\r\n"
        "2\r\n00:02:47.000 --> 00:02:48.000\r\nivo @ ambire: So what I said was: go.\r\n\r\n"
        "3\r\n01:07:26.920 --> 01:07:27.780\r\nlightclient: Thanks…\r\n\r\n"
    )
    transcript = read("zoom.vtt", file)
    assert said(transcript) == [
        ("Bobby | Ambire", "Hello: all."),
        ("ivo @ ambire", "So what I said was: go."),
        ("lightclient", "Thanks…"),
    ]
    assert [turn.start_seconds for turn in transcript.turns] == [163.48, 167.0, 4046.92]


@pytest.mark.parametrize(
    "sentence",
    [
        "And the point is: it worked.",
        "The hardest part was the note: nobody owned it.",
        "Warning: it broke.",
        "It was 3:30 pm: late.",
        "So here is what we did: we waited.",
    ],
)
def test_a_colon_in_a_sentence_makes_no_speaker(read: Reader, sentence: str) -> None:
    transcript = read("talk.srt", cues("We looked at the log.", sentence, "Then it was over."))
    assert said(transcript) == [(None, f"We looked at the log. {sentence} Then it was over.")]


def test_chevrons_part_voices_without_naming_them(read: Reader) -> None:
    transcript = read("captions.srt", cues(">> How are you? >> Fine.", "thanks", ">> DANA: Good."))
    assert said(transcript) == [(None, "How are you?"), (None, "Fine. thanks"), ("DANA", "Good.")]


def test_sounds_in_parentheses_are_no_names(read: Reader) -> None:
    transcript = read("captions.srt", cues("(laughs)\nHello", "(sighs)\nBye"))
    assert said(transcript) == [(None, "(laughs) Hello (sighs) Bye")]


def test_rolling_captions_of_any_program_give_each_line_once(read: Reader) -> None:
    transcript = read("rolling.srt", cues("a b", "a b\nc d", "c d\ne f", "e f\ng h"))
    assert said(transcript) == [(None, "a b c d e f g h")]


def test_a_cue_said_three_times_is_said_three_times(read: Reader) -> None:
    assert said(read("talk.srt", cues("No.", "No.", "No."))) == [(None, "No. No. No.")]


def test_people_who_repeat_themselves_are_not_shortened(read: Reader) -> None:
    transcript = read("talk.srt", cues("No.", "No.", "I did not.", "Who did?", "Somebody else.", "Yes."))
    assert said(transcript) == [(None, "No. No. I did not. Who did? Somebody else. Yes.")]


@pytest.mark.parametrize(
    "line", ["[00:03] Dana: Hi.", "0:03 - Dana: Hi.", "Dana (0:03): Hi.", "[0:03 - 0:05] Dana: Hi."]
)
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_typed_transcripts(read: Reader, line: str, suffix: str) -> None:
    transcript = read(f"typed{suffix}", f"{line}\n\n{line.replace('Dana', 'Tom').replace('0:03', '0:07')}\n")
    assert said(transcript) == [("Dana", "Hi."), ("Tom", "Hi.")]
    assert [turn.start_seconds for turn in transcript.turns] == [3.0, 7.0]


@pytest.mark.parametrize("head", ["{} 00:00:{}", "{} – 0:{}", "{}: 0:{}", "{} [00:00:{}]", "{}  0:{}"])
def test_names_and_times_above_the_talk(read: Reader, head: str) -> None:
    heads = [head.format("Dana Smith", "03"), head.format("Tom", "07")]
    transcript = read("typed.txt", f"{heads[0]}\nIt was over at 10:30:00\n\n{heads[1]}\nHo.\n")
    assert said(transcript) == [("Dana Smith", "It was over at 10:30:00"), ("Tom", "Ho.")]
    assert [turn.start_seconds for turn in transcript.turns] == [3.0, 7.0]


@pytest.mark.parametrize("name", ["call.srt", "call.txt", "call.md"])
def test_you_and_them_are_speakers(read: Reader, name: str) -> None:
    lines = ["You: Hi.", "Them: Number one: we won.", "and more"]
    text = cues(*lines) if name.endswith("srt") else "\n\n".join(lines)
    assert said(read(name, text)) == [("You", "Hi."), ("Them", "Number one: we won. and more")]


def test_names_without_times_stay_without_times(read: Reader) -> None:
    transcript = read("typed.txt", "Dana: Hi.\nHow are you?\nTom: Fine.\n")
    assert said(transcript) == [("Dana", "Hi. How are you?"), ("Tom", "Fine.")]
    assert all(turn.start_seconds is None and turn.end_seconds is None for turn in transcript.turns)
    assert "The file has no times." in transcript.warnings


def test_talk_without_names_stays_without_names(read: Reader) -> None:
    transcript = read("talk.txt", "We moved the billing.\nIt took six weeks.\n")
    assert said(transcript) == [(None, "We moved the billing. It took six weeks.")]
    assert "The file names no speaker." in transcript.warnings


def test_the_clock_on_the_wall_goes_past_midnight(read: Reader) -> None:
    transcript = read("saved.txt", "[Dana] 23:59:58\nHi.\n\n[Tom] 00:00:03\nHello.\n")
    assert [turn.start_seconds for turn in transcript.turns] == [0.0, 5.0]


def test_markdown_marks_are_no_words_but_signs_are(read: Reader) -> None:
    transcript = read("talk.md", "# Call\n\n**Dana**: It is *really* 2 * 3 * 4, see [here](https://a.b/c) for `x_y`.\n")
    assert said(transcript) == [("Dana", "It is really 2 * 3 * 4, see here for x_y.")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "talk.srt"
    path.write_bytes("1\r\n00:00:01,000 --> 00:00:02,000\r\nTomás: Señor, naïve café.\r\n".encode(encoding))
    assert said(read_transcript(path)) == [("Tomás", "Señor, naïve café.")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Мы перенесли расчёты за шесть недель, и всё заработало без потерь"),
        ("cp932", "今日はよろしくお願いします。請求システムの移行について話しましょう。"),
    ],
)
def test_other_scripts_without_unicode(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "talk.srt"
    path.write_bytes(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(encoding))
    assert said(read_transcript(path)) == [(None, text)]


def test_hidden_characters_are_taken_out_of_names_and_talk(read: Reader) -> None:
    transcript = read(
        "talk.srt", cues("\u202eDana\u200e: pay\x00ments\u2066 <b>up</b>", "Tom: =cmd() <script>x</script>")
    )
    assert said(transcript) == [("Dana", "payments up"), ("Tom", "=cmd() <script>x</script>")]


def test_a_subtitle_file_under_another_ending(read: Reader) -> None:
    assert said(read("talk.txt", cues("Dana: Hi.", "Tom: Ho."))) == [("Dana", "Hi."), ("Tom", "Ho.")]


@pytest.mark.parametrize(
    "chat",
    [
        "10:00:01 From Dana to Everyone:\n\tHello\n10:00:05 From Tom to Everyone:\n\tHi\n",
        "12/31/20, 10:02 PM - Dana: Hello\n12/31/20, 10:03 PM - Tom: Hi\n",
    ],
)
def test_chat_logs(read: Reader, chat: str) -> None:
    with pytest.raises(ImportFileError, match="chat log"):
        read("chat.txt", chat)
