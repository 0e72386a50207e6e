"""What a user can set, with defaults. A settings file that can't be understood never stops the program."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from assistant.errors import SettingsError
from assistant.languages import AUTO, language_code
from assistant.values import Verbosity

MOST_THREADS = 64  # the speech engine falls over thousands
RANGES = {  # of the numbers, both ends included
    "decode_threads": (1, MOST_THREADS),
    "interview_minutes": (1, 600),
    "text_percent": (80, 200),
    "dock_width": (320, 520),
    "keep_days": (0, 36_500),
}
HOME_VARIABLE = "DEPTHCUE_HOME"  # one folder for settings, models and calls, in place of the platform's


class Appearance(StrEnum):
    SYSTEM = "system"  # light or dark as the system says, also while the program runs
    LIGHT = "light"
    DARK = "dark"


class Dock(StrEnum):
    NO = "no"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is a key of the settings file."""

    model: str = ""  # catalogue name or folder; empty takes the best one installed
    verbosity: Verbosity = Verbosity.NORMAL
    mic: str = ""  # stable device name; empty takes the system's default
    call: str = ""  # stable device or program name; empty takes what the loudspeakers play
    title: str = ""  # role that is interviewed for, shown in the panel
    remove_echo: bool = False  # take the call out of the microphone's sound; needs the extra `echo`
    decode_threads: int = 1
    language: str = AUTO  # code of the language that is spoken, or heard from what is said first
    glossary: tuple[str, ...] = ()  # names, products and technical terms that may be said
    always_pad_to_30_seconds: bool = False  # decode as Whisper was made for, at several times the cost
    refine_finals: bool = True  # hear once more, while nobody speaks, what was heard in haste or doubted
    second_pass: bool = False  # transcribe a call once more when it is over
    second_pass_model: str = ""  # for that; empty takes the one above
    question_set: str = "general"  # name of a bundled set, or the path of a `.toml` file
    rewords_follow_ups: bool = False  # a local language model words them to fit what was said
    language_model_address: str = "http://localhost:11434/v1"  # of an OpenAI-compatible server; this one is Ollama's
    language_model: str = ""  # its name there; empty where the server has one only
    candidate_words_may_leave_this_computer: bool = False  # to a language model somewhere else
    follow_ups: str = ""  # path of a `.toml` file with follow-ups; empty takes those that come with the program
    interview_minutes: int = 45  # how long a call is planned to be
    shows_plan: bool = True  # the main questions in the panel, as a list
    appearance: Appearance = Appearance.SYSTEM
    text_percent: int = 100  # of the size of the system's text
    right_to_left: bool = False  # the panel is mirrored
    stays_on_top: bool = False  # the panel, above other windows
    docked: Dock = Dock.NO  # the panel, at an edge of its screen
    dock_width: int = 400  # pixels, there
    keep_days: int = 0  # after which a call is deleted; 0 keeps it until somebody deletes it
    consent_text: str = ""  # what is read aloud to ask for consent
    shortcuts: Mapping[str, str] = field(default_factory=dict)  # keys of the panel that were changed, by action


def config_folder() -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) if home else Path(platformdirs.user_config_dir("depthcue", appauthor=False))


def data_folder() -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) if home else Path(platformdirs.user_data_dir("depthcue", appauthor=False))


def settings_path() -> Path:
    return config_folder() / "settings.toml"


def load(path: Path) -> tuple[Settings, list[str]]:
    """The settings at `path`, and one message for each thing in it that could not be used.

    A missing file gives the defaults. What can't be used falls back to its default; the file stays as it is.
    """
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return Settings(), [
            f"The settings in {path} can't be read ({reason}); the defaults are used and the file is kept."
        ]
    settings, messages = Settings(), []
    known: dict[str, Any] = {one.name: getattr(settings, one.name) for one in fields(Settings)}
    for name, value in table.items():
        if name not in known:
            messages.append(f"The setting {name!r} in {path} is not known and is ignored.")
            continue
        try:
            usable = language_code(value) if name == "language" and isinstance(value, str) else value
            settings = replace(settings, **{name: usable_value(name, usable)})
        except ValueError as error:
            messages.append(
                f"The setting {name!r} in {path} can't be used ({error}); its default {_shown(known[name])} is."
            )
    return settings, messages


def save(settings: Settings, path: Path) -> None:
    """Write atomically and privately: a half-written file never replaces a good one.

    Raises:
        SettingsError: the file can't be written.
    """
    table: dict[str, Any] = {}
    for one in fields(settings):
        value = getattr(settings, one.name)
        table[one.name] = value.value if isinstance(value, Enum) else value
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(".part")
        part.write_text(tomli_w.dumps(table), encoding="utf-8")
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        raise SettingsError(
            f"The settings can't be saved to {path}: {error.strerror}. What was there is kept. Make that folder "
            f"writable for you, or set {HOME_VARIABLE} to a folder of yours, then try again."
        ) from error


def usable_value(name: str, value: Any) -> Any:
    """`value` as what the setting `name` takes. Raises ValueError with what is wrong."""
    default = getattr(Settings(), name)
    if isinstance(default, StrEnum):
        try:
            return type(default)(value)
        except ValueError:
            raise ValueError(f"{value!r} is none of {', '.join(type(default))}") from None
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{str(value)[:80]!r} is no list of texts")
        return tuple(value)
    if isinstance(default, dict):
        if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
            raise ValueError(f"{str(value)[:80]!r} is no table of texts")
        return dict(value)
    if type(value) is not type(default):
        raise ValueError(f"{value!r} is no {type(default).__name__}")
    if name in RANGES:
        least, most = RANGES[name]
        if value < least:
            raise ValueError(f"{value} is less than {least}")
        if value > most:
            raise ValueError(f"{value} is more than {most}")
    return value


def _shown(value: Any) -> str:
    return repr(value.value if isinstance(value, Enum) else value)
