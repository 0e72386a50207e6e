"""What takes the call out of the microphone's sound, where the settings ask for it."""

from __future__ import annotations

from assistant.errors import ModelError
from assistant.ports import EchoRemover
from assistant.settings import Settings


def echo_remover(settings: Settings) -> tuple[EchoRemover | None, tuple[str, ...]]:
    """One for one call or recording, None where it is not wanted or can't be had; and what a user should know then."""
    if not settings.remove_echo:
        return None, ()
    from models.echo import WebRtcEchoRemover

    try:
        return WebRtcEchoRemover(), ()
    except ModelError as error:
        return None, (str(error),)
