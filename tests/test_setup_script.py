"""The set-up script with a Python that only notes what it is asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAKE = '#!/bin/sh\necho "$*" >>"{log}"\n'

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the script is for sh")


def set_up(tmp_path: Path, environment_of: Path, start_from: Path) -> str:
    """What Python was asked for by the script in `start_from`, where .venv says that it was made for a folder."""
    here, tools = tmp_path / "here", tmp_path / "tools"
    (here / "scripts").mkdir(parents=True)
    (here / ".venv/bin").mkdir(parents=True)
    (tools / ".fonts").mkdir(parents=True)
    (tools / ".fonts/a.ttf").touch()
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup.sh"):
        shutil.copy(ROOT / name, here / name)
    (here / ".venv/pyvenv.cfg").write_text(f"command = /usr/bin/python3 -m venv {environment_of}/.venv\n")
    log = tmp_path / "asked"
    for program in (here / ".venv/bin/python", tools / "python", tools / "parec"):
        program.write_text(FAKE.format(log=log))
        program.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(tools / "python"), "HOME": str(tools), "PWD": str(start_from)}
    environment["PATH"] = f"{tools}:{environment['PATH']}"
    subprocess.run(["sh", "scripts/setup.sh", "demo"], cwd=start_from, env=environment, check=True, timeout=30)
    return log.read_text()


def test_an_environment_reached_through_a_link_is_kept(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "here", target_is_directory=True)
    asked = set_up(tmp_path, tmp_path / "here", link)
    assert "venv --clear" not in asked
    assert "-m pip install" in asked


def test_an_environment_of_another_folder_is_made_anew(tmp_path: Path) -> None:
    assert "-m venv --clear .venv" in set_up(tmp_path, tmp_path / "elsewhere", tmp_path / "here")
