"""What the name of a host means, within a time limit."""

from __future__ import annotations

import socket
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
