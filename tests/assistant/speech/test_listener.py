import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.speech.listener import Listener, SpeechEnded, SpeechStarted
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel
from tests.fakes import LoudnessDetector, frames_of, sound


def listen(pieces, frame_samples=320):
    """Play int16 pieces in frames of any size; return the edges and the listener."""
    listener, edges = Listener(Channel.THEM, LoudnessDetector()), []
    for frame in frames_of({Channel.THEM: np.concatenate(pieces)}, frame_samples):
        edges += listener.hear(frame)
    return edges + listener.finish(), listener


def ended(edges):
    return [edge.utterance for edge in edges if isinstance(edge, SpeechEnded)]


def test_an_utterance_holds_the_voice_its_pre_roll_and_a_short_tail():
    edges, _ = listen([sound(1.0, False), sound(2.0, True), sound(1.0, False)])
    (utterance,) = ended(edges)
    assert utterance.start_seconds == pytest.approx(0.7, abs=0.021)
    assert utterance.voice_end_seconds == pytest.approx(3.0, abs=0.021)
    assert utterance.end_seconds == pytest.approx(3.14, abs=0.021)
    assert np.abs(utterance.samples).max() <= 1.0


def test_the_end_is_known_when_the_silence_was_long_enough():
    edges, _ = listen([sound(2.0, True), sound(1.0, False)])
    assert edges[-1].at_seconds == pytest.approx(2.3, abs=0.021)


class Gullible(LoudnessDetector):
    """Takes everything but digital silence for speech."""

    def is_speech(self, samples):
        return bool(samples.any())


def softened(samples, db):
    return np.rint(samples * 10 ** (db / 20)).astype(np.int16)


def hear_all(listener, *pieces):
    return listener.hear(AudioFrame(listener.channel, 0.0, np.concatenate(pieces))) + listener.finish()


def test_a_murmur_is_no_voice_once_a_loud_one_was_heard_whatever_the_detector_says():
    listener = Listener(Channel.THEM, Gullible())
    murmur = softened(sound(3.0, True), -50.0)  # -62 dBFS
    (utterance,) = ended(hear_all(listener, sound(1.0, True), sound(1.0, False), murmur, sound(1.0, False)))
    assert utterance.voice_end_seconds == pytest.approx(1.0, abs=0.021)


def test_a_soft_microphone_loses_no_word():
    listener = Listener(Channel.THEM, Gullible())
    voice = softened(sound(1.0, True), -40.0)  # -52 dBFS, and its soft sounds 15 dB below
    soft = softened(sound(1.0, True), -55.0)
    (utterance,) = ended(hear_all(listener, voice, soft, voice, sound(1.0, False)))
    assert utterance.voice_end_seconds == pytest.approx(3.0, abs=0.021)


@pytest.mark.parametrize("offset", [300, 3000, -15000])
def test_an_offset_of_the_converter_holds_no_utterance_open(offset):
    listener = Listener(Channel.THEM, Gullible())
    call = np.concatenate([sound(1.0, True), sound(2.0, False), sound(1.0, True), sound(1.0, False)]) + np.int16(offset)
    edges = hear_all(listener, call.astype(np.int16))
    assert [u.voice_end_seconds for u in ended(edges)] == pytest.approx([1.0, 4.0], abs=0.021)


def test_speech_that_goes_on_to_the_end_of_the_sound_is_kept():
    edges, _ = listen([sound(1.99, True), sound(0.005, True)])
    assert ended(edges)[0].voice_end_seconds == pytest.approx(2.0, abs=0.021)


def test_a_gap_ends_an_utterance_and_keeps_the_clock():
    listener = Listener(Channel.THEM, LoudnessDetector())
    edges = listener.hear(AudioFrame(Channel.THEM, 0.0, sound(2.0, True)))
    edges += listener.hear(AudioGap(Channel.THEM, 2.0, 62.0, "unplugged"))
    edges += listener.hear(AudioFrame(Channel.THEM, 62.0, sound(2.0, True)))
    edges += listener.finish()
    first, second = ended(edges)
    assert first.voice_end_seconds == pytest.approx(2.0, abs=0.021)
    assert second.start_seconds == pytest.approx(62.0, abs=0.05)
    assert listener.position_seconds == pytest.approx(64.0, abs=0.021)


@pytest.mark.parametrize("gap_seconds", [0.513, 1.007, 2.0, 7.4321])
def test_a_gap_moves_nothing_that_follows(gap_seconds):
    listener = Listener(Channel.THEM, LoudnessDetector())
    first = sound(0.507, False)
    start = len(first) / SAMPLE_RATE_HZ
    listener.hear(AudioFrame(Channel.THEM, 0.0, first))
    listener.hear(AudioGap(Channel.THEM, start, start + gap_seconds, "paused"))
    resumed = round((start + gap_seconds) * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    edges = listener.hear(AudioFrame(Channel.THEM, resumed, np.concatenate([sound(1.0, True), sound(1.0, False)])))
    (utterance,) = ended(edges)
    assert utterance.voice_end_seconds == pytest.approx(resumed + 1.0, abs=0.021)
    position = round(utterance.start_seconds * SAMPLE_RATE_HZ)
    voice_starts = position + int(np.argmax(np.abs(utterance.samples) > 0.1))
    assert voice_starts == round(resumed * SAMPLE_RATE_HZ)  # to the sample


def test_an_hour_of_silence_keeps_no_sound():
    listener = Listener(Channel.THEM, LoudnessDetector())
    for minute in range(10):
        listener.hear(AudioFrame(Channel.THEM, minute * 60.0, sound(60.0, False)))
    assert listener._audio.end - listener._audio.start <= 2 * SAMPLE_RATE_HZ


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 1500),
)
def test_edges_do_not_depend_on_the_size_of_the_frames(stretches, frame_samples):
    pieces = [sound(tenths / 10, is_voice) for tenths, is_voice in stretches]
    pieces.append(sound(0.02, False))
    expected, _ = listen(pieces)
    edges, _ = listen(pieces, frame_samples)
    assert [type(edge) for edge in edges] == [type(edge) for edge in expected]
    for one, other in zip(ended(edges), ended(expected), strict=True):
        assert one.start_seconds == other.start_seconds
        assert np.array_equal(one.samples, other.samples)


def test_starts_and_ends_alternate():
    edges, _ = listen([sound(1.0, True), sound(1.0, False), sound(40.0, True), sound(1.0, False)])
    kinds = [isinstance(edge, SpeechStarted) for edge in edges]
    assert kinds == [True, False] * (len(kinds) // 2)
    assert len(kinds) >= 6  # the long one was cut


def test_an_interruption_ends_the_utterance_and_moves_nothing_that_follows():
    listener = Listener(Channel.THEM, LoudnessDetector())
    listener.hear(AudioFrame(Channel.THEM, 0.0, sound(2.0, True)))
    (first,) = ended(listener.interrupt())
    assert first.voice_end_seconds == pytest.approx(2.0, abs=0.021)
    assert listener.interrupt() == []
    listener.hear(AudioGap(Channel.THEM, 2.0, 32.0, "unplugged"))
    listener.hear(AudioFrame(Channel.THEM, 32.0, sound(1.0, True)))
    (second,) = ended(listener.finish())
    assert second.start_seconds == pytest.approx(32.0, abs=0.05)
