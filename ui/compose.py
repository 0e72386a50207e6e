"""Puts a call together from its parts: the only place that knows the core, the models and the store at once.

Engines are imported where they are needed, so that opening a window or printing a help text loads none.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import settings as stored_settings
from assistant.call import Call, CallCollector, CallState
from assistant.errors import ModelError
from assistant.event_log import EventLog
from assistant.languages import ENGLISH
from assistant.offline import OfflineSession
from assistant.ports import (
    AudioSource,
    BatchTranscriber,
    SentenceModel,
    Sink,
    Transcriber,
    VoiceDetector,
)
from assistant.review.conversation import Conversation
from assistant.review.follow_ups import FollowUps, follow_ups_of
from assistant.review.rewording import Reworder
from assistant.session import Session, SessionSettings
from assistant.settings import Settings
from assistant.store import Store, StoreSink
from assistant.transcript.jobs import StreamingSettings
from assistant.values import Verbosity
from ui.echo_removal import NO_REMOVAL, EchoRemoval, echo_removal
from ui.kept_call import KeptCall, begin_recording, only_recording
from ui.language_model import language_model

if TYPE_CHECKING:
    from models.whisper import WhisperTranscriber

MOST_WORKERS = 4  # of a recording's decodes: each takes some hundred megabytes


def load_transcriber(model: str, settings: Settings) -> Transcriber:
    """The speech model named `model` (catalogue name or folder), else the one in the settings, else the best there is.

    Raises:
        ModelError: it is missing or damaged.
    """
    return _load_whisper(model, settings, settings.decode_threads, workers=1)


def load_batch_transcriber(model: str, settings: Settings) -> BatchTranscriber:
    """The same for recordings: nothing else wants the cores, so each gets a worker.

    Raises:
        ModelError: it is missing or damaged.
    """
    return _load_whisper(
        model, settings, 1, workers=max(settings.decode_threads, min(os.cpu_count() or 1, MOST_WORKERS))
    )


def _load_whisper(model: str, settings: Settings, threads: int, workers: int) -> WhisperTranscriber:
    from models.weights import choose_default, locate
    from models.whisper import PADDED, WhisperTranscriber

    data_folder = stored_settings.data_folder()
    name = model or settings.model or choose_default(data_folder)
    located = locate(name, data_folder)
    sentence_model()  # now, so that nothing heavy is loaded once a source records
    decode = PADDED if settings.always_pad_to_30_seconds else None
    return WhisperTranscriber(located.folder, located.name, threads, decode, workers)


def voice_detector() -> VoiceDetector:
    from models.voice import WebRtcVoiceDetector

    return WebRtcVoiceDetector()


@cache
def sentence_model() -> SentenceModel | None:
    """The sentence encoder beside the rules of the review; where it can't be used that is told, and rules go alone."""
    from models.sentences import load

    try:
        return load()
    except ModelError as error:
        print(f"depthcue: {error}", file=sys.stderr)
        return None


def follow_ups(settings: Settings) -> FollowUps:
    """What calls by these settings ask, and what in that can't be used."""
    return follow_ups_of(settings.question_set, settings.follow_ups)


def conversation(
    verbosity: Verbosity,
    transcriber: Transcriber | BatchTranscriber,
    asks: FollowUps | None = None,
    reworder: Reworder | None = None,
) -> Conversation:
    """The review of one call, by everything that there is for the language that it is known to be in."""
    review = Conversation(verbosity, asks.bank if asks else None, sentence_model(), reworder=reworder)
    review.transcribed_in(transcriber.language or ENGLISH)
    return review


def consent_given() -> str:
    """The note that is kept with a call when everyone has just agreed to be recorded."""
    return f"Given, noted {_now()}"


def consent_not_asked() -> str:
    """The note that is kept with a call that somebody chose to record without an answer."""
    return f"Not asked: recorded without an answer by choice, noted {_now()}"


def _now() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"


