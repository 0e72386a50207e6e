"""How the loop of the recording process ends: with all that was spoken up to the stop, and without waiting for more."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.audio.recorder import process
from assistant.audio.recorder.pauses import Pauses
from assistant.values import SAMPLE_RATE_HZ, Channel, State, Status
from tests.assistant.audio.recorder.reader import on_disk
from tests.assistant.audio.recorder.running import ORIGIN_SECONDS, THEM, YOU, Running, Source
from tests.waiting import PATIENCE_SECONDS, wait_until


def test_sound_that_never_comes_is_waited_for_but_not_for_long(
    running: Running, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_LAST_SOUND_SECONDS", 0.1)
    source.hear(0.0, 4.9)
    stopped_seconds = time.monotonic()
    running.stop(5.0)
    assert running.kept_seconds() == (4.9, 4.9)
    assert time.monotonic() - stopped_seconds >= 0.1


@pytest.mark.usefixtures("patient")
def test_the_last_sound_of_both_is_waited_for_and_cut_at_the_stop(running: Running, source: Source) -> None:
    source.hear(0.0, 4.9)
    running.stop(5.0)
    source.hear(4.9, 5.1, YOU)
    running.goes_on()
    source.hear(4.9, 5.1, THEM)
    assert running.kept_seconds() == (pytest.approx(5.0, abs=1e-4), pytest.approx(5.0, abs=1e-4))


@pytest.mark.usefixtures("patient")
def test_nobody_waits_for_a_channel_that_is_lost(running: Running, source: Source) -> None:
    source.hear(0.0, 4.9)
    source.give(Status(State.DEVICE_LOST, "gone", YOU))
    running.stop(5.0)
    source.hear(4.9, 5.1, THEM)
    assert running.kept_seconds() == (4.9, pytest.approx(5.0, abs=1e-4))


@pytest.mark.usefixtures("patient")
def test_a_channel_that_is_lost_as_the_call_is_stopped_is_waited_for_no_longer(
    running: Running, source: Source
) -> None:
    source.hear(0.0, 4.9)
    running.stop(5.0)
    source.hear(4.9, 5.1, THEM)
    source.give(Status(State.DEVICE_LOST, "gone", YOU))
    assert running.kept_seconds()[0] == 4.9


@pytest.mark.usefixtures("patient")
def test_a_channel_that_is_back_is_waited_for(running: Running, source: Source) -> None:
    source.give(Status(State.DEVICE_LOST, "gone", YOU), Status(State.DEVICE_BACK, "there", YOU))
    source.hear(0.0, 5.1, THEM)
    wait_until(lambda: not source.wait(0.0))
    running.stop(5.0)
    running.goes_on()
    source.hear(0.0, 5.1, YOU)
    assert running.kept_seconds()[0] == pytest.approx(5.0, abs=1e-4)


@pytest.mark.usefixtures("patient")
def test_a_stop_before_any_device_was_there_is_one_at_once(tmp_path: Path) -> None:
    source = Source(None)
    running = Running(tmp_path, source)
    source.give(*(Status(State.DEVICE_LOST, "gone", channel) for channel in Channel))
    running.stop(5.0)
    assert running.kept_seconds() == (0.0, 0.0)


@pytest.mark.usefixtures("patient")
def test_a_stop_in_a_pause_waits_only_for_what_was_spoken_before_the_pause(running: Running, source: Source) -> None:
    source.hear(0.0, 3.9)
    running.loop.pauses.begin(ORIGIN_SECONDS + 4.0)
    running.stop(5.0)
    running.goes_on()
    source.hear(3.9, 4.1)
    assert running.kept_seconds() == (pytest.approx(4.0, abs=1e-4), pytest.approx(4.0, abs=1e-4))


@pytest.mark.usefixtures("patient")
def test_of_two_stops_the_earlier_counts(running: Running, source: Source) -> None:
    """The user's, and that of a system that shuts down."""
    source.hear(0.0, 4.9)
    running.stop(5.5)
    running.stop(5.0)
    running.stop(5.7)
    source.hear(4.9, 5.8)
    assert running.kept_seconds() == (pytest.approx(5.0, abs=1e-4), pytest.approx(5.0, abs=1e-4))


@pytest.mark.usefixtures("patient")
def test_a_stop_that_is_handed_to_a_successor_ends_it_with_its_first_sound(tmp_path: Path, source: Source) -> None:
    running = Running(tmp_path, source, Pauses([ORIGIN_SECONDS + 1.0, ORIGIN_SECONDS + 2.0]))
    running.stop(5.0)
    source.hear(5.5, 5.6)
    assert running.kept_seconds() == (0.0, 0.0)


def test_a_successor_keeps_what_was_spoken_outside_the_pauses_that_it_is_told_of(
    tmp_path: Path, source: Source
) -> None:
    running = Running(tmp_path, source, Pauses([ORIGIN_SECONDS + 1.0, ORIGIN_SECONDS + 2.0, ORIGIN_SECONDS + 3.0]))
    source.hear(0.5, 4.0)
    running.stop(3.5)
    assert running.kept_seconds() == (pytest.approx(3.0, abs=1e-4), pytest.approx(3.0, abs=1e-4))
    recorded = on_disk(tmp_path)[round(0.5 * SAMPLE_RATE_HZ) :]
    assert recorded[:7990].all() and not recorded[8010:24000].any() and recorded[25000:39000].all()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("why", ["it is late", "in a pause", "asked to", "SIGTERM"])
def test_a_recorder_that_is_left_alone_reads_on_to_what_was_spoken_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(process, "_BEAT_SECONDS", 0.01)
    monkeypatch.setattr(process, "ALONE_SECONDS", 0.0 if why == "it is late" else PATIENCE_SECONDS)
    monkeypatch.setattr(process, "is_asked_to_end", lambda _folder: why == "asked to")
    source = Source(time.monotonic() - 5.0)
    assert source.origin_seconds is not None
    pauses = Pauses([source.origin_seconds + 4.5] if why == "in a pause" else [])
    running = Running(tmp_path, source, pauses, is_alone=True)
    source.hear(0.0, 4.0)
    if why == "SIGTERM":
        running.stop(time.monotonic() - ORIGIN_SECONDS)
    wait_until(lambda: running.loop.pauses.is_stopped)
    running.goes_on()
    source.hear(4.0, 2 * PATIENCE_SECONDS)
    ended_seconds = pauses.kept_until_seconds - source.origin_seconds
    assert running.kept_seconds() == (pytest.approx(ended_seconds, abs=1e-4), pytest.approx(ended_seconds, abs=1e-4))
    assert ended_seconds >= 4.5
