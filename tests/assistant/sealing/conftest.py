from __future__ import annotations

from tests.opening import store

__all__ = ["store"]
