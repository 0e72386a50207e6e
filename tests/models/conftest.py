"""Real weights: those of the extra `tiny-en`, which `make test` installs. And a server for a language model."""

from collections.abc import Iterator

import pytest

from models.weights import locate
from models.whisper import WhisperTranscriber
from tests.language_model_server import ModelServer, running


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    return locate("tiny.en", tmp_path_factory.mktemp("models")).folder


@pytest.fixture(scope="session")
def whisper(model_folder):
    return WhisperTranscriber(model_folder, "tiny.en")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as made:
        yield made
