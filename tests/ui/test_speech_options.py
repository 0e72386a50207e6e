import argparse

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings
from ui.commands.speech_options import add_speech_options, fingerprint, with_speech_options


def settings_of(*arguments, settings=None):
    parser = argparse.ArgumentParser()
    add_speech_options(parser)
    return with_speech_options(settings or Settings(), parser.parse_args(arguments))


def test_what_is_not_said_stays_as_it_is_set():
    settings = Settings(language="de", glossary=("Aoife",))
    assert settings_of(settings=settings) == settings


def test_terms_come_from_the_command_line_or_from_a_file(tmp_path):
    assert settings_of("--glossary", "Aoife, P&L").glossary == ("Aoife", "P&L")
    file = tmp_path / "terms.txt"
    file.write_text("\ufeffAoife\nMrs. Dunn, Kantar\n", encoding="utf-8")
    assert settings_of("--glossary", str(file)).glossary == ("Aoife", "Mrs. Dunn", "Kantar")
    assert settings_of("--glossary", "x" * 100_000).glossary == ("x" * 100_000,)


def test_a_glossary_that_is_no_text_or_not_there_is_an_error_that_says_so(tmp_path):
    (tmp_path / "terms.txt").write_bytes(b"\0\1\2")
    for path, says in ((tmp_path / "terms.txt", "no text file"), (tmp_path / "nowhere.txt", "There is no glossary")):
        with pytest.raises(SettingsError, match=says):
            settings_of("--glossary", str(path))


def test_a_language_that_there_is_not_is_refused_with_those_there_are(capsys):
    with pytest.raises(SystemExit):
        settings_of("--language", "klingon\x1b[31m")
    said = capsys.readouterr().err
    assert "give auto or one of af" in said
    assert "\x1b" not in said
    assert settings_of("--language", "German").language == "de"


def test_another_language_or_glossary_makes_another_transcript():
    prints = [fingerprint(s) for s in (Settings(), Settings(language="de"), Settings(glossary=("A",)))]
    assert prints[0] == ""
    assert len(set(prints)) == 3
