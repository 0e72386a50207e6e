"""Where each word of a hypothesis was said, from the attention of the decoder to the sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ctranslate2
import numpy as np

from assistant.languages import UNSPACED_LANGUAGES
from assistant.values import SAMPLE_RATE_HZ, Word
from models.encoding import FRAME_SAMPLES, WINDOW_POSITIONS, WINDOW_SECONDS

POSITIONS_PER_SECOND = WINDOW_POSITIONS / WINDOW_SECONDS
HEARD_BEHIND_SECONDS = 0.5  # of silence, in which the last word dies away
LONGEST_WORD_SECONDS = 1.2  # a word that seems longer has swallowed a pause
LONGEST_PHRASE = 20  # characters of what stands for a word in a language without spaces
_PUNCTUATION = "、。，．！？；：…,.!?;:"


@dataclass(frozen=True, slots=True)
class Heard:
    """Sound as a decoder sees it: what the encoder made of `seconds` of it, of which words up to `lead_seconds` are
    `lead_tokens`, given and not heard."""

    encoded: Any
    seconds: float
    lead_seconds: float = 0.0
    lead_tokens: tuple[int, ...] = ()


def timed_words(engine: Any, tokenizer: Any, heard: Heard, said: list[int], late_seconds: float) -> tuple[Word, ...]:
    """The words of the tokens `said`, which follow the lead's, with times from the lead's end on: monotone, and inside
    the sound. One stretch at a time: together they take half as long again. Raises RuntimeError where the engine fails.

    Args:
        late_seconds: by how much the attention of this model follows the sound.
    """
    if not said:
        return ()
    frames = max(2, round(heard.seconds * SAMPLE_RATE_HZ) // FRAME_SAMPLES)
    apart = _LeadApart(tokenizer, len(heard.lead_tokens)) if heard.lead_tokens else tokenizer
    (entries,) = engine.find_alignment(apart, [[*heard.lead_tokens, *said]], _without_silence(heard), [frames])
    own = entries[1:] if heard.lead_tokens else entries
    return _words(heard, own, tokenizer.language_code not in UNSPACED_LANGUAGES, late_seconds)


class _LeadApart:
    """A tokenizer that takes the lead's tokens for one word. What is said behind them may go on without a space ("7",
    "000 users"): split together with the lead, it would be part of the lead's last word, and lost with that."""

    def __init__(self, tokenizer: Any, lead_count: int) -> None:
        self._tokenizer = tokenizer
        self._lead_count = lead_count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def split_to_word_tokens(self, tokens: list[int]) -> tuple[list[str], list[list[int]]]:
        texts, own = self._tokenizer.split_to_word_tokens(tokens[self._lead_count :])
        return ["", *texts], [tokens[: self._lead_count], *own]


def _without_silence(heard: Heard) -> Any:
    """What the encoder made of the sound: no word lies in the silence behind it, and half the time goes into that."""
    positions = round((heard.seconds + HEARD_BEHIND_SECONDS) * POSITIONS_PER_SECOND)
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.asarray(heard.encoded)[:, :positions]))


def estimated_words(tokenizer: Any, heard: Heard, said: list[int]) -> tuple[Word, ...]:
    """The same without asking the engine, which costs a fifth of a greedy decode: each word gets a share of the sound
    by its length. For text that will be replaced within the second."""
    texts, _ = tokenizer.split_to_word_tokens(said)
    length = sum(map(len, texts)) or 1
    seconds_per_character = (heard.seconds - heard.lead_seconds) / length
    entries = []
    at_seconds = heard.lead_seconds
    for text in texts:
        end_seconds = at_seconds + len(text) * seconds_per_character
        entries.append({"word": text, "start": at_seconds, "end": end_seconds, "probability": 1.0})
        at_seconds = end_seconds
    return _words(heard, entries, tokenizer.language_code not in UNSPACED_LANGUAGES, late_seconds=0.0)


def _words(
    heard: Heard, entries: Sequence[dict[str, Any]], writes_spaces: bool, late_seconds: float
) -> tuple[Word, ...]:
    zero_seconds = heard.lead_seconds + late_seconds
    latest = heard.seconds - heard.lead_seconds
    words: list[Word] = []
    for entry in entries:
        text = entry["word"].strip()
        if not text:
            continue
        earliest = words[-1].end_seconds if words else 0.0
        end = min(max(float(entry["end"]) - zero_seconds, earliest), latest)
        is_joined = bool(words) and not entry["word"].startswith(" ")  # "7" ",000" "%" are one word
        if is_joined and (writes_spaces or _goes_on(words[-1].text)):
            words[-1] = replace(words[-1], text=words[-1].text + text, end_seconds=end)
            continue
        start = min(max(float(entry["start"]) - zero_seconds, earliest, end - LONGEST_WORD_SECONDS), end)
        words.append(Word(text, start, end, float(entry["probability"])))
    return tuple(words)


def _goes_on(phrase: str) -> bool:
    """Whether the next piece belongs to it, where no spaces are written: words there end with punctuation."""
    return phrase[-1] not in _PUNCTUATION and len(phrase) < LONGEST_PHRASE
