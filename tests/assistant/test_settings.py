import pytest

from assistant.settings import Settings, load, save


def loaded(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_what_is_saved_is_loaded_again(tmp_path):
    path = tmp_path / "settings.toml"
    settings = Settings(language="de", glossary=("Aoife", "P&L"), always_pad_to_30_seconds=True)
    save(settings, path)
    assert load(path) == (settings, [])


def test_a_language_may_be_named(tmp_path):
    assert loaded(tmp_path, 'language = "German"')[0].language == "de"


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ('language = "Klingon"', "language", "give auto or one of af, am"),
        ("language = 7", "language", "no str"),
        ('glossary = "Aoife"', "glossary", "no list of texts"),
        ("glossary = [1, 2]", "glossary", "no list of texts"),
        ("always_pad_to_30_seconds = 1", "always_pad_to_30_seconds", "no bool"),
        ("decode_threads = true", "decode_threads", "no int"),
    ],
)
def test_what_can_not_be_used_falls_back_to_its_default_and_is_told(tmp_path, text, field, says):
    settings, messages = loaded(tmp_path, text)
    assert getattr(settings, field) == getattr(Settings(), field)
    assert len(messages) == 1
    assert field in messages[0]
    assert says in messages[0]
