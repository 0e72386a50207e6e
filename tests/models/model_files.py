"""Small files in the shape of a CTranslate2 Whisper model, for tests of copying and checking. They hold no weights that
a recogniser could use: tests that judge words take real ones."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

from models.catalog import CatalogEntry, HubSource, ModelFile, PackageSource


def weights(seed: int = 0, size_bytes: int = 4_000) -> bytes:
    """A `model.bin` with one variable of `size_bytes` bytes."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    block = hashlib.sha256(str(seed).encode()).digest()
    data = (block * (size_bytes // len(block) + 1))[:size_bytes]
    header = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, 1)
    variable = text("decoder/x") + struct.pack("<BIBI", 1, size_bytes, 1, size_bytes)
    return header + variable + data + struct.pack("<I", 0)


def contents(seed: int = 0, size_bytes: int = 4_000) -> dict[str, bytes]:
    return {
        "config.json": json.dumps({"seed": seed}).encode(),
        "model.bin": weights(seed, size_bytes),
        "tokenizer.json": b"{}",
        "vocabulary.txt": b"a\nb\n",
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def entry(files: dict[str, bytes], name: str = "small", package: PackageSource | None = None) -> CatalogEntry:
    """A catalogue entry for these files."""
    return CatalogEntry(
        name=name,
        languages="English",
        licence="MIT",
        files=tuple(ModelFile(file, len(data), hashlib.sha256(data).hexdigest()) for file, data in files.items()),
        hub=HubSource(f"somebody/{name}", "0123456789abcdef"),
        package=package or PackageSource("none", ("no-such-package==1",), {"model.bin": (("no_such_module", "x"),)}),
    )
