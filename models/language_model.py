"""A language model behind an OpenAI-compatible server: Ollama, llama.cpp's server and the like.

Only this computer is talked to, unless the user has said in so many words that another one may be: the name of the
host is resolved here, and the connection goes to the very address that was looked at. Redirects are not followed and
proxies of the environment are not used. What comes back is bounded in time and size, and it is text of a stranger:
whoever asked has to check it.

`answer` is called by one thread at a time and blocks; `close` by any.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import truststore

from assistant.errors import ModelError
from assistant.plain import plain
from models.looking_up import CONNECT_SECONDS, first_connected, looked_up
from models.stopping import shut

MOST_BYTES = 1 << 16  # of an answer; a question with all that servers say around it has some hundred
MOST_TOKENS = 80  # of a question of 90 characters, in any language
TEMPERATURE = 0.3
DEFAULT_PATH = "/v1"  # where Ollama and llama.cpp's server have it
_ENDPOINT = "/chat/completions"
_MOST_SAID = 160  # characters of what a server says is wrong


@dataclass(frozen=True, slots=True)
class Address:
    is_encrypted: bool
    host: str
    port: int
    path: str  # without a slash at its end

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises:
        ModelError: it is no web address.
        """
        try:
            parts = urlsplit(text.strip())
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise _no_address(text) from error
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            raise _no_address(text)
        path = parts.path.rstrip("/").removesuffix(_ENDPOINT)
        return cls(parts.scheme == "https", parts.hostname, port, path or DEFAULT_PATH)


class LanguageModelServer:
    """Implements `assistant.ports.LanguageModel`. Nothing is connected before it is asked."""

    def __init__(self, address: str, name: str, *, may_be_remote: bool = False) -> None:
        """Args:
        address: for example http://localhost:11434/v1.
        name: of the model, as the server calls it; empty where the server has just one.
        may_be_remote: the user has said that another computer may get what is sent.
        """
        self.name = name or f"at {plain(address)}"
        self._address = address
        self._model = name
        self._may_be_remote = may_be_remote
        self._lock = threading.Lock()  # guards the two below
        self._socket: socket.socket | None = None
        self._is_closed = False

    def answer(self, instructions: str, text: str, limit_seconds: float) -> str:
        """What it makes of `text` by these instructions.

        Raises:
            ModelError: the address may not be used, nobody answers there, or not so within the limit.
        """
        request: dict[str, Any] = {
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            "temperature": TEMPERATURE,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        if self._model:
            request["model"] = self._model
        address = Address.parse(self._address)
        ends = time.monotonic() + limit_seconds
        try:
            return _content(self._post(address, json.dumps(request).encode(), ends))
        # A ValueError is what the standard library makes of hosts and paths that no request can hold.
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or time.monotonic() >= ends:
                raise ModelError(
                    f"The language model at {self._shown} did not answer within {limit_seconds:.0f} s. A smaller model "
                    "answers faster; the first answer after a start takes longest."
                ) from error
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ModelError(
                f"The language model at {self._shown} can't be asked ({plain(why)}). Start its server, or correct the "
                "address in the settings."
            ) from error

    def close(self) -> None:
        """Ask no more; an answer that is under way ends at once."""
        with self._lock:
            self._is_closed = True
            if self._socket is not None:
                shut(self._socket)

    @property
    def _shown(self) -> str:
        return plain(self._address)

    def _post(self, address: Address, body: bytes, ends: float) -> bytes:
        """The body of the answer, at most `MOST_BYTES`. `ends` is when it has to be there, on the monotonic clock."""
        connection = http.client.HTTPConnection(address.host, address.port)
        watch = threading.Timer(max(0.0, ends - time.monotonic()), self._give_up)
        watch.daemon = True
        try:
            watch.start()  # a server that drips would outlive any time limit of a single read
            connection.sock = self._connected(address, ends)
            headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
            connection.request("POST", address.path + _ENDPOINT, body, headers)
            response = connection.getresponse()
            if 300 <= response.status < 400:
                raise ModelError(
                    f"The language model at {self._shown} sends elsewhere, which is not followed. Give the address "
                    "where it really is."
                )
            raw = response.read(MOST_BYTES + 1)
            if response.status != 200:
                said = plain(raw.decode("utf-8", "replace"))[:_MOST_SAID]
                raise ModelError(
                    f"The language model at {self._shown} answered {response.status}: {said or 'nothing more'}. Check "
                    "its address and its name in the settings."
                )
            if len(raw) > MOST_BYTES:
                raise ModelError(f"The language model at {self._shown} answered far more than a question.")
            return raw
        finally:
            watch.cancel()
            with self._lock:
                self._socket = None
            connection.close()

    def _connected(self, address: Address, ends: float) -> socket.socket:
        """A connection to the first address of the host that takes one, once all of them may be talked to."""
        found = looked_up(address.host, address.port, min(CONNECT_SECONDS, max(0.01, ends - time.monotonic())))
        if not all(_is_this_computer(str(target[0])) for *_, target in found):
            self._refuse_remote(address)

        def connect(made: socket.socket, target: Any) -> socket.socket:
            left_seconds = max(0.01, ends - time.monotonic())
            made.settimeout(min(CONNECT_SECONDS, left_seconds))
            made.connect(target)
            made.settimeout(left_seconds)
            return self._kept(made, address)

        return first_connected(found, connect)

    def _refuse_remote(self, address: Address) -> None:
        if not self._may_be_remote:
            raise ModelError(
                f"{self._shown} is not this computer, so nothing was sent there: the candidate's words would leave it. "
                "Use a server on this computer, or allow that in the settings."
            )
        if not address.is_encrypted:
            raise ModelError(
                f"{self._shown} is another computer, and the candidate's words would travel there unencrypted. Nothing "
                "was sent. Use an address that begins with https."
            )

    def _kept(self, made: socket.socket, address: Address) -> socket.socket:
        """The connection as it is read from, which `close` and the time limit can end from here on."""
        if address.is_encrypted:
            context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            made = context.wrap_socket(made, server_hostname=address.host, do_handshake_on_connect=False)
        try:
            with self._lock:
                if self._is_closed:
                    raise ConnectionAbortedError("it is not needed any more")
                self._socket = made
            if isinstance(made, ssl.SSLSocket):
                made.do_handshake()
        except OSError:
            made.close()  # who gave the connection holds only what TLS has taken it from
            raise
        return made

    def _give_up(self) -> None:
        with self._lock:
            if self._socket is not None:
                shut(self._socket)


def _is_this_computer(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _content(raw: bytes) -> str:
    """The text in an answer. Raises ValueError: it is none."""
    try:
        content = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise ValueError("its answer is not in OpenAI's format") from error
    if not isinstance(content, str):
        raise ValueError("its answer holds no text")
    return content


def _no_address(text: str) -> ModelError:
    return ModelError(
        f"{plain(text)[:_MOST_SAID]!r} is no address of a language model, which looks like http://localhost:11434/v1. "
        "Correct it in the settings."
    )
