"""What the loop of the recording process tells of a pause: that all is given out from before it, and that it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.audio.recorder import process
from assistant.audio.recorder.pauses import AFTER_PAUSE_SECONDS, Pauses
from assistant.values import AudioFrame, AudioGap, Channel, State, Status
from tests.assistant.audio.recorder.running import ORIGIN_SECONDS, THEM, YOU, Running, Source
from tests.waiting import wait_until


@pytest.fixture
def paused_seconds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The clock: right behind a press, so that nothing has been waited for too long unless a test says so."""
    now_seconds = [ORIGIN_SECONDS + 3.0]
    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=lambda: now_seconds[0]))  # there alone
    yield now_seconds


def told(running: Running) -> list[Status]:
    return [one for one in running.sent if isinstance(one, Status) and one.state is State.PAUSED]


def gaps(running: Running) -> set[tuple[Channel, float, float, str]]:
    found = [one for one in running.sent if isinstance(one, AudioGap)]
    return {(gap.channel, round(gap.start_seconds, 3), round(gap.end_seconds, 3), gap.reason) for gap in found}


def heard(running: Running) -> None:
    """Wait until the loop has done all that it does with what it was given."""
    running.source.wait_idle()


def press(running: Running, *turns_seconds: float) -> None:
    pauses = running.loop.pauses
    for turn_seconds in turns_seconds:
        (pauses.end if pauses.is_on else pauses.begin)(ORIGIN_SECONDS + turn_seconds)


@pytest.mark.usefixtures("paused_seconds")
def test_it_is_told_once_and_behind_the_last_sound_of_both(running: Running, source: Source) -> None:
    source.hear(0.0, 2.7)
    press(running, 3.0)
    source.hear(2.7, 3.2, YOU)
    heard(running)
    assert not told(running)
    source.hear(2.7, 3.2, THEM)
    wait_until(lambda: bool(told(running)))
    source.hear(3.2, 3.4)
    heard(running)
    assert len(told(running)) == 1
    place = running.sent.index(told(running)[0])
    ends = {one.channel: one.end_seconds for one in running.sent[:place] if isinstance(one, AudioFrame)}
    assert ends == {YOU: pytest.approx(3.0, abs=1e-4), THEM: pytest.approx(3.0, abs=1e-4)}
    assert not [one for one in running.sent[place:] if isinstance(one, AudioFrame)]


@pytest.mark.usefixtures("paused_seconds")
def test_a_lost_channel_is_not_waited_for(running: Running, source: Source) -> None:
    source.hear(0.0, 2.7)
    source.give(Status(State.DEVICE_LOST, "gone", YOU))
    press(running, 3.0)
    source.hear(2.7, 3.2, THEM)
    wait_until(lambda: bool(told(running)))


def test_sound_that_never_comes_is_not_waited_for_for_long(
    running: Running, source: Source, paused_seconds: list[float]
) -> None:
    source.hear(0.0, 2.7)
    press(running, 3.0)
    heard(running)
    assert not told(running)
    paused_seconds[0] += 1.1
    wait_until(lambda: bool(told(running)))


def test_nothing_is_told_while_sound_waits_that_a_stall_held_up(
    running: Running, source: Source, paused_seconds: list[float]
) -> None:
    source.hear(0.0, 2.0)
    heard(running)
    press(running, 3.0)
    paused_seconds[0] += 1.1
    source.hear(2.0, 2.7)
    wait_until(lambda: bool(told(running)))
    place = running.sent.index(told(running)[0])
    ends = {one.channel: one.end_seconds for one in running.sent[:place] if isinstance(one, AudioFrame)}
    assert ends == {YOU: pytest.approx(2.7), THEM: pytest.approx(2.7)}


@pytest.mark.usefixtures("paused_seconds")
def test_each_pause_is_told_and_is_a_gap_afterwards(running: Running, source: Source) -> None:
    source.hear(0.0, 2.7)
    press(running, 3.0, 3.5)
    source.hear(2.7, 4.0)
    heard(running)
    press(running, 4.2, 6.0, 6.5)
    source.hear(4.0, 7.0)
    wait_until(lambda: bool(told(running)))
    heard(running)
    after = round(3.5 + AFTER_PAUSE_SECONDS, 3), round(6.0 + AFTER_PAUSE_SECONDS, 3)
    spans = [(3.0, after[0]), (4.2, after[1])]
    wait_until(lambda: gaps(running) == {(channel, *span, "paused") for channel in Channel for span in spans})


@pytest.mark.usefixtures("paused_seconds")
def test_a_successor_that_starts_in_a_pause_tells_it_and_no_gap_of_what_it_did_not_hear(
    tmp_path: Path, source: Source
) -> None:
    with closing(Running(tmp_path, source, Pauses([ORIGIN_SECONDS + 2.0]), goes_on=True)) as running:
        source.hear(2.5, 3.0)
        wait_until(lambda: bool(told(running)))
        press(running, 3.0)
        source.hear(3.0, 3.4)
        heard(running)
    assert any(isinstance(one, AudioFrame) for one in running.sent)
    assert not gaps(running)
