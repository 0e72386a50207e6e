"""Which words of a growing utterance can be shown as stable?

Local agreement (Macháček, Dabre, Bojar 2023): what two successive hypotheses have in common at their beginning is
committed. Committed words are a display state; the final decode may still change them. Only the words count, not their
times: those of a partial are estimates.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.letters import letters as own_letters
from assistant.values import Word


class Agreement:
    """Feed it each hypothesis of one utterance."""

    def __init__(self) -> None:
        self._committed: tuple[Word, ...] = ()
        self._previous: tuple[Word, ...] = ()

    @property
    def committed(self) -> tuple[Word, ...]:
        return self._committed

    def add(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Take a hypothesis of all that was heard of the utterance; return all words to be shown now."""
        tail = words[length_said(self._committed, words) :]
        stable = 0
        # The last word is never committed: it may be half of a longer one.
        for word, before in zip(tail[:-1], self._previous, strict=False):
            if not same(word, before):
                break
            stable += 1
        self._committed += tail[:stable]
        self._previous = tail[stable:]
        return self._committed + self._previous


def length_said(beginning: Sequence[Word], words: Sequence[Word]) -> int:
    """How many of `words` say what `beginning` says: the length of the prefix with the fewest edits to it."""
    costs = _edits(beginning, words)
    return min(range(len(costs)), key=lambda length: (costs[length], abs(length - len(beginning))))


def border(beginning: Sequence[Word], end: Sequence[Word], words: Sequence[Word]) -> int:
    """How many of `words` belong to `beginning` where they say what it and `end` say together: by the fewest edits."""
    before, after = _edits(beginning, words), _edits(end[::-1], words[::-1])[::-1]
    return min(range(len(before)), key=lambda length: (before[length] + after[length], abs(length - len(beginning))))


def _edits(wanted: Sequence[Word], words: Sequence[Word]) -> list[int]:
    """From each prefix of `words`, the empty one first, to all of `wanted`."""
    costs = list(range(len(words) + 1))
    for row, one in enumerate(wanted, 1):
        above, costs = costs, [row]
        for column, given in enumerate(words, 1):
            costs.append(min(above[column] + 1, costs[-1] + 1, above[column - 1] + (not same(one, given))))
    return costs


def same(one: Word, other: Word) -> bool:
    """Equal but for case and punctuation."""
    return letters(one.text) == letters(other.text)


def letters(text: str) -> str:
    """What two writings of a word have in common; of one without a letter all of it."""
    return own_letters(text) or text
