"""What goes through the pipe comes out as it was, whatever happens to the pipe."""

from __future__ import annotations

import io
import os
import threading
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.recorder.outbox import LEFT_OUT, Outbox
from assistant.audio.recorder.wire import End, Fact, Message, encode, receive
from assistant.errors import AssistantError, CaptureError, RecordingError
from assistant.values import AudioFrame, AudioGap, Channel, State, Status

channels = st.sampled_from(Channel)
seconds = st.floats(0, 1e6)
frames = st.builds(
    AudioFrame, channels, seconds, st.lists(st.integers(-32768, 32767), max_size=9).map(lambda s: np.array(s, np.int16))
)
messages = st.one_of(
    frames,
    st.builds(AudioGap, channels, seconds, seconds, st.text()),
    st.builds(Status, st.sampled_from(State), st.text(), st.none() | channels, st.none() | seconds),
    st.builds(Fact, st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.text()))),
    st.builds(CaptureError, st.text()),
    st.builds(RecordingError, st.text()),
    st.just(End()),
)


def told(message: Message | None) -> object:
    if isinstance(message, AssistantError):
        return type(message), str(message)
    if isinstance(message, AudioFrame):
        return message.channel, message.start_seconds, message.samples.tolist()
    return message if message is None else (type(message), asdict(message))


@given(st.lists(messages, max_size=6), st.data())
def test_messages_come_out_as_they_went_in_and_a_cut_one_not_at_all(sent: list[Message], data: st.DataObject) -> None:
    encoded = [encode(message) for message in sent]
    whole = b"".join(encoded)
    cut = data.draw(st.integers(0, len(whole)))
    pipe, received = io.BytesIO(whole[:cut]), []
    while (message := receive(pipe)) is not None:
        received.append(message)
    complete = sum(sum(map(len, encoded[: n + 1])) <= cut for n in range(len(encoded)))
    assert [told(message) for message in received] == [told(message) for message in sent[:complete]]


def frame(number: int) -> AudioFrame:
    return AudioFrame(Channel.YOU, number * 0.02, np.full(320, number, np.int16))


@pytest.fixture
def pipe() -> tuple[int, int]:
    return os.pipe()


def test_a_reader_that_stops_is_never_waited_for_and_gets_all_later(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    out = Outbox(theirs)
    for number in range(1000):  # ten times what the pipe holds
        out.send(frame(number))
    flushing = threading.Thread(target=out.flush, args=(10.0,))
    flushing.start()
    with os.fdopen(ours, "rb") as reading:
        received = [receive(reading) for _ in range(1000)]
    flushing.join()
    os.close(theirs)
    assert [int(message.samples[0]) for message in received if isinstance(message, AudioFrame)] == list(range(1000))


def test_beyond_its_limit_frames_are_left_out_and_a_gap_says_so(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    out = Outbox(theirs, most_bytes=20_000)
    for number in range(400):
        out.send(frame(number))
    flushing = threading.Thread(target=out.flush, args=(10.0,))
    flushing.start()
    items: list[AudioFrame | AudioGap] = []
    with os.fdopen(ours, "rb") as reading:
        while not items or items[-1].end_seconds < 400 * 0.02 - 1e-6:
            message = receive(reading)
            assert isinstance(message, AudioFrame | AudioGap)
            items.append(message)
    flushing.join()
    (gap,) = [item for item in items if isinstance(item, AudioGap)]
    assert gap.reason == LEFT_OUT
    for before, after in pairwise(items):
        assert after.start_seconds == pytest.approx(before.end_seconds)
    os.close(theirs)


def test_a_reader_that_has_gone_is_noticed_and_harms_nobody(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    out = Outbox(theirs)
    os.close(ours)
    out.send(frame(1))
    assert out.is_broken
    out.flush(10.0)
    os.close(theirs)
