"""What stands in front of an utterance when it is decoded: the one before it, sound and text, if that was near."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assistant.ports import Lead
from assistant.speech.listener import Utterance
from assistant.values import SAMPLE_RATE_HZ, TranscriptUpdate

LONGEST_LEAD_SECONDS = 8.0  # a longer utterance before would only cost time
LONGEST_LED_SECONDS = 5.0  # of a final in the call: a longer one has context of its own, and would come later
LEAD_GAP_SECONDS = 2.0  # after a longer silence it is another matter


def led(
    utterance: Utterance,
    before: tuple[Utterance, TranscriptUpdate] | None,
    samples: NDArray[np.float32] | None = None,
    longest_seconds: float = math.inf,
) -> tuple[NDArray[np.float32], Lead | None]:
    """What to decode of an utterance, and its lead. `before` is the one before it on its channel with its final text;
    `samples` are the utterance's, by default, or those and more behind them; `longest_seconds` is of all together."""
    samples = utterance.samples if samples is None else samples
    if before is None:
        return samples, None
    earlier, update = before
    gap_seconds = utterance.start_seconds - earlier.end_seconds
    is_long = len(earlier.samples) > LONGEST_LEAD_SECONDS * SAMPLE_RATE_HZ
    if not update.words or gap_seconds > LEAD_GAP_SECONDS or is_long:
        return samples, None
    gap = silence(gap_seconds)
    if len(earlier.samples) + len(gap) + len(samples) > longest_seconds * SAMPLE_RATE_HZ:
        return samples, None
    lead = Lead((len(earlier.samples) + len(gap)) / SAMPLE_RATE_HZ, update.words)
    return np.concatenate([earlier.samples, gap, samples]), lead


def silence(seconds: float) -> NDArray[np.float32]:
    """(samples,) of zeros; none for a time that is negative by rounding."""
    return np.zeros(max(0, round(seconds * SAMPLE_RATE_HZ)), np.float32)
