"""What a sound server has at one moment, and which of it is whose voice: rules without a server.

The rule above all others: the call is never taken from a microphone, and You are never taken from what a loudspeaker
plays. Otherwise one person's words stand under the other's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from assistant.audio.capture.devices import Device, DeviceKind
from assistant.errors import CaptureError
from assistant.values import Channel

_CHOOSE = "choose the program that plays the call as its source."


@dataclass(frozen=True, slots=True)
class Source:
    """What can be recorded: a microphone, or the monitor of an output."""

    index: int
    name: str
    description: str
    is_monitor: bool
    is_muted: bool = False
    heard_from: str = ""  # name of the source that it passes on, where it is no device of its own


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    description: str
    monitor: int  # index of its source
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class Playing:
    """One stream that a program plays."""

    index: int
    program: str
    binary: str
    output_monitor: int  # index of the source that hears the output it plays to
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Target:
    """What a channel records. Two targets that are equal are the same device, plugged in once."""

    source_index: int
    source_name: str
    description: str
    playing_index: int | None = None  # only this stream of what the output plays


@dataclass(frozen=True, slots=True)
class Snapshot:
    sources: tuple[Source, ...] = ()
    outputs: tuple[Output, ...] = ()
    playing: tuple[Playing, ...] = ()
    default_source: str = ""
    default_output: str = ""
    recorded: Mapping[str, int] = field(default_factory=dict)  # our streams by their tag: index of the source they hear

    def devices(self, call: str = "") -> list[Device]:
        """What can be chosen. `call` is what is wanted of it: whatever passes that on is no default microphone."""
        microphone = self._microphone_name(call)
        microphones = [
            Device(source.name, source.description, DeviceKind.MICROPHONE, source.name == microphone)
            for source in self.sources
            if not source.is_monitor
        ]
        outputs = [
            Device(output.name, output.description, DeviceKind.CALL_OUTPUT, output.name == self._output_name())
            for output in self.outputs
        ]
        names = dict.fromkeys(stream.program for stream in self.playing)
        return microphones + outputs + [Device(name, name, DeviceKind.PROGRAM, False) for name in names]

    def target(self, channel: Channel, wanted: Mapping[Channel, str]) -> Target:
        """What is wanted of a channel, by a name or a description; the system's default is wanted by an empty one.

        Whatever passes on what is wanted of the call is no default microphone; where no call is wanted, that of the
        default output is none either.

        Raises:
            CaptureError: it isn't there; the text is the reason.
        """
        if channel is Channel.YOU:
            return self._microphone(wanted[channel], wanted.get(Channel.THEM, ""))
        return self._call(wanted[channel])

    def notice(self, target: Target) -> str:
        """What a user should know of a device that is recorded; empty where all is well."""
        if any(source.index == target.source_index and source.is_muted for source in self.sources):
            return f"{target.description} is muted in the system's sound settings. Switch it on, or nothing is heard."
        output = next((output for output in self.outputs if output.monitor == target.source_index), None)
        if output is None or target.playing_index is not None:
            return ""
        if output.is_muted:
            return f"{output.description} is muted, and what it plays can't be heard. Switch it on, or {_CHOOSE}"
        heard = [s.program for s in self.playing if s.output_monitor == output.monitor and not s.is_paused]
        programs = list(dict.fromkeys(heard))
        if len(programs) < 2:
            return ""
        names = f"{', '.join(programs[:-1])} and {programs[-1]}"
        return (
            f"{names} play on {output.description}, and all of it is recorded as the call. To hear one alone, {_CHOOSE}"
        )

    def _microphone(self, wanted: str, call: str) -> Target:
        name = wanted or self._microphone_name(call)
        for source in self.sources:
            if name and name in (source.name, source.description):
                if source.is_monitor:
                    raise CaptureError(f'"{name}" is what a loudspeaker plays, not a microphone')
                return Target(source.index, source.name, source.description)
        raise CaptureError(f'there is no microphone "{wanted}"' if wanted else "there is no microphone")

    def _call(self, wanted: str) -> Target:
        name = wanted or self._output_name()
        monitors = {source.index: source for source in self.sources if source.is_monitor}
        for output in self.outputs:
            monitor = monitors.get(output.monitor)
            if name and monitor and name in (output.name, output.description, monitor.name, monitor.description):
                return Target(monitor.index, monitor.name, output.description)
        streams = [stream for stream in self.playing if wanted and wanted.casefold() in _names(stream)]
        # The oldest that plays: a call lasts, the sound of a notification doesn't.
        for stream in sorted(streams, key=lambda stream: (stream.is_paused, stream.index)):
            if monitor := monitors.get(stream.output_monitor):
                return Target(monitor.index, monitor.name, stream.program, stream.index)
        if any(wanted and wanted in (source.name, source.description) for source in self.sources):
            raise CaptureError(f'"{wanted}" is a microphone, not what plays the call')
        if not wanted:
            raise CaptureError("there is no output that could play the call")
        raise CaptureError(f'there is no output "{wanted}", and no program of that name plays sound')

    def _microphone_name(self, call: str) -> str:
        """The default; the first microphone where a server without a better one made a monitor the default.

        What only passes on a monitor of the default output, or of the one that plays the call, is none, although the
        server takes it for one.
        """
        output = self._output_name()
        played = {each.monitor for each in self.outputs if each.name == output}
        with suppress(CaptureError):  # what is not there plays nothing
            played.add(self._call(call).source_index)
        microphones = [source for source in self.sources if not source.is_monitor]
        names = [source.name for source in microphones if played.isdisjoint(self._passed_on(source))]
        return self.default_source if self.default_source in names else next(iter(names), "")

    def _passed_on(self, source: Source) -> set[int]:
        """Indices of the source and of all that it hears, one through the other."""
        by_name = {each.name: each for each in self.sources}
        passed = {source.index}
        while (heard := by_name.get(source.heard_from)) is not None and heard.index not in passed:
            passed.add(heard.index)
            source = heard
        return passed

    def _output_name(self) -> str:
        names = [output.name for output in self.outputs]
        return self.default_output if self.default_output in names else next(iter(names), "")


def _names(stream: Playing) -> tuple[str, str]:
    return stream.program.casefold(), stream.binary.casefold()
