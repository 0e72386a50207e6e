"""Encrypted calls on the command line: the passphrase is asked for, and everything else is as it was."""

from __future__ import annotations

import getpass
import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from assistant.audio.recording import read_recording
from assistant.errors import SealingError
from assistant.sealing import key_store, keys, vault
from assistant.sealing.keys import is_sealed
from assistant.settings import Settings
from assistant.store import Store, conversion
from tests.assistant.store.encryption.secret_calls import SECRET, hold_call, readable_files
from tests.opening import CHEAP, PASSPHRASE, InMemory
from tests.ui.test_rewording import held
from ui import unlocking
from ui.cli import main
from ui.doctor.finding import Health
from ui.doctor.history import database, encryption, opens_by_itself
from ui.unlocking import unlock_history

Typed = Callable[..., None]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What somebody types at the terminal, one answer after the other."""

    def answer(*answers: str) -> None:
        left = list(answers)

        def get(_prompt: str, _stream: object) -> str:
            if not left:
                raise EOFError
            return left.pop(0)

        keys.forget_all()
        monkeypatch.setattr(getpass, "getpass", get)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)

    return answer


def test_calls_are_encrypted_listed_shown_exported_and_decrypted(
    home: Path, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    types(PASSPHRASE, PASSPHRASE)
    assert main(["sessions", "encrypt"]) == 0
    said = capsys.readouterr().out
    assert vault.FORGOTTEN in said
    code = re.search(r"Recovery code: (\S+)", said)
    assert code
    assert readable_files(home) == []
    assert encryption(home).text == "all kept calls are encrypted"

    types("wrong", PASSPHRASE)
    assert main(["sessions", "show", "last"]) == 0
    told = capsys.readouterr()
    assert f"{SECRET} line 2" in told.out and "neither" in told.err
    types(code[1])
    assert main(["sessions", "export", "last", "--format", "wav", "--out", str(home / "out")]) == 0
    assert len(list((home / "out").glob("*.wav"))) == 1

    types(PASSPHRASE)
    assert main(["sessions", "decrypt"]) == 0
    types()
    assert main(["sessions", "show", "last"]) == 0
    assert main(["sessions", "decrypt"]) == 0
    assert "not encrypted" in capsys.readouterr().out
    assert encryption(home).text.startswith("off;")


def test_without_the_passphrase_nothing_is_shown_and_nothing_is_changed(
    home: Path, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    types(PASSPHRASE, PASSPHRASE)
    main(["sessions", "encrypt"])
    before = all_files(home)
    capsys.readouterr()
    for answers in (("wrong", "wrong", "wrong"), ()):
        for command in (["list"], ["show", "last"], ["delete", "last"], ["decrypt"], ["passphrase"]):
            types(*answers)
            assert main(["sessions", *command]) == 1
            told = capsys.readouterr()
            assert SECRET not in told.out
            assert "locked" in told.err
    with pytest.raises(SealingError, match="locked"):
        unlock_history()  # as `listen` does before it hears anything
    assert (encryption(home).health, database(home).text) == (Health.OK, "locked, so its calls are not counted")
    assert all_files(home) == before
    assert os.environ["DEPTHCUE_HOME"] == str(home)


def test_a_passphrase_is_refused_when_it_is_short_or_not_typed_twice(
    home: Path, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    for answers, why in (
        (("short",), "at least 10"),
        ((PASSPHRASE, "another one of mine"), "not the same"),
        ((), "No passphrase"),
    ):
        types(*answers)
        assert main(["sessions", "encrypt"]) == 1
        assert why in capsys.readouterr().err
    assert vault.find(home) is None


def test_the_passphrase_is_changed_and_so_is_the_code(
    home: Path, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    types(PASSPHRASE, PASSPHRASE)
    main(["sessions", "encrypt"])
    types(PASSPHRASE, "five other words of mine", "five other words of mine")
    assert main(["sessions", "passphrase"]) == 0
    types("five other words of mine")
    capsys.readouterr()
    assert main(["sessions", "passphrase", "--new-code"]) == 0
    code = re.search(r"Recovery code: (\S+)", capsys.readouterr().out)
    assert code
    types(code[1])
    assert main(["sessions", "list"]) == 0
    types(PASSPHRASE)
    assert main(["sessions", "list"]) == 1


def test_what_was_ended_half_way_is_told_and_gone_on_with(home: Path, types: Typed) -> None:
    vault.create(home, PASSPHRASE, CHEAP)
    found = encryption(home)
    assert found.health is Health.NOTE
    assert "2 parts" in found.text
    types(PASSPHRASE)
    assert main(["sessions", "encrypt"]) == 0
    assert readable_files(home) == []


def test_an_encrypted_recording_is_asked_for_where_the_database_is_not_encrypted_yet(
    home: Path, types: Typed, tmp_path: Path
) -> None:
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as store:
        hold_call(store, 2)
    types(PASSPHRASE)
    assert main(["sessions", "export", "last", "--format", "wav", "--out", str(tmp_path / "out")]) == 0
    assert list((tmp_path / "out").glob("*.wav"))


def test_a_call_that_is_held_is_encrypted_from_its_sound_to_its_follow_ups(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(home, PASSPHRASE, CHEAP)
    with Store.open(home) as store:
        conversion.convert(store)
    call, _ = held(Settings(), monkeypatch)
    assert call.audio is not None and is_sealed(call.audio)
    assert call.flags and call.follow_ups
    assert any(block.any() for block in read_recording(call.audio).blocks())
    assert not [path for path in home.rglob("*") if path.is_file() and b"7000" in path.read_bytes()]
    assert readable_files(home) == []


def test_where_it_is_off_nothing_of_it_is_loaded(home: Path) -> None:
    program = (
        "import sys\nfrom ui.cli import main\nmain(['sessions', 'show', 'last'])\n"
        "print([one for one in ('cryptography', 'sqlcipher3', 'assistant.sealing.vault') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert SECRET in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def all_files(home: Path) -> list[tuple[Path, bytes]]:
    return sorted((path, path.read_bytes()) for path in home.rglob("*") if path.is_file())


def test_what_the_key_store_opens_is_decrypted_without_a_passphrase_and_then_forgotten_by_it(
    home: Path, remembered: InMemory
) -> None:
    assert main(["sessions", "decrypt"]) == 0
    assert readable_files(home) != [] and vault.find(home) is None
    assert remembered.kept == {}


def test_a_decryption_that_nothing_opens_takes_nothing_away(home: Path, remembered: InMemory) -> None:
    before, remembered.is_locked = all_files(home), True
    assert main(["sessions", "decrypt"]) == 1
    assert all_files(home) == before
    remembered.is_locked = False
    assert key_store.recall(home)


def test_a_call_that_cannot_be_decrypted_keeps_the_key_store_as_a_way_in(
    home: Path, remembered: InMemory, capsys: pytest.CaptureFixture[str]
) -> None:
    [recording] = home.rglob("call.flac")
    whole = recording.read_bytes()
    recording.write_bytes(whole[:-40] + bytes(40))
    assert main(["sessions", "decrypt"]) == 1
    assert "1 call is still encrypted" in capsys.readouterr().err
    keys.forget_all()
    recording.write_bytes(whole)
    assert main(["sessions", "decrypt"]) == 0  # nobody has typed anything
    assert vault.find(home) is None and remembered.kept == {}


def test_a_key_store_that_takes_its_time_is_told_in_the_terminal_and_a_quick_one_is_not(
    home: Path, remembered: InMemory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sessions", "list"]) == 0
    assert "key store" not in capsys.readouterr().err
    is_told = threading.Event()

    class Terminal(io.StringIO):
        def write(self, text: str, /) -> int:
            if "key store is asked" in text:
                is_told.set()
            return super().write(text)

    keys.forget_all()
    monkeypatch.setattr(unlocking, "_QUIET_SECONDS", 0.01)
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(remembered, "_ask", partial(is_told.wait, 5))
    assert main(["sessions", "list"]) == 0
    assert is_told.is_set()


def test_the_doctor_says_whether_this_computer_opens_them_by_itself(home: Path, remembered: InMemory) -> None:
    [found] = opens_by_itself(home)
    assert (found.health, "opens the kept calls by itself" in found.text) == (Health.OK, True)
    remembered.is_locked = True
    [found] = opens_by_itself(home)
    assert (found.health, "collection is locked" in found.text) == (Health.NOTE, True)
    remembered.is_locked = False
    remembered.kept.clear()
    [found] = opens_by_itself(home)
    assert (found.health, "nothing here" in found.text) == (Health.NOTE, True)
    vault.unlock(home, PASSPHRASE)
    key_store.forget(home)
    assert list(opens_by_itself(home)) == []
