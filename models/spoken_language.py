"""Which language a call is in: as it was set, or heard once and for all from what is said first.

Used by the decode worker's thread only.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.languages import AUTO, ENGLISH

# Of one decode, before it settles the language of a call: a short "Okay." sounds like many languages.
SURE_PROBABILITY = 0.8
LEAST_SECONDS = 2.0
LIKELY_PROBABILITY = 0.5  # below it a guess is worse than English


class SpokenLanguage:
    """One call's; both voices share it.

    Args:
        wanted: its code, or `AUTO` to hear it.
    """

    def __init__(self, wanted: str) -> None:
        self.known: str | None = None if wanted == AUTO else wanted
        self._news = ""

    def hear(self, probabilities: Sequence[tuple[str, float]], seconds: float, settles: bool) -> str:
        """The code to write a stretch of `seconds` in. `probabilities` are (code, probability), the best one first;
        where it `settles` and is sure, the call is in that language from now on."""
        code, probability = probabilities[0]
        if settles and probability >= SURE_PROBABILITY and seconds >= LEAST_SECONDS:
            self.known = code
            self._news = code if code != ENGLISH else ""
        return code if probability >= LIKELY_PROBABILITY else ENGLISH

    def take_news(self) -> str:
        """The code of the language, once, if it was heard to be another one than English, which is taken until then."""
        news, self._news = self._news, ""
        return news
