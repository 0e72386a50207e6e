"""What `depthcue doctor` looks at. Each check says what it found and, where that is bad, what to do."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import settings as stored_settings
from assistant.audio.capture import DeviceKind, LiveSource, open_live
from assistant.audio.capture.opening import list_devices, server_name
from assistant.audio.capture.portaudio import load as load_portaudio
from assistant.errors import CaptureError, ModelError, SealingError, StoreError
from assistant.plain import plain
from assistant.settings import Settings
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel

_LISTEN_SECONDS = 1.0
_PATIENCE_SECONDS = 4.0
_MODEL_PATIENCE_SECONDS = 15.0  # a server may load its model first
_KEY_STORE_PATIENCE_SECONDS = 15.0  # a person may have to open it first
_HOUR_BYTES = 2 * 2 * SAMPLE_RATE_HZ * 3600  # two channels of 16 bit, as a call is kept while it runs

_WHO = {Channel.YOU: "your voice", Channel.THEM: "the call's sound"}


class State(Enum):
    OK = "ok"
    NOTE = "note"  # worth knowing; a call works
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    state: State
    text: str


def all_checks() -> Iterator[Finding]:
    """One after the other, as they are done."""
    data_folder = stored_settings.data_folder()
    settings, complaints = stored_settings.load(stored_settings.settings_path())
    # An older Python than the program needs can't install it, and does not get here.
    yield Finding("Python", State.OK, platform.python_version())
    yield _cores()
    yield (
        Finding("settings", State.NOTE, " ".join(complaints))
        if complaints
        else Finding("settings", State.OK, str(stored_settings.settings_path()))
    )
    yield from _server()
    yield from _defaults(settings)
    yield from _voices(settings)
    yield _data_folder(data_folder)
    yield _encryption(data_folder)
    yield from _key_store(data_folder)
    yield _database(data_folder)
    yield from _models(data_folder, settings)
    yield _questions(settings)
    yield _language_model(settings)
    yield _window()


def _cores() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores >= 2:
        return Finding("processor", State.OK, f"{cores} cores")
    return Finding("processor", State.NOTE, "1 core: transcription may fall behind; choose the model tiny.en.")


def _server() -> Iterator[Finding]:
    name = server_name()
    if name is None:
        if platform.system() == "Linux":
            yield Finding(
                "sound server",
                State.PROBLEM,
                "none answers, so the call can't be heard. Start it: systemctl --user start pipewire-pulse "
                "(or pulseaudio --start); install it: sudo apt install pipewire-pulse",
            )
    else:
        yield Finding("sound server", State.OK, plain(name))
        if shutil.which("parec"):
            yield Finding("parec", State.OK, "found")
        else:
            yield Finding("parec", State.PROBLEM, "missing. Install it: sudo apt install pulseaudio-utils")
    try:
        load_portaudio()
    except CaptureError:
        state = State.NOTE if name else State.PROBLEM  # with a server nothing needs it
        yield Finding("PortAudio", state, "missing; needed without a sound server: sudo apt install libportaudio2")
    else:
        yield Finding("PortAudio", State.OK, "found")


def _defaults(settings: Settings) -> Iterator[Finding]:
    try:
        devices = list_devices()
    except CaptureError as error:
        yield Finding("devices", State.PROBLEM, str(error))
        return
    for kind, subject, chosen, todo in (
        (DeviceKind.MICROPHONE, "default microphone", settings.mic, "Plug one in, or choose with --mic."),
        (DeviceKind.CALL_OUTPUT, "default call output", settings.call, "Choose what carries the call with --call."),
    ):
        default = next((device for device in devices if device.kind is kind and device.is_default), None)
        if chosen:
            yield Finding(subject, State.OK, f"not used: the settings name {plain(chosen)}")
        elif default is not None:
            yield Finding(subject, State.OK, f"{plain(default.description)} ({plain(default.name)})")
        else:
            yield Finding(subject, State.PROBLEM, f"there is none. {todo}")


def _voices(settings: Settings) -> Iterator[Finding]:
    try:
        source = open_live(settings.mic, settings.call)
    except CaptureError as error:
        yield Finding("voices", State.PROBLEM, str(error))
        return
    heard = _listen(source)
    for channel in source.channels:
        samples = heard[channel]
        if len(samples) == 0:
            yield Finding(
                _WHO[channel], State.PROBLEM, "no sound arrives. Unplug and plug in the device, or name another."
            )
        elif samples.any():
            peak_dbfs = 20 * np.log10(np.abs(samples.astype(np.int32)).max() / 32768)
            yield Finding(_WHO[channel], State.OK, f"heard, up to {peak_dbfs:.0f} dB")
        elif channel is Channel.YOU:
            yield Finding(_WHO[channel], State.NOTE, "digital silence: the microphone is muted. Switch it on.")
        else:
            yield Finding(
                _WHO[channel], State.NOTE, "digital silence: nothing plays now, or the output is muted. Play something."
            )


def _listen(source: LiveSource) -> dict[Channel, NDArray[np.int16]]:
    """A second of each channel, or what comes of it in some seconds."""
    parts: dict[Channel, list[NDArray[np.int16]]] = {channel: [np.zeros(0, np.int16)] for channel in Channel}
    timer = threading.Timer(_PATIENCE_SECONDS, source.close)
    timer.start()
    missing = set(source.channels)
    while missing and (item := source.read()) is not None:
        if isinstance(item, AudioFrame):
            parts[item.channel].append(item.samples)
            if sum(map(len, parts[item.channel])) >= _LISTEN_SECONDS * SAMPLE_RATE_HZ:
                missing.discard(item.channel)
    timer.cancel()
    source.close()
    return {channel: np.concatenate(samples) for channel, samples in parts.items()}


def _data_folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "data folder",
            State.PROBLEM,
            f"{plain(str(folder))} can't be written ({error.strerror}): nothing can be kept. Mend its permissions, or "
            f"set {stored_settings.HOME_VARIABLE} to a folder of yours.",
        )
    hours = free_bytes / _HOUR_BYTES
    text = f"{plain(str(folder))}, {free_bytes / 1e9:.1f} GB free, room for {hours:.0f} h of calls"
    if hours < 1:
        return Finding("data folder", State.PROBLEM, f"{text}. Free some space before a call.")
    return Finding("data folder", State.OK if hours >= 5 else State.NOTE, text)


def _encryption(folder: Path) -> Finding:
    from assistant.store.conversion import encryption

    try:
        state = encryption(folder)
    except StoreError as error:
        return Finding("encryption", State.PROBLEM, str(error))
    if state.is_wanted and state.is_settled:
        return Finding("encryption", State.OK, "all kept calls are encrypted")
    if state.is_wanted:
        parts = f"{state.waiting} part{'s' * (state.waiting != 1)} of the history"
        return Finding("encryption", State.NOTE, f"on, but {parts} can be read still: depthcue sessions encrypt")
    if not state.is_settled:
        return Finding("encryption", State.NOTE, "off, but some of it is still encrypted: depthcue sessions decrypt")
    return Finding("encryption", State.OK, "off; `depthcue sessions encrypt` or the settings turn it on")


def _key_store(folder: Path) -> Iterator[Finding]:
    """Whether this computer opens encrypted calls by itself, where it is to."""
    from assistant.sealing import key_store, vault

    try:
        kept = vault.find(folder)
        if kept is None or not key_store.is_remembered(kept):
            return
        does_open = key_store.recall(folder, key_store.Patience(_KEY_STORE_PATIENCE_SECONDS))
    except SealingError as error:
        yield Finding("key store", State.NOTE, str(error))
    else:
        yield (
            Finding("key store", State.OK, "opens the kept calls by itself, for whoever uses this computer as you")
            if does_open
            else Finding(
                "key store",
                State.NOTE,
                "was to open the kept calls, but has nothing here that does, so the passphrase is asked for. Turn "
                '"Remember on this computer" in the settings off and on again.',
            )
        )


def _database(folder: Path) -> Finding:
    from assistant.store import Store
    from assistant.store.conversion import encryption
    from assistant.store.driver import located

    try:
        if not located(folder).exists():
            return Finding("history", State.OK, "empty; the first call starts it")
        if encryption(folder).is_locked:
            return Finding("history", State.OK, "locked, so its calls are not counted")
        with Store.open(folder) as store:
            return Finding("history", State.OK, f"{len(store.sessions())} calls")
    except (SealingError, StoreError) as error:
        return Finding("history", State.PROBLEM, str(error))


def _models(folder: Path, settings: Settings) -> Iterator[Finding]:
    from models.weights import choose_default, installed, locate

    try:
        chosen = locate(settings.model or choose_default(folder), folder)
    except ModelError as error:
        yield Finding("speech model", State.PROBLEM, str(error))
    else:
        yield Finding("speech model", State.OK, f"{plain(chosen.name)}, whole, from {plain(chosen.source)}")
    for model in installed(folder):
        if model.problem:
            yield Finding(f"speech model {plain(model.name)}", State.NOTE, model.problem)


def _questions(settings: Settings) -> Finding:
    from assistant.review.follow_ups import follow_ups_of

    problems = follow_ups_of(settings.question_set, settings.follow_ups).problems
    if problems:
        return Finding("questions", State.NOTE, plain(" ".join(problems)))
    own = settings.follow_ups or "those that come with the program"
    return Finding("questions", State.OK, plain(f"question set {settings.question_set}, follow-ups: {own}"))


def _language_model(settings: Settings) -> Finding:
    from ui.language_model import language_model, try_out

    if not settings.rewords_follow_ups:
        return Finding("language model", State.OK, "off; follow-ups keep the wording of the question bank")
    try:
        said = try_out(language_model(settings), _MODEL_PATIENCE_SECONDS)
    except ModelError as error:
        return Finding("language model", State.NOTE, f"not used. {error}")
    where = plain(settings.language_model_address)
    return Finding("language model", State.OK, f"on, at {where}. {said}")


def _window() -> Finding:
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401  # loads the libraries that windows need
    except ImportError as error:
        return Finding("window", State.PROBLEM, f"Qt can't be loaded ({error}). {_QT_PACKAGES}")
    if platform.system() == "Linux":
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
        wanted = "libqwayland.so" if os.environ.get("WAYLAND_DISPLAY") else "libqxcb.so"
        try:
            ctypes.CDLL(str(plugins / wanted))
        except OSError as error:
            state = State.PROBLEM if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else State.NOTE
            return Finding("window", state, f"Qt can't open windows here ({error}). {_QT_PACKAGES}")
    return Finding("window", State.OK, "Qt's libraries load")


_QT_PACKAGES = "Install its libraries: sudo apt install libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libdbus-1-3"
