"""One sentence of the candidate: what it is, the words that justify it, what it leaves open and what it answers.

Looks back, never forward, and asks one question only: could an interviewer probe this as it stands, or must they first
ask what it means? Hedges, grammar and fluency weigh nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.review import boasts, emptiness, evidence, numbers
from assistant.review.emptiness import Strength
from assistant.review.keywords import keywords
from assistant.review.text import Reading
from assistant.values import Aspect, ClaimKind, Label

NUMBER_ASPECTS = (Aspect.METRIC_DEFINITION, Aspect.BASELINE, Aspect.MEASUREMENT_METHOD, Aspect.OWN_CONTRIBUTION)
_LIFTS_A_NUMBER = {Aspect.BASELINE, Aspect.MEASUREMENT_METHOD}
_OWN = re.compile(r"\b(?:i|we|our|my|us|me|mine|ours)\b")
_QUESTION_WORD = r"(?:what|how(?: (?:many|much|long|big|often)(?: \S+){0,4}?)?|why|where|who|which|when)"
# "What we did is ..." asks nothing: after a question word only an auxiliary makes a question. Nor does "what is
# important to me is ...", which has two verbs, or "did it in two weeks", which has lost its subject.
_ASKS = (
    r"(?:(?:do|does|did|can|could|would|is|are|should|shall) (?:you|we|i|your)\b|"
    r"(?:does|can|could|would|is|are|should|shall) (?:that|it|the|this)\b|"
    rf"{_QUESTION_WORD} "
    r"(?:(?:do|does|did|can|could|would|should)\b|(?:is|are|was|were)\b(?!.* (?:is|are|was|were)\b)))"
)
_QUESTION = re.compile(rf"^(?:(?:so|and|but|yes|no|sure|then) )*{_ASKS}")
# With a question mark behind it.
_QUESTION_IN_IT = re.compile(
    r"(?:^|\b(?:so|and|but|or|yes|no|sure|then) )"
    r"(?:(?:do|does|did|can|could|would|is|are|was|were|should|shall|has|have) "
    r"(?:you|we|i|your|that|it|the|this|they)\b|"
    rf"{_QUESTION_WORD} "
    r"(?:do|does|did|can|could|would|should|is|are|was|were)\b)"
)
# What may stand before a claim as well as alone, and what thanks go on with.
_OPENING = re.compile(
    r"^(?:so )?(?:(?:thank you|thanks(?! to)|nice to meet you|good (?:question|morning|afternoon)|"
    r"that is (?:a )?(?:good|great|fair) (?:question|point)|let me (?:think|see))\b"
    r"(?: (?:so much|very much|a lot|too|for a (?:moment|second|minute)|about (?:it|that)))* ?)+"
)
_COURTESY = re.compile(r"^for (?:\w+ing|the|your|this|that|me)\b")
_LITTLE = 2  # words
_TALK = re.compile(
    r"^(?:so )?(?:i am (?:good|fine|well|great)(?:$| (?:thank|thanks|and you|how are))|"
    r"(?:that|this) is (?:great|awesome|cool|good|nice|amazing|fine|funny|interesting|a good \w+|"
    r"a great \w+)$|glad to|i (?:like|love|enjoy|enjoyed|prefer|hate) (?:that|it|this|your|the question|"
    r"working with)|"
    r"(?:great|good|nice|perfect|awesome|cool|sure|exactly|right|yes|no|okay)(?: (?:thank|thanks|question|"
    r"point)(?: \w+)*)?$|can i (?:have|think)|i (?:enjoyed|love) (?:that|this))"
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|imagine|let us say|suppose|whether|could be|might be|may be|would be|would have been|you (?:can|"
    r"could|have to|need to|want|should|would|will|get|might|are|know)|when you|your|for you)\b"
)
_OPINION = re.compile(
    r"\b(?:in general|generally speaking|nowadays|these days|most (?:people|companies|teams)|companies|"
    r"developers|the industry|the market|the world|people)\b"
)
_ECHO = re.compile(
    r"^(?:(?:and|so|but|which) )*(?:which|that|it|this) (?:is|was|has been) (?:a |an |so |still |all |really |"
    r"at that scale )*(?:\w+ )?(?:huge|great|good|enormous|amazing|massive|nice|incredible|big|fantastic|cool|"
    r"\w+able|unheard of|fun)\b"
)
_CONCRETE = re.compile(
    r"\b(?:because|since the|so that|in order to|instead of|by \w+ing|which meant|turned out|for (?:example|"
    r"instance)|called|named|such as|specifically|rather than|to avoid|until)\b"
)
# "It was two million before." says nothing but where a number started: no proof of success, however it looks by itself.
_AROUND = r"(?:only |about |around |roughly |maybe |like |at |over |under |almost |nearly )*"
_WAS_BEFORE = re.compile(
    rf"\b(?:was|were|used to (?:be|take|cost)|had been|took|had) {_AROUND}#\S*(?: (?!(?:and|but|so|now)\b)\w+){{0,3}} "
    r"(?:before|previously|beforehand|until then|originally|when (?:i|we) (?:started|came|joined|arrived|began|"
    r"took over))$|"
    rf"^(?:\w+ ){{0,4}}(?:before|previously|originally|until then)(?: \w+){{0,3}} (?:was|were|had|took) {_AROUND}#"
)
_BARE_ANSWER = re.compile(
    r"^(?:(?:yes|no|so|and|always|just|only) )*(?:(?:of|on|per|against|versus|compared (?:to|with)|across|out of|over|"
    r"from) (?:the |a |an |all |our |my |their |every |each )?[\w#]+|"
    r"(?:by|with|without|including|excluding|counting) (?:the |a |an |all |our |my |their |every |each )?\w+|"
    r"both (?:times|of them|weeks|years|groups)|"
    r"each (?:time|week|month|quarter)|every (?:time|week|month|quarter)|before and after|"
    r"(?:gross|net|monthly|weekly|yearly|prompted|unprompted)\b)"
)
# "Two million.", where somebody asked what it was before.
_BARE_BASELINE = re.compile(
    rf"^(?:(?:it|that) (?:was|were) |from )?{_AROUND}#\S*(?= |$)(?! (?:more|less|better|faster|higher|lower|up|down)\b)"
)
_SAYS_OF_A_NUMBER = frozenset({Aspect.METRIC_DEFINITION, Aspect.BASELINE, Aspect.MEASUREMENT_METHOD})
_BARE_WORDS = 8
_ASIDE = 12  # words; what is longer than this holds more than a question, thanks, or "I don't know"
REPEAT_WORDS = 5  # whoever says no more than a figure again claims nothing new, and explains nothing
_STRETCHED = 24  # words; a long sentence mostly holds something else than the empty words in it
_CAUSE = re.compile(r"\b(?:because|by \w+ing|after (?:i|we) \w+ed|thanks to (?:my|our|the) \w+)\b")
_REASON_NUMBER = "A number as proof of success, without {missing}."
_PLAIN = {
    Aspect.METRIC_DEFINITION: "what it counts",
    Aspect.BASELINE: "what it was before",
    Aspect.MEASUREMENT_METHOD: "how it was measured",
    Aspect.OWN_CONTRIBUTION: "the own part in it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Words worth asking about: `start` and `end` are offsets in the sentence as written."""

    kind: ClaimKind
    start: int
    end: int
    strength: Strength
    missing: tuple[Aspect, ...]
    reason: str
    name: str  # of the pattern, or the type of the number
    number: str = ""  # as it was written, where the words are about one


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of one sentence. `findings` is empty unless the label is vague or number-only."""

    label: Label
    aspects: tuple[Aspect, ...]
    findings: tuple[Finding, ...]
    is_good_sign: bool
    is_refusal: bool
    reading: Reading
    is_settled: bool = False  # a question, a refusal, talk about the talk, or where a number started: never a claim


def judge(written: str, previous: Sequence[Judgement] = (), earlier: Sequence[Judgement] = ()) -> Judgement:
    """Judge a sentence with what was said before it, oldest first.

    `previous` are sentences of the same answer, `earlier` those before the interviewer's question: both lift a number
    only where they speak of the same thing.
    """
    reading, quantities = numbers.read(written)
    text = reading.text
    refusal = evidence.is_refusal(text)
    # A rising voice gets a question mark, too: "we grew by 40 percent?".
    asks = written.rstrip().endswith("?") and (not quantities or bool(_QUESTION_IN_IT.search(text)))
    if not text or asks or _QUESTION.search(text) or _is_talk(text) or (refusal and not quantities):
        is_aside = len(reading.tokens) <= _ASIDE
        return Judgement(Label.NEUTRAL, (), (), False, refusal, reading, is_settled=is_aside)
    if len(reading.tokens) <= REPEAT_WORDS and _repeats(quantities, (*earlier[-3:], *previous[-3:])):
        return Judgement(Label.NEUTRAL, (), (), False, refusal, reading, is_settled=True)
    aspects = evidence.answered(text)
    if len(reading.tokens) <= _ASIDE and _WAS_BEFORE.search(text):
        aspects = tuple(a for a in Aspect if a in aspects or a is Aspect.BASELINE)
        return Judgement(Label.SUBSTANTIATED, aspects, (), False, refusal, reading, is_settled=True)
    proofs = boasts.find(reading, quantities)
    if proofs and not _is_supported(aspects, reading, previous, earlier):
        findings = tuple(number_finding(reading, proof, aspects) for proof in proofs)
        kept = tuple(a for a in aspects if a in (Aspect.RESULT, Aspect.METRIC_DEFINITION)) or (Aspect.RESULT,)
        return Judgement(Label.NUMBER_ONLY, kept, findings, False, refusal, reading)
    findings = () if _ECHO.search(text) and _echoes(previous) else _vague_findings(reading, aspects)
    if findings:
        return Judgement(Label.VAGUE, (), findings, False, refusal, reading)
    if proofs and Aspect.RESULT not in aspects:
        aspects = tuple(a for a in Aspect if a in aspects or a is Aspect.RESULT)
    substantiated = bool(aspects) and not (_HYPOTHETICAL.search(text) and not _OWN.search(text) and "#" not in text)
    if not substantiated:
        return Judgement(Label.NEUTRAL, (), (), False, refusal, reading)
    return Judgement(Label.SUBSTANTIATED, aspects, (), Aspect.LESSON in aspects, refusal, reading)


def _is_talk(text: str) -> bool:
    """Whether a sentence is about the talk itself, and claims nothing behind that."""
    rest = _OPENING.sub("", text)
    if rest == text:
        return bool(_TALK.search(text))
    is_little = len(rest.split()) <= _LITTLE and "#" not in rest
    return is_little or bool(_TALK.search(rest) or _COURTESY.search(rest))


def as_bare_answer(judgement: Judgement, asked: Sequence[Aspect]) -> Judgement:
    """The first sentence behind a question, which asks for these aspects: "on signed partners" says nothing by itself,
    but answers what was asked of a number."""
    said = tuple(aspect for aspect in asked if aspect in _SAYS_OF_A_NUMBER)
    text = judgement.reading.text
    if not said or len(judgement.reading.tokens) > _BARE_WORDS or judgement.is_refusal:
        return judgement
    if Aspect.BASELINE in said and _BARE_BASELINE.search(text) and not judgement.is_settled:
        said = (Aspect.BASELINE,)
    elif not _BARE_ANSWER.search(text) or judgement.label in (Label.VAGUE, Label.NUMBER_ONLY):
        return judgement
    aspects = tuple(aspect for aspect in Aspect if aspect in judgement.aspects or aspect in said)
    return replace(judgement, label=Label.SUBSTANTIATED, aspects=aspects, findings=())


def _repeats(quantities: tuple[numbers.Quantity, ...], before: Sequence[Judgement]) -> bool:
    """Whether there are numbers here, all of which were said before: "Forty percent."."""
    values = {quantity.value for quantity in quantities}
    if not values:
        return False
    said = {quantity.value for one in before for quantity in numbers.read(one.reading.written)[1]}
    return values <= said


def _is_supported(
    aspects: tuple[Aspect, ...], reading: Reading, previous: Sequence[Judgement], earlier: Sequence[Judgement]
) -> bool:
    """Any one of baseline, method or a cause of one's own lifts a number, in the sentence or shortly before."""
    if _LIFTS_A_NUMBER & set(aspects) or _CAUSE.search(reading.text):
        return True
    subject = keywords(reading)
    before = (*earlier[-3:], *previous[-3:])
    return any(_lifts(said) and subject & keywords(said.reading) for said in before)


