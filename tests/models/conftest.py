"""Real weights: those of the extra `tiny-en`, which `make test` installs."""

import pytest

from models.weights import locate
from models.whisper import WhisperTranscriber


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    return locate("tiny.en", tmp_path_factory.mktemp("models")).folder


@pytest.fixture(scope="session")
def whisper(model_folder):
    return WhisperTranscriber(model_folder, "tiny.en")
