"""Every file in `tests/data/transcripts` against what it says, counted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from assistant.errors import ImportFileError
from assistant.importing import read_transcript

FOLDER = Path(__file__).parents[2] / "data" / "transcripts"
DANA, TOMAS = "Dana O'Neil", "Tomás Rivera"
TALK = (
    (DANA, "Thanks for joining. Tell me about something you've worked on that you're really, really proud of."),
    (
        TOMAS,
        "Sure. So, um, I led the billing migration: we cut failed payments by 40% & saved about $1.2 million a year.",
    ),
    (DANA, "What did that 40% measure?"),
    (
        TOMAS,
        "Failed card retries < 24 hours old, over six weeks. Before, roughly 1,900 of 12,000 failed; after, 1,140.",
    ),
    (DANA, "Mm-hm."),
    (TOMAS, 'The hardest part was the note: "3:30 pm cut-over" – nobody owned it.'),
    (DANA, "And what would you do differently?"),
    (TOMAS, "I'd ask for a rollback owner first. It was hard, and worth it."),
)
STARTS = (3.2, 8.4, 17.1, 18.6, 29.6, 30.4, 3725.0, 3728.0)


@dataclass(frozen=True)
class Expected:
    speakers: int | tuple[str, ...]
    turns: int
    words: int
    first: str
    last: str
    start: float
    last_start: float
    end: float | None
    has_unknown: bool = False


FOUND = {
    "zoom_saved_caption.txt": Expected(
        (
            "Larry Thompson",
            "Marco Rivera",
            "Sara Dawson",
            "Mike Palmer",
            "Alex Chen (Meridian Labs)",
            "Chris Davis",
            "Frank @ CloudBridge",
            "Victor Lee",
            "Raj",
        ),
        122,
        6103,
        "Good morning, good morning",
        "of what OGAF encompasses, because",
        0.0,
        2864.0,  # the last block, at 2875 s, goes on with this turn
        None,
    ),
    "stream_confidence_notes.vtt": Expected((), 1, 91, "Sorry.", "recording to go you can.", 3.3, 3.3, 65.494, True),
    "teams_2022_softbreaks.docx": Expected(
        ("Jane Doe", "John Doe"), 5, 62, "Hi! I'm Jane Doe, CEO.", "why we need a plan.", 0.0, 10.69, 11.51
    ),
    "webex_scrambled.vtt": Expected(
        (
            "VOICE-A17",
            "NODE-03",
            "CALLER-X",
            "VOICE-B04",
            "VOICE-C99",
            "VOICE-D12",
            "UNKNOWN-PORT",
            "VOICE-E21",
            "VOICE-F08",
            "VOICE-G33",
        ),
        12,
        129,
        "Can everyone hear me?",
        "so it's likely quite accurate.",
        0.649,
        84.3,
        104.9,
    ),
    "teams_2024_scrambled.docx": Expected(
        15, 87, 1031, "Eclipse biosphere starlight horizon orbit", "Synthetic.", 10.0, 785.0, None
    ),
    "teams_unpadded_times.vtt": Expected(
        ("Yuri Bakulin", "Adrian Petrescu"), 2, 7, "There you go.", "Why hello there, Yuri.", 0.0, 0.21, 1.13
    ),
    "youtube_karaoke.vtt": Expected(
        (), 1, 8, "yeah what this will", "happen is I'm telling", 286.07, 286.07, 305.4, True
    ),
    "buzzsprout_podcast.srt": Expected(
        ("Travis", "Sarah", "Gilon"),
        10,
        2492,
        "When you first get started",
        "is to batch your episodes.",
        0.179,
        691.49,
        754.769,
    ),
    "podcast_voice_unclosed.vtt": Expected(
        ("Sarah", "Gillian"),
        2,
        66,
        "In today's episode, you'll learn",
        "do we need a podcast trailer?",
        0.0,
        19.08,
        25.35,
    ),
    "podcast_words.json": Expected(("Darth Vader", "Luke"), 2, 5, "I am your father.", "Nooooo", 0.5, 2.75, 3.0),
    "otter_podcast_bold.md": Expected(
        ("Ali", "Kelly", "Emma", "Shannon Crabill"),
        58,
        4265,
        "In today's episode we'll continue",
        "We love hearing your thoughts.",
        0.0,
        1194.0,
        None,
    ),
    "google_meet_public_call.md": Expected(
        (
            "Harry Rook",
            "Manav Darji",
            "Raneet Debnath",
            "Marcello Ardizzone",
            "Mark Holt",
            "Mateusz Rzeszowski",
            "Anton Gaev",
        ),
        49,
        6416,
        "All right, awesome.",
        "And yeah, thanks for joining.",
        0.0,
        2700.0,
        3032.0,
    ),
    "otter_podcast_plain.txt": Expected(
        ("Emma", "Kelly", "Tailor", "Sidney"),
        141,
        9158,
        "It's more important than ever",
        "See you guys.",
        0.0,
        3321.0,
        None,
        True,
    ),
    "tstbtc_numbered_speakers.md": Expected(
        ("Speaker 0", "Speaker 1", "Speaker 2", "Speaker 3"),
        62,
        4166,
        "Good morning. My name is",
        "You you",
        2.0,
        1710.0,
        None,
    ),
    "gb2312_no_unicode.srt": Expected((), 1, 5, "宇宙守护神", "飞跃高楼", 27.0, 27.0, 36.57, True),
}
BY_HAND = (
    "google_meet.txt",
    "google_meet.docx",
    "teams_2024.docx",
    "teams_utf16_guid.vtt",
    "teams_json_cues.vtt",
    "otter.txt",
    "rev_style.txt",
    "speaker_in_cue_id.vtt",
    "name_in_parentheses.vtt",
    "messy.srt",
    "whisperx.json",
)


@pytest.mark.parametrize("name", FOUND)
def test_found_files_give_their_speakers_turns_words_and_times(name: str) -> None:
    transcript = read_transcript(FOLDER / name)
    expected = FOUND[name]
    first, last = transcript.turns[0], transcript.turns[-1]

    if isinstance(expected.speakers, int):
        assert len(transcript.speakers) == expected.speakers
    else:
        assert transcript.speakers == expected.speakers
    assert any(turn.speaker is None for turn in transcript.turns) == expected.has_unknown
    assert len(transcript.turns) == expected.turns
    assert sum(len(turn.text.split()) for turn in transcript.turns) == expected.words
    assert first.text.startswith(expected.first)
    assert last.text.endswith(expected.last)
    assert first.start_seconds == pytest.approx(expected.start)
    assert last.start_seconds == pytest.approx(expected.last_start)
    assert last.end_seconds == (None if expected.end is None else pytest.approx(expected.end))


@pytest.mark.parametrize("name", BY_HAND)
def test_one_talk_comes_out_of_every_format(name: str) -> None:
    turns = read_transcript(FOLDER / name).turns
    assert tuple(turn.spoken_text for turn in turns) == tuple(text for _, text in TALK)


@pytest.mark.parametrize("name", [name for name in BY_HAND if name not in ("messy.srt", "otter.txt")])
def test_the_talk_has_its_two_speakers(name: str) -> None:
    turns = read_transcript(FOLDER / name).turns
    names = {
        "teams_utf16_guid.vtt": ("O'Neil, Dana", "Rivera, Tomás"),
        "whisperx.json": ("SPEAKER_00", "SPEAKER_01"),
    }.get(name, (DANA, TOMAS))
    assert tuple(turn.speaker for turn in turns) == names * 4


@pytest.mark.parametrize("name", ["teams_utf16_guid.vtt", "teams_json_cues.vtt", "speaker_in_cue_id.vtt"])
def test_the_talk_keeps_exact_times_and_its_overlap(name: str) -> None:
    transcript = read_transcript(FOLDER / name)
    assert tuple(turn.start_seconds for turn in transcript.turns) == pytest.approx(STARTS)
    assert transcript.turns[2].end_seconds == pytest.approx(19.0)  # while the next began at 18.6
    assert transcript.turns[-1].end_seconds == pytest.approx(3734.2)
    assert transcript.times_are_exact


@pytest.mark.parametrize("name", ["otter.txt", "rev_style.txt", "teams_2024.docx"])
def test_where_only_beginnings_stand_a_turn_ends_with_the_next(name: str) -> None:
    transcript = read_transcript(FOLDER / name)
    assert [turn.start_seconds for turn in transcript.turns] == [3, 8, 17, 18, 29, 30, 3725, 3728]
    assert [turn.end_seconds for turn in transcript.turns] == [8, 17, 18, 29, 30, 3725, 3728, None]
    assert not transcript.times_are_exact


@pytest.mark.parametrize("name", ["google_meet.txt", "google_meet.docx"])
def test_block_times_are_marked_as_approximate(name: str) -> None:
    transcript = read_transcript(FOLDER / name)
    assert [turn.start_seconds for turn in transcript.turns] == [0.0] * 6 + [3725.0] * 2
    assert transcript.turns[-1].end_seconds == 3740.0
    assert transcript.duration_seconds == 3740.0
    assert not any(turn.times_are_exact for turn in transcript.turns)


def test_the_second_voice_of_a_cue_gets_a_share_of_its_time() -> None:
    turns = read_transcript(FOLDER / "name_in_parentheses.vtt").turns
    assert turns[2].end_seconds == turns[3].start_seconds
    assert 17.1 < (turns[3].start_seconds or 0) < 29.5
    assert [turn.times_are_exact for turn in turns] == [True, True, False, False, False, False, True, True]


def test_bent_subtitles_are_repaired_with_warnings_that_name_the_cue() -> None:
    transcript = read_transcript(FOLDER / "messy.srt")
    assert [turn.speaker for turn in transcript.turns] == [DANA, TOMAS] * 3 + [None, None]
    assert transcript.turns[1].end_seconds == pytest.approx(17.0)  # "16,1000"
    assert (transcript.turns[5].start_seconds, transcript.turns[5].end_seconds) == pytest.approx((30.4, 36.0))
    assert (transcript.turns[-1].start_seconds, transcript.turns[-1].end_seconds) == pytest.approx((90128.0, 90134.2))
    for cue in ("Cue 2 ", "Cue 7 ", "Cue 8 ", "cue 5 ", "cue 9 "):
        assert any(cue in warning for warning in transcript.warnings), cue


def test_unknown_speakers_stay_unknown() -> None:
    turns = read_transcript(FOLDER / "otter.txt").turns
    assert [turn.speaker for turn in turns] == [DANA, TOMAS, DANA, TOMAS, None, TOMAS, DANA, TOMAS]


def test_words_without_times_get_times_between_their_neighbours() -> None:
    turns = read_transcript(FOLDER / "whisperx.json").turns
    assert all(" ".join(word.text for word in turn.words) == turn.text for turn in turns)
    words = [word for turn in turns for word in turn.words]
    assert all(word.start_seconds <= word.end_seconds for word in words)
    percent = next(word for word in words if word.text == "40%")
    assert 8.4 < percent.start_seconds < percent.end_seconds < 17.0


def test_karaoke_captions_give_word_times() -> None:
    words = read_transcript(FOLDER / "youtube_karaoke.vtt").turns[0].words
    assert [word.text for word in words] == ["yeah", "what", "this", "will", "happen", "is", "I'm", "telling"]
    assert [round(word.start_seconds, 3) for word in words[2:]] == [304.08, 304.199, 304.379, 304.62, 304.86, 305.069]


def test_headers_give_title_date_length_and_names_to_offer() -> None:
    meet = read_transcript(FOLDER / "google_meet_public_call.md")
    assert meet.recorded == datetime(2024, 11, 21, 15, 51, tzinfo=UTC)
    assert meet.duration_seconds == 3032.0
    assert meet.offered_names == ()
    assert read_transcript(FOLDER / "teams_2024_scrambled.docx").duration_seconds == 6832.0
    assert read_transcript(FOLDER / "teams_2024.docx").recorded == datetime(2026, 9, 15, 8, 2)
    assert read_transcript(FOLDER / "zoom_saved_caption.txt").clock_at_start == time(10, 3, 12)
    numbered = read_transcript(FOLDER / "tstbtc_numbered_speakers.md")
    assert numbered.offered_names == ("Aaron van Wirdum", "Ava Chow", "Ishaana Misra", "Mark Erhardt")
    assert numbered.title == "The State of Bitcoin Core Development"


def test_a_renamed_person_is_one_person_and_it_is_said() -> None:
    warnings = read_transcript(FOLDER / "webex_scrambled.vtt").warnings
    assert any("VOICE-D12-RENAMED" in warning and "VOICE-D12”" in warning for warning in warnings)
    assert any("cue 13 " in warning for warning in warnings)


def test_a_guessed_encoding_is_said() -> None:
    assert any("GB18030" in warning for warning in read_transcript(FOLDER / "gb2312_no_unicode.srt").warnings)


def test_a_chat_log_is_told_apart_from_speech() -> None:
    with pytest.raises(ImportFileError, match="chat log"):
        read_transcript(FOLDER / "zoom_chat_not_speech.txt")


def test_no_file_is_left_untested() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"README.md", "zoom_chat_not_speech.txt"}
    assert names == {*FOUND, *BY_HAND}
