"""From sound to locked text: voice detection, segments, policy and real weights together."""

import difflib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from assistant.demo import INTERVIEW
from assistant.ports import Effort, Hypothesis, Lead
from assistant.session import Session, SessionSettings
from assistant.speech.listener import Listener, SpeechEnded
from assistant.transcript.jobs import StreamingSettings
from assistant.transcript.nonsense import is_nonsense
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, TranscriptUpdate, UpdateKind, Word
from models.voice import WebRtcVoiceDetector
from tests.fakes import ListSink, RecordingConversation

DATA = Path(__file__).parents[1] / "data" / "speech"


class ArraySource:
    """Both channels of (samples, 2) int16; of the sound between two times, if they are given, there is only a gap."""

    channels = (Channel.YOU, Channel.THEM)
    duration_seconds = None

    def __init__(self, samples, gap_seconds=(0.0, 0.0)):
        first, last = (round(seconds * SAMPLE_RATE_HZ) for seconds in gap_seconds)
        self._frames = (
            AudioGap(channel, *gap_seconds, "unplugged")
            if start == first < last
            else AudioFrame(channel, start / SAMPLE_RATE_HZ, samples[start : start + 320, column].copy())
            for start in range(0, len(samples), 320)
            if start <= first or start >= last
            for column, channel in enumerate(self.channels)
        )

    def read(self):
        return next(self._frames, None)

    def close(self):
        self._frames = iter(())


def hear(samples, whisper, shows_partials=False, gap_seconds=(0.0, 0.0)):
    sink = ListSink()
    settings = SessionSettings(is_lossless=True, streaming=StreamingSettings(shows_partials=shows_partials))
    source, conversation = ArraySource(samples, gap_seconds), RecordingConversation()
    Session(source, whisper, WebRtcVoiceDetector, conversation, [sink], settings=settings).run()
    return sink.of(TranscriptUpdate)


def excerpt(start_seconds, end_seconds):
    samples, _ = soundfile.read(
        INTERVIEW,
        dtype="int16",
        start=round(start_seconds * SAMPLE_RATE_HZ),
        stop=round(end_seconds * SAMPLE_RATE_HZ),
    )
    return samples


def text_of(updates, channel):
    return " ".join(u.text for u in updates if u.kind is UpdateKind.FINAL and u.channel is channel)


def test_each_voice_is_heard_on_its_own_channel(whisper):
    updates = hear(excerpt(26.9, 37.4), whisper)
    assert "how big was the team" in text_of(updates, Channel.YOU).lower()
    them = text_of(updates, Channel.THEM).lower()
    assert "we improved a lot of things across the platform" in them
    assert "there were six of us" in them
    assert "team" not in them


def test_partial_text_leads_to_the_final_and_costs_no_word(whisper):
    updates = hear(excerpt(24.3, 27.9), whisper, shows_partials=True)
    partials = [u for u in updates if u.kind is UpdateKind.PARTIAL]
    assert len(partials) >= 4
    assert text_of(updates, Channel.THEM) == text_of(hear(excerpt(24.3, 27.9), whisper), Channel.THEM)
    committed = [u.text for u in updates if u.kind is UpdateKind.COMMITTED]
    assert committed
    assert "increased" in committed[-1]


@pytest.mark.parametrize("sound", ["breathing", "barking", "laughter"])
def test_nothing_is_invented_from_what_is_no_speech(whisper, sound):
    noise, rate_hz = soundfile.read(DATA / f"{sound}.flac", dtype="int16")
    assert rate_hz == SAMPLE_RATE_HZ
    updates = hear(np.stack([noise, np.zeros_like(noise)], axis=1), whisper)
    assert [u.text for u in updates if u.words] == []


@pytest.mark.parametrize("gain_db", [-25.0, 0.0, 24.0])
def test_a_short_word_is_kept_however_soft_loud_or_clipped(whisper, gain_db):
    samples, rate_hz = soundfile.read(DATA / "okay_telephone.wav", dtype="float32")
    louder = np.clip(soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ) * 10 ** (gain_db / 20), -1.0, 1.0)
    them = np.pad(np.rint(louder * 32767).astype(np.int16), SAMPLE_RATE_HZ)
    updates = hear(np.stack([np.zeros_like(them), them], axis=1), whisper)
    assert "okay" in text_of(updates, Channel.THEM).lower()


def test_a_detector_opens_on_a_voice_and_not_on_noise():
    def share(samples):
        detector = WebRtcVoiceDetector()
        blocks = [samples[i : i + 320] for i in range(0, len(samples) - 319, 320)]
        return sum(map(detector.is_speech, blocks)) / len(blocks)

    voice = excerpt(20.8, 27.2)[:, 1].copy()
    noise = (np.random.default_rng(0).standard_normal(len(voice)) * 300).astype(np.int16)
    assert share(voice) > 0.7
    assert share(noise) < 0.05
    assert share(np.zeros_like(voice)) == pytest.approx(0.0)


