"""What a crash left is made whole at the next start, with nothing to decide.

The recording is repaired first. Then it is heard once more by the same session object as a live call: what was
transcribed before the crash is remembered, not decoded again, so that only the last seconds cost time, and flags and
follow-ups come out as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.audio.files import FileSource
from assistant.call import Call, Version
from assistant.errors import AssistantError, ModelError, RecordingError
from assistant.plain import clock, plain
from assistant.ports import Transcriber
from assistant.session import Session, SessionSettings
from assistant.settings import Settings
from assistant.store import Recovered, Store, StoreSink
from assistant.transcript.streaming import StreamingSettings
from assistant.values import (
    FollowUp,
    FollowUpRetired,
    ReviewEvent,
    Stamped,
    TranscriptUpdate,
)
from ui import compose
from ui.cancelling import Cancellable, CancelledError


def recover(
    store: Store, settings: Settings, say: Callable[[str], None], is_cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Recover all sessions that a crash left; `say` gets a message for a person for each. Nothing is ever removed.

    Once `is_cancelled`, it stops soon; what is left to transcribe is done at the next start.
    """
    for session_id in store.recoverable():
        recovered = store.recover(session_id)
        say(
            f"The call {session_id} ended without a stop; {clock(recovered.duration_seconds)} of it were recovered. "
            f"{plain(recovered.problem)}".rstrip()
        )
    transcribers: dict[str, Transcriber] = {}
    for recovered in store.untranscribed():
        try:
            model = store.load(recovered.session_id, Version.LIVE).model
            transcriber = transcribers.get(model) or _load(model, settings)
            transcribers[model] = transcriber
            _transcribe_tail(store, recovered, transcriber, settings, is_cancelled)
        except CancelledError:
            return
        except ModelError as error:
            say(f"The last words of {recovered.session_id} are transcribed once there is a model. {error}")
            return
        except AssistantError as error:
            say(f"The last words of {recovered.session_id} could not be transcribed; its recording is kept. {error}")


def _load(model: str, settings: Settings) -> Transcriber:
    """The model that the call was heard with; where it has gone, the one that is used now."""
    try:
        return compose.load_transcriber(model, settings)
    except ModelError:
        return compose.load_transcriber("", settings)


def _transcribe_tail(
    store: Store,
    recovered: Recovered,
    transcriber: Transcriber,
    settings: Settings,
    is_cancelled: Callable[[], bool],
) -> None:
    if recovered.audio is not None:
        if not recovered.audio.is_file():
            recovered = store.recover(recovered.session_id)  # there was no room to pack it, but there may be now
        if recovered.audio is None or not recovered.audio.is_file():
            raise RecordingError("Its sound could not be packed yet: free some space on that disk and start again.")
        before = store.load(recovered.session_id, Version.LIVE)
        store.forget_review(recovered.session_id)  # all of it comes out anew, maybe with other numbers
        sink = StoreSink(store, recovered.session_id)
        transcriber = transcriber.for_call(before.language or settings.language, settings.glossary)
        session = Session(
            Cancellable(FileSource(recovered.audio, channels="split"), is_cancelled),
            transcriber,
            compose.voice_detector,
            compose.conversation(settings.verbosity, transcriber),
            [_KeepsFates(sink, before)],
            settings=SessionSettings(
                True, before.utterances, StreamingSettings(shows_partials=False, speculates=False), mutes_echo=True
            ),
        )
        session.run()
        store.note_language(recovered.session_id, transcriber.language)
    store.tail_transcribed(recovered.session_id)


class _KeepsFates:
    """A sink in front of the store's: gaps, marks and states are there already, and a card that the interviewer put
    away stays away."""

    def __init__(self, sink: StoreSink, before: Call) -> None:
        self._sink = sink
        self._before = before
        self._open: dict[tuple[str, str | None], str] = {}  # (question, quote) -> id of a card that still stands

    def next(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, TranscriptUpdate | ReviewEvent):
            self._sink.next(stamped)
        match stamped.event:
            case FollowUp(id=follow_up_id, question=question, quote=quote):
                self._open[question, quote] = follow_up_id
            case FollowUpRetired(id=follow_up_id):
                self._open = {card: id_ for card, id_ in self._open.items() if id_ != follow_up_id}

    def close(self) -> None:
        for fate in self._before.follow_ups:
            standing = self._open.get((fate.follow_up.question, fate.follow_up.quote))
            if fate.retired_why is not None and standing is not None:
                at_seconds = fate.retired_at_seconds or 0.0
                self._sink.next(Stamped(FollowUpRetired(standing, fate.retired_why), at_seconds, at_seconds))
        self._sink.close()
