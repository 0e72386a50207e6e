"""How hard is the worker pressed, and what is left out first? Pure policy, used by `Streaming`.

Sound is never left out: what cannot be decoded in time is decoded later. What gives way, rung by rung, is what costs
the listener least: first how often partial text is renewed, last how thoroughly the text that stays is searched.
"""

from __future__ import annotations

from enum import IntEnum


class Rung(IntEnum):
    """Each rung includes those below it."""

    FREE = 0
    SLOWER_PARTIALS = 1
    ONE_VOICE = 2  # partial text of one voice only
    NO_PARTIALS = 3
    GREEDY_FINALS = 4  # no beam search: about a fifth cheaper, and a little less exact


# Sound that waits longer than this brings the worker on that rung. 0.8 s more than the shortest step is the step of the
# first rung: what leads there is due there.
WAITING_SECONDS = {Rung.SLOWER_PARTIALS: 0.8, Rung.ONE_VOICE: 1.5, Rung.NO_PARTIALS: 4.0, Rung.GREEDY_FINALS: 8.0}
FALLS_BELOW = 0.5  # of what led there: without a distance between up and down it would flutter


class Pressure:
    """Goes up at once, as far as needed; comes down a rung at a time."""

    def __init__(self) -> None:
        self.rung = Rung.FREE

    def feel(self, waiting_seconds: float) -> None:
        """`waiting_seconds` is how long the oldest sound has been waiting that should have been decoded by now."""
        reached = max((rung for rung, limit in WAITING_SECONDS.items() if waiting_seconds > limit), default=Rung.FREE)
        if reached > self.rung:
            self.rung = reached
        elif self.rung and waiting_seconds < WAITING_SECONDS[self.rung] * FALLS_BELOW:
            self.rung = Rung(self.rung - 1)
