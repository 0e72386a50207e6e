from __future__ import annotations

import pytest

from assistant.errors import ReviewError
from ui import question_files

SET = 'name = "Chef"\n[[question]]\ntext = "Which dish did you invent, and how did you test it?"\n'


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DEPTHCUE_HOME", str(tmp_path / "home"))


def test_a_plan_ticks_what_was_asked():
    plan = question_files.agenda("engineering", 45)
    assert len(plan.questions) >= 3 and plan.minutes == 45
    assert plan.heard(plan.questions[1]).asked == {1}


def test_a_set_is_brought_in_offered_and_used_under_a_free_name(tmp_path):
    file = tmp_path / "chef.toml"
    file.write_text(SET, encoding="utf-8")
    first, second = question_files.bring_in(file), question_files.bring_in(file)
    assert first != second
    offered = {option.value: option.text for option in question_files.options()}
    assert offered[first] == offered[second] == "Chef (yours)" and "general" in offered
    assert question_files.agenda(first, 0).questions == ("Which dish did you invent, and how did you test it?",)


def test_what_is_no_set_is_not_brought_in(tmp_path):
    file = tmp_path / "chef.toml"
    file.write_text("name = 3", encoding="utf-8")
    with pytest.raises(ReviewError, match="needs a `name`"):
        question_files.bring_in(file)
    assert not question_files.own_folder().exists()


def test_a_bundled_set_is_copied_before_it_is_edited_and_a_broken_own_one_is_still_offered():
    copy = question_files.own_copy("general")
    assert question_files.agenda(copy, 0).questions == question_files.agenda("general", 0).questions
    assert question_files.own_copy(copy) == copy
    with open(copy, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("oops")
    assert any(option.value == copy and "can't be read" in option.text for option in question_files.options())
