"""What the panel asks for, and what it is told before a call. The composition root implements `Controls`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.call import CallState


class Controls(Protocol):
    """Commands of the interviewer. All return at once; what they change comes back as events."""

    def start(self, consent_given: bool) -> None:
        """Begin a call; show it with `PanelWindow.show_live`, or say with `show_error` why not."""
        ...

    def note_consent(self) -> None:
        """Consent was given during the call."""
        ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None: ...

    def mark(self, note: str) -> None: ...

    def asked(self, follow_up_id: str) -> None: ...

    def dismissed(self, follow_up_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class PastCall:
    """A line of the list of calls that were kept."""

    id: str
    title: str
    started: datetime
    state: CallState


@dataclass(frozen=True, slots=True)
class Voice:
    """What one side of the call is heard through, as a user knows it, or why it is not heard."""

    text: str
    is_heard: bool = True


LOOKING = Voice("Looking…")


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known before a call. The panel shows it at once and takes more as it becomes known."""

    title: str
    mic: Voice = LOOKING
    call: Voice = LOOKING
    past: tuple[PastCall, ...] = ()
    asks_consent: bool = True  # False where the plan knows the answer
