"""A call in the terminal: what was said, flags and follow-ups, as they happen.

`next` is called by the session's threads, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from assistant.call import Call
from assistant.parts import SPEAKERS
from assistant.plain import clock, counted, plain
from assistant.values import (
    AudioGap,
    ClaimKind,
    CommunicationCue,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Mark,
    RetiredWhy,
    Stamped,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
)

KINDS = {ClaimKind.VAGUE: "vague", ClaimKind.NUMBER_ONLY: "number only", ClaimKind.ASPECT: "not touched yet"}
RETIRED = {
    RetiredWhy.ANSWERED: "answered",
    RetiredWhy.ASKED: "asked",
    RetiredWhy.DISMISSED: "put off",
    RetiredWhy.STALE: "no longer current",
    RetiredWhy.DISPLACED: "made room for better ones",
    RetiredWhy.UNSAID: "heard once more, the words were others",
}
SHOWN_STATES = {
    State.DEVICE_LOST,
    State.DEVICE_BACK,
    State.SILENT,
    State.BEHIND,
    State.WARNING,
    State.PAUSED,
}  # failures are said once, at the end
MARGIN = " " * 13  # under the words, behind time and name


def findings(call: Call) -> str:
    """What was found in a call: 2 flags and 1 follow-up."""
    return f"{counted(len(call.flags), 'flag')} and {counted(len(call.follow_ups), 'follow-up')}"


class TerminalSink:
    """Prints to `stream`; colours only where `is_colourful`.

    Where nothing can be printed any more (the reader has gone, the disk behind it is full) the call goes on all the
    same: `unheard` is called once, on the thread that publishes, and may end it.
    """

    def __init__(
        self, stream: TextIO, is_colourful: bool = False, unheard: Callable[[OSError], None] = lambda _: None
    ) -> None:
        self._stream = stream
        self._is_colourful = is_colourful
        self._unheard = unheard
        self.failure: OSError | None = None  # why nothing can be printed
        self._final: set[int] = set()  # utterances
        self._flags: dict[str, Flag] = {}
        self._follow_ups: dict[str, FollowUp] = {}

    def next(self, stamped: Stamped) -> None:
        line = self._line(stamped)
        if line is None or self.failure is not None:
            return
        try:
            print(line, file=self._stream, flush=True)
        except OSError as error:
            self.failure = error
            self._unheard(error)

    def close(self) -> None:
        """Everything was printed as it came."""

    def _line(self, stamped: Stamped) -> str | None:
        now = clock(stamped.audio_seconds)
        match stamped.event:
            case TranscriptUpdate(kind=UpdateKind.FINAL, words=words, channel=channel) as final if words:
                again = "" if final.utterance not in self._final else "(heard once more) "
                self._final.add(final.utterance)
                return f"{clock(words[0].start_seconds):>6} {SPEAKERS[channel]:<5} {again}{plain(final.text)}"
            case Flag() as flag if flag.id in self._flags:  # the same claim in words that were heard once more
                self._flags[flag.id] = flag
                return None
            case Flag() as flag:
                self._flags[flag.id] = flag
                quote = self._tint(f"“{plain(flag.quote)}”", "33" if flag.kind is ClaimKind.NUMBER_ONLY else "35")
                return f"{MARGIN}⚑ {KINDS[flag.kind]}: {quote} {plain(flag.reason)} [{now}]"
            case FlagWithdrawn(id=flag_id, reason=reason):
                quote = plain(self._flags[flag_id].quote)
                return f"{MARGIN}⚐ flag taken back: “{quote}” {plain(reason)} [{now}]"
            case FollowUp() as follow_up:
                self._follow_ups[follow_up.id] = follow_up
                question = self._tint(plain(follow_up.question), "1")
                return f"{MARGIN}→ ask: {question} ({plain(follow_up.why)}) [{now}]"
            case FollowUpRetired(id=follow_up_id, why=why):
                question = plain(self._follow_ups[follow_up_id].question)
                return f"{MARGIN}✓ {RETIRED[why]}: {question} [{now}]"
            case CommunicationCue(quote=quote, advice=advice):
                return f"{MARGIN}· “{plain(quote)}” {plain(advice)} [{now}]"
            case AudioGap(channel=channel, start_seconds=start, end_seconds=end, reason=reason):
                return (
                    f"{clock(start):>6} {SPEAKERS[channel]:<5} [nothing heard for {end - start:.1f} s: {plain(reason)}]"
                )
            case Mark(at_seconds=at, note=note):
                return f"{clock(at):>6} marked {plain(note)}".rstrip()
            case Status(state=state, message=message) if state in SHOWN_STATES and message:
                return f"{now:>6} ! {plain(message)}"
            case _:
                return None

    def _tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._is_colourful else text
