"""The way of a call's sound to its listeners, past the guard against echo; a user is told once where there is any.

The listening thread hears; whoever pauses the call flushes. Nobody waits for more than the judgement of a few frames.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from assistant.ports import EchoRemover
from assistant.publisher import Publisher
from assistant.speech.echo import EchoGuard
from assistant.values import AudioFrame, AudioGap, Channel, State, Status

LOUDSPEAKERS = (
    "Your microphone hears the call, because loudspeakers play it. What it hears of the other side is left out of your "
    "words; with a headset there is nothing to leave out."
)


class WithoutEcho:
    """Hands what it is given to `listen`, in order; the microphone's sound a little later where the call has both."""

    def __init__(
        self,
        channels: Collection[Channel],
        publisher: Publisher,
        listen: Callable[[AudioFrame | AudioGap], None],
        remover: EchoRemover | None = None,
    ) -> None:
        self._guard = EchoGuard(remover=remover) if set(channels) == set(Channel) else None
        self._publisher = publisher
        self._listen = listen
        self._was_told = False
        self._lock = threading.Lock()  # over the guard, and the order of what is listened to

    def hear(self, item: AudioFrame | AudioGap) -> None:
        if self._guard is None:
            self._listen(item)
            return
        with self._lock:
            for audible in self._guard.hear(item):
                self._listen(audible)
        if self._guard.hears_call and not self._was_told:
            self._was_told = True
            self._publisher.publish(Status(State.WARNING, LOUDSPEAKERS, Channel.YOU))

    def flush(self) -> None:
        """What is held back is heard now: nobody knows when more sound comes."""
        if self._guard is not None:
            with self._lock:
                for audible in self._guard.finish():
                    self._listen(audible)

    def finish(self) -> None:
        """The sound is over. How much of it was left out is said."""
        self.flush()
        if self._guard is not None and self._was_told:
            left_out = f"{self._guard.muted_seconds:.0f} s of the call that your microphone heard were left out of your"
            self._publisher.publish(Status(State.WARNING, f"{left_out} words. The recording keeps them.", Channel.YOU))
