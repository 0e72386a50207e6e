"""A Whisper model as the core's `Transcriber`, on CTranslate2 with faster-whisper's features and tokenizer.

Used by the decode worker's thread only, which it may block for the time of one decode.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio
from numpy.typing import NDArray

from assistant.errors import ModelError, TranscriptionError
from assistant.ports import Effort, Hypothesis, Lead
from assistant.values import SAMPLE_RATE_HZ
from models.encoding import FULL_WINDOW, WINDOW_SECONDS, Encoder, Window
from models.word_times import timed_words

TOKENS_PER_SECOND, SPARE_TOKENS = 7, 8  # nobody says more; a loop ends here
DOUBTFUL_LOG_PROBABILITY = -1.0  # of words behind a lead
TINY_WIDTH = 384


@dataclass(frozen=True, slots=True)
class DecodeSettings:
    """Windows by measurement on telephone calls: the larger model invents words behind too short a tail."""

    partial_window: Window
    final_window: Window
    beam_size: int = 5

    @classmethod
    def for_width(cls, encoder_width: int) -> DecodeSettings:
        if encoder_width <= TINY_WIDTH:
            return cls(partial_window=Window(1.3, 5.0), final_window=Window(1.3, 5.0))
        return cls(partial_window=Window(1.3, 5.0), final_window=Window(2.0, 10.0))


PADDED = DecodeSettings(partial_window=FULL_WINDOW, final_window=FULL_WINDOW)


class WhisperTranscriber:
    """Implements `assistant.ports.Transcriber`.

    Args:
        folder: a CTranslate2 Whisper model with its `tokenizer.json`; it is not looked for anywhere else.
        name: as shown to users.
        threads: of one decode.
        language: code of the language to write down; English-only models know one.
        decode: windows and beam; by default by the size of the model. `PADDED` decodes as faster-whisper does.

    Raises:
        ModelError: the folder can't be loaded as a Whisper model.
    """

    def __init__(
        self, folder: Path, name: str, threads: int = 1, language: str = "en", decode: DecodeSettings | None = None
    ) -> None:
        self.name = name
        if not (folder / "tokenizer.json").is_file():
            raise ModelError(
                f"The model folder {folder} has no tokenizer.json, so its text can't be read. "
                "Copy the whole model again, or choose another model."
            )
        try:
            self.engine: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
            self._tokenizer: Any = Tokenizer(
                self.engine.hf_tokenizer, self.engine.model.is_multilingual, task="transcribe", language=language
            )
            self._encoder = Encoder(self.engine)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The model in {folder} can't be loaded ({error}). It may be damaged, or be no Whisper model in "
                "CTranslate2's form. Import it again, or choose another model."
            ) from error
        self._decode = decode or DecodeSettings.for_width(self._encoder.width)
        # Warm buffers and threads, so that the first words of a call are not late.
        self.transcribe(np.zeros(SAMPLE_RATE_HZ, np.float32), Effort.PARTIAL)

    def transcribe(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None = None) -> Hypothesis:
        """`samples` is (samples,) float32 in -1..1 at 16 kHz, at most 30 s. See `assistant.ports.Transcriber`."""
        if len(samples) > WINDOW_SECONDS * SAMPLE_RATE_HZ:
            raise ValueError(f"{len(samples) / SAMPLE_RATE_HZ:.1f} s do not fit into Whisper's window of 30 s")
        is_final = effort is Effort.FINAL
        window = self._decode.final_window if is_final else self._decode.partial_window
        beam_size = self._decode.beam_size if is_final else 1
        try:
            hypothesis = self._generate(self._encoder.encode(samples, window), len(samples), beam_size, lead)
            if lead is None or hypothesis.average_log_probability >= DOUBTFUL_LOG_PROBABILITY:
                return hypothesis
            # After speech the model takes everything for speech: what it doubts is judged by itself.
            alone = samples[round(lead.seconds * SAMPLE_RATE_HZ) :]
            return self._generate(self._encoder.encode(alone, window), len(alone), beam_size, None)
        except RuntimeError as error:
            raise TranscriptionError(
                f"The speech engine failed ({error}). The recording goes on; it can be transcribed afterwards."
            ) from error

    def _generate(self, encoded: Any, samples: int, beam_size: int, lead: Lead | None) -> Hypothesis:
        tokenizer = self._tokenizer
        seconds = samples / SAMPLE_RATE_HZ
        said = tokenizer.encode(" " + " ".join(word.text for word in lead.words)) if lead else []
        result = self.engine.model.generate(
            encoded,
            [[*tokenizer.sot_sequence, tokenizer.no_timestamps, *said]],
            beam_size=beam_size,
            # The engine bounds the new tokens at half of this.
            max_length=2 * (round(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        tokens = tokens[len(said) :]  # the engine gives them back
        text = tokenizer.decode(tokens).strip()
        return Hypothesis(
            words=timed_words(self.engine, tokenizer, encoded, said, tokens, seconds, lead.seconds if lead else 0.0)
            if text
            else (),
            # The engine divides by the length of all tokens, those of the lead included.
            average_log_probability=result.scores[0] * (len(said) + len(tokens)) / len(tokens) if tokens else 0.0,
            no_speech_probability=result.no_speech_prob,
            compression_ratio=get_compression_ratio(text) if text else 1.0,
        )
