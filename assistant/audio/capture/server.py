"""The sound server (PulseAudio, or PipeWire in its place) asked through pulsectl. One connection a thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from pulsectl import Pulse, PulseDisconnected, PulseError, PulseLoopStop
from pulsectl._pulsectl import LibPulse

from assistant.audio.capture.snapshot import Output, Playing, Snapshot, Source
from assistant.errors import CaptureError

TAG = "depthcue.stream"  # property of our own recording streams, by which they are found again

# pulsectl raises the last of these, which only its inner module names, when the connection breaks within a call.
_FAILURES = (PulseError, PulseDisconnected, LibPulse.CallError)
_NONE = 0xFFFFFFFF  # in place of an index: no monitor of anything; a stream that is connected to nothing (yet)


class SoundServer:
    """A connection. Raises CaptureError, also from every method, when there is no server or no more."""

    def __init__(self) -> None:
        self._pulse = Pulse("depthcue", connect=False)
        self._has_news = False
        try:
            # Neither starts a server (it may be down on purpose) nor takes a time-out, which hangs in this library.
            self._pulse.connect(autospawn=False)
        except _FAILURES as error:
            self._pulse.close()
            raise CaptureError("there is no sound server") from error

    def __enter__(self) -> SoundServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._pulse.close()

    def snapshot(self) -> Snapshot:
        try:
            server = self._pulse.server_info()
            sources = self._pulse.source_list()
            outputs = self._pulse.sink_list()
            playing = self._pulse.sink_input_list()
            recording = self._pulse.source_output_list()
        except _FAILURES as error:
            raise CaptureError("the sound server ended") from error
        monitors = {output.index: output.monitor_source for output in outputs}
        programs = tuple(_playing(stream, monitors) for stream in playing if stream.sink in monitors)
        heard = {stream.proplist[TAG]: _heard(stream, programs) for stream in recording if TAG in stream.proplist}
        return Snapshot(
            tuple(map(_source, sources)),
            tuple(Output(o.name, o.description, o.monitor_source, _is_muted(o)) for o in outputs),
            programs,
            server.default_source_name or "",
            server.default_sink_name or "",
            {tag: source for tag, source in heard.items() if source != _NONE},
        )

    def name(self) -> str:
        """Of the program that serves, as in "PulseAudio (on PipeWire 0.3.65)"."""
        try:
            return str(self._pulse.server_info().server_name)
        except _FAILURES as error:
            raise CaptureError("the sound server ended") from error

    def subscribe(self) -> None:
        """Have `quiet_until` tell when devices, streams or defaults change."""
        try:
            self._pulse.event_callback_set(self._on_event)
            self._pulse.event_mask_set("sink", "source", "sink_input", "source_output", "server")
        except _FAILURES as error:
            raise CaptureError("the sound server ended") from error

    def quiet_until(self, listen_seconds: float) -> float | None:
        """Listen for so long: the moment (`time.monotonic()`) up to which nothing changed since the last call; None as
        soon as something did.

        The moment is that of a question, asked when all was quiet: the server answers after all that it had to say
        before. That nothing has come means less, where this thread or the server is held up by a busy computer.
        """
        until_seconds = time.monotonic() + listen_seconds
        try:
            while not self._has_news and (left_seconds := until_seconds - time.monotonic()) > 0:
                self._pulse.event_listen(left_seconds)
        except _FAILURES as error:
            raise CaptureError("the sound server ended") from error
        asked_seconds = time.monotonic()
        if not self._has_news:
            self.name()
        has_news, self._has_news = self._has_news, False
        return None if has_news else asked_seconds

    def _on_event(self, event: Any) -> None:
        self._has_news = True
        raise PulseLoopStop


def _source(source: Any) -> Source:
    heard_from = source.proplist.get("device.master_device", "")
    is_monitor = source.monitor_of_sink != _NONE
    return Source(source.index, source.name, source.description, is_monitor, _is_muted(source), heard_from)


def _is_muted(device: Any) -> bool:
    return bool(device.mute) or device.volume.value_flat <= 0.0


def _playing(stream: Any, monitors: dict[int, int]) -> Playing:
    properties = stream.proplist
    program = properties.get("application.name") or stream.name
    binary = properties.get("application.process.binary", "")
    return Playing(stream.index, program, binary, monitors[stream.sink], bool(stream.corked))


def _heard(stream: Any, programs: Sequence[Playing]) -> int:
    """Index of the source that a recording stream hears. In PipeWire one that hears a program alone hears no source,
    and names the program's stream as its target; should it be linked to something else instead, that is its source."""
    if stream.source != _NONE:
        return int(stream.source)
    target = stream.proplist.get("target.object")
    return next((program.output_monitor for program in programs if str(program.index) == target), _NONE)
