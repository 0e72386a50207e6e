from __future__ import annotations

import pytest

from assistant.errors import SettingsError
from assistant.settings import Appearance, Settings, load
from ui.preferences import Preferences


def test_what_is_chosen_counts_at_once_and_next_time(tmp_path):
    path = tmp_path / "settings.toml"
    preferences = Preferences(Settings(title="Nurse"), path)
    assert preferences.change("appearance", "dark").appearance is Appearance.DARK
    assert preferences.change("glossary", ("Aoife",)).glossary == ("Aoife",)
    assert load(path) == (Settings(title="Nurse", appearance=Appearance.DARK, glossary=("Aoife",)), [])


def test_the_command_lines_choices_are_not_stored_until_another_is_made(tmp_path):
    path = tmp_path / "settings.toml"
    preferences = Preferences(Settings(), path, {"mic": "Blue Yeti", "call": "Zoom"})
    assert preferences.now.mic == "Blue Yeti"
    preferences.change("mic", "Headset")
    assert (preferences.now.mic, preferences.now.call) == ("Headset", "Zoom")
    assert (load(path)[0].mic, load(path)[0].call) == ("Headset", "")


def test_a_value_that_can_not_be_used_changes_nothing_and_says_so(tmp_path):
    preferences = Preferences(Settings(), tmp_path / "settings.toml")
    with pytest.raises(SettingsError, match="300 is more than 200"):
        preferences.change("text_percent", 300)
    assert preferences.now == Settings() and not (tmp_path / "settings.toml").exists()


def test_damaged_settings_are_set_aside_before_they_are_written_over(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("title = ", encoding="utf-8")
    settings, messages = load(path)
    preferences = Preferences(settings, path, is_damaged=bool(messages))
    preferences.change("title", "Nurse")
    assert load(path) == (Settings(title="Nurse"), [])
    assert (tmp_path / "settings.damaged.toml").read_text(encoding="utf-8") == "title = "


def test_settings_that_can_not_be_written_count_until_the_end(tmp_path):
    (tmp_path / "file").write_text("")
    preferences = Preferences(Settings(), tmp_path / "file" / "settings.toml")
    with pytest.raises(SettingsError, match="can't be saved"):
        preferences.change("title", "Nurse")
    assert preferences.now.title == "Nurse"
