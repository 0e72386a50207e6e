"""With whom a language model is talked to: this computer, unless another one is allowed, and nobody in between."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from models.looking_up import CONNECT_SECONDS
from tests.language_model_server import ModelServer, running
from tests.models.asking import ask, why_not
from tests.models.hub_server import TLS

REMOTE = "203.0.113.7"  # nobody's


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hosts that were connected to; the world answers that it does not want to."""
    found: list[str] = []

    def connect(_self: socket.socket, target: tuple[str, int]) -> None:
        found.append(target[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return found


def resolve_to(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    def getaddrinfo(_host: str, port: int, **_: object) -> list[object]:
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in host], socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "hosts", [(REMOTE,), ("127.0.0.1", REMOTE), ("0.0.0.0",), ("10.0.0.1",), ("::ffff:203.0.113.7",), ("fe80::1%eth0",)]
)
def test_another_computer_is_not_talked_to(
    monkeypatch: pytest.MonkeyPatch, reached: list[str], hosts: tuple[str, ...]
) -> None:
    resolve_to(monkeypatch, *hosts)
    said = why_not("https://localhost:11434/v1")  # whatever it calls itself
    assert "is not this computer, so nothing was sent" in said and reached == []


def test_another_computer_that_was_allowed_is_talked_to_only_encrypted(
    monkeypatch: pytest.MonkeyPatch, reached: list[str]
) -> None:
    resolve_to(monkeypatch, REMOTE)
    assert "begins with https" in why_not("http://models.example/v1", may_be_remote=True) and reached == []
    assert "refused" in why_not("https://models.example/v1", may_be_remote=True) and reached == [REMOTE]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_computer_has_several_addresses(monkeypatch: pytest.MonkeyPatch, reached: list[str], host: str) -> None:
    resolve_to(monkeypatch, host)
    why_not("http://models.example/v1")
    assert reached == [host]


def test_a_system_without_ipv6_is_no_hindrance(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Socket(socket.socket):
        def __init__(self, family: int = -1, *rest: object, **more: object) -> None:
            if family == socket.AF_INET6:
                raise OSError(97, "Address family not supported by protocol")
            super().__init__(family, *rest, **more)

    resolve_to(monkeypatch, "::1", "127.0.0.1")
    monkeypatch.setattr(socket, "socket", Socket)
    assert ask(server.address) == server.says


def test_a_redirect_is_not_followed(server: ModelServer) -> None:
    with running() as elsewhere:

        def send_away(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(307)
            handler.send_header("Location", f"{elsewhere.address}/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        server.reply = send_away
        assert "sends elsewhere" in why_not(server.address)
        assert elsewhere.connections == 0


def test_proxies_of_the_environment_are_not_used(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert ask(server.address) == server.says
        assert proxy.connections == 0


def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    with running(TLS) as server:
        said = why_not(server.address.replace("http:", "https:"))
        assert "certificate" in said.lower() and server.asked == []


def test_a_name_that_nobody_answers_for_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [over.wait(CONNECT_SECONDS)][1:])
    said = why_not("http://no-name-server.test", limit_seconds=0.1)
    over.set()
    assert "did not answer within" in said
