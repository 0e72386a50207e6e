"""Asking a language model over HTTP: a real server that answers well, badly, late, endlessly or not at all."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ModelError
from models.language_model import MOST_BYTES, Address, LanguageModelServer, _content
from models.looking_up import CONNECT_SECONDS
from tests.language_model_server import ModelServer, in_format, running, send
from tests.models.asking import ask, why_not
from tests.models.hub_server import TLS


def test_what_the_model_says_is_returned_and_what_it_is_asked_is_in_openais_format(server: ModelServer) -> None:
    assert ask(server.address) == server.says
    [(path, asked)] = server.asked
    assert path == "/v1/chat/completions"
    assert asked["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "How?"}]
    assert (asked["model"], asked["stream"]) == ("tiny", False)
    ask(server.address, name="")
    assert "model" not in server.asked[1][1]


@pytest.mark.parametrize("rest", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_the_address_may_be_written_as_users_know_it(server: ModelServer, rest: str) -> None:
    ask(f"http://127.0.0.1:{server.server_port}{rest}")
    assert server.asked[0][0] == "/v1/chat/completions"


@pytest.mark.parametrize(
    "address",
    ["", "localhost:11434", "ftp://localhost", "http://", "http://localhost:port", "http://[::1", "file:///etc/passwd",
     "http://user:secret@localhost/v1", "http://localhost/v1?key=secret", "http://localhost/a b", "http://lo\r\ncal/",
     "http://xn--/v1", "http://" + "a" * 300],
)  # fmt: skip
def test_what_is_no_address_is_said_with_what_one_looks_like(address: str) -> None:
    said = why_not(address)
    assert "Correct" in said or "correct" in said


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"oops", b"\xff\xfe", b"[]", b"{}", b'{"choices": []}', b"[" * 20_000, b'{"choices": [{"message": 3}]}',
     in_format(None), in_format(3), in_format(["What?"]), b"data: {}\n\n"],
)  # fmt: skip
def test_a_broken_answer_is_an_error_to_read(server: ModelServer, body: bytes) -> None:
    server.reply = lambda handler: send(handler, body)
    assert "not in OpenAI's format" in (said := why_not(server.address)) or "holds no text" in said


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=20).map(lambda text: json.dumps([text]).encode()))
def test_any_answer_is_text_or_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="its answer"):
        _content(body)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        Address.parse(text)
    except ModelError as error:
        assert "http://localhost:11434/v1" in str(error)


def endless(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"", length=1 << 40)
    while True:
        handler.wfile.write(b"x" * 65_536)


def test_an_endless_answer_is_cut_off(server: ModelServer) -> None:
    server.reply = endless
    assert "far more than a question" in why_not(server.address)
    server.reply = lambda handler: send(handler, in_format("x" * MOST_BYTES))
    assert "far more than a question" in why_not(server.address)


def test_a_server_that_goes_in_the_middle_is_said(server: ModelServer) -> None:
    def dies(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b'{"choices"', length=500)
        handler.connection.shutdown(socket.SHUT_RDWR)

    server.reply = dies
    assert "can't be asked" in why_not(server.address)


def test_what_the_server_says_is_wrong_is_told_and_harmless(server: ModelServer) -> None:
    server.reply = lambda handler: send(handler, "no model\u202e \x1b[31m“tiny”".encode() + b"!" * 5000, 404)
    said = why_not(server.address)
    assert "answered 404: no model [31m“tiny”!" in said and said.isprintable() and len(said) < 400


def test_nobody_there_is_said_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said = why_not(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert "refused" in said and "Start its server" in said


def slow(server: ModelServer) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda _handler: server.is_over.wait(5) and None


def dripping(server: ModelServer) -> Callable[[BaseHTTPRequestHandler], None]:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000:
            handler.wfile.write(bytes([byte]))
            if server.is_over.wait(0.02):
                return

    return drip


@pytest.mark.parametrize("kind", [slow, dripping])
def test_nobody_waits_longer_than_the_limit(
    server: ModelServer, kind: Callable[[ModelServer], Callable[[BaseHTTPRequestHandler], None]]
) -> None:
    server.reply = kind(server)
    assert "did not answer within" in why_not(server.address, limit_seconds=0.2)


def test_closing_ends_an_answer_that_is_under_way(server: ModelServer) -> None:
    server.reply = slow(server)
    model = LanguageModelServer(server.address, "")
    closer = threading.Timer(0.1, model.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(ModelError):
        model.answer("", "", 4.0)
    assert time.monotonic() - started < 3.0  # not a timing: it would have waited
    closer.join()
    with pytest.raises(ModelError):
        model.answer("", "", 4.0)
    assert len(server.asked) == 1


def test_the_limit_may_end_an_encrypted_connection_before_its_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    shake_hands = ssl.SSLSocket.do_handshake

    def late(connected: ssl.SSLSocket, block: bool = False) -> None:
        if not connected.server_side:
            time.sleep(0.3)
        shake_hands(connected, block)

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", late)
    with running(TLS) as server:
        assert "did not answer within" in why_not(server.address.replace("http:", "https:"), limit_seconds=0.1)


def test_a_connection_that_does_not_come_about_is_not_waited_for_as_long_as_an_answer(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float | None] = []

    class Socket(socket.socket):
        def connect(self, _target: object) -> None:
            waited.append(self.gettimeout())
            raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "socket", Socket)
    assert "can't be asked (nobody answers there)" in why_not(server.address, limit_seconds=60.0)
    assert waited and set(waited) == {CONNECT_SECONDS}


def test_a_model_without_a_name_is_called_by_its_address() -> None:
    assert LanguageModelServer("http://localhost:8080/v1", "").name == "at http://localhost:8080/v1"
