"""What is heard of a call, and by which model, in the words of all commands that do so."""

from __future__ import annotations

import argparse
from dataclasses import replace

from assistant.settings import Settings


def add_voice_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mic", metavar="NAME", help="your microphone, or none (default: as the settings say)")
    parser.add_argument("--call", metavar="NAME", help="what plays the call: an output, a program, or none")


def with_voice_options(settings: Settings, args: argparse.Namespace) -> Settings:
    """The settings with what the command line says in their place."""
    said = {"mic": args.mic, "call": args.call}
    return replace(settings, **{name: value for name, value in said.items() if value is not None})


def add_model_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="", metavar="M", help="a model's name or folder")


def seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no length of a call in seconds")
    return value