def _lifts(said: Judgement) -> bool:
    return said.label is Label.SUBSTANTIATED and "#" in said.reading.text and bool(_LIFTS_A_NUMBER & set(said.aspects))


def number_finding(reading: Reading, proof: boasts.Boast, seen: tuple[Aspect, ...]) -> Finding:
    """A number as a finding; `seen` are aspects that the sentence answers all the same."""
    start, end = reading.written_span(proof.start, proof.end)
    missing = tuple(aspect for aspect in NUMBER_ASPECTS if aspect not in seen) or NUMBER_ASPECTS
    words = [_PLAIN[aspect] for aspect in missing[:3]]
    listed = " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    reason = _REASON_NUMBER.format(missing=listed)
    return Finding(ClaimKind.NUMBER_ONLY, start, end, proof.strength, missing, reason, proof.type.value, proof.number)


def _vague_findings(reading: Reading, aspects: tuple[Aspect, ...]) -> tuple[Finding, ...]:
    text = reading.text
    found = emptiness.find(reading)
    if not found or _is_filled(found, text, aspects):
        return ()
    doubt = (
        (not _OWN.search(text) and not re.search(r"\b(?:was|were|went|got|had|did)\b", text))
        + (len(reading.tokens) > _STRETCHED)
        + bool(_HYPOTHETICAL.search(text))
        + bool(_OPINION.search(text) and not _OWN.search(text))
        + bool(_CONCRETE.search(text))
        + 2 * bool("#" in text)
    )
    findings = []
    for one in found:
        level = one.strength - doubt
        if level >= Strength.POSSIBLE:
            start, end = reading.written_span(one.start, one.end)
            findings.append(Finding(ClaimKind.VAGUE, start, end, Strength(level), one.missing, one.reason, one.name))
    return tuple(findings)


def _is_filled(found: list[emptiness.Emptiness], text: str, aspects: tuple[Aspect, ...]) -> bool:
    """Whether the sentence itself holds what the empty words leave open, outside of them."""
    if not aspects:
        return False
    rest, at = [], 0
    for one in found:
        rest.append(text[at : one.start])
        at = max(at, one.end)
    rest.append(text[at:])
    outside = {aspect for piece in rest for aspect in evidence.answered(piece)}
    return bool(outside)


def _echoes(previous: Sequence[Judgement]) -> bool:
    """Praise right after a supported or a just-flagged claim adds no claim of its own."""
    return bool(previous) and previous[-1].label is not Label.NEUTRAL