@pytest.mark.parametrize("level_dbfs", [-75.0, -55.0])
def test_the_noise_of_a_soft_channel_opens_nothing_and_a_voice_that_stands_out_of_it_does(level_dbfs):
    voice = excerpt(20.8, 27.2)[:, 1].astype(np.float64)
    noise = np.random.default_rng(0).standard_normal(len(voice)) * 32768 * 10 ** (level_dbfs / 20)
    spoken = noise + voice * 10 ** ((level_dbfs + 43) / 20)  # which has -23 dBFS itself: 20 dB above the noise
    opened = utterances(noise.astype(np.int16))
    assert sum(len(utterance.samples) for utterance in opened) < 0.05 * len(noise)  # webrtcvad's first moments
    assert sum(len(utterance.samples) for utterance in utterances(spoken.astype(np.int16))) > 0.7 * len(voice)


def test_a_gap_costs_no_word_but_its_own(whisper):
    updates = hear(excerpt(20.5, 30.6), whisper, gap_seconds=(3.0, 5.0))  # from "bicycles" to "increased revenue by"
    heard = text_of(updates, Channel.THEM)
    assert "So at my last company an online shop for" in heard.replace(",", "")
    assert "percent" in heard or "%" in heard
    assert "improved a lot of things across the platform" in heard
    words = [word for u in updates if u.kind is UpdateKind.FINAL and u.channel is Channel.THEM for word in u.words]
    improved = next(word for word in words if word.text == "improved")
    assert improved.start_seconds == pytest.approx(28.46 - 20.5, abs=0.2)


def test_both_talking_at_once_lose_no_word_against_each_alone(whisper):
    both = np.stack([excerpt(14.5, 19.0)[:, 0], excerpt(20.6, 25.1)[:, 1]], axis=1)
    together = hear(both, whisper)
    for column, channel in enumerate(Channel):
        alone = np.zeros_like(both)
        alone[:, column] = both[:, column]
        text = text_of(together, channel)
        assert text == text_of(hear(alone, whisper), channel)
        assert len(text.split()) > 5


def test_a_noise_after_speech_does_not_make_the_model_say_that_speech_again(whisper):
    barking, rate_hz = soundfile.read(DATA / "barking.flac", dtype="float32")
    noises = utterances((np.clip(soxr.resample(barking, rate_hz, SAMPLE_RATE_HZ), -1, 1) * 32767).astype(np.int16))
    before = excerpt(19.42, 24.44)[:, 1].astype(np.float32) / 32768
    words = whisper.transcribe(before, Effort.FINAL).words
    assert len(words) > 5
    lead = Lead(len(before) / SAMPLE_RATE_HZ + 0.5, words)
    assert noises
    for noise in noises:
        heard = whisper.transcribe(
            np.concatenate([before, np.zeros(8000, np.float32), noise.samples]), Effort.FINAL, lead
        )
        assert is_nonsense(heard) or not heard.words


@pytest.mark.parametrize(("said", "is_dropped"), [("I think we should move on", True), ("I think so", False)])
def test_partial_text_that_says_its_beginning_again_is_dropped(whisper, monkeypatch, said, is_dropped):
    known = tuple(Word(word, at * 0.3, at * 0.3 + 0.2) for at, word in enumerate(["I", "think", "we", "should"]))
    heard = Hypothesis(tuple(Word(word, 0.0, 0.1) for word in said.split()), -0.3, 0.1, 1.0)
    monkeypatch.setattr(type(whisper), "_hypothesis", lambda *_: heard)
    for count, drops in ((4, is_dropped), (2, False)):  # two words are said twice by many
        led = whisper.transcribe(np.zeros(32_000, np.float32), Effort.PARTIAL, Lead(1.1, known[:count]))
        assert led.words == (() if drops else heard.words)


def utterances(samples):
    listener = Listener(Channel.THEM, WebRtcVoiceDetector())
    edges = listener.hear(AudioFrame(Channel.THEM, 0.0, samples)) + listener.finish()
    return [edge.utterance for edge in edges if isinstance(edge, SpeechEnded)]


LEVEL = {  # what a device or a line does to a voice, as a function of (samples, 2) float64 in int16's range
    "clipped": lambda sound: sound * 10 ** (30 / 20),
    "an offset": lambda sound: sound - 12_000,
    "narrow": lambda sound: soxr.resample(soxr.resample(sound, SAMPLE_RATE_HZ, 8000), 8000, SAMPLE_RATE_HZ),
    "40 dB softer": lambda sound: sound * 10 ** (-40 / 20),
    "50 dB softer": lambda sound: sound * 10 ** (-50 / 20),
}


@pytest.fixture(scope="module")
def as_spoken(whisper):
    return text_of(hear(excerpt(20.5, 27.5), whisper), Channel.THEM)


@pytest.mark.parametrize("spoilt", LEVEL)
def test_a_voice_is_understood_however_it_is_spoilt(whisper, as_spoken, spoilt):
    sound = LEVEL[spoilt](excerpt(20.5, 27.5).astype(np.float64))
    heard = text_of(hear(np.clip(np.rint(sound), -32768, 32767).astype(np.int16), whisper), Channel.THEM)
    assert "increased revenue by" in heard
    assert difflib.SequenceMatcher(None, heard.split(), as_spoken.split()).ratio() > 0.8, heard
