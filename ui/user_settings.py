"""The settings that a command goes by."""

from __future__ import annotations

import sys
from dataclasses import replace

from assistant import settings as stored_settings
from assistant.settings import Settings
from assistant.values import Verbosity


def user_settings(verbosity: str | None = None) -> Settings:
    """The user's settings, with `verbosity` in place of theirs; what in them could not be used is told on stderr."""
    settings, messages = stored_settings.load(stored_settings.settings_path())
    for message in messages:
        print(f"depthcue: {message}", file=sys.stderr)
    return replace(settings, verbosity=Verbosity(verbosity)) if verbosity else settings
