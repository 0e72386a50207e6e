"""Is a hypothesis what somebody said, or what a model makes of a noise? Pure rules on the scores of a decode."""

from __future__ import annotations

from assistant.ports import Hypothesis

LOOP_COMPRESSION_RATIO = 2.4  # Whisper's own limit: text that compresses better repeats itself
# A weak score alone is no sign of nonsense on the telephone; together with doubt about speech it is.
WEAK_LOG_PROBABILITY, NO_SPEECH_PROBABILITY = -1.0, 0.3


def is_nonsense(hypothesis: Hypothesis) -> bool:
    """A loop, or text where there is no speech."""
    return hypothesis.compression_ratio > LOOP_COMPRESSION_RATIO or (
        hypothesis.average_log_probability < WEAK_LOG_PROBABILITY
        and hypothesis.no_speech_probability > NO_SPEECH_PROBABILITY
    )
