"""What opens an encrypted history, and that nothing destroys it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import SealingError
from assistant.sealing import gate, key_store, keys, vault
from tests.opening import CHEAP, PASSPHRASE, InMemory


@pytest.fixture(autouse=True)
def nobody_knows() -> Iterator[None]:
    yield
    keys.forget_all()


def test_the_passphrase_and_the_code_open_it_however_they_are_typed_and_nothing_else(tmp_path: Path) -> None:
    key, code = vault.create(tmp_path, "Café crème au lait", CHEAP)
    for secret in ("Café crème au lait", "Cafe\u0301 cre\u0300me au lait", code, code.lower().replace("-", " ")):
        keys.forget_all()
        assert vault.unlock(tmp_path, secret) == key
    keys.forget_all()
    before = (tmp_path / gate.FILE_NAME).read_bytes()
    for secret in ("", "cafe creme au lait", code[:-1], "\ud800"):
        with pytest.raises(SealingError, match="neither"):
            vault.unlock(tmp_path, secret)
    assert (tmp_path / gate.FILE_NAME).read_bytes() == before
    kept = vault.find(tmp_path)
    assert kept is not None
    assert kept.is_locked


def test_the_file_is_private_and_holds_neither_key_nor_secret(tmp_path: Path) -> None:
    key, code = vault.create(tmp_path, PASSPHRASE, CHEAP)
    for name in (gate.FILE_NAME, gate.COPY_NAME):
        text = (tmp_path / name).read_text()
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert not any(secret in text for secret in (PASSPHRASE, code, key.secret.hex(), vault._text(key.secret)))
    assert key.secret.hex() not in repr(key) and str(key.secret) not in repr(key)


def test_a_short_passphrase_and_a_second_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match="at least 10"):
        vault.create(tmp_path, "short", CHEAP)
    assert vault.find(tmp_path) is None
    vault.create(tmp_path, PASSPHRASE, CHEAP)
    with pytest.raises(SealingError, match="already"):
        vault.create(tmp_path, PASSPHRASE, CHEAP)


def test_a_key_that_another_window_has_made_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile() -> str:
        monkeypatch.undo()
        vault.create(tmp_path, "of the other window", CHEAP)
        return "00000-00000-00000-00000-00000-00000"

    monkeypatch.setattr(vault, "new_code", meanwhile)
    with pytest.raises(SealingError, match="already"):
        vault.create(tmp_path, PASSPHRASE, CHEAP)
    keys.forget_all()
    vault.unlock(tmp_path, "of the other window")


def test_another_passphrase_and_another_code_take_the_place_of_the_old_ones(tmp_path: Path) -> None:
    key, code = vault.create(tmp_path, PASSPHRASE, CHEAP)
    vault.change_passphrase(tmp_path, "five other words of mine", CHEAP)
    newer_code = vault.change_code(tmp_path, CHEAP)
    keys.forget_all()
    for gone in (PASSPHRASE, code):
        with pytest.raises(SealingError, match="neither"):
            vault.unlock(tmp_path, gone)
    assert vault.unlock(tmp_path, "five other words of mine") == vault.unlock(tmp_path, newer_code) == key
    keys.forget_all()
    with pytest.raises(SealingError, match="locked"):
        vault.change_passphrase(tmp_path, "whoever finds the laptop", CHEAP)


def test_where_no_copy_can_be_prepared_the_old_secrets_count_as_it_is_said(tmp_path: Path) -> None:
    key, code = vault.create(tmp_path, PASSPHRASE, CHEAP)
    hindrance = tmp_path / f"{gate.COPY_NAME}.part"
    hindrance.mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SealingError, match="What was there is kept"):
        vault.change_passphrase(tmp_path, "five other words of mine", CHEAP)
    with pytest.raises(SealingError, match="What was there is kept"):
        vault.change_code(tmp_path, CHEAP)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    for secret in (PASSPHRASE, code):
        keys.forget_all()
        assert vault.unlock(tmp_path, secret) == key


def test_a_copy_that_cannot_be_replaced_hinders_nothing_and_keeps_no_old_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = vault.create(tmp_path, PASSPHRASE, CHEAP)

    def replace(part: Path, target: Path, does: Callable[[Path, Path], Path] = Path.replace) -> Path:
        if target.name == gate.COPY_NAME:
            raise PermissionError(13, "Permission denied")
        return does(part, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        code = vault.change_code(tmp_path, CHEAP)
        keys.forget_all()
        assert vault.unlock(tmp_path, code) == key
    assert [path.name for path in tmp_path.iterdir()] == [gate.FILE_NAME]  # a copy would let the old code open it

    vault.change_passphrase(tmp_path, "five other words of mine", CHEAP)
    assert (tmp_path / gate.COPY_NAME).read_bytes() == (tmp_path / gate.FILE_NAME).read_bytes()


def test_a_missing_copy_is_made_when_the_vault_is_opened(tmp_path: Path, store: InMemory) -> None:
    vault.create(tmp_path, PASSPHRASE, CHEAP)
    key_store.remember(tmp_path)
    path, copy = tmp_path / gate.FILE_NAME, tmp_path / gate.COPY_NAME
    for opens in (lambda: vault.unlock(tmp_path, PASSPHRASE), lambda: key_store.recall(tmp_path)):
        copy.unlink()
        keys.forget_all()
        assert opens()
        assert copy.read_bytes() == path.read_bytes() and copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[1]", b'{"format": 2, "id": "", "slots": [], "is_wanted": true}', None]
)
def test_a_damaged_or_lost_file_is_read_from_its_copy_and_told_where_both_are(
    tmp_path: Path, damage: bytes | None
) -> None:
    key, _ = vault.create(tmp_path, PASSPHRASE, CHEAP)
    for name in (gate.FILE_NAME, gate.COPY_NAME):
        keys.forget_all()
        assert vault.unlock(tmp_path, PASSPHRASE) == key
        if damage is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_bytes(damage)
    if damage is None:
        assert vault.find(tmp_path) is None
    else:
        with pytest.raises(SealingError, match="backup"):
            vault.find(tmp_path)


def test_no_flipped_bit_makes_another_vault_of_it(tmp_path: Path) -> None:
    vault.create(tmp_path, PASSPHRASE, CHEAP)
    whole, path = vault.find(tmp_path), tmp_path / gate.FILE_NAME
    sound = path.read_bytes()
    (tmp_path / gate.COPY_NAME).unlink()
    found_out = 0
    for place in range(len(sound)):
        damaged = bytearray(sound)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            assert vault.find(tmp_path) == whole
        except SealingError:
            found_out += 1
    assert found_out > len(sound) / 2


def test_a_file_from_before_there_was_a_check_is_read(tmp_path: Path) -> None:
    key, _ = vault.create(tmp_path, PASSPHRASE, CHEAP)
    path = tmp_path / gate.FILE_NAME
    table = json.loads(path.read_bytes())
    del table["check"]
    path.write_text(json.dumps({**table, "format": 1}))
    keys.forget_all()
    (tmp_path / gate.COPY_NAME).unlink()
    assert vault.unlock(tmp_path, PASSPHRASE) == key
