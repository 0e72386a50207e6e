"""Where a fault of the program was, for whoever asks: what is told to a person says only that there was one."""

from __future__ import annotations

import os
import traceback

from assistant.errors import AssistantError


def trace(error: BaseException) -> None:
    """Print where a fault came from, where DEPTHCUE_TRACEBACK asks for it; errors that a person can act on are none."""
    if os.environ.get("DEPTHCUE_TRACEBACK") and not isinstance(error, AssistantError):
        traceback.print_exception(error)
