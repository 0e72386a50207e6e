"""The decoder's half of Whisper: several stretches of encoded sound at once to text with scores and word times."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import ctranslate2
import numpy as np

from assistant.ports import Hypothesis
from models.word_times import Heard, estimated_words, timed_words

# Nobody says more than so many tokens a second; a loop ends there. Whisper's vocabulary has whole words of some
# languages, pieces of others, and of the rest hardly more than single bytes, three to a letter (measured on the
# Universal Declaration of Human Rights; people say 15 letters a second, in haste 20).
_WHOLE_WORDS = {
    "af", "ca", "da", "de", "en", "es", "fr", "gl", "id", "it", "ms", "nl", "nn", "no", "oc", "pl", "pt", "ru", "sv",
    "tr",
}  # fmt: skip
_BYTES = {
    "am", "as", "bn", "bo", "gu", "hi", "hy", "ka", "km", "kn", "lo", "ml", "mr", "my", "ne", "pa", "sa", "si", "ta",
    "te", "th", "yi",
}  # fmt: skip
WHOLE_WORDS_PER_SECOND, PIECES_PER_SECOND, BYTES_PER_SECOND = 7, 16, 45
SPARE_TOKENS = 8
MOST_POSITIONS = 448  # of Whisper's decoder: for what it is given and what it says
MOST_TOKENS = MOST_POSITIONS // 2  # that it was trained to say at once


def decode(
    engine: Any,
    tokenizer: Any,
    heard: Sequence[Heard],
    beam_size: int,
    late_seconds: float,
    terms: Sequence[int] = (),
    *,
    has_exact_times: bool = True,
) -> list[Hypothesis]:
    """What was said in each of `heard`. In a batch the weights are read once a step and not once a step and stretch.

    Args:
        engine: a `faster_whisper.WhisperModel`.
        late_seconds: by how much the attention of this model follows the sound.
        has_exact_times: align each word with the sound; otherwise its times are estimates.
        terms: tokens of what may be said, given to the model as what was said before.

    Raises:
        RuntimeError: the engine failed.
    """
    before = [tokenizer.sot_prev, *terms] if terms else []
    prompts = [[*before, *tokenizer.sot_sequence, tokenizer.no_timestamps, *one.lead_tokens] for one in heard]
    most = most_tokens(tokenizer.language_code, max(one.seconds for one in heard))
    results = engine.model.generate(
        _stacked(heard),
        prompts,
        beam_size=beam_size,
        # The engine bounds the new tokens at half of this, and all tokens at this.
        max_length=min(max(2 * most, most + max(map(len, prompts))), MOST_POSITIONS),
        return_scores=True,
        return_no_speech_prob=True,
        suppress_blank=True,
    )
    said = [
        # The engine gives the lead's tokens back.
        [token for token in result.sequences_ids[0] if token < tokenizer.eot][len(one.lead_tokens) :]
        for one, result in zip(heard, results, strict=True)
    ]
    texts = [tokenizer.decode(tokens).strip() for tokens in said]
    if has_exact_times:
        words = [
            timed_words(engine, tokenizer, one, tokens, late_seconds) for one, tokens in zip(heard, said, strict=True)
        ]
    else:
        words = [estimated_words(tokenizer, one, tokens) for one, tokens in zip(heard, said, strict=True)]
    return [
        Hypothesis(
            words=its_words if text else (),
            # The engine divides by the length of all tokens, those of the lead included.
            average_log_probability=(
                result.scores[0] * (len(one.lead_tokens) + len(tokens)) / len(tokens) if tokens else 0.0
            ),
            no_speech_probability=result.no_speech_prob,
            compression_ratio=compression_ratio(text) if text else 1.0,
            written_in=tokenizer.language_code,
        )
        for one, result, tokens, text, its_words in zip(heard, results, said, texts, words, strict=True)
    ]


def most_tokens(language: str, seconds: float) -> int:
    """How many tokens may be said in so much time, in the language of this code."""
    per_second = PIECES_PER_SECOND
    if language in _WHOLE_WORDS:
        per_second = WHOLE_WORDS_PER_SECOND
    elif language in _BYTES:
        per_second = BYTES_PER_SECOND
    return min(round(seconds * per_second) + SPARE_TOKENS, MOST_TOKENS)


def compression_ratio(text: str) -> float:
    """Whisper's measure of a loop, the same for every script. Over the bytes of UTF-8, of which a letter of Hindi has
    three that begin alike, each long Hindi sentence would be a loop; so every letter is one byte here. Some letters of
    large scripts share theirs: whole phrases do not."""
    written = bytes(code if code < 128 else 128 + code % 128 for code in map(ord, text))
    return len(written) / len(zlib.compress(written))


def doubt_of_speech(engine: Any, tokenizer: Any, heard: Heard) -> float:
    """The probability that nobody speaks in `heard`, as the first step of a decode gives it. Raises RuntimeError."""
    prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    result = engine.model.generate(heard.encoded, [prompt], beam_size=1, max_length=2, return_no_speech_prob=True)[0]
    return float(result.no_speech_prob)


def _stacked(heard: Sequence[Heard]) -> Any:
    if len(heard) == 1:
        return heard[0].encoded
    return ctranslate2.StorageView.from_array(np.concatenate([np.asarray(one.encoded) for one in heard]))
