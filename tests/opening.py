"""What opens an encrypted history in tests: a passphrase that is quick to try, and a key store in memory."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from assistant.sealing import key_store, keys
from assistant.sealing.slots import Cost

CHEAP = Cost(iterations=1, lanes=1, memory_kib=8)
PASSPHRASE = "four words nobody says"


class InMemory(KeyringBackend):
    """Keeps what it is given as long as it lives; locked it refuses as a person does who closes the question."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask()
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self._ask()
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        self._ask()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")

    def _ask(self) -> None:
        if self.is_locked:
            raise KeyringLocked("the collection is locked")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemory]:
    """The key store of this computer, until the test is over."""
    before = keyring.get_keyring()
    made = InMemory()
    monkeypatch.setattr(key_store, "TRUSTED", (*key_store.TRUSTED, InMemory.__module__))
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    keys.forget_all()
