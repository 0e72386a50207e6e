"""A stored call is transcribed and reviewed once more from its recording, without the haste of a call.

The live version stays as it is. The second one is kept when it is whole, all at once: whatever ends the program before
leaves what there was, and it can be run again. The caller's thread is blocked for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.audio.files import LONG_FRAME_SECONDS, FileSource
from assistant.audio.recording import finish
from assistant.call import Call, Version
from assistant.errors import RecordingError
from assistant.fates import with_fates_of
from assistant.languages import AUTO
from assistant.ports import AudioSource, Sink
from assistant.settings import Settings
from assistant.store import Store
from assistant.values import Stamped, State, Status
from ui import compose
from ui.echo_removal import echo_removal


class NewWarnings:
    """A sink that keeps the warnings that were not told live."""

    def __init__(self, store: Store, session_id: str) -> None:
        self._told_live = {notice.status.message for notice in store.notices(session_id)}
        self.messages: list[str] = []

    def next(self, stamped: Stamped) -> None:
        event = stamped.event
        if isinstance(event, Status) and event.state is State.WARNING and event.message not in self._told_live:
            self.messages.append(event.message)

    def close(self) -> None:
        """Nothing is held open."""


def transcribe_again(
    store: Store,
    session_id: str,
    settings: Settings,
    model: str = "",
    language: str = "",
    shown: Callable[[AudioSource], tuple[AudioSource, list[Sink]]] = lambda source: (source, []),
) -> Call:
    """Make the second version of a call and return it as it is kept. Flags and follow-ups come out anew; what was
    asked or put off during the call stays so.

    Args:
        model: a name or folder; by default the one in the settings for this, or the one for everything.
        language: code of what is spoken, or "auto", where the user has said it of this call; by default what was heard
            live.
        shown: may wrap the source and add sinks, to show how far it is.

    Raises:
        StoreError: there is no such session, it is being recorded or repaired just now, it can't be written, or its
            second version holds corrections, by now or by the end, which a new one would not have.
        RecordingError: its recording is gone, or can't be packed or used.
        ModelError, AudioFileError, TranscriptionError: it can't be transcribed.
    """
    is_owner = store.hold(session_id)
    try:
        live = store.load(session_id, Version.LIVE)
        audio = live.audio
        if audio is not None and not audio.is_file():
            audio = finish(audio)  # there was no room to pack it when the call ended
        if audio is None:
            raise RecordingError(
                f"The session {session_id} has no recording any more, so it can't be transcribed again. Its transcript "
                "is kept."
            )
        store.spare_corrections(session_id)
        loaded = compose.load_batch_transcriber(model or settings.second_pass_model, settings)
        transcriber = loaded.for_call(language or live.language or settings.language, settings.glossary)
        source, sinks = shown(FileSource(audio, channels="split", frame_seconds=LONG_FRAME_SECONDS))
        again = compose.reviewed_recording(
            source,
            transcriber,
            live.title,
            sinks,
            verbosity=settings.verbosity,
            asks=compose.follow_ups(settings),
            started=live.started,
            echo=echo_removal(settings),
        )
        store.keep_second_pass(session_id, with_fates_of(live, again))
        return store.load(session_id, Version.SECOND)
    finally:
        if is_owner:
            store.release(session_id)


def transcribe_after_call(
    store: Store,
    session_id: str,
    settings: Settings,
    shown: Callable[[AudioSource], tuple[AudioSource, list[Sink]]],
) -> Call:
    """`transcribe_again` for a call that was just held by these settings: a language that they name was said of this
    call, and the live model may not have known it. Raises what that does."""
    language = "" if settings.language == AUTO else settings.language
    return transcribe_again(store, session_id, settings, language=language, shown=shown)
