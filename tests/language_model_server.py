"""A small HTTP server in the place of Ollama, which answers as a test wants it to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        try:
            self.server.reply(self)
        except OSError:  # the client has enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing to tell."""


class ModelServer(ThreadingHTTPServer):
    """`reply` makes the answer to a request, by default `says` in OpenAI's format."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.says = "What exactly did that 40% measure, and compared to what?"
        self.reply: Callable[[BaseHTTPRequestHandler], None] = lambda handler: send(handler, in_format(self.says))
        self.is_over = threading.Event()  # for replies that wait

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """A client that goes in the middle is what some tests want."""


def in_format(text: object) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, length: int | None = None) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def running(tls: Path | None = None) -> Iterator[ModelServer]:
    """`tls` is a folder with a certificate and its key."""
    server = ModelServer()
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
