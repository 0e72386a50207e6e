"""What the panel asks for, and what it is told before a call. The composition root implements `Controls`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.call import CallState
from assistant.values import Channel


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

    def mark(self, note: str, at_seconds: float | None = None) -> None:
        """A moment of the call; now if none is given."""
        ...

    def asked(self, follow_up_id: str) -> None: ...

    def dismissed(self, follow_up_id: str) -> None: ...

    def choose(self, name: str, value: object) -> None:
        """Change a setting (a field of `Settings`) and store it; what counts then comes by `show_settings`."""
        ...

    def check_voices(self) -> None:
        """Hear both sides for some seconds; what comes of it is shown by `show_check`."""
        ...


class NoControls:
    """Implements `Controls` for a panel that nobody touches: a picture, a measurement."""

    def start(self, consent_given: bool) -> None: ...

    def note_consent(self) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None: ...

    def mark(self, note: str, at_seconds: float | None = None) -> None: ...

    def asked(self, follow_up_id: str) -> None: ...

    def dismissed(self, follow_up_id: str) -> None: ...

    def choose(self, name: str, value: object) -> None: ...

    def check_voices(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call that was kept, as lists of calls show it."""

    id: str
    title: str
    started: datetime  # with the time zone in which it was held, as all that is shown of it
    duration_seconds: float
    state: CallState


@dataclass(frozen=True, slots=True)
class Option:
    """One of several that can be chosen: `value` is stored, `text` is shown."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Voice:
    """What one side of the call is heard through, as a user knows it, or why it is not heard.

    With `options` another one can be chosen; `chosen` is the value of the one that is.
    """

    text: str
    is_heard: bool = True
    options: tuple[Option, ...] = ()
    chosen: str = ""


LOOKING = Voice("Looking…")


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known before a call. The panel shows it at once and takes more as it becomes known."""

    title: str
    mic: Voice = LOOKING
    call: Voice = LOOKING
    past: tuple[PastCall, ...] = ()
    asks_consent: bool = True  # False where the plan knows the answer
    can_choose: bool = False  # the role, its questions and what is heard; nothing to choose for a recording


@dataclass(frozen=True, slots=True)
class SideCheck:
    """What the check of a voice says so far. `is_fine` None: it is not known yet."""

    channel: Channel
    text: str
    level_dbfs: float
    is_fine: bool | None = None


@dataclass(frozen=True, slots=True)
class VoiceCheck:
    """The check before a call: both sides, and whether it still listens."""

    sides: tuple[SideCheck, ...] = ()
    is_running: bool = False
    note: str = ""  # about both of them
