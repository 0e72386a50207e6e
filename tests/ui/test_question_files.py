from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ReviewError
from assistant.settings import Settings
from ui import question_files

SET = 'name = "Chef"\n[[question]]\ntext = "Which dish did you invent, and how did you test it?"\n'


def test_a_plan_ticks_what_was_asked():
    plan = question_files.agenda("engineering", 45)
    assert len(plan.questions) >= 3 and plan.minutes == 45
    assert plan.heard(plan.questions[1]).asked == {1}


FOLLOW_UPS = '[[question]]\naspect = "result"\nwhy = "Open."\ntext = ["Who ate it?"]\n'
BOTH = pytest.mark.parametrize(
    ("setting", "text", "name"), [("question_set", SET, "Chef (yours)"), ("follow_ups", FOLLOW_UPS, "chef (yours)")]
)


def offered(setting: str) -> dict[str, str]:
    return {option.value: option.text for option in question_files.choices()[setting]}


@BOTH
def test_a_file_is_brought_in_and_offered_under_a_free_name(tmp_path, setting, text, name):
    file = tmp_path / "chef.toml"
    file.write_text(text, encoding="utf-8")
    first, second = question_files.bring_in(setting, file), question_files.bring_in(setting, file)
    assert first != second
    assert offered(setting)[first] == name and offered(setting)[second].endswith("(yours)")
    assert Settings().question_set in offered("question_set") and Settings().follow_ups in offered("follow_ups")
    assert Path(first).stat().st_mode & 0o777 == 0o600


def test_a_set_of_the_users_own_makes_the_plan(tmp_path):
    file = tmp_path / "chef.toml"
    file.write_text(SET, encoding="utf-8")
    plan = question_files.agenda(question_files.bring_in("question_set", file), 0)
    assert plan.questions == ("Which dish did you invent, and how did you test it?",)


@BOTH
def test_what_is_no_such_file_is_not_brought_in(tmp_path, setting, text, name):
    file = tmp_path / "chef.toml"
    file.write_text("name = 3", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"chef\.toml"):
        question_files.bring_in(setting, file)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("setting", ["question_set", "follow_ups"])
def test_what_comes_with_the_program_is_copied_before_it_is_edited_and_a_broken_copy_is_still_offered(setting):
    default = getattr(Settings(), setting)
    copy = question_files.own_copy(setting, default)
    assert offered(setting)[copy].endswith("(yours)")
    assert question_files.own_copy(setting, copy) == copy
    Path(copy).write_text("oops", encoding="utf-8")
    assert offered(setting)[copy].endswith("(can't be used)")
