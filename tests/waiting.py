"""Waiting for what another thread or process brings about and no event tells of."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 30.0  # far more than it takes anywhere: only a test that fails waits for so long


def wait_until(is_so: Callable[[], bool], told: Callable[[], object] = lambda: "it did not come about") -> None:
    """Fails with what `told` gives when it takes too long."""
    until_seconds = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until_seconds, told()
        time.sleep(0.002)
