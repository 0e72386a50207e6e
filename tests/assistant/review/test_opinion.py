"""What the rules and a model make of a sentence together. The model is scripted: its weights are judged elsewhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ports import SentenceScores
from assistant.review.conversation import Conversation
from assistant.review.emptiness import Strength
from assistant.review.judge import judge
from assistant.review.opinion import weigh
from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    Flag,
    FlagWithdrawn,
    Label,
    TranscriptUpdate,
    UpdateKind,
    Verbosity,
    Word,
)


def scores(aspects=(), asks=(), opens_topic=0.0, **labels):
    rest = (1 - sum(labels.values())) / (4 - len(labels))
    return SentenceScores(
        {label: labels.get(label.value, rest) for label in Label},
        {aspect: 0.9 if aspect in aspects else 0.01 for aspect in Aspect},
        {aspect: 0.9 if aspect in asks else 0.01 for aspect in Aspect},
        opens_topic,
    )


def weighed(text, **said):
    return weigh(text, judge(text), scores(**said))


def test_what_both_see_is_sure_and_keeps_the_words_of_the_rule():
    judgement = weighed("We improved a lot of things across the platform.", vague=0.95)
    assert judgement.label is Label.VAGUE
    (finding,) = judgement.findings
    assert finding.strength is Strength.SURE
    assert "a lot of things" in "We improved a lot of things across the platform."[finding.start : finding.end]


def test_what_only_the_model_sees_quotes_a_clause_and_says_what_is_missing():
    text = "And then the bridge sort of carried us over to the other camp."
    judgement = weighed(text, vague=0.97)
    (finding,) = judgement.findings
    assert finding.kind is ClaimKind.VAGUE
    assert 0 <= finding.start < finding.end <= len(text)
    assert finding.missing
    assert finding.reason


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("I tried it yesterday and it looks really good.", "it looks really good"),
        ("We printed the plan on yellow paper and people felt heard, I think.", "people felt heard"),
        ("We rose to the occasion and it showed.", "We rose to the occasion"),
    ],
)
def test_what_only_the_model_sees_quotes_the_last_clause_that_says_anything(text, quote):
    (finding,) = weighed(text, vague=0.97).findings
    assert text[finding.start : finding.end] == quote


def test_a_count_in_a_fact_is_no_boast_whatever_the_model_thinks():
    judgement = weighed("About one in nine bikes came back within a month.", number_only=0.9)
    assert judgement.findings == ()
    assert judgement.label is not Label.NUMBER_ONLY


def test_a_claim_of_the_rules_that_the_model_rejects_is_dropped():
    text = "And, uh, we improved a lot of things across the platform."
    assert judge(text).findings
    assert weighed(text, substantiated=0.98, aspects=[Aspect.HOW_OVERCOME]).findings == ()


def test_a_question_and_a_refusal_stay_what_they_are():
    for text in ("What do you mean by that?", "I'd have to check, I don't want to guess."):
        judgement = weighed(text, vague=0.99)
        assert judgement.label is Label.NEUTRAL
        assert judgement.findings == ()


def test_aspects_of_the_model_count_for_what_is_substantiated():
    judgement = weighed("The crew put the old rope next to the new one.", substantiated=0.9, aspects=[Aspect.BASELINE])
    assert judgement.label is Label.SUBSTANTIATED
    assert judgement.aspects == (Aspect.BASELINE,)


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([label.value for label in Label]))
def test_any_text_gives_spans_inside_it(text, label):
    judgement = weigh(text, judge(text), scores(**{label: 0.97}))
    for finding in judgement.findings:
        assert 0 <= finding.start < finding.end <= len(text)


class Script:
    """Answers by the sentence, and remembers the context that it was given."""

    def __init__(self, answers):
        self._answers = answers
        self.contexts = {}

    def score(self, context, text):
        self.contexts[text] = tuple(context)
        return self._answers.get(text, scores(neutral=0.97))


def talk(conversation, *turns):
    events, at_seconds = [], 0.0
    for number, (channel, text) in enumerate(turns):
        events += conversation.speech_started(channel, at_seconds)
        words = []
        for word in text.split():
            words.append(Word(word, at_seconds, at_seconds + 0.3))
            at_seconds += 0.35
        update = TranscriptUpdate(UpdateKind.FINAL, channel, number, words[0].start_seconds, at_seconds, tuple(words))
        events += conversation.utterance_locked(update, at_seconds)
        at_seconds += 3.0
    return events + conversation.finish(at_seconds)


YOU, THEM = Channel.YOU, Channel.THEM


def test_the_model_gets_the_question_and_what_was_said_since():
    model = Script({})
    talk(
        Conversation(model=model),
        (YOU, "What are you proud of in your work?"),
        (THEM, "The bridge over the river."),
        (YOU, "Mm-hm."),
        (THEM, "It opened in spring."),
        (THEM, "We used larch for the deck."),
    )
    question = "What are you proud of in your work?"
    assert model.contexts["The bridge over the river."] == (question,)
    assert model.contexts["We used larch for the deck."] == (
        question, "The bridge over the river.", "It opened in spring.",
    )  # fmt: skip


@pytest.mark.parametrize(("verbosity", "shown"), [(Verbosity.QUIET, 0), (Verbosity.NORMAL, 1), (Verbosity.EAGER, 1)])
def test_verbosity_asks_for_more_or_less_certainty(verbosity, shown):
    text = "We improved a lot of things."
    model = Script({text: scores(vague=0.45, neutral=0.45)})
    events = talk(Conversation(verbosity, model=model), (YOU, "What did you do there?"), (THEM, text))
    assert len([event for event in events if isinstance(event, Flag)]) == shown


@pytest.mark.parametrize(
    ("then", "withdrawn"),
    [("I took it from a slide.", 0), ("It was 30 orders a month before and 9 after, by our own count.", 1)],
)
def test_a_number_that_nobody_could_explain_stands_until_a_figure_explains_it(then, withdrawn):
    substantiated = scores(substantiated=0.97, aspects=[Aspect.MEASUREMENT_METHOD, Aspect.BASELINE])
    model = Script({"I increased revenue by 7000%.": scores(number_only=0.97), then: substantiated})
    events = talk(
        Conversation(model=model),
        (YOU, "What did you do there?"),
        (THEM, "I increased revenue by 7000%."),
        (YOU, "What exactly was measured with the 7000%?"),
        (THEM, "Honestly, I'd have to check."),
        (THEM, then),
    )
    assert len([event for event in events if isinstance(event, Flag)]) == 1
    assert len([event for event in events if isinstance(event, FlagWithdrawn)]) == withdrawn
