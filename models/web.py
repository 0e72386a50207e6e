"""Connections to the hub. Certificates are checked against the system's store, so that an office's own authority that
the system trusts is trusted here too; proxies are taken from the environment or the system, as urllib does."""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from typing import Any

import truststore

from models.stopping import Stop


def opener(stop: Stop) -> urllib.request.OpenerDirector:
    """Its connections end when `stop` says so."""
    trust: Any = {"context": truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            stop.hold(self.sock)

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            stop.hold(self.sock)

    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Secure, req, **trust)

    return urllib.request.build_opener(PlainHandler, SecureHandler)
