"""What the panel shows, from the events alone: no window here."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields

import pytest

from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
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
from tests.ui.desktop import script
from ui.desktop.lines import SpanKind
from ui.desktop.panel_state import PanelState, Part
from ui.desktop.standing import Phase, Severity


def state_at(seconds: float = 1000.0, *more: object) -> PanelState:
    state = PanelState()
    state.apply_all(script.events(seconds))
    for event in more:
        state.apply(Stamped(event, seconds, seconds))  # type: ignore[arg-type]
    return state


def marked(state: PanelState) -> list[tuple[str, SpanKind]]:
    return [(line.text[span.start : span.end], span.kind) for line in state.lines.rows for span in line.spans]


def test_the_demo_marks_the_claims_on_their_words():
    flags = [mark for mark in marked(state_at()) if mark[1] is not SpanKind.GOOD_SIGN]
    assert flags == [
        ("increased revenue by 7000%", SpanKind.NUMBER_ONLY),
        ("improved a lot of things across the platform", SpanKind.VAGUE),
        ("it works so much better now", SpanKind.VAGUE),
        ("customer satisfaction is up 35%", SpanKind.NUMBER_ONLY),
    ]


def test_a_mistake_that_is_admitted_is_a_good_sign():
    goods = [text for text, kind in marked(state_at()) if kind is SpanKind.GOOD_SIGN]
    assert any("couldn't tell which of the two had helped" in text for text in goods)


def test_a_hint_stands_for_a_while_and_what_helps_is_marked_as_good():
    term = CommunicationCue(CueKind.UNEXPLAINED_TERM, Channel.THEM, 0, "CQRS", 24.0, 24.4, "Ask for it.")
    state = state_at(60.0, term)
    assert state.hint.startswith("“CQRS”")
    assert Part.HINT in state.apply(Stamped(Level(Channel.YOU, -20.0), 110.0, 110.0)).parts and state.hint == ""
    words = script.events(60.0)
    final = next(s.event for s in words if isinstance(s.event, TranscriptUpdate) and s.event.channel is Channel.THEM)
    quote, start, end = final.text, final.words[0].start_seconds, final.words[-1].end_seconds
    helped = CommunicationCue(CueKind.HELPS_LISTENER, Channel.THEM, 0, quote, start, end, "Helps.")
    state = state_at(60.0, helped)
    good = [span for line in state.lines.rows for span in line.spans if span.kind is SpanKind.GOOD_SIGN]
    assert state.hint == "" and ["listener" in state.reason(one.reason_id).text for one in good] == [True]


def test_a_withdrawn_flag_leaves_no_mark_and_no_reason():
    state = state_at(1000.0, FlagWithdrawn("f2", "The own part was said."))
    assert "improved a lot of things across the platform" not in [text for text, _ in marked(state)]


def test_cards_come_with_their_claims_and_go_when_they_are_asked_or_answered():
    assert [card.id for card in state_at(38.0).cards] == ["q1", "q2", "q9"]
    assert [card.id for card in state_at().cards] == ["q3", "q4"]


def test_a_card_says_the_words_the_question_and_why_with_the_time():
    card = state_at(32.0).cards[0]
    assert (card.quote, card.kind) == ("increased revenue by 7000%", ClaimKind.NUMBER_ONLY)
    assert card.why == "number without baseline or method · 00:24"


def test_a_card_that_the_interviewer_took_is_gone_before_the_core_confirms_it():
    state = state_at(38.0)
    assert Part.CARDS in state.take_card("q1").parts
    assert [card.id for card in state.cards] == ["q2", "q9"]
    confirmed = state.apply(Stamped(FollowUpRetired("q1", RetiredWhy.ASKED), 39.0, 39.0))
    assert Part.CARDS not in confirmed.parts


def test_chips_are_covered_by_the_candidates_answers_with_their_sentences():
    state = state_at()
    chips = {chip.name: chip for chip in state.chips}
    assert list(chips) == [
        "What was measured", "How measured", "Own part", "Hardest part", "How overcome", "Result",
        "Lesson, differently today", "Trade-off", "Explained",
    ]  # fmt: skip
    expected = [
        one for one in script.truth() if {Aspect.METRIC_DEFINITION, Aspect.BASELINE} & set(one.aspects) and one.label
    ]
    assert [proof.text for proof in chips["What was measured"].evidence] == [one.sentence.text for one in expected]
    assert not any(chip.is_covered for chip in state_at(3.0).chips)


def test_the_reason_of_a_flag_names_what_is_missing_and_the_card():
    reason = state_at().reason("f1")
    assert reason is not None
    assert reason.missing == "the starting point, how it was measured"
    assert reason.question == "What did that 7000% measure, and against what starting point?"


def test_what_is_no_longer_marked_has_no_reason():
    assert state_at(1000.0, FlagWithdrawn("f1", "It was substantiated.")).reason("f1") is None


def test_a_good_sign_says_what_is_good_about_it():
    state = state_at(1000.0)
    admitted = [span for line in state.lines.rows for span in line.spans if span.kind is SpanKind.GOOD_SIGN]
    assert {(state.reason(one.reason_id).title, "mistake" in state.reason(one.reason_id).text) for one in admitted} == {
        ("Good sign", True)
    }


def test_a_sentence_without_a_mark_leaves_nothing_behind():
    state = state_at(1000.0)
    before = sizes(state)
    for number in range(100, 200):
        words = (Word("Well.", 2000.0 + number, 2000.5 + number),)
        state.apply(Stamped(ReviewedSentence(Sentence(number, Channel.THEM, words), Label.NEUTRAL), 3000.0, 3000.0))
    assert sizes(state) == before


def sizes(state):
    return {one.name: len(kept) for one in fields(state) if isinstance(kept := getattr(state, one.name), Sized)}


def test_partial_text_is_shown_behind_what_is_agreed_on():
    line = state_at(57.0).lines.rows[-1]
    assert (line.text, line.text[: line.settled]) == ("That's fair,", "That's")


def test_the_delay_is_the_median_of_the_last_partials_and_the_workers_when_it_is_behind():
    state = state_at(57.0)
    assert state.delay_seconds == pytest.approx(0.8)
    state.apply(Stamped(Status(State.BEHIND, behind_seconds=6.2), 58.0, 58.0))
    assert state.delay_seconds == 6.2
    state.apply(Stamped(Status(State.CAUGHT_UP), 60.0, 60.0))
    assert state.delay_seconds == pytest.approx(0.8)


def test_the_talk_balance_counts_spoken_words():
    state = PanelState()
    assert state.share_of_you is None
    for number, (channel, seconds) in enumerate([(Channel.YOU, 1.0), (Channel.THEM, 3.0)]):
        update = TranscriptUpdate(UpdateKind.FINAL, channel, number, 0.0, 9.0, (Word("so", 0.0, seconds),))
        state.apply(Stamped(update, 9.0, 9.0))
    assert state.share_of_you == 0.25


def test_the_clock_never_runs_backwards():
    state = state_at(10.0, Level(Channel.YOU, -20.0))
    before = state.clock_seconds
    state.apply(Stamped(Mark(1.0), 1.0, 1.0))
    assert state.clock_seconds == before


def phases(*statuses: Status) -> PanelState:
    return state_at(3.0, *statuses)


def test_states_cannot_be_confused():
    assert phases().standing.phase is Phase.RECORDING
    assert phases(Status(State.PAUSED)).standing.phase is Phase.PAUSED
    assert phases(Status(State.PAUSED), Status(State.RECORDING)).standing.phase is Phase.RECORDING
    assert phases(Status(State.DISK_FULL, "full")).standing.phase is Phase.STOPPED
    assert phases(Status(State.FINISHING)).standing.phase is Phase.FINISHING
    assert phases(Status(State.FINISHED)).standing.phase is Phase.FINISHED


def test_a_lost_device_is_named_until_it_is_back():
    lost = Status(State.DEVICE_LOST, "It was unplugged.", Channel.YOU)
    (notice,) = phases(lost).standing.notices
    assert (notice.title, notice.severity) == ("Your microphone is not heard", Severity.WARNING)
    assert phases(lost, Status(State.DEVICE_BACK, channel=Channel.YOU)).standing.notices == ()
    both = phases(
        lost, Status(State.DEVICE_LOST, "Gone.", Channel.THEM), Status(State.DEVICE_BACK, channel=Channel.YOU)
    )
    assert [notice.title for notice in both.standing.notices] == ["The call is not heard"]


SILENCES = [Status(State.SILENT, f"The {channel} sound is digital silence.", channel) for channel in Channel]


def test_silence_is_said_until_there_is_sound():
    state = phases(*SILENCES)
    zeros, sound = (Stamped(Level(Channel.YOU, peak_dbfs), 4.0, 4.0) for peak_dbfs in (-96.0, -90.3))
    assert Part.STANDING not in state.apply(zeros).parts
    assert [notice.key for notice in state.standing.notices] == ["silent you", "silent them"]
    assert Part.STANDING in state.apply(sound).parts
    assert [notice.key for notice in state.standing.notices] == ["silent them"]
    assert Part.STANDING not in state.apply(sound).parts


def test_what_goes_on_is_said_no_more_once_the_recording_has_stopped():
    lost = Status(State.DEVICE_LOST, "Unplugged. The recording goes on.", Channel.YOU)
    standing = phases(SILENCES[1], lost, Status(State.DISK_FULL, "full")).standing
    assert ([notice.key for notice in standing.notices], standing.lost) == (["disk"], frozenset())


@pytest.mark.parametrize("then", [Status(State.FINISHING), Status(State.DEVICE_LOST, "Unplugged.", Channel.YOU)])
def test_silence_is_said_no_more_when_the_call_ends_or_its_device_is_gone(then):
    notices = phases(SILENCES[0], Status(State.WARNING, "A word was left out."), then).standing.notices
    assert [notice.key for notice in notices if "lost" not in notice.key] == ["warning"]


def test_a_full_disk_is_said_once_and_still_after_the_end():
    state = phases(Status(State.DISK_FULL, "full"), Status(State.FINISHING), Status(State.FAILED, "full"))
    state.close()
    assert state.standing.phase is Phase.FINISHED
    assert [notice.key for notice in state.standing.notices] == ["disk"]


def test_a_failed_engine_leaves_the_recording_on():
    state = phases(Status(State.FAILED, "The engine failed."))
    assert state.standing.phase is Phase.RECORDING
    assert state.standing.is_deaf


def test_a_kept_call_shows_its_lines_marks_and_what_stayed_open():
    state = PanelState.from_call(script.call())
    live = state_at()
    assert [line.text for line in state.lines.rows] == [line.text for line in live.lines.rows]
    assert marked(state) == marked(live)
    assert [card.id for card in state.cards] == ["q3", "q4"]
    assert state.standing.phase is Phase.FINISHED
    assert state.clock_seconds == 186.85
    assert state.chips == live.chips


def test_hostile_text_in_cards_and_notices_is_cleaned():
    follow_up = FollowUp("q", ClaimKind.VAGUE, Channel.THEM, Aspect.RESULT, "a\x00b\u202ec", "x\ny", "q\u2028q")
    state = state_at(1.5, follow_up, Status(State.WARNING, "one\x1b[31mtwo"))
    (card,) = state.cards
    assert (card.question, card.why, card.quote) == ("abc", "x y", "q q")
    assert state.standing.notices[0].detail == "one[31mtwo"


def test_a_card_says_where_a_language_model_has_worded_it():
    words = ("q1", ClaimKind.VAGUE, Channel.THEM, Aspect.RESULT, "What came of it?", "Nothing to check yet.")
    state = PanelState(title="Role")
    state.apply_all([Stamped(FollowUp(*words), 1.0, 1.0), Stamped(FollowUp(*words, worded_by="tiny"), 2.0, 2.0)])
    assert [card.why for card in state.cards] == ["Nothing to check yet · reworded"]
