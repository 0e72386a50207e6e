"""Word lists that stay readable in the source."""

from __future__ import annotations


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text, apart by white space."""
    return frozenset(text.split())
