"""Which follow-ups a call asks: those of the role's question set, then the team's own, then the built-in ones.

A file that can't be used never keeps a call from starting: it is left out, and why is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from assistant.errors import ReviewError
from assistant.languages import ENGLISH, language_name
from assistant.review import question_sets
from assistant.review.questions import QuestionBank


class FollowUps(NamedTuple):
    """What a call asks, and for each file that could not be used what a user should know."""

    bank: QuestionBank
    problems: tuple[str, ...]


def follow_ups_of(question_set: str, own_bank: str, language: str = ENGLISH) -> FollowUps:
    """The follow-ups of a call in `language`.

    `question_set` is a bundled name or the path of a file, `own_bank` the path of a file or empty.
    """
    problems: list[str] = []
    bank = QuestionBank.bundled()
    if own_bank:
        try:
            own = _in_language(QuestionBank.load(Path(own_bank)), language, own_bank)
            bank = own.then(bank) if own.with_built_in else own
        except ReviewError as error:
            problems.append(f"{error} Until then the follow-ups that come with the program are asked.")
    try:
        of_role = question_sets.load(question_set).follow_ups
        if of_role.layers:
            bank = _in_language(of_role, language, question_set).then(bank)
    except ReviewError as error:
        problems.append(f"{error} Until then no follow-ups of its role are asked.")
    return FollowUps(bank, tuple(problems))


def _in_language(bank: QuestionBank, language: str, where: str) -> QuestionBank:
    """Raises:
    ReviewError: nobody in this call could ask these.
    """
    if bank.language != language:
        raise ReviewError(
            f"The follow-ups in {where} are in {language_name(bank.language)}, and this call is reviewed in "
            f"{language_name(language)}. Choose others in the settings, or set their `language`."
        )
    return bank
