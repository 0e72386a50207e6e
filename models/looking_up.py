"""The way to a host: what its name means, within a time limit, and its first address that takes a connection."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

from assistant.own_thread import on_own_thread

CONNECT_SECONDS = 5.0  # of a look-up, or of connecting to one address: the end of the program may wait for it


def looked_up(host: str, port: int, limit_seconds: float) -> list[Any]:
    """As `socket.getaddrinfo` gives it. That knows no limit, and a name server that is not there costs half a minute: a
    look-up that takes too long is left alone, and ends by itself. Raises OSError, also where no host can be called so.
    """

    def look_up() -> list[Any]:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    try:
        return on_own_thread(look_up, "host look-up").result(limit_seconds)
    except TimeoutError:
        raise OSError("what its host means can't be found out") from None
    except ValueError as error:  # a part of the name is too long, or empty
        raise OSError(str(error)) from error


def first_connected(found: Sequence[Any], connect: Callable[[socket.socket, Any], socket.socket]) -> socket.socket:
    """What `connect` makes of a new socket and the first address of those `looked_up` that takes it. Raises OSError:
    none does."""
    failure = OSError("the name of the host means no address")
    for family, kind, protocol, _, target in found:
        try:
            made = socket.socket(family, kind, protocol)
        except OSError as error:  # this system has no IPv6
            failure = error
            continue
        try:
            return connect(made, target)
        except OSError as error:
            failure = OSError("nobody answers there") if isinstance(error, TimeoutError) else error
            made.close()
    raise failure
