"""What a model shows when it hears the known sentence; with real weights where it is about weights."""

import pytest

from assistant.ports import Effort
from assistant.values import Word
from models import whisper as module
from models.encoding import Encoder
from models.known_speech import WORDS, agree, is_understood, known_speech, lateness_seconds
from models.whisper import DecodeSettings, WhisperTranscriber


def late(seconds):
    return [Word(w.text.upper(), w.start_seconds + seconds, w.end_seconds + seconds) for w in WORDS]


def test_the_known_sentence_is_understood_whatever_its_capitals_and_punctuation():
    assert is_understood(late(0.0))
    assert not is_understood(late(0.0)[:-1])


def test_a_sentence_said_again_and_again_does_not_agree_with_itself():
    assert agree(late(0.0), late(0.0)[:-1])
    assert not agree(late(0.0) * 2, late(0.0))


def test_how_late_a_model_is_comes_from_the_words_it_got_right():
    assert lateness_seconds(late(0.12)) == pytest.approx(0.12)
    assert lateness_seconds([*late(-0.04)[:6], Word("noise", 9.0, 9.1)]) == pytest.approx(-0.04)
    assert lateness_seconds(late(0.12)[:2]) == 0.0
    assert lateness_seconds(late(5.0)) == pytest.approx(0.3)


class Forgetful(Encoder):
    """It has no memory of silence: the sentence is said again and again."""

    def __init__(self, engine):
        super().__init__(engine)
        self._silence = self._silence[:, :0]


def test_a_model_that_does_not_take_the_memory_of_silence_is_padded_and_that_is_said(model_folder, monkeypatch):
    monkeypatch.setattr(module, "Encoder", Forgetful)
    whisper = WhisperTranscriber(model_folder, "mine")
    assert "30 s at a time" in whisper.notices[0]
    assert "30 s at a time" in whisper.for_call("en", ()).notices[0]
    assert is_understood(whisper.transcribe(known_speech(), Effort.PARTIAL).words)
    as_told = WhisperTranscriber(model_folder, "mine", decode=DecodeSettings.for_width(384))
    assert as_told.notices == ()
    assert not is_understood(as_told.transcribe(known_speech(), Effort.PARTIAL).words)


class HardOfShortHearing(Encoder):
    """With any other window than that of finals nothing is left of the sound."""

    def encode_thinned(self, sounds, window):
        final_window = DecodeSettings.for_width(self.width).final_window
        return super().encode_thinned([one if window == final_window else 0.0 * one for one in sounds], window)


def test_a_model_that_does_not_take_the_window_of_partial_text_gets_that_of_finals(model_folder, monkeypatch):
    monkeypatch.setattr(module, "Encoder", HardOfShortHearing)
    whisper = WhisperTranscriber(model_folder, "mine")
    assert whisper._decode.partial_window == whisper._decode.final_window
    assert is_understood(whisper.transcribe(known_speech(), Effort.PARTIAL).words)


def test_real_weights_take_it(whisper):
    assert whisper.notices == ()
    assert whisper._decode == DecodeSettings.for_width(384)
    heard = whisper.transcribe(known_speech(), Effort.FINAL).words
    assert lateness_seconds(heard) == pytest.approx(0.0, abs=0.03)
