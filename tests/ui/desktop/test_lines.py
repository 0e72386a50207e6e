"""The transcript as lines: what is shown while someone speaks, and which characters are marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.values import AudioGap, Channel, Mark, TranscriptUpdate, UpdateKind, Word
from ui.desktop.lines import Inserted, LineKind, Lines, Removed, Replaced, SpanKind


def words(text: str, start_seconds: float) -> tuple[Word, ...]:
    return tuple(Word(word, start_seconds + i, start_seconds + i + 0.8) for i, word in enumerate(text.split()))


def said(kind: UpdateKind, number: int, text: str, start_seconds: float, channel: Channel = Channel.THEM):
    spoken = words(text, start_seconds)
    end_seconds = spoken[-1].end_seconds if spoken else start_seconds + 1
    return TranscriptUpdate(kind, channel, number, start_seconds, end_seconds, spoken)


def final(number: int, text: str, start_seconds: float, channel: Channel = Channel.THEM):
    return said(UpdateKind.FINAL, number, text, start_seconds, channel)


def marked(lines: Lines) -> list[tuple[int, str, SpanKind]]:
    return [
        (row, line.text[span.start : span.end], span.kind) for row, line in enumerate(lines.rows) for span in line.spans
    ]


def test_committed_words_stay_while_the_guess_behind_them_changes():
    lines = Lines()
    lines.update(said(UpdateKind.PARTIAL, 0, "we proved a lot", 1))
    lines.update(said(UpdateKind.COMMITTED, 0, "we improved", 1))
    lines.update(said(UpdateKind.PARTIAL, 0, "we improve the lot", 1))
    (line,) = lines.rows
    assert (line.text, line.text[: line.settled], line.is_final) == ("we improved the lot", "we improved", False)


def test_a_final_replaces_its_partial_and_an_empty_one_takes_it_away():
    lines = Lines()
    lines.update(said(UpdateKind.PARTIAL, 0, "hello wor", 1))
    (change,) = lines.update(final(0, "Hello world.", 1))
    assert isinstance(change, Replaced)
    assert change.line.is_final and change.line.settled == len("Hello world.")
    lines.update(said(UpdateKind.PARTIAL, 1, "uh", 5))
    assert lines.update(said(UpdateKind.FINAL, 1, "", 5)) == [Removed(1)]
    assert lines.update(said(UpdateKind.FINAL, 2, "", 6)) == []


def test_lines_stand_in_the_order_of_their_beginnings_with_gaps_and_marks_between():
    lines = Lines()
    lines.update(final(1, "second", 10, Channel.YOU))
    lines.update(final(0, "first", 2))
    lines.gap(AudioGap(Channel.YOU, 5.0, 6.5, "the device was unplugged"))
    lines.mark(Mark(11.0, "team <b>size</b>"))
    assert [line.kind for line in lines.rows] == [LineKind.SPEECH, LineKind.GAP, LineKind.SPEECH, LineKind.MARK]
    assert lines.rows[1].text == "You were not heard for 1.5 s: the device was unplugged"
    assert lines.rows[3].text == "Marked: team <b>size</b>"


def test_a_quote_marks_its_words_without_the_full_stop():
    lines = Lines()
    lines.update(final(0, "I increased revenue by 7000%.", 20))
    lines.span(Channel.THEM, 21.0, 24.8, "increased revenue by 7000%", SpanKind.NUMBER_ONLY, "f1")
    assert marked(lines) == [(0, "increased revenue by 7000%", SpanKind.NUMBER_ONLY)]


def test_a_quote_that_runs_over_two_utterances_marks_both_and_not_the_other_voice():
    lines = Lines()
    lines.update(final(0, "we improved a", 20))
    lines.update(final(1, "really?", 21.5, Channel.YOU))
    lines.update(final(2, "lot of things, honestly", 24))
    lines.span(Channel.THEM, 21.0, 26.8, "improved a lot of things", SpanKind.VAGUE, "f1")
    assert marked(lines) == [(0, "improved a", SpanKind.VAGUE), (2, "lot of things", SpanKind.VAGUE)]


def test_a_withdrawn_mark_goes_from_all_its_lines_and_leaves_the_others():
    lines = Lines()
    lines.update(final(0, "we improved a", 20))
    lines.update(final(2, "lot of things", 24))
    lines.span(Channel.THEM, 21.0, 26.8, "improved a lot of things", SpanKind.VAGUE, "f1")
    lines.span(Channel.THEM, 20.0, 20.8, "we", SpanKind.GOOD_SIGN, "g1")
    assert len(lines.unmark("f1", 21.0)) == 2
    assert marked(lines) == [(0, "we", SpanKind.GOOD_SIGN)]


def test_the_quote_is_found_in_cleaned_text():
    lines = Lines()
    lines.update(final(0, "grew \u202e900%.", 0))
    lines.span(Channel.THEM, 0.0, 2.0, "grew \u202e900%", SpanKind.NUMBER_ONLY, "f1")
    assert marked(lines) == [(0, "grew 900%", SpanKind.NUMBER_ONLY)]


def test_a_time_finds_the_row_in_which_that_voice_speaks():
    lines = Lines()
    lines.update(final(0, "one two three", 0))
    lines.update(final(1, "mhm", 1.5, Channel.YOU))
    lines.update(final(2, "four", 9))
    assert lines.row_at(Channel.THEM, 2.4) == 0
    assert lines.row_at(Channel.THEM, 9.4) == 2
    assert Lines().row_at(Channel.THEM, 1.0) is None


updates = st.builds(
    said,
    st.sampled_from(UpdateKind),
    st.integers(0, 6),
    st.sampled_from(["", "a", "a b c", "a b c d e"]),
    st.floats(0, 60),
    st.sampled_from(Channel),
)


@given(st.lists(updates, max_size=30))
def test_whoever_follows_the_changes_sees_the_same_rows_in_order(spoken):
    lines, followed = Lines(), []
    for update in spoken:
        for change in lines.update(update):
            match change:
                case Inserted(row, line):
                    followed.insert(row, line)
                case Replaced(row, line):
                    followed[row] = line
                case Removed(row):
                    del followed[row]
    assert followed == lines.rows
    starts = [line.start_seconds for line in lines.rows]
    assert starts == sorted(starts)
    assert len({line.utterance for line in lines.rows}) == len(lines.rows)


def test_a_pause_is_one_line_and_what_is_too_short_to_miss_a_word_is_none():
    lines = Lines()
    for channel, start_seconds in ((Channel.YOU, 12.0), (Channel.THEM, 12.02)):
        lines.gap(AudioGap(channel, start_seconds, 14.5, "paused"))
    lines.gap(AudioGap(Channel.THEM, 30.0, 30.1, "the device was exchanged"))
    lines.gap(AudioGap(Channel.YOU, 40.0, 42.0, "paused"))
    assert [line.text for line in lines.rows] == ["Paused for 2.5 s", "Paused for 2.0 s"]
