"""Connections to the hub. Certificates are checked against the system's store, so that an office's own authority that
the system trusts is trusted here too; proxies are taken from the environment or the system, as urllib does."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from functools import partial
from typing import Any

import truststore

from models.looking_up import CONNECT_SECONDS, first_connected, looked_up
from models.stopping import Stop


def opener(stop: Stop) -> urllib.request.OpenerDirector:
    """Its connections end when `stop` says so: at the latest after `CONNECT_SECONDS` where one is still made, or a name
    looked up."""

    class Trust(truststore.SSLContext):
        def wrap_socket(self, sock: socket.socket, *args: Any, **how: Any) -> ssl.SSLSocket:
            """Held before the handshake, in which a server may fall silent: from here on TLS has what was held."""
            made = super().wrap_socket(sock, *args, **{**how, "do_handshake_on_connect": False})
            try:
                stop.hold(made)
                made.do_handshake()
            except OSError:
                made.close()
                raise
            return made

    class Connection(http.client.HTTPConnection):
        def __init__(self, *args: Any, **how: Any) -> None:
            super().__init__(*args, **how)
            # A private attribute of http.client, which gives no other way in while a connection is made.
            self._create_connection = partial(_connected, stop)

    class SecureConnection(Connection, http.client.HTTPSConnection):
        """Made in the same way, then TLS."""

    trust: Any = {"context": Trust(ssl.PROTOCOL_TLS_CLIENT)}

    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req, **trust)

    return urllib.request.build_opener(PlainHandler, SecureHandler)


def _connected(stop: Stop, address: tuple[str, int], silence_seconds: float, _source: object = None) -> socket.socket:
    """In place of `socket.create_connection`, which waits for a silent network as long as for a silent server, for each
    address anew, and can't be stopped."""
    limit_seconds = min(CONNECT_SECONDS, silence_seconds)

    def connect(made: socket.socket, target: Any) -> socket.socket:
        stop.hold(made)
        made.settimeout(limit_seconds)
        made.connect(target)
        made.settimeout(silence_seconds)
        return made

    return first_connected(looked_up(*address, limit_seconds), connect)
