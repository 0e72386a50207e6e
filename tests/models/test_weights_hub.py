"""Fetching from a real web server: breaks, wrong files, certificates. No test leaves this computer."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.errors import ModelError
from models.catalog import CATALOG, megabytes
from models.hub import HUB_VARIABLE, Patience, StoppedError, fetch, fetched_bytes
from models.stopping import Stop
from models.weights import locate
from tests.models import model_files
from tests.models.hub_server import FILES, PREFIX, TLS, Behaviour, serving

QUICK = Patience(silence_seconds=0.5, pause_seconds=0.01)
ENTRY = model_files.entry(FILES)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(CATALOG, "small", ENTRY)


def fetched(folder, data_folder):
    assert folder == data_folder / "models" / "small"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name in FILES} == FILES
    return locate("small", data_folder)


def test_a_model_is_fetched_at_its_revision_and_found_afterwards(tmp_path, monkeypatch):
    seen = []
    with serving(Behaviour(), monkeypatch) as server:
        model = fetched(fetch(ENTRY, tmp_path, seen.append, QUICK), tmp_path)
    assert server.behaviour.paths == [f"{PREFIX}{name}" for name in FILES]
    assert seen == sorted(seen)
    assert seen[-1] == ENTRY.size_bytes
    assert model.source.startswith("hub http://127.0.0.1:")
    assert [path.name for path in (tmp_path / "models").iterdir() if path.name.startswith(".")] == []


def test_a_break_in_the_middle_goes_on_where_it_was(tmp_path, monkeypatch):
    half = len(FILES["model.bin"]) // 2
    with serving(Behaviour(breaks=1), monkeypatch) as server:
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)
    assert server.behaviour.ranges == [f"bytes={half}-"]


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN])
@pytest.mark.parametrize(
    ("owner", "step"), [(http.client.HTTPConnection, "getresponse"), (http.client.HTTPResponse, "read1")]
)
def test_a_network_that_goes_away_for_a_moment_is_a_break_and_no_fault_of_the_disk(
    tmp_path, monkeypatch, owner, step, number
):
    whole, faults = getattr(owner, step), [OSError(number, os.strerror(number))]

    def broken_once(*arguments):
        if faults:
            raise faults.pop()
        return whole(*arguments)

    with serving(Behaviour(), monkeypatch):
        monkeypatch.setattr(owner, step, broken_once)
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)
    assert not faults


def test_a_disk_that_takes_no_more_is_no_break_and_not_tried_again(tmp_path, monkeypatch):
    whole = Path.open

    def full(path, mode="r", *arguments, **how):
        if path.name in FILES and "w" in mode:
            raise TimeoutError(errno.ETIMEDOUT, "as a disk in the network says")
        return whole(path, mode, *arguments, **how)

    with serving(Behaviour(), monkeypatch) as server:
        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(ModelError, match="can't be written"):
            fetch(ENTRY, tmp_path, patience=QUICK)
    assert len(server.behaviour.paths) == 1


def test_many_breaks_are_no_end_as_long_as_something_arrives(tmp_path, monkeypatch):
    with serving(Behaviour(breaks=8), monkeypatch):
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)


def test_the_next_start_of_the_program_goes_on_too(tmp_path, monkeypatch):
    with serving(Behaviour(breaks=1, statuses=[]), monkeypatch) as server:
        server.behaviour.files.pop("tokenizer.json")
        with pytest.raises(ModelError, match="404"):
            fetch(ENTRY, tmp_path, patience=QUICK)
    with serving(Behaviour(), monkeypatch) as server:
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)
    assert server.behaviour.paths == [f"{PREFIX}tokenizer.json", f"{PREFIX}vocabulary.txt"]


def test_a_server_that_knows_no_ranges_is_asked_for_the_whole(tmp_path, monkeypatch):
    with serving(Behaviour(breaks=1, understands_ranges=False), monkeypatch):
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)


def test_temporary_answers_are_tried_again(tmp_path, monkeypatch):
    with serving(Behaviour(statuses=[503, 429, 502]), monkeypatch):
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)


def test_slow_is_not_broken(tmp_path, monkeypatch):
    with serving(Behaviour(pause_seconds=0.15), monkeypatch) as server:
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)
    assert server.behaviour.ranges == []


def test_silence_ends_with_a_message_and_keeps_what_came(tmp_path, monkeypatch):
    with (
        serving(Behaviour(silent_from=100_000), monkeypatch),
        pytest.raises(ModelError, match=r"timed out.*goes on where it stopped"),
    ):
        fetch(ENTRY, tmp_path, patience=Patience(silence_seconds=0.05, pause_seconds=0.01))
    assert (tmp_path / "models" / ".fetching-small" / "config.json").exists()
    assert not (tmp_path / "models" / "small").exists()


def test_a_file_with_another_digest_is_thrown_away(tmp_path, monkeypatch):
    weights = bytearray(FILES["model.bin"])
    weights[200_000] ^= 1
    with (
        serving(Behaviour(files={**FILES, "model.bin": bytes(weights)}), monkeypatch),
        pytest.raises(ModelError, match=r"model\.bin is not the published file.*\n.*other ways"),
    ):
        fetch(ENTRY, tmp_path, patience=QUICK)
    assert not (tmp_path / "models" / "small").exists()
    assert not (tmp_path / "models" / ".fetching-small" / "model.bin").exists()


def test_a_page_in_place_of_a_file_is_told_from_it(tmp_path, monkeypatch):
    page = b"<html>please sign in</html>"
    with (
        serving(Behaviour(files=dict.fromkeys(FILES, page)), monkeypatch),
        pytest.raises(ModelError, match="sign in"),
    ):
        fetch(ENTRY, tmp_path, patience=QUICK)


@pytest.mark.parametrize(("status", "words"), [(404, "does not have"), (403, "refuses"), (407, "proxy wants a name")])
def test_a_refusal_says_what_it_means_and_the_other_ways(tmp_path, monkeypatch, status, words):
    with (
        serving(Behaviour(statuses=[status]), monkeypatch),
        pytest.raises(ModelError, match=rf"{words}[\s\S]*depthcue models import PATH"),
    ):
        fetch(ENTRY, tmp_path, patience=QUICK)


def test_nobody_there_is_a_message(tmp_path, monkeypatch):
    with serving(Behaviour(), monkeypatch):
        pass
    with pytest.raises(ModelError, match=r"can't be reached.*HTTPS_PROXY"):
        fetch(ENTRY, tmp_path, patience=QUICK)


@pytest.mark.parametrize("address", ["file:///etc", "ftp://x/y", "huggingface.co", "https://"])
def test_only_web_addresses_are_asked(tmp_path, monkeypatch, address):
    monkeypatch.setenv(HUB_VARIABLE, address)
    with pytest.raises(ModelError, match=HUB_VARIABLE):
        fetch(ENTRY, tmp_path, patience=QUICK)


def test_an_authority_that_the_system_trusts_is_trusted(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    with serving(Behaviour(), monkeypatch, is_secure=True):
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)


def test_another_authority_is_not_trusted_and_the_way_out_is_told(tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with (
        serving(Behaviour(), monkeypatch, is_secure=True) as server,
        pytest.raises(ModelError, match=r"certificate of localhost is not trusted.*SSL_CERT_FILE"),
    ):
        fetch(ENTRY, tmp_path, patience=QUICK)
    assert server.behaviour.paths == []


def test_a_full_disk_is_noticed_before_the_first_byte(tmp_path, monkeypatch):
    monkeypatch.setattr("models.placing.SPARE_BYTES", 1 << 60)
    with serving(Behaviour(), monkeypatch) as server, pytest.raises(ModelError, match="Make room"):
        fetch(ENTRY, tmp_path, patience=QUICK)
    assert server.behaviour.paths == []


def test_room_is_needed_for_what_is_not_there_yet_and_no_more(tmp_path, monkeypatch):
    parts = tmp_path / "models" / ".fetching-small"
    parts.mkdir(parents=True)
    (parts / "model.bin").write_bytes(FILES["model.bin"][:-1000])
    rest_bytes = ENTRY.size_bytes - (len(FILES["model.bin"]) - 1000)
    free_bytes = rest_bytes - 1
    spare_bytes = 7_000_000
    monkeypatch.setattr("models.placing.SPARE_BYTES", spare_bytes)
    monkeypatch.setattr("models.placing.shutil.disk_usage", lambda _: SimpleNamespace(free=spare_bytes + free_bytes))
    told = f"{megabytes(rest_bytes)} more are needed for the model, beside 7 MB .* Make room"
    with serving(Behaviour(), monkeypatch):
        with pytest.raises(ModelError, match=told):
            fetch(ENTRY, tmp_path, patience=QUICK)
        free_bytes = rest_bytes
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)


@pytest.mark.parametrize("is_secure", [False, True])
def test_it_is_stopped_while_it_waits_and_goes_on_later(tmp_path, monkeypatch, is_secure):
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    stop, is_over = Stop(), threading.Event()

    def progress(done_bytes):
        if done_bytes >= 200_000:
            threading.Timer(0.02, stop.stop).start()

    with serving(
        Behaviour(silent_from=200_000, silence=is_over, silence_seconds=20.0), monkeypatch, is_secure
    ) as server:
        with pytest.raises(StoppedError, match="goes on from there"):
            fetch(ENTRY, tmp_path, progress, stop=stop)  # which would wait for half a minute
        is_over.set()
        kept = fetched_bytes(ENTRY, tmp_path)
        assert 200_000 <= kept < ENTRY.size_bytes
        fetched(fetch(ENTRY, tmp_path, patience=QUICK), tmp_path)
    assert server.behaviour.ranges == [f"bytes={kept - len(FILES['config.json'])}-"]
    assert fetched_bytes(ENTRY, tmp_path) == 0


@pytest.mark.parametrize("silent", ["network", "handshake", "proxy"])
def test_it_is_stopped_while_a_connection_is_made(tmp_path, monkeypatch, silent):
    stop, ended = Stop(), []

    def wait_in_vain():
        with pytest.raises(StoppedError):
            fetch(ENTRY, tmp_path, stop=stop)
        ended.append(True)

    with socket.create_server(("127.0.0.1", 0), backlog=0) as nobody:  # it takes no connection, the system only few
        port = nobody.getsockname()[1]
        waiting = [socket.socket() for _ in range(4 if silent == "network" else 0)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        monkeypatch.setenv("no_proxy", "" if silent == "proxy" else "127.0.0.1")
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.setenv(HUB_VARIABLE, f"https://127.0.0.1:{1 if silent == 'proxy' else port}")
        transfer = threading.Thread(target=wait_in_vain, daemon=True)
        transfer.start()
        transfer.join(0.3)
        assert transfer.is_alive()
        stop.stop()
        transfer.join(4.0)  # a connection that is left to itself is given up later
        assert ended == [True]
        for one in waiting:
            one.close()


def test_a_name_server_that_is_not_there_is_not_waited_for_long(tmp_path, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [over.wait(5.0)][1:])
    monkeypatch.setenv(HUB_VARIABLE, "http://no-name-server.test")
    monkeypatch.setenv("no_proxy", "no-name-server.test")
    with pytest.raises(ModelError, match="what its host means can't be found out"):
        fetch(ENTRY, tmp_path, patience=Patience(silence_seconds=0.05, pause_seconds=0.01))
    over.set()


def test_a_network_without_an_answer_is_given_up_sooner_than_a_silent_server(tmp_path, monkeypatch):
    waited = []

    class Socket(socket.socket):
        def connect(self, _target):
            waited.append(self.gettimeout())
            raise TimeoutError("timed out")

    with serving(Behaviour(), monkeypatch), pytest.raises(ModelError, match="can't be reached"):
        monkeypatch.setattr(socket, "socket", Socket)
        fetch(ENTRY, tmp_path, patience=Patience(pause_seconds=0.01))
    assert set(waited) == {5.0}


def test_one_that_is_stopped_before_it_begins_asks_nobody(tmp_path, monkeypatch):
    stop = Stop()
    stop.stop()
    with serving(Behaviour(), monkeypatch) as server, pytest.raises(StoppedError):
        fetch(ENTRY, tmp_path, stop=stop)
    assert server.behaviour.paths == []
