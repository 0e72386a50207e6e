"""Puts a call together from its parts: the only place that knows the core, the models and the store at once.

Engines are imported where they are needed, so that opening a window or printing a help text loads none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from assistant import settings as stored_settings
from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.call import Call, CallCollector, CallState
from assistant.errors import AssistantError
from assistant.ports import AudioSource, Sink, Transcriber, VoiceDetector
from assistant.review.conversation import Conversation
from assistant.session import Session, SessionSettings
from assistant.settings import Settings
from assistant.store import Store, StoreSink
from assistant.transcript.streaming import StreamingSettings
from assistant.values import Verbosity


def user_settings(verbosity: str | None = None) -> Settings:
    """The user's settings, with `verbosity` in place of theirs; what in them could not be used is told on stderr."""
    settings, messages = stored_settings.load(stored_settings.settings_path())
    for message in messages:
        print(f"depthcue: {message}", file=sys.stderr)
    return replace(settings, verbosity=Verbosity(verbosity)) if verbosity else settings


def load_transcriber(model: str, settings: Settings) -> Transcriber:
    """The speech model named `model` (catalogue name or folder), else the one in the settings, else the best there is.

    Raises:
        ModelError: it is missing or damaged.
    """
    from models.weights import choose_default, locate
    from models.whisper import WhisperTranscriber

    data_folder = stored_settings.data_folder()
    name = model or settings.model or choose_default(data_folder)
    located = locate(name, data_folder)
    return WhisperTranscriber(located.folder, located.name, threads=settings.decode_threads)


def voice_detector() -> VoiceDetector:
    from models.voice import WebRtcVoiceDetector

    return WebRtcVoiceDetector()


def consent_given() -> str:
    """The note that is kept with a call when everyone has just agreed to be recorded."""
    return f"Given, noted {datetime.now().astimezone():%Y-%m-%d %H:%M}"


def recording_session(
    source: AudioSource,
    transcriber: Transcriber,
    verbosity: Verbosity,
    sinks: Sequence[Sink],
    *,
    is_lossless: bool,
    shows_partials: bool,
) -> Session:
    """A session over a recording, which is not recorded again."""
    return Session(
        source,
        transcriber,
        voice_detector,
        Conversation(verbosity),
        sinks,
        settings=SessionSettings(is_lossless, streaming=StreamingSettings(shows_partials=shows_partials)),
    )


def reviewed_recording(source: AudioSource, transcriber: Transcriber, title: str, sinks: Sequence[Sink] = ()) -> Call:
    """Transcribe and review a recording to its end, as fast as it goes; nothing is stored."""
    collector = CallCollector()
    session = recording_session(
        source, transcriber, Verbosity.NORMAL, [*sinks, collector], is_lossless=True, shows_partials=False
    )
    session.run()
    empty = Call("", title, datetime.now().astimezone(), session.clock_seconds, CallState.FINISHED, transcriber.name)
    return collector.call(empty)


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call that is recorded and stored while it runs."""

    id: str
    session: Session
    store: Store
    folder: Path

    def run(self) -> Call:
        """Run it to its end, close the recording and the store's entry, and read it back.

        Raises:
            AssistantError: something failed; everything up to there is kept and closed first.
        """
        try:
            self.session.run()
        finally:
            try:
                finish(self.folder)  # first: should the program end here, recovery does it
            finally:
                self.store.finish(self.id, self.session.clock_seconds)
        return self.store.load(self.id)


def kept_call(
    source: AudioSource,
    transcriber: Transcriber,
    settings: Settings,
    *,
    title: str,
    consent: str | None,
    sinks: Sequence[Sink] = (),
    is_lossless: bool = False,
    shows_partials: bool = True,
) -> KeptCall:
    """A call whose sound goes to disk first, and whose text, flags and follow-ups go to the store as they come.

    Raises:
        StoreError, RecordingError: it can't be kept, so it does not start.
    """
    store = Store.open(stored_settings.data_folder())
    started = datetime.now().astimezone()
    session_id, folder = store.begin(title, started, transcriber.name, source.channels, consent)
    try:
        recorder = CrashSafeRecorder(folder, source.channels)
        kept: list[Sink] = [*sinks, StoreSink(store, session_id)]
    except AssistantError:
        source.close()
        store.release(session_id)
        store.delete(session_id)
        raise
    session = Session(
        source,
        transcriber,
        voice_detector,
        Conversation(settings.verbosity),
        kept,
        recorder,
        SessionSettings(is_lossless, streaming=StreamingSettings(shows_partials=shows_partials)),
    )
    return KeptCall(session_id, session, store, folder)
