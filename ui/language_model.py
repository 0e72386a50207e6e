"""The language model of the settings, and a trial of it: one rewording of a made-up sentence, and what came of it.

Loads no engine, so that the settings may use it at once.
"""

from __future__ import annotations

import time

from assistant.plain import plain
from assistant.ports import LanguageModel
from assistant.review.rewording import INSTRUCTIONS, LIMIT_SECONDS, LOADING_SECONDS, TRIAL, prompt, refusal, tidied
from assistant.settings import Settings

_MOST_SHOWN = 120  # characters of an answer that is not used


def language_model(settings: Settings) -> LanguageModel:
    """Nothing is connected before it is asked."""
    from models.language_model import LanguageModelServer

    return LanguageModelServer(
        settings.language_model_address,
        settings.language_model,
        may_be_remote=settings.candidate_words_may_leave_this_computer,
    )


def try_out(model: LanguageModel, limit_seconds: float = LOADING_SECONDS) -> str:
    """What a person should know of it, in two or three sentences. Blocks for as long as a server may take to load its
    model; closing the model ends that.

    Raises:
        ModelError: it can't be asked, or does not answer.
    """
    started = time.monotonic()
    text = tidied(model.answer(INSTRUCTIONS, prompt(TRIAL), limit_seconds))
    seconds = time.monotonic() - started
    said = f"It answered in {seconds:.1f} s."
    if wrong := refusal(text, TRIAL):
        return (
            f"{said} Its wording would not be used, because it {wrong} It wrote: “{plain(text)[:_MOST_SHOWN]}”. In a "
            "call the bank's own wording is shown then; another model may do better."
        )
    late = " Cards wait for nothing, so that is too slow; try again, the first answer takes longest."
    return f"{said} It made of “{TRIAL.question}”: “{text}”{late if seconds > LIMIT_SECONDS else ''}"
