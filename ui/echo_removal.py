"""What takes the call out of the microphone's sound, where the settings ask for it."""

from __future__ import annotations

from typing import NamedTuple

from assistant.errors import ModelError
from assistant.ports import EchoRemover
from assistant.settings import Settings


class EchoRemoval(NamedTuple):
    """`remover` is for one call or recording, None where it is not wanted or can't be had; `notices` are what a user
    should know then."""

    remover: EchoRemover | None = None
    notices: tuple[str, ...] = ()


NO_REMOVAL = EchoRemoval()


def echo_removal(settings: Settings) -> EchoRemoval:
    """As the settings want it, for one call or recording."""
    if not settings.remove_echo:
        return NO_REMOVAL
    from models.echo import WebRtcEchoRemover

    try:
        return EchoRemoval(WebRtcEchoRemover())
    except ModelError as error:
        return EchoRemoval(notices=(str(error),))
