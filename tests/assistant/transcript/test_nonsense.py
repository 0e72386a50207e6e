import pytest

from assistant.ports import Hypothesis
from assistant.transcript.nonsense import is_nonsense
from assistant.values import Word


def is_dropped(likelihood, doubt, compression=1.0, voice=1.0):
    return is_nonsense(Hypothesis((Word("Okay.", 0.0, 0.4),), likelihood, doubt, compression, voice))


# As tiny.en scored them: (average log-probability, no-speech probability, compression, Silero).
@pytest.mark.parametrize(
    ("sound", "scores"),
    [
        ("a dog that seems to say buh-buh-buh", (-0.09, 0.55, 2.2, 0.05)),
        ("a dog that seems to say that's it", (-0.95, 0.58, 1.0, 0.04)),
        ("stage laughter, which has a voice", (-0.86, 0.55, 1.0, 0.95)),
        ("a ringing tone", (-1.14, 0.52, 0.9, 0.02)),
        ("the word earth, over and over", (-0.2, 0.1, 2.8, 0.9)),
    ],
)
def test_what_is_made_of_noise_is_dropped(sound, scores):
    assert is_dropped(*scores), sound


@pytest.mark.parametrize(
    ("word", "scores"),
    [
        ("a yes that Silero does not hear", (-0.63, 0.15, 0.3, 0.05)),
        ("a short bye that Silero does not hear", (-0.49, 0.27, 0.3, 0.15)),
        ("an all right, clipped, which the model doubts", (-0.52, 0.49, 0.6, 0.47)),
        ("a soft yeah, which the model doubts much", (-0.74, 0.80, 0.4, 0.19)),
        ("a weak score on the telephone", (-1.3, 0.2, 0.8, 0.3)),
    ],
)
def test_what_somebody_said_is_kept(word, scores):
    assert not is_dropped(*scores), word
