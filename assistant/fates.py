"""What was shown and done with follow-ups during a call stays so when the call is reviewed once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.call import Call, FollowUpFate
from assistant.values import FollowUp, RetiredWhy

PUT_AWAY = (RetiredWhy.ASKED, RetiredWhy.DISMISSED)
NEAR_SECONDS = 1.0  # words of two transcripts that stand so near each other are the same place


def with_fates_of(before: Call, after: Call) -> Call:
    """`after` with each follow-up retired that was asked or dismissed in `before`, at the latest when it was there, and
    worded as a language model had it then.

    The same one is meant by the same kind and aspect about the same place of the recording: its words may have changed.
    """
    put_away = [fate for fate in before.follow_ups if fate.retired_why in PUT_AWAY]
    worded = [fate.follow_up for fate in before.follow_ups if fate.follow_up.worded_by]
    fates = (_retired(_worded(fate, worded), put_away) for fate in after.follow_ups)
    return replace(after, follow_ups=tuple(fates))


def _worded(fate: FollowUpFate, worded: Sequence[FollowUp]) -> FollowUpFate:
    same = next((earlier for earlier in worded if _is_same(earlier, fate.follow_up)), None)
    if same is None:
        return fate
    return replace(fate, follow_up=replace(fate.follow_up, question=same.question, worded_by=same.worded_by))


def _retired(fate: FollowUpFate, put_away: Sequence[FollowUpFate]) -> FollowUpFate:
    same = next((earlier for earlier in put_away if _is_same(earlier.follow_up, fate.follow_up)), None)
    if same is None or same.retired_at_seconds is None:
        return fate
    if fate.retired_at_seconds is not None and fate.retired_at_seconds <= same.retired_at_seconds:
        return fate
    at_seconds = max(same.retired_at_seconds, fate.raised_at_seconds)
    return replace(fate, retired_at_seconds=at_seconds, retired_why=same.retired_why)


def _is_same(one: FollowUp, other: FollowUp) -> bool:
    if (one.kind, one.channel, one.aspect) != (other.kind, other.channel, other.aspect):
        return False
    if one.start_seconds is None or one.end_seconds is None or other.start_seconds is None or other.end_seconds is None:
        return one.start_seconds is other.start_seconds  # neither is about a place
    return (
        one.start_seconds <= other.end_seconds + NEAR_SECONDS and other.start_seconds <= one.end_seconds + NEAR_SECONDS
    )
