"""Where a call stands: its phase, and what is wrong with it right now. Pure values, folded from `Status` events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.plain import plain_lines
from assistant.values import Channel, State, Status


class Phase(StrEnum):
    READY = "ready"
    RECORDING = "recording"
    PAUSED = "paused"
    STOPPED = "stopped"  # the disk is full: nothing is recorded any more
    FINISHING = "finishing"
    FINISHED = "finished"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know, said in place. `key` tells it apart from the others that may stand beside it."""

    key: str
    severity: Severity
    title: str
    detail: str


_VOICE = {Channel.YOU: "Your microphone is", Channel.THEM: "The call is", None: "A device is"}
_PHASES = {
    State.READY: Phase.READY,
    State.RECORDING: Phase.RECORDING,
    State.PAUSED: Phase.PAUSED,
    State.DISK_FULL: Phase.STOPPED,
    State.FINISHING: Phase.FINISHING,
    State.FINISHED: Phase.FINISHED,
}


_WORDS = {
    Phase.READY: "Starting…",
    Phase.RECORDING: "Recording",
    Phase.PAUSED: "Paused",
    Phase.STOPPED: "Not recording",
    Phase.FINISHING: "Finishing…",
    Phase.FINISHED: "Finished",
}


@dataclass(frozen=True, slots=True)
class Standing:
    phase: Phase = Phase.READY
    behind_seconds: float | None = None  # None: not behind
    notices: tuple[Notice, ...] = ()
    lost: frozenset[Channel | None] = field(default_factory=frozenset)

    @property
    def is_deaf(self) -> bool:
        """Nothing is written down any more, whether or not it is recorded."""
        return any(notice.key == "failed" for notice in self.notices)

    def says(self, detail: str) -> bool:
        return any(notice.detail == plain_lines(detail) for notice in self.notices)


def after(standing: Standing, status: Status) -> Standing:
    """`standing` once `status` is known."""
    message = plain_lines(status.message)
    match status.state:
        case State.BEHIND:
            return replace(standing, behind_seconds=status.behind_seconds or 0.0)
        case State.CAUGHT_UP:
            return replace(standing, behind_seconds=None)
        case State.DEVICE_LOST:
            title = f"{_VOICE[status.channel]} not heard"
            lost = replace(standing, lost=standing.lost | {status.channel})
            detail = message.removeprefix(f"{title}: ")
            detail = detail[:1].upper() + detail[1:]
            lost = heard(lost, status.channel)
            return _with(lost, Notice(f"lost {status.channel}", Severity.WARNING, title, detail))
        case State.DEVICE_BACK:
            back = replace(standing, lost=standing.lost - {status.channel})
            return without(back, f"lost {status.channel}")
        case State.SILENT:
            return _with(standing, Notice(f"silent {status.channel}", Severity.INFO, "Good to know", message))
        case State.WARNING:
            return _with(standing, Notice("warning", Severity.INFO, "Good to know", message))
        case State.FAILED:
            if any(notice.key == "disk" and notice.detail == message for notice in standing.notices):
                return standing
            return _with(standing, Notice("failed", Severity.ERROR, "Transcription has stopped", message))
        case State.DISK_FULL:
            full = Notice("disk", Severity.ERROR, "Recording has stopped: the disk is full", message)
            return replace(_with(_deserted(standing), full), phase=Phase.STOPPED, behind_seconds=None)
    return _entered(standing, _PHASES[status.state])


def words(standing: Standing) -> str:
    """What it stands at, in two words."""
    if standing.phase is Phase.RECORDING and standing.lost:
        return "Recording, but a voice is missing"
    return _WORDS[standing.phase]


def closed(standing: Standing) -> Standing:
    """No event will come any more."""
    return standing if standing.phase is Phase.READY else _entered(standing, Phase.FINISHED)


def without(standing: Standing, key: str) -> Standing:
    return replace(standing, notices=tuple(notice for notice in standing.notices if notice.key != key))


def heard(standing: Standing, channel: Channel | None) -> Standing:
    """A channel gives more than digital silence, or is known to give nothing; the same where no notice goes by it."""
    key = f"silent {channel}"
    return without(standing, key) if any(notice.key == key for notice in standing.notices) else standing


def _with(standing: Standing, notice: Notice) -> Standing:
    if any(old.key == notice.key for old in standing.notices):
        replaced = tuple(notice if old.key == notice.key else old for old in standing.notices)
        return replace(standing, notices=replaced)
    return replace(standing, notices=(*standing.notices, notice))


def _entered(standing: Standing, phase: Phase) -> Standing:
    """A call that is over has nothing to be late for; what went wrong in it stays said."""
    if phase not in (Phase.FINISHING, Phase.FINISHED):
        return replace(standing, phase=phase)
    return replace(_deserted(standing), phase=phase, behind_seconds=None)


def _deserted(standing: Standing) -> Standing:
    """There is nobody left to lose or to hear."""
    kept = tuple(notice for notice in standing.notices if not notice.key.startswith(("lost ", "silent ")))
    return replace(standing, lost=frozenset(), notices=kept)
