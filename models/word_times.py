"""Where each word of a hypothesis was said, from the attention of the decoder to the sound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.values import SAMPLE_RATE_HZ, Word
from models.encoding import FRAME_SAMPLES

LONGEST_WORD_SECONDS = 1.2  # a word that seems longer has swallowed a pause
UNSPACED_LANGUAGES = {"zh", "ja", "th", "lo", "my", "yue"}


def timed_words(
    engine: Any,
    tokenizer: Any,
    encoded: Any,
    said: list[int],
    tokens: list[int],
    seconds: float,
    lead_seconds: float,
) -> tuple[Word, ...]:
    """The words of `tokens`, which follow those `said`, with times from `lead_seconds` on; `encoded` is what the
    encoder made of `seconds` of sound. Raises RuntimeError where the engine fails."""
    frames = max(2, round(seconds * SAMPLE_RATE_HZ) // FRAME_SAMPLES)
    aligned = engine.find_alignment(tokenizer, [said + tokens], encoded, frames)[0]
    writes_spaces = tokenizer.language_code not in UNSPACED_LANGUAGES
    position = 0  # in the tokens: where the next entry begins
    words: list[Word] = []
    for entry in aligned:
        is_said = position < len(said)
        position += len(entry["tokens"])
        text = entry["word"].strip()
        if is_said or not text:
            continue
        earliest = words[-1].end_seconds if words else 0.0
        end = min(max(float(entry["end"]) - lead_seconds, earliest), seconds - lead_seconds)
        if words and writes_spaces and not entry["word"].startswith(" "):  # "7" ",000" "%" are one word
            words[-1] = replace(words[-1], text=words[-1].text + text, end_seconds=end)
            continue
        start = min(max(float(entry["start"]) - lead_seconds, earliest, end - LONGEST_WORD_SECONDS), end)
        words.append(Word(text, start, end, float(entry["probability"])))
    return tuple(words)
