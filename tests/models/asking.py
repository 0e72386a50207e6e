"""Questions to a language model."""

from __future__ import annotations

import pytest

from assistant.errors import ModelError
from models.language_model import LanguageModelServer


def ask(address: str, name: str = "tiny", limit_seconds: float = 5.0, **options: bool) -> str:
    return LanguageModelServer(address, name, **options).answer("Be kind.", "How?", limit_seconds)


def why_not(address: str, limit_seconds: float = 5.0, **options: bool) -> str:
    with pytest.raises(ModelError) as error:
        ask(address, limit_seconds=limit_seconds, **options)
    return str(error.value)
