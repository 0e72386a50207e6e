"""What is said about the speech itself, in the words of the commands that transcribe: its language, its terms."""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import replace
from pathlib import Path

from assistant.errors import SettingsError
from assistant.glossary import split_terms
from assistant.languages import language_code
from assistant.plain import plain
from assistant.settings import Settings

LARGEST_GLOSSARY_BYTES = 1 << 20
TEXT_SUFFIXES = {".txt", ".md", ".csv"}  # of a name that means a file, even if there is none
DEFAULTS = Settings()


def add_speech_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        type=language,
        metavar="L",
        help="what is spoken: en, de, ...; auto hears it from what is said first",
    )
    parser.add_argument(
        "--glossary",
        metavar="TERMS|FILE",
        help="names and technical terms that may be said: 'Kubernetes, Aoife', or a text file with one a line",
    )


def with_speech_options(settings: Settings, args: argparse.Namespace) -> Settings:
    """The settings with what the command line says in their place.

    Raises:
        SettingsError: the glossary's file can't be read.
    """
    if args.language is not None:
        settings = replace(settings, language=args.language)
    if args.glossary is not None:
        settings = replace(settings, glossary=tuple(glossary(args.glossary)))
    return settings


def language(text: str) -> str:
    try:
        return language_code(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(plain(str(error))) from None


def glossary(text: str) -> list[str]:
    """The terms in `text`, or in the file that it names. Raises SettingsError."""
    try:
        path = Path(text)
        if not path.is_file() and path.suffix.lower() in TEXT_SUFFIXES:
            raise SettingsError(f"There is no glossary {plain(text)}. Check the name and the folder.")
        if not path.is_file():
            return split_terms(text)
        with path.open("rb") as file:
            content = file.read(LARGEST_GLOSSARY_BYTES + 1)
    except (OSError, ValueError) as error:  # a list of terms may be no possible name of a file
        if isinstance(error, PermissionError):
            raise SettingsError(f"The glossary {plain(text)} can't be read ({error.strerror}).") from error
        return split_terms(text)
    if len(content) > LARGEST_GLOSSARY_BYTES or b"\0" in content:
        raise SettingsError(f"The glossary {plain(text)} is no text file with one term a line. Give it such a file.")
    return split_terms(content.decode("utf-8-sig", errors="replace"))


def fingerprint(settings: Settings) -> str:
    """Stands for what was said about the speech: a transcript of the same recording with another one is another."""
    if (settings.language, settings.glossary) == (DEFAULTS.language, DEFAULTS.glossary):
        return ""
    return hashlib.sha256(json.dumps([settings.language, *settings.glossary]).encode()).hexdigest()[:16]
