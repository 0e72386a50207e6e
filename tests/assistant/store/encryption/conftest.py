from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.sealing import gate, keys
from assistant.store import Store, conversion, database_copy


@pytest.fixture(autouse=True)
def nobody_knows() -> Iterator[None]:
    yield
    keys.forget_all()
    gate.ask_by(None)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """What the process of its own does is done in this one, which opens the database with nothing else meanwhile: to
    start a process takes half a second each time."""
    monkeypatch.setattr(conversion, "convert_database", database_copy._convert)
    with Store.open(tmp_path) as opened:
        yield opened
