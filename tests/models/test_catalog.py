import re
import tomllib
from pathlib import Path

import pytest

from models.catalog import CATALOG

PYPROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())


@pytest.mark.parametrize("entry", CATALOG.values(), ids=lambda entry: entry.name)
def test_an_entry_is_complete_and_pinned(entry):
    names = {file.name for file in entry.files}
    assert {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"} == names == set(entry.package.pieces)
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in entry.files)
    assert re.fullmatch("[0-9a-f]{40}", entry.hub.revision), "a branch can change under us"
    assert list(entry.package.requirements) == PYPROJECT["project"]["optional-dependencies"][entry.package.extra]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", requirement) for requirement in entry.package.requirements)
