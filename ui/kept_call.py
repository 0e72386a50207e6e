"""A call that is recorded and stored while it runs: how its sound begins on the disk, and how all of it is closed."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.audio.recorder import RecorderSource
from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.call import Call
from assistant.errors import AssistantError, CaptureError, ExportError, StoreError
from assistant.ports import AudioSource, Recorder
from assistant.sealing.keys import FileKey
from assistant.session import Session
from assistant.store import Store


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call that is recorded and stored while it runs."""

    id: str
    session: Session
    store: Store
    folder: Path
    only: FileLock | None  # what keeps a second live call from starting
    recorder: RecorderSource | None  # of a live call; its process keeps the sound

    def pause(self, pressed_seconds: float) -> bool:
        """Nothing that is spoken from then on (`time.monotonic()`) is recorded or heard, until `resume`. False: it was
        paused already, or it has ended."""
        if self.recorder is not None:
            self.recorder.pause(pressed_seconds)
        return self.session.pause(by_source=self.recorder is not None)

    def resume(self, pressed_seconds: float) -> bool:
        """False: it was not paused, or it has ended meanwhile."""
        if self.recorder is not None:
            self.recorder.resume(pressed_seconds)
        return self.session.resume()

    @property
    def is_paused(self) -> bool:
        return self.session.is_paused

    def run(self) -> Call:
        """Run it to its end, close the recording and the store's entry, and read it back.

        Raises:
            AssistantError: something failed; everything up to there is kept and closed first.
        """
        is_complete = False  # until it is known: there may be sound without text, which recovery hears again
        try:
            self.session.run()
            is_complete = True
        except (CaptureError, ExportError):
            is_complete = True  # all that was heard before is there
            raise
        finally:
            self._close(is_complete)
        return self.store.load(self.id)

    def _close(self, is_complete: bool) -> None:
        with contextlib.ExitStack() as last:
            if self.only is not None:
                last.callback(self.only.release)
            last.callback(self.store.release, self.id)
            if not is_complete:  # what the call failed with says more than what follows from it
                last.enter_context(contextlib.suppress(AssistantError))
            try:
                finish(self.folder)  # first: should the program end here, recovery does it
            finally:
                self.store.finish(self.id, self.session.clock_seconds, is_complete=is_complete)


def begin_recording(
    source: AudioSource, folder: Path, key: FileKey | None, undo: contextlib.ExitStack
) -> tuple[RecorderSource | None, Recorder | None]:
    """Who keeps the sound: a live source itself, in its own process; of any other the session's recorder."""
    if isinstance(source, RecorderSource):
        source.record_into(folder, key)
        undo.callback(source.close)  # before its folder is deleted, which waits until nobody writes there
        return source, None
    recorder = CrashSafeRecorder(folder, source.channels, key=key)
    undo.callback(recorder.close)
    return None, recorder


def only_recording(store: Store, undo: contextlib.ExitStack) -> FileLock:
    """A lock of the operating system, which ends with the program that records, however that ends; what it leaves
    recording ends now."""
    lock = FileLock(store.data_folder / "live.lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise CaptureError(
            "A call is being recorded on this computer already, in another window or terminal, and a second recording "
            "of the same voices helps nobody. End that one first; `depthcue sessions list` shows it."
        ) from None
    except OSError as error:
        where = store.data_folder
        raise StoreError(f"{where} can't be written ({error.strerror}). Make it writable for you.") from error
    undo.callback(lock.release)
    store.end_recordings()
    return lock
