"""The program's side of the recording process: a source of what that process hears and has put on the disk.

The listening thread reads; any thread pauses, resumes and closes. Should the process end by itself, or hang and be
ended, a successor that waits for it takes over the same recording on the same clock, and what was missed between them
is a gap.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from assistant.audio.recorder.child import RECORDING_SECONDS, Child
from assistant.audio.recorder.pauses import Pauses
from assistant.audio.recorder.wire import End, Fact
from assistant.errors import AssistantError, CaptureError
from assistant.sealing.keys import FileKey
from assistant.values import PAUSED, SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status

BROKE_OFF = "the recording broke off, and was started again"
_FIRST_RETRY_SECONDS = 0.1
_LAST_RETRY_SECONDS = 2.0


class RecorderSource:
    """A live call, heard and recorded by a process of its own. Devices are open from the constructor on.

    Args:
        mic, call: as in `assistant.audio.capture.open_live`.

    Raises:
        CaptureError: as `open_live` does, or the process can't be started.
    """

    def __init__(self, mic: str = "", call: str = "") -> None:
        self._names = {"mic": mic, "call": call}
        self._child = Child()
        self._child.tell(do="open", **self._names)
        opened = self._child.answer().values
        self._channels = tuple(Channel(name) for name in opened["channels"])
        self._asks_server: bool = opened["asks_server"]
        self._spare: Child | None = None  # a successor that is ready, because starting one takes a second
        self._opening: Child | None = None  # a successor that was told to open and may not have answered yet
        self._folder: Path | None = None
        self._key = ""  # of the recording, where that is encrypted
        self._origin_seconds: float | None = None
        self._heard_seconds = dict.fromkeys(self._channels, 0.0)
        self._joins: set[Channel] = set()  # after a break these channels have not been heard yet
        self._ready: deque[AudioFrame | AudioGap | Status] = deque()
        self._commanding = threading.Lock()  # over what is below, and which child is told
        self._pauses = Pauses()  # a successor hears before it can be told of a press, and is told of all of them
        self._is_closed = False
        self._is_read = False
        self._closed = threading.Event()
        self._is_over = False

    # --- any thread ---

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._channels

    @property
    def duration_seconds(self) -> float | None:
        return None

    @property
    def process_id(self) -> int:
        """Of the process that records now."""
        return self._child.process.pid

    @property
    def origin_seconds(self) -> float | None:
        """`time.monotonic()` at the call's 0.0, as far as it was read."""
        return self._origin_seconds

    def record_into(self, folder: Path, key: FileKey | None = None) -> None:
        """Start to record, with a `key` encrypted; `read` gives what is on the disk. Once.

        Raises:
            RecordingError: the folder can't be written, or holds a recording already.
        """
        self._key = key.text() if key is not None else ""
        self._folder = folder
        self._tell_to_record(self._child, goes_on=False)
        self._child.answer()
        self._child.patience_seconds = RECORDING_SECONDS
        with suppress(CaptureError):  # without one a successor is started when it is needed
            self._spare = Child()

    def pause(self, pressed_seconds: float) -> None:
        """Nothing that is spoken from then on (`time.monotonic()`) is recorded or given out, until `resume`; `read`
        gives `State.PAUSED` once all is given out that was spoken before, and afterwards the pause as a gap.

        Sound counts as spoken when it arrives from the system: of what a device delays, as Bluetooth does, the delay's
        length before the press is lost as well, and where it delays by more than 50 ms the end of the pause is kept.
        """
        with self._commanding:
            self._pauses.begin(pressed_seconds)
            self._child.tell(do="pause", at_seconds=pressed_seconds)

    def resume(self, pressed_seconds: float) -> None:
        with self._commanding:
            self._pauses.end(pressed_seconds)
            self._child.tell(do="resume", at_seconds=pressed_seconds)

    def close(self) -> None:
        """End the recording. `read` still gives out what was spoken up to now, then None.

        What has not arrived from a device a second later is cut off.
        """
        now_seconds = time.monotonic()
        with self._commanding:
            self._is_closed = True
            self._closed.set()
            self._child.tell(do="stop", at_seconds=now_seconds)
            if self._opening is not None:
                self._opening.process.kill()  # it records nothing yet, and a hung sound server never lets it answer
            is_unread = not self._is_read and not self._is_over
            self._is_over = self._is_over or is_unread
        if is_unread:  # nobody will read to the end
            self._leave()

    def _tell_to_record(self, child: Child, goes_on: bool) -> None:
        turns_seconds = self._pauses.turns_seconds
        child.tell(
            do="record", folder=str(self._folder), key=self._key, goes_on=goes_on, turns_seconds=turns_seconds
        )  # fmt: skip

    # --- the listening thread ---

    def read(self) -> AudioFrame | AudioGap | Status | None:
        with self._commanding:
            self._is_read = True
        while not self._ready:
            if self._is_over:
                return None
            message = self._child.receive()
            match message:
                case AudioFrame() | AudioGap():
                    self._take(message)
                case Status():
                    return message
                case Fact(values=values):
                    self._origin_seconds = values.get("origin_seconds", self._origin_seconds)
                case End():
                    self._leave()
                case None:
                    self._succeed()
                case _:
                    self._leave()
                    raise message
        return self._ready.popleft()

    def _take(self, item: AudioFrame | AudioGap) -> None:
        """Give out `item`, and the first of a channel after a break with the gap before it.

        To a successor all that was before it is missing, with the pauses in it: of that only what nobody heard is told.
        """
        heard_seconds = self._heard_seconds[item.channel]
        if item.channel in self._joins:
            if (item.end_seconds - heard_seconds) * SAMPLE_RATE_HZ < 1:
                return
            self._joins.remove(item.channel)
            if isinstance(item, AudioGap):
                reason = PAUSED if item.reason == PAUSED else BROKE_OFF
                item = AudioGap(item.channel, heard_seconds, item.end_seconds, reason)
            elif (item.start_seconds - heard_seconds) * SAMPLE_RATE_HZ >= 1:
                self._ready.append(AudioGap(item.channel, heard_seconds, item.start_seconds, BROKE_OFF))
        self._ready.append(item)
        self._heard_seconds[item.channel] = max(heard_seconds, item.end_seconds)

    def _succeed(self) -> None:
        """The process has ended by itself: have the next one go on, and try until it does or the call is over."""
        retry_seconds, failure = _FIRST_RETRY_SECONDS, ""
        fault = "hung and was replaced" if self._child.has_hung else "broke off by a fault and was started again"
        self._child.end()
        while not self._is_closed:
            try:
                self._begin_anew()
            except AssistantError as error:
                if not failure and not self._is_closed:
                    failure = str(error)
                    break_message = f"Nothing is recorded at the moment: {failure} It is tried again until it works."
                    self._ready.append(Status(State.DEVICE_LOST, break_message))
                self._closed.wait(retry_seconds)
                retry_seconds = min(2 * retry_seconds, _LAST_RETRY_SECONDS)
                continue
            self._joins = set(self._channels)
            message = f"The recording {fault}. What was missed is marked."
            self._ready.append(Status(State.DEVICE_BACK if failure else State.WARNING, message))
            return
        self._leave()

    def _begin_anew(self) -> None:
        """Raises CaptureError, RecordingError."""
        child, self._spare = self._spare or Child(), None
        if child.process.poll() is not None:
            child.end()
            child = Child()
        with self._commanding:
            self._opening = child
            if self._is_closed:
                child.process.kill()
        child.tell(
            do="open", **self._names, channels=list(self._channels),
            origin_seconds=self._origin_seconds, asks_server=self._asks_server,
        )  # fmt: skip
        child.answer()
        with self._commanding:
            self._opening = None
            self._tell_to_record(child, goes_on=True)
            self._child = child  # a press that comes now follows through the same pipe
        child.answer()
        child.patience_seconds = RECORDING_SECONDS
        with suppress(CaptureError):
            self._spare = Child()

    def _leave(self) -> None:
        """No process is left behind."""
        self._is_over = True
        self._child.end()
        if self._spare is not None:
            self._spare.end()
            self._spare = None
