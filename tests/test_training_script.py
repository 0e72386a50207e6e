"""The script that trains the sentence encoder, with a Python that only notes what it is asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[1] / "training"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the script is for sh")


@pytest.mark.parametrize("talk", ["", "clone"])
def test_without_talk_nothing_of_an_earlier_run_with_it_is_learnt(tmp_path: Path, talk: str) -> None:
    (tmp_path / "clone").mkdir()
    for name in ("run.sh", "requirements.txt"):
        shutil.copy(TRAINING / name, tmp_path / name)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$*" >>asked\n')
    python.chmod(0o755)
    shutil.copy(TRAINING / "requirements.txt", tmp_path / ".venv/.installed")
    left = {"packed.safetensors", "talk.jsonl.xz", "adapted.safetensors"}
    (tmp_path / "base").mkdir()
    for name in left:
        (tmp_path / "base" / name).touch()
    subprocess.run(["sh", "run.sh"], cwd=tmp_path, env={**os.environ, "TALK": talk}, check=True, timeout=30)
    asked = (tmp_path / "asked").read_text()
    assert "train_review.py --out output" in asked and ("adapt_base.py" in asked) is bool(talk)
    assert not talk or f"talk.py {tmp_path / talk}\n" in asked, "it is named from the folder the script was called in"
    assert {one.name for one in (tmp_path / "base").iterdir()} == (left if talk else {"packed.safetensors"})
