"""A web server on this computer that has one small model, and breaks, waits or lies as a test says."""

from __future__ import annotations

import fcntl
import socket
import ssl
import struct
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from models.hub import HUB_VARIABLE
from tests.models import model_files

TLS = Path(__file__).parents[1] / "data" / "tls"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # of Linux
FILES = model_files.contents(size_bytes=400_000)
PREFIX = "/somebody/small/resolve/0123456789abcdef/"


@dataclass
class Behaviour:
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    breaks: int = 0  # how many answers with weights end in their middle
    understands_ranges: bool = True
    statuses: list[int] = field(default_factory=list)  # to answer with first
    pause_seconds: float = 0.0  # between pieces of an answer
    silent_from: int = 1 << 30  # byte before which a pause is made that nobody waits out
    silence: threading.Event = field(default_factory=threading.Event)  # ends the pause early
    silence_seconds: float = 0.3
    ranges: list[str] = field(default_factory=list)  # that were asked for
    paths: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        behaviour = self.server.behaviour
        behaviour.paths.append(self.path)
        if behaviour.statuses:
            self.send_response(behaviour.statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = behaviour.files.get(self.path.removeprefix(PREFIX))
        if data is None:
            self.send_error(404)
            return
        start = 0
        wanted = self.headers.get("Range")
        if wanted:
            behaviour.ranges.append(wanted)
        if wanted and behaviour.understands_ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        end = len(data)
        if self.path.endswith("model.bin") and behaviour.breaks:
            behaviour.breaks -= 1
            end = start + (len(data) - start) // 2
            self.close_connection = True
        for position in range(start, end, 100_000):
            if position >= behaviour.silent_from:
                behaviour.silence.wait(behaviour.silence_seconds)
            self.wfile.write(data[position : min(position + 100_000, end)])
            self.wfile.flush()
            time.sleep(behaviour.pause_seconds)

    def log_message(self, *_):
        """The tests look at what arrives, not at a log."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that breaks off is part of the tests."""


def raise_loopback():
    """Where the network is cut (`unshare -n`), the computer can't even reach itself until its loopback is up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(control, SIOCGIFFLAGS, name))
        if not flags & IFF_UP:
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


@contextmanager
def serving(behaviour, monkeypatch, is_secure=False):
    if sys.platform == "linux":
        raise_loopback()
    server = Server(("127.0.0.1", 0), Handler)
    server.behaviour = behaviour
    if is_secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "server.pem", TLS / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    scheme, host = ("https", "localhost") if is_secure else ("http", "127.0.0.1")
    monkeypatch.setenv(HUB_VARIABLE, f"{scheme}://{host}:{server.server_port}/")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
