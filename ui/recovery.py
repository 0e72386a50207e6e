"""What a crash left is made whole at the next start, with nothing to decide.

The recording is repaired first. Then it is heard once more by the same session object as a live call: what was
transcribed before the crash is remembered, not decoded again, so that only the last seconds cost time, and flags and
follow-ups come out as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.audio.files import FileSource
from assistant.call import Call
from assistant.errors import AssistantError, ModelError, RecordingError
from assistant.plain import clock, plain
from assistant.ports import Transcriber
from assistant.review.conversation import Conversation
from assistant.session import Session, SessionSettings
from assistant.settings import Settings
from assistant.store import Recovered, Store, StoreSink
from assistant.transcript.streaming import StreamingSettings
from assistant.values import FollowUpRetired, ReviewEvent, Stamped, TranscriptUpdate
from ui import compose


def recover(store: Store, settings: Settings, say: Callable[[str], None]) -> None:
    """Recover all sessions that a crash left; `say` gets a message for a person for each. Nothing is ever removed."""
    for session_id in store.recoverable():
        recovered = store.recover(session_id)
        say(
            f"The call {session_id} ended without a stop; {clock(recovered.duration_seconds)} of it were recovered. "
            f"{plain(recovered.problem)}".rstrip()
        )
    transcriber: Transcriber | None = None
    for recovered in store.untranscribed():
        try:
            transcriber = transcriber or compose.load_transcriber("", settings)
            _transcribe_tail(store, recovered, transcriber, settings)
        except ModelError as error:
            say(f"The last words of {recovered.session_id} are transcribed once there is a model. {error}")
            return
        except AssistantError as error:
            say(f"The last words of {recovered.session_id} could not be transcribed; its recording is kept. {error}")


def _transcribe_tail(store: Store, recovered: Recovered, transcriber: Transcriber, settings: Settings) -> None:
    if recovered.audio is not None:
        if not recovered.audio.is_file():
            raise RecordingError("Its sound could not be packed yet: free some space on that disk and start again.")
        before = store.load(recovered.session_id)
        sink = StoreSink(store, recovered.session_id)
        session = Session(
            FileSource(recovered.audio, channels="split"),
            transcriber,
            compose.voice_detector,
            Conversation(settings.verbosity),
            [_KeepsFates(sink, before)],
            settings=SessionSettings(True, before.utterances, StreamingSettings(shows_partials=False)),
        )
        session.run()
    store.tail_transcribed(recovered.session_id)


class _KeepsFates:
    """A sink in front of the store's: gaps, marks and states are there already, and a card that the interviewer put
    away stays away."""

    def __init__(self, sink: StoreSink, before: Call) -> None:
        self._sink = sink
        self._before = before
        self._retired: set[str] = set()

    def next(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, TranscriptUpdate | ReviewEvent):
            self._sink.next(stamped)
        if isinstance(stamped.event, FollowUpRetired):
            self._retired.add(stamped.event.id)

    def close(self) -> None:
        for fate in self._before.follow_ups:
            if fate.retired_why is not None and fate.follow_up.id not in self._retired:
                at_seconds = fate.retired_at_seconds or 0.0
                self._sink.next(Stamped(FollowUpRetired(fate.follow_up.id, fate.retired_why), at_seconds, at_seconds))
        self._sink.close()
