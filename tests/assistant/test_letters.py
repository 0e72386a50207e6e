from assistant.letters import letters


def test_case_punctuation_and_how_an_accent_is_stored_make_no_other_word():
    assert letters("Don’t,") == letters("dont")
    assert letters("İyi") == letters("iyi")
    assert letters("Zoe\u0308") == letters("zo\u00eb")


def test_marks_make_other_words():
    assert len({letters(word) for word in ("की", "का", "के", "क")}) == 4
    assert letters("❤\ufe0f") == ""
    assert letters("की।") == letters("की")
