from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from assistant.call import CallState
from assistant.errors import StoreError
from assistant.store import Store, StoreSink, driver
from assistant.store.schema import MIGRATIONS, prepare
from tests.assistant.store.calls import STARTED, final, send


def make_version(path: Path, version: int) -> None:
    """A database as the program of that time left it, with a call in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for migration in MIGRATIONS[:version]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(
            "INSERT INTO session (id, title, started, duration_seconds, state, model, channels, consent) VALUES "
            "('20250102-030405', 'Old talk', '2025-01-02T03:04:05+00:00', 9.5, 'finished', 'base', 'you,them', NULL)"
        )
        connection.execute(
            "INSERT INTO utterance (session, audio_seconds, number, channel, start_seconds, end_seconds, text, words) "
            "VALUES ('20250102-030405', 2.0, 0, 'them', 1.0, 1.5, 'hello', '[[\"hello\", 1.0, 1.5, 0.75]]')"
        )


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_database_of_any_older_version_opens_with_all_it_holds(tmp_path: Path, version: int) -> None:
    make_version(tmp_path / "depthcue.db", version)
    with Store.open(tmp_path) as store:
        call = store.load("20250102-030405")
        assert (call.title, call.duration_seconds, call.state) == ("Old talk", 9.5, CallState.FINISHED)
        assert call.utterances[0].words[0].probability == 0.75
        assert [found.text for found in store.search("hello")] == ["hello"]
        assert store.untranscribed() == []
        store.delete("20250102-030405")
        assert store.search("hello") == []


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_newer_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "depthcue.db"
    make_version(path, len(MIGRATIONS))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = digest(path)
    with pytest.raises(StoreError, match=r"newer version.*left untouched.*install the newer version"):
        Store.open(tmp_path)
    assert digest(path) == before


def damage(path: Path, kind: str) -> None:
    if kind == "no database":
        path.write_bytes(b"Dear diary, " * 1000)
    elif kind == "cut off":
        path.write_bytes(path.read_bytes()[:5000])
    elif kind == "of another program":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE music (title TEXT)")
    elif kind == "first page overwritten":
        content = bytearray(path.read_bytes())
        content[100:3000] = b"\xff" * 2900
        path.write_bytes(content)


@pytest.mark.parametrize("kind", ["no database", "cut off", "of another program", "first page overwritten"])
def test_a_damaged_database_is_refused_and_left_untouched(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "depthcue.db"
    Store.open(tmp_path).close()
    damage(path, kind)
    before = digest(path)
    with pytest.raises(StoreError, match=r"depthcue\.db is damaged.*left untouched.*sessions.*move it away"):
        Store.open(tmp_path)
    assert digest(path) == before


def with_damage_inside(data_folder: Path) -> tuple[Store, str]:
    store = Store.open(data_folder)
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", (), None)
    sink = StoreSink(store, session_id)
    send(sink, *(final(number, "word " * 300, float(number)) for number in range(100)))
    sink.close()
    content = bytearray(store.path.read_bytes())
    content[len(content) // 4 :] = b"\xa5" * (len(content) - len(content) // 4)
    changed = store.path.with_suffix(".changed")
    changed.write_bytes(content)
    changed.replace(store.path)
    return store, session_id


def test_damage_inside_is_found_at_the_start(tmp_path: Path) -> None:
    store, _ = with_damage_inside(tmp_path)
    before = digest(store.path)
    with pytest.raises(StoreError, match=r"damaged.*left untouched"):
        Store.open(tmp_path)
    assert digest(store.path) == before


def test_readers_never_wait_again_once_the_log_was_taken_from_a_history(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "depthcue.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # as a conversion that was killed leaves it
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "depthcue.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_each_file_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path).close()
    path = tmp_path / "depthcue.db"
    statements: list[str] = []
    connect = driver.connect

    def watched(at: Path, mode: str, timeout_seconds: float) -> sqlite3.Connection:
        connection = connect(at, mode, timeout_seconds)
        connection.set_trace_callback(statements.append)
        return connection

    def checks_of_two_openings() -> int:
        statements.clear()
        for _ in range(2):
            Store.open(tmp_path).close()
        return sum("quick_check" in statement for statement in statements)

    monkeypatch.setattr(driver, "connect", watched)
    assert checks_of_two_openings() == 1
    assert checks_of_two_openings() == 0
    shutil.copy(path, tmp_path / "backup")
    (tmp_path / "backup").replace(path)
    assert checks_of_two_openings() == 1


def test_damage_that_comes_later_is_said_when_it_is_met(tmp_path: Path) -> None:
    store, session_id = with_damage_inside(tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        store.load(session_id)


def test_four_programs_may_start_the_history_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from assistant.store import Store; Store.open(Path(sys.argv[1]))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "data")], stderr=subprocess.PIPE) for _ in range(4)
    ]
    for process in processes:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    with Store.open(tmp_path / "data") as store:
        assert store.sessions() == []


def test_a_history_that_another_begins_while_it_is_looked_at_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "depthcue.db"
    path.touch()  # as the other has made it, still without a table
    other = threading.Thread(target=prepare, args=(path,))
    connect = driver.connect

    def watched(at: Path, mode: str, timeout_seconds: float) -> sqlite3.Connection:
        connection = connect(at, mode, timeout_seconds)

        def before(statement: str) -> None:
            if "sqlite_master" in statement and other.ident is None:  # the version is known, the tables are not
                other.start()
                other.join(0.3)

        if mode == "ro":
            connection.set_trace_callback(before)
        return connection

    monkeypatch.setattr(driver, "connect", watched)
    prepare(path)
    other.join()
    with Store.open(tmp_path) as store:
        assert store.sessions() == []
