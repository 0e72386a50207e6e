"""What a crash left is made whole at the next start, with nothing to decide.

The recording is repaired first. Then it is heard once more by the same session object as a live call: what was
transcribed before the crash is remembered, not decoded again, so that only the last seconds cost time, and flags and
follow-ups come out as if nothing had happened. They take the place of the old ones all at once, when all is heard.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import groupby

from assistant.audio.files import FileSource
from assistant.call import Call, CallCollector, Version
from assistant.errors import AssistantError, ModelError, RecordingError
from assistant.fates import with_fates_of
from assistant.plain import clock, counted, plain
from assistant.ports import Transcriber
from assistant.session import Session, SessionSettings
from assistant.settings import Settings
from assistant.store import Recovered, Store, StoreSink
from assistant.transcript.jobs import StreamingSettings
from assistant.values import SAME_SECONDS, Channel, Stamped, TranscriptUpdate, Word
from ui import compose
from ui.cancelling import Cancellable, CancelledError
from ui.echo_removal import EchoRemoval, echo_removal


def recover(
    store: Store, settings: Settings, say: Callable[[str], None], is_cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Recover all sessions that a crash left; `say` gets a message for a person for each. Nothing is ever removed.

    Once `is_cancelled`, it stops soon; what is left to transcribe is done at the next start.
    """
    titles = {one.id: plain(one.title) for one in store.sessions()}
    for session_id in store.recoverable():
        call = _named(session_id, titles)
        try:
            recovered = store.recover(session_id)
        except AssistantError as error:
            if store.folder(session_id).exists():  # else it was deleted meanwhile
                say(f"The call {call} was cut off and is not recovered yet. {error}")
            continue
        length = clock(recovered.duration_seconds)
        say(f"The call {call} was cut off; {length} of it were recovered. {plain(recovered.problem)}".rstrip())
    transcribers: dict[str, Transcriber] = {}
    told: set[str] = set()
    for recovered in store.untranscribed():
        call = _named(recovered.session_id, titles)
        try:
            model = store.load(recovered.session_id, Version.LIVE).model
            transcriber = transcribers.get(model) or _load(model, settings)
            transcribers[model] = transcriber
            echo = echo_removal(settings)
            for notice in echo.notices:
                if notice not in told:
                    told.add(notice)
                    say(notice)
            if missing := _transcribe_tail(store, recovered, transcriber, settings, echo, is_cancelled):
                say(
                    f"{counted(missing, 'utterance')} of the call {call} could not be transcribed. What was said is "
                    "recorded: transcribe the call again, in the window or with `depthcue transcribe --session`."
                )
        except CancelledError:
            return
        except ModelError as error:
            say(f"The last words of the call {call} are transcribed once there is a model. {error}")
            return
        except AssistantError as error:
            if store.folder(recovered.session_id).exists():  # else it was deleted meanwhile
                say(f"The last words of the call {call} could not be transcribed; its recording is kept. {error}")


def _named(session_id: str, titles: Mapping[str, str]) -> str:
    """As people know it, and as commands take it."""
    title = titles.get(session_id)
    return f"“{title}” ({session_id})" if title else session_id


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
    echo: EchoRemoval,
    is_cancelled: Callable[[], bool],
) -> int:
    """How many utterances had to be left out."""
    missing = 0
    if recovered.audio is not None:
        if not recovered.audio.is_file():
            recovered = store.recover(recovered.session_id)  # there was no room to pack it, but there may be now
        if recovered.audio is None or not recovered.audio.is_file():
            raise RecordingError("Its sound could not be packed yet: free some space on that disk and start again.")
        before = store.load(recovered.session_id, Version.LIVE)
        transcriber = transcriber.for_call(before.language or settings.language, settings.glossary)
        again = CallCollector()
        with (  # the session closes both, unless something hinders it from beginning
            closing(FileSource(recovered.audio, channels="split")) as source,
            closing(StoreSink(store, recovered.session_id, lambda: transcriber.language)) as sink,
        ):
            session = Session(
                Cancellable(source, is_cancelled),
                transcriber,
                compose.voice_detector,
                compose.conversation(before.verbosity or settings.verbosity, transcriber, compose.follow_ups(settings)),
                [_NewText(sink, before), again],
                settings=SessionSettings(
                    True,
                    before.utterances,
                    StreamingSettings(shows_partials=False, speculates=False),
                    mutes_echo=True,
                    echo_remover=echo.remover,
                ),
            )
            session.run()
            missing = session.left_out
        store.keep_review(recovered.session_id, with_fates_of(before, again.call(before)))
    store.tail_transcribed(recovered.session_id)
    return missing


class _NewText:
    """A sink in front of the store's: what is there already stays, with what a person has corrected in it.

    Where utterances begin and end may come out otherwise than in the call, and so may their numbers, so that only the
    clock tells what is new: the words that lie in no stored utterance of their channel. The last one gives way where
    the same utterance is longer now, as it is after a recovery that was not heard to its end.
    """

    def __init__(self, sink: StoreSink, before: Call) -> None:
        self._sink = sink
        self._kept: dict[Channel, list[TranscriptUpdate]] = {channel: [] for channel in Channel}
        for update in sorted(before.utterances, key=_end_seconds):
            self._kept[update.channel].append(update)
        self._next_number = 1 + max((update.utterance for update in before.utterances), default=-1)

    def next(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, TranscriptUpdate):
            for update in self._new_in(stamped.event):
                self._sink.next(replace(stamped, event=update))

    def close(self) -> None:
        self._sink.close()

    def _new_in(self, update: TranscriptUpdate) -> list[TranscriptUpdate]:
        """Each utterance comes once: nothing but final text is published, and none is heard once more."""
        kept = self._kept[update.channel]
        is_last = bool(kept) and abs(update.start_seconds - kept[-1].start_seconds) < SAME_SECONDS
        if is_last and update.words and update.end_seconds > kept[-1].end_seconds + SAME_SECONDS:
            return [replace(update, utterance=kept[-1].utterance)]
        runs = [tuple(run) for is_known, run in groupby(update.words, partial(_is_in, kept)) if not is_known]
        return [self._renumbered(_part(update, run)) for run in runs]

    def _renumbered(self, update: TranscriptUpdate) -> TranscriptUpdate:
        """Under a number that no stored utterance has."""
        self._next_number += 1
        return replace(update, utterance=self._next_number - 1)


def _end_seconds(update: TranscriptUpdate) -> float:
    return update.end_seconds


def _is_in(kept: list[TranscriptUpdate], word: Word) -> bool:
    """Whether the word was said in one of these utterances, which are in the order of their ends."""
    middle_seconds = (word.start_seconds + word.end_seconds) / 2
    place = bisect_left(kept, middle_seconds, key=_end_seconds)
    return place < len(kept) and kept[place].start_seconds <= middle_seconds


def _part(update: TranscriptUpdate, words: tuple[Word, ...]) -> TranscriptUpdate:
    if len(words) == len(update.words):
        return update
    return replace(update, words=words, start_seconds=words[0].start_seconds, end_seconds=words[-1].end_seconds)
