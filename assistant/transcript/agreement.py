"""Which words of a growing utterance can be shown as stable?

Local agreement (Macháček, Dabre, Bojar 2023): what two successive hypotheses have in common at their beginning is
committed. Committed words are a display state; the final decode may still change them.
"""

from __future__ import annotations

from assistant.values import Word

UNSTABLE_SECONDS = 0.4  # words that end nearer to the end of the audio lack right context


class Agreement:
    """Feed it each hypothesis of one utterance, with times on the call's clock."""

    def __init__(self) -> None:
        self._committed: tuple[Word, ...] = ()
        self._previous: tuple[Word, ...] = ()

    @property
    def committed(self) -> tuple[Word, ...]:
        return self._committed

    def add(self, words: tuple[Word, ...], heard_until_seconds: float) -> tuple[Word, ...]:
        """Take a hypothesis of the audio up to `heard_until_seconds`; return all words to be shown now."""
        tail = self._behind_committed(words)
        stable = 0
        # The last word is never committed: it may be half of a longer one.
        for word, before in zip(tail[:-1], self._previous, strict=False):
            if same(word, before) and word.end_seconds <= heard_until_seconds - UNSTABLE_SECONDS:
                stable += 1
            else:
                break
        self._committed += tail[:stable]
        self._previous = tail[stable:]
        return self._committed + self._previous

    def _behind_committed(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        count = len(self._committed)
        if all(map(same, self._committed, words[:count])) and len(words) >= count:
            return words[count:]
        if not self._committed:
            return words
        end_seconds = self._committed[-1].end_seconds
        return tuple(word for word in words if (word.start_seconds + word.end_seconds) / 2 > end_seconds)


def same(one: Word, other: Word) -> bool:
    """Equal but for case and punctuation."""
    return _letters(one.text) == _letters(other.text)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum()) or text
