"""Tells a user once of a channel whose voice is so soft that words may be lost.

Runs on the listening thread; never blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.publisher import Publisher
from assistant.speech.listener import Listener
from assistant.values import Channel, State, Status

SOFT_DBFS = -50.0  # loudest block of a voice; with peaks about 10 dB above, as the check before a call has it
ENOUGH_SECONDS = 10.0  # of voice: whoever begins with a murmur speaks up by then
TOO_SOFT = {
    Channel.YOU: "Your voice arrives very softly, and words may be lost. Come closer to the microphone, or raise its "
    "level in the system's sound settings.",
    Channel.THEM: "The other side's voice arrives very softly, and words may be lost. Raise the volume in the program "
    "that plays the call.",
}


class SoftVoices:
    """Ask it after a channel was heard."""

    def __init__(self, listeners: Iterable[Listener], publisher: Publisher) -> None:
        self._open = {listener.channel: listener for listener in listeners}  # channels that are not yet judged
        self._publisher = publisher

    def look_at(self, channel: Channel) -> None:
        listener = self._open.get(channel)
        if listener is None or listener.voice_seconds < ENOUGH_SECONDS:
            return
        del self._open[channel]
        if listener.loudest_voice_dbfs < SOFT_DBFS:
            self._publisher.publish(Status(State.WARNING, TOO_SOFT[channel], channel))
