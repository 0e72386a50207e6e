"""The user's settings while the panel runs: what is stored, what the command line says instead, and how they change.

UI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.settings import Settings, save, usable_value


class Preferences:
    """`overrides` count for this run and are not stored, until the user chooses something else in their place."""

    def __init__(
        self, stored: Settings, path: Path, overrides: Mapping[str, Any] | None = None, is_damaged: bool = False
    ) -> None:
        """`is_damaged`: something in the file could not be used. It is set aside before it is written over."""
        self._stored = stored
        self._path = path
        self._overrides = dict(overrides or {})
        self._is_damaged = is_damaged

    @property
    def now(self) -> Settings:
        return replace(self._stored, **self._overrides)

    def change(self, name: str, value: Any) -> Settings:
        """Set one and store it; those that count now.

        Raises:
            SettingsError: the value can't be used, or the file can't be written. The value counts until the end then.
        """
        try:
            usable = usable_value(name, value)
        except ValueError as error:
            raise SettingsError(f"That can't be used: {error}.") from None
        if usable == getattr(self.now, name):
            return self.now
        self._overrides.pop(name, None)
        self._stored = replace(self._stored, **{name: usable})
        self._set_aside()
        save(self._stored, self._path)
        return self.now

    def _set_aside(self) -> None:
        if not self._is_damaged:
            return
        try:
            self._path.replace(self._path.with_suffix(".damaged.toml"))
        except OSError as error:
            raise SettingsError(
                f"The damaged settings in {self._path} can't be set aside ({error.strerror}), so nothing is written "
                "over them. Repair or remove that file."
            ) from error
        self._is_damaged = False
