from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.call import Call, CallState, FollowUpFate
from assistant.fates import with_fates_of
from assistant.values import Aspect, Channel, ClaimKind, FollowUp, RetiredWhy


def follow_up(start_seconds: float | None, aspect: Aspect = Aspect.BASELINE, id_: str = "q1") -> FollowUp:
    end_seconds = None if start_seconds is None else start_seconds + 1.0
    return FollowUp(
        id_, ClaimKind.VAGUE, Channel.THEM, aspect, "How?", "So.", start_seconds=start_seconds, end_seconds=end_seconds
    )


def call(*fates: FollowUpFate) -> Call:
    return Call("", "", datetime.now(UTC), 60.0, CallState.FINISHED, "tiny.en", follow_ups=fates)


def merged(before: FollowUpFate, after: FollowUpFate) -> tuple[float | None, RetiredWhy | None]:
    (fate,) = with_fates_of(call(before), call(after)).follow_ups
    return fate.retired_at_seconds, fate.retired_why


DISMISSED = FollowUpFate(follow_up(10.0), 12.0, 20.0, RetiredWhy.DISMISSED)


@pytest.mark.parametrize("start_seconds", [9.5, 10.0, 11.8])
def test_what_was_put_off_stays_so_where_its_words_have_moved_a_little(start_seconds: float) -> None:
    assert merged(DISMISSED, FollowUpFate(follow_up(start_seconds), 13.0)) == (20.0, RetiredWhy.DISMISSED)


def test_another_place_or_another_question_is_another_follow_up() -> None:
    assert merged(DISMISSED, FollowUpFate(follow_up(30.0), 32.0)) == (None, None)
    assert merged(DISMISSED, FollowUpFate(follow_up(10.0, Aspect.LESSON), 12.0)) == (None, None)
    assert merged(DISMISSED, FollowUpFate(follow_up(None), 12.0)) == (None, None)


def test_a_question_about_no_place_is_known_by_its_aspect() -> None:
    asked = FollowUpFate(follow_up(None), 12.0, 20.0, RetiredWhy.ASKED)
    assert merged(asked, FollowUpFate(follow_up(None), 25.0)) == (25.0, RetiredWhy.ASKED)


def test_what_was_gone_before_is_not_brought_back() -> None:
    gone = FollowUpFate(follow_up(10.0), 12.0, 15.0, RetiredWhy.ANSWERED)
    assert merged(DISMISSED, gone) == (15.0, RetiredWhy.ANSWERED)


def test_only_what_the_interviewer_did_is_kept() -> None:
    answered = FollowUpFate(follow_up(10.0), 12.0, 20.0, RetiredWhy.ANSWERED)
    assert merged(answered, FollowUpFate(follow_up(10.0), 12.0)) == (None, None)


def test_the_words_of_a_language_model_stay_what_was_shown() -> None:
    worded = replace(follow_up(10.0), question="How come?", worded_by="tiny")
    for before, after in ((worded, follow_up(10.5)), (worded, follow_up(30.0))):
        (fate,) = with_fates_of(call(FollowUpFate(before, 12.0)), call(FollowUpFate(after, 13.0))).follow_ups
        shown = fate.follow_up
        is_same = after.start_seconds == 10.5
        assert (shown.question, shown.worded_by) == (("How come?", "tiny") if is_same else ("How?", ""))
