"""A Whisper model as the core's `Transcriber`, on CTranslate2 with faster-whisper's features and tokenizer.

Used by the decode worker's thread only, which it may block for the time of one decode; `transcribe_all` by as many
threads at once as the model has workers.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from assistant.errors import ModelError, TranscriptionError
from assistant.glossary import glossary_notice, usable_terms
from assistant.languages import AUTO, ENGLISH, UNSPACED_LANGUAGES, language_name, review_notice
from assistant.ports import Effort, Hypothesis, Lead
from assistant.values import SAMPLE_RATE_HZ, Word
from models.decoding import decode, doubt_of_speech
from models.encoding import FULL_WINDOW, WINDOW_SECONDS, Encoder, Window
from models.glossary import Glossary
from models.heap import give_back
from models.known_speech import agree, is_understood, known_speech, lateness_seconds
from models.loading import ENGINE_FAULTS, cause, load_engine, not_loaded
from models.spoken_language import SpokenLanguage
from models.voice import voice_probability
from models.word_times import Heard

DOUBTFUL_LOG_PROBABILITY = -1.0  # of words behind a lead
DOUBTFUL_SPEECH = 0.4  # no-speech probability from which another model is asked for a voice
# Of a recording's windows, in which speech has less. With half of the silence behind it a noise is taken for words more
# often ("beep beep"), so what is above is decoded once more with all of it.
SURE_SPEECH = 0.25
REPEATED_WORDS = 4  # at the beginning: nobody says so much again, word by word
TINY_WIDTH = 384
GIVE_BACK_FINALS = 30  # a minute or two of a dense call


@dataclass(frozen=True, slots=True)
class DecodeSettings:
    """Windows by measurement on telephone calls: the larger model invents words behind too short a tail."""

    partial_window: Window
    final_window: Window
    beam_size: int = 5
    batch_beam_size: int = 5  # of `transcribe_all`

    @classmethod
    def for_width(cls, encoder_width: int) -> DecodeSettings:
        if encoder_width <= TINY_WIDTH:
            # Behind its first three guesses the smallest model has none that is better, once it hears some sentences.
            return cls(partial_window=Window(1.0, 3.0), final_window=Window(1.3, 5.0), batch_beam_size=3)
        return cls(partial_window=Window(1.3, 5.0), final_window=Window(2.0, 6.0))


PADDED = DecodeSettings(partial_window=FULL_WINDOW, final_window=FULL_WINDOW)


class WhisperTranscriber:
    """Implements `assistant.ports.Transcriber` and `BatchTranscriber`. One that is loaded writes English until
    `for_call` says otherwise.

    Args:
        folder: a CTranslate2 Whisper model with its `tokenizer.json`; it is not looked for anywhere else.
        name: as shown to users.
        threads: of one decode.
        decode: windows and beam, `PADDED` decodes as faster-whisper does. By default those for the size of the model,
            and `PADDED` for one that does not take the memory of silence.
        workers: how many threads may use it at once; the weights are shared.

    Raises:
        ModelError: the folder can't be loaded as a Whisper model.
    """

    def __init__(
        self, folder: Path, name: str, threads: int = 1, decode: DecodeSettings | None = None, workers: int = 1
    ) -> None:
        self.name = name
        self.workers = workers
        self._load_notices: tuple[str, ...] = ()
        self._call_notices: tuple[str, ...] = ()
        self._late_seconds = 0.0
        self._finals = 0  # since free memory was given back
        if not (folder / "tokenizer.json").is_file():
            raise ModelError(
                f"The model folder {folder} has no tokenizer.json, so its text can't be read. "
                "Copy the whole model again, or choose another model."
            )
        self.engine = load_engine(folder, threads, workers)
        try:
            self._encoder = Encoder(self.engine)
            self._tokenizer = cache(self._new_tokenizer)
            self._spoken = SpokenLanguage(ENGLISH)
            self._glossary = Glossary((), self._tokenizer(ENGLISH))
            self._decode = decode or DecodeSettings.for_width(self._encoder.width)
            self._get_acquainted(may_change=decode is None)
        except (*ENGINE_FAULTS, OSError) as error:
            raise not_loaded(folder, error) from error

    @property
    def language(self) -> str:
        return self._spoken.known or ""

    @property
    def notices(self) -> tuple[str, ...]:
        return self._load_notices + self._call_notices

    def for_call(self, language: str, glossary: Sequence[str]) -> WhisperTranscriber:
        """See `assistant.ports.Transcriber`. The weights are shared."""
        call = copy.copy(self)
        code, notice = self._possible(language)
        call._spoken = SpokenLanguage(code)
        call._glossary = Glossary(usable_terms(glossary), self._tokenizer(ENGLISH))
        notices = (notice, glossary_notice(glossary, len(call._glossary.terms), code))
        call._call_notices = tuple(filter(None, notices))
        return call

    def _possible(self, language: str) -> tuple[str, str]:
        """The language that this model can write in place of the one that is wanted, and what a user has to know."""
        if not self.engine.model.is_multilingual:
            if language in (AUTO, ENGLISH):
                return ENGLISH, ""
            return ENGLISH, (
                f"The speech model {self.name} knows English only, so this call is transcribed as English and not as "
                f"{language_name(language)}. A multilingual model such as base may know it: `depthcue models list`."
            )
        if language == AUTO:
            return AUTO, ""
        if self.engine.hf_tokenizer.token_to_id(f"<|{language}|>") is None:
            return AUTO, (
                f"The speech model {self.name} does not know {language_name(language)}; the nearest language that it "
                "knows is heard from what is said first."
            )
        return language, review_notice(language)

    def transcribe(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None = None) -> Hypothesis:
        """`samples` is (samples,) float32 in -1..1 at 16 kHz, at most 30 s. See `assistant.ports.Transcriber`."""
        if len(samples) > WINDOW_SECONDS * SAMPLE_RATE_HZ:
            raise ValueError(f"{len(samples) / SAMPLE_RATE_HZ:.1f} s do not fit into Whisper's window of 30 s")
        try:
            hypothesis, own = self._hypothesis(samples, effort, lead), samples
            if lead is not None and effort is Effort.PARTIAL:
                if len(lead.words) >= REPEATED_WORDS and _repeats(hypothesis.words, lead.words):
                    hypothesis = replace(hypothesis, words=())
            elif lead is not None:
                own = samples[round(lead.seconds * SAMPLE_RATE_HZ) :]
                hypothesis = self._judged_alone(hypothesis, own, effort, lead)
            self._note_final(effort)
            return self._with_language(_with_voice(hypothesis, own))
        except ENGINE_FAULTS as error:
            raise TranscriptionError(
                f"The speech engine failed ({cause(error)}). The recording goes on; it can be transcribed afterwards."
            ) from error

    def _judged_alone(self, hypothesis: Hypothesis, own: NDArray[np.float32], effort: Effort, lead: Lead) -> Hypothesis:
        """What was heard behind a lead, `own` being the samples there, where that can be trusted."""
        if _repeats(hypothesis.words, lead.words) or _is_wordless(hypothesis.words):
            return self._hypothesis(own, effort, None)
        if hypothesis.average_log_probability >= DOUBTFUL_LOG_PROBABILITY:
            return hypothesis
        # After speech the model takes everything for speech: that is judged without the lead.
        alone = Heard(self._encoder.encode(own, self._decode.final_window), len(own) / SAMPLE_RATE_HZ)
        doubt = doubt_of_speech(self.engine, self._tokenizer(self._spoken.known or ENGLISH), alone)
        return replace(hypothesis, no_speech_probability=doubt)

    def _note_final(self, effort: Effort) -> None:
        self._finals += effort is not Effort.PARTIAL
        if self._finals >= GIVE_BACK_FINALS:
            self._finals = 0
            give_back()

    def transcribe_all(self, windows: Sequence[NDArray[np.float32]]) -> list[Hypothesis]:
        """See `assistant.ports.BatchTranscriber`."""
        try:
            heard = self._heard(windows, self._encoder.encode_thinned(windows, self._decode.final_window))
            tokenizer = self._tokenizer(self._language_of(heard))
            said = self._said(heard, tokenizer, Effort.FINAL, self._decode.batch_beam_size)
            doubtful = [place for place, its in enumerate(said) if its.no_speech_probability > SURE_SPEECH]
            if doubtful:
                sounds = [windows[place] for place in doubtful]
                whole = [self._encoder.encode(samples, self._decode.final_window) for samples in sounds]
                again = self._said(self._heard(sounds, whole), tokenizer, Effort.FINAL, self._decode.beam_size)
                for place, hypothesis in zip(doubtful, again, strict=True):
                    said[place] = hypothesis
        except ENGINE_FAULTS as error:
            raise TranscriptionError(
                f"The speech engine failed ({cause(error)}). The recording is kept; try again, or choose another model."
            ) from error
        return [
            self._with_language(_with_voice(hypothesis, samples))
            for hypothesis, samples in zip(said, windows, strict=True)
        ]

    def _new_tokenizer(self, language: str) -> Any:
        multilingual = self.engine.model.is_multilingual
        return Tokenizer(self.engine.hf_tokenizer, multilingual, task="transcribe", language=language)

    def _get_acquainted(self, may_change: bool) -> None:
        """Hear a known sentence: whether the memory of silence does what it should for this model, and how late its
        attention is; and whether the window of partial text will do, which is that of finals if not. It also warms
        buffers and threads, so that the first words of a call are not late."""
        sound = known_speech()
        words = self._hypothesis(sound, Effort.HASTY, None).words
        if may_change and not is_understood(words):
            short, self._decode = self._decode, PADDED
            padded_words = self._hypothesis(sound, Effort.HASTY, None).words
            if agree(words, padded_words):
                self._decode = short
            else:
                words = padded_words
                self._load_notices = (
                    f"The speech model {self.name} does not work with short windows: it is given 30 s at a time, and "
                    "text comes several times as late. The models of the catalogue are faster: `depthcue models list`.",
                )
        self._late_seconds = lateness_seconds(words)
        has_windows_apart = self._decode.partial_window != self._decode.final_window
        if may_change and has_windows_apart and not agree(words, self._hypothesis(sound, Effort.PARTIAL, None).words):
            self._decode = replace(self._decode, partial_window=self._decode.final_window)
        voice_probability(sound)

    def _hypothesis(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None) -> Hypothesis:
        is_final = effort is not Effort.PARTIAL
        if is_final:
            encoded = self._encoder.encode(samples, self._decode.final_window)
        else:
            [encoded] = self._encoder.encode_thinned([samples], self._decode.partial_window)
        heard = Heard(encoded, len(samples) / SAMPLE_RATE_HZ, lead.seconds if lead else 0.0)
        tokenizer = self._tokenizer(self._spoken.known or self._hear_language(heard, settles=is_final))
        if lead:
            said = tokenizer.encode(" " + " ".join(word.text for word in lead.words))
            heard = replace(heard, lead_tokens=tuple(said))
        return self._said([heard], tokenizer, effort, self._decode.beam_size)[0]

    def _said(self, heard: Sequence[Heard], tokenizer: Any, effort: Effort, beam_size: int) -> list[Hypothesis]:
        beam_size = beam_size if effort is Effort.FINAL else 1
        has_exact_times = effort is not Effort.PARTIAL
        said = decode(self.engine, tokenizer, heard, beam_size, self._late_seconds, has_exact_times=has_exact_times)
        is_parted = tokenizer.language_code not in UNSPACED_LANGUAGES  # into words, of which some may be terms
        has_terms = bool(self._glossary.prompt) and is_parted
        if effort is not Effort.FINAL or not has_terms or not any(one.words for one in said):
            return said
        prompted = decode(self.engine, tokenizer, heard, beam_size, self._late_seconds, self._glossary.prompt)
        return [
            replace(one, words=self._glossary.merged(one.words, other.words))
            for one, other in zip(said, prompted, strict=True)
        ]

    def _heard(self, sounds: Sequence[NDArray[np.float32]], encoded: Sequence[Any]) -> list[Heard]:
        return [Heard(one, len(samples) / SAMPLE_RATE_HZ) for one, samples in zip(encoded, sounds, strict=True)]

    def _with_language(self, hypothesis: Hypothesis) -> Hypothesis:
        """A hypothesis with the call's language as it is known now."""
        news = self._spoken.take_news()
        notice = ""
        if news:
            terms = self._glossary.terms
            notices = review_notice(news), glossary_notice(terms, len(terms), news)
            notice = " ".join(filter(None, (f"Heard as {language_name(news)} from now on.", *notices)))
        return replace(hypothesis, language=self._spoken.known or ENGLISH, notice=notice)

    def _language_of(self, heard: Sequence[Heard]) -> str:
        """The code to write all of them in; where none settles it, what the longest sounds like."""
        guess, longest_seconds = ENGLISH, 0.0
        for one in heard:
            if self._spoken.known is not None:
                break
            code = self._hear_language(one, settles=True)
            if one.seconds > longest_seconds:
                guess, longest_seconds = code, one.seconds
        return self._spoken.known or guess

    def _hear_language(self, heard: Heard, settles: bool) -> str:
        tokens = self.engine.model.detect_language(heard.encoded)[0]
        probabilities = [(token.strip("<|>"), probability) for token, probability in tokens]
        return self._spoken.hear(probabilities, heard.seconds, settles)


def _is_wordless(words: Sequence[Word]) -> bool:
    """Whether there is nothing but punctuation, which the model likes to end a lead with that a gap has torn off."""
    return bool(words) and not any(character.isalnum() for word in words for character in word.text)


def _repeats(words: Sequence[Word], lead: Sequence[Word]) -> bool:
    """Whether the model has heard the lead once more instead of what follows it, as it does now and then in a noise."""
    count = min(REPEATED_WORDS, len(lead))
    spoken, before = ([word.text.casefold() for word in some[:count]] for some in (words, lead))
    return count > 1 and spoken == before


def _with_voice(hypothesis: Hypothesis, samples: NDArray[np.float32]) -> Hypothesis:
    """Where the model doubts that somebody speaks in `samples`, another one is asked."""
    if not hypothesis.words or hypothesis.no_speech_probability <= DOUBTFUL_SPEECH:
        return hypothesis
    return replace(hypothesis, voice_probability=voice_probability(samples))