def recording_session(
    source: AudioSource,
    transcriber: Transcriber,
    verbosity: Verbosity,
    sinks: Sequence[Sink],
    *,
    is_lossless: bool,
    shows_partials: bool,
    refines: bool = False,
    asks: FollowUps | None = None,
    echo: EchoRemoval = NO_REMOVAL,
) -> Session:
    """A session over a recording, which is not recorded again. `transcriber` is one for this call, `asks` are its
    follow-ups; those that come with the program if not given. `echo` is for this recording. `refines`: see
    `StreamingSettings`."""
    warnings = (*transcriber.notices, *(asks.problems if asks else ()), *echo.notices)
    streaming = StreamingSettings(shows_partials=shows_partials, refines=refines)
    return Session(
        source,
        transcriber,
        voice_detector,
        conversation(verbosity, transcriber, asks),
        sinks,
        settings=SessionSettings(
            is_lossless, streaming=streaming, warnings=warnings, mutes_echo=True, echo_remover=echo.remover
        ),
    )


def reviewed_recording(
    source: AudioSource,
    transcriber: BatchTranscriber,
    title: str,
    sinks: Sequence[Sink] = (),
    *,
    verbosity: Verbosity = Verbosity.NORMAL,
    asks: FollowUps | None = None,
    started: datetime | None = None,
    echo: EchoRemoval = NO_REMOVAL,
) -> Call:
    """Transcribe and review a recording to its end, as fast as it goes; nothing is stored. `asks` as for a session;
    `started`, with a time zone, is when it was recorded; now if that is not known. `echo` is for this recording."""
    collector = CallCollector()
    session = OfflineSession(
        source,
        transcriber,
        voice_detector,
        conversation(verbosity, transcriber, asks),
        [*sinks, collector],
        (*(asks.problems if asks else ()), *echo.notices),
        echo.remover,
    )
    session.run()
    started = started or datetime.now().astimezone()
    finished = Call("", title, started, session.duration_seconds, CallState.FINISHED, transcriber.name)
    return collector.call(replace(finished, language=transcriber.language, verbosity=verbosity))


def kept_call(
    source: AudioSource,
    transcriber: Transcriber,
    settings: Settings,
    *,
    title: str,
    consent: str,
    sinks: Sequence[Sink] = (),
    events: Path | None = None,
    is_lossless: bool = False,
    shows_partials: bool = True,
) -> KeptCall:
    """A call whose sound goes to disk first, and whose text, flags and follow-ups go to the store as they come. With
    an event log in `events`, in place of an older one there. `consent` is what was answered, or why nobody was asked.

    Raises:
        StoreError, RecordingError: it can't be kept, so it does not start, and the source is closed.
        CaptureError: another call is being recorded.
        ExportError: the event log can't be written.
    """
    with contextlib.ExitStack() as undo:
        undo.callback(source.close)
        transcriber = transcriber.for_call(settings.language, settings.glossary)
        data_folder = stored_settings.data_folder()
        store = Store.open(data_folder)
        only = only_recording(store, undo) if source.duration_seconds is None else None
        started = datetime.now().astimezone()
        session_id, folder = store.begin(title, started, transcriber.name, source.channels, consent)
        undo.callback(store.delete, session_id)
        undo.callback(store.release, session_id)
        live, recorder = begin_recording(source, folder, store.new_recording_key(), undo)
        stored = StoreSink(store, session_id, lambda: transcriber.language, settings.verbosity)
        undo.callback(stored.close)
        # Last, when nothing else hinders the call: it replaces an older log.
        kept: list[Sink] = [*sinks, *([EventLog(events)] if events else []), stored]
        asks = follow_ups(settings)
        echo = echo_removal(settings)
        # Only where the call takes as long as it took: what comes in time must not depend on how fast a replay is.
        is_reworded = settings.rewords_follow_ups and not is_lossless
        reworder = Reworder(language_model(settings)) if is_reworded else None
        session = Session(
            source,
            transcriber,
            voice_detector,
            conversation(settings.verbosity, transcriber, asks, reworder),
            kept,
            recorder,
            SessionSettings(
                is_lossless,
                streaming=StreamingSettings(shows_partials=shows_partials, refines=settings.refine_finals),
                warnings=(*transcriber.notices, *asks.problems, *echo.notices),
                mutes_echo=True,
                echo_remover=echo.remover,
            ),
            reworder,
        )
        undo.pop_all()
    return KeptCall(session_id, session, store, folder, only, live)
