"""Is a hypothesis what somebody said, or what a model makes of a noise? Pure rules on the scores of a decode.

No score alone tells: on the telephone half of what is really said has a weak log-probability, and a detector of voices
misses a loud, clipped caller. Each rule needs two witnesses.
"""

from __future__ import annotations

from assistant.ports import Hypothesis

LOOP_COMPRESSION_RATIO = 2.4  # Whisper's own limit: text that compresses better repeats itself
# Where the model finds the text unlikely, a little doubt about speech is enough.
UNLIKELY_LOG_PROBABILITY, SOME_DOUBT = -1.0, 0.3
# So much doubt it has of one real utterance in a hundred. Then the text has to be likely, and a voice in the sound:
# barking gives likely text ("Buh-buh-buh"), stage laughter has a voice ("No, no, no!").
STRONG_DOUBT, LIKELY_LOG_PROBABILITY, FAINTEST_VOICE = 0.5, -0.8, 0.15


def is_nonsense(hypothesis: Hypothesis) -> bool:
    """A loop, or text where there is no speech."""
    likelihood, doubt = hypothesis.average_log_probability, hypothesis.no_speech_probability
    if hypothesis.compression_ratio > LOOP_COMPRESSION_RATIO:
        return True
    if likelihood < UNLIKELY_LOG_PROBABILITY and doubt > SOME_DOUBT:
        return True
    has_no_voice = hypothesis.voice_probability < FAINTEST_VOICE
    return doubt > STRONG_DOUBT and (likelihood < LIKELY_LOG_PROBABILITY or has_no_voice)
