"""A call is kept, and what opens it is quick to try."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.sealing import gate, key_store, keys, vault
from assistant.store import Store, conversion, database_copy
from tests.assistant.store.encryption.secret_calls import hold_call
from tests.opening import CHEAP, PASSPHRASE, InMemory, store
from tests.ui.encryption.window import Panel

__all__ = ["store"]


@pytest.fixture(autouse=True)
def a_kept_call(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(conversion, "convert_database", database_copy._convert)
    monkeypatch.setattr(conversion, "want_encrypted", partial(conversion.want_encrypted, cost=CHEAP))
    for name in ("change_passphrase", "change_code"):
        monkeypatch.setattr(vault, name, partial(getattr(vault, name), cost=CHEAP))
    with Store.open(home) as store:
        hold_call(store, 1)
    yield
    keys.forget_all()
    gate.ask_by(None)


@pytest.fixture
def remembered(home: Path, store: InMemory, monkeypatch: pytest.MonkeyPatch) -> InMemory:
    """The key store that opens them; nobody sits at a terminal."""
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as kept:
        conversion.convert(kept)
    key_store.remember(home)
    keys.forget_all()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    return store


@pytest.fixture
def panel(qtbot: Any) -> Iterator[Panel]:
    made = Panel(qtbot)
    yield made
    made.safekeeping.end()
