"""Why a sentence was judged as it was, and why a claim was closed, in words for a user."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.ports import SentenceScores
from assistant.review import evidence
from assistant.review.judge import Judgement
from assistant.values import Aspect, ClaimKind, Label

Explain = Callable[[int, str], None]  # index of a sentence, and a line about it
MOST_REASONS = 3
LABELS = {
    Label.VAGUE: "vague",
    Label.NUMBER_ONLY: "number only",
    Label.SUBSTANTIATED: "substantiated",
    Label.NEUTRAL: "neutral",
}
ASPECTS = {
    Aspect.METRIC_DEFINITION: "what the number counts",
    Aspect.MEASUREMENT_METHOD: "how it was measured",
    Aspect.BASELINE: "what it was before",
    Aspect.OWN_CONTRIBUTION: "the own part",
    Aspect.CHALLENGE: "the difficulty",
    Aspect.HOW_OVERCOME: "how it was solved",
    Aspect.RESULT: "the result",
    Aspect.LESSON: "the lesson",
    Aspect.TRADEOFF: "the trade-off",
    Aspect.AUDIENCE_EXPLAINED: "an explanation for the listener",
}
_IN_WORDS = {
    "asks for what it lacks": "it asks for what is missing",
    "a rule sees it asked": "it asks for what is missing, in so many words",
    "names its figure": "it names the figure",
    "names its words": "it takes up its words",
    "names words of its sentence": "it takes up words of its sentence",
    "recalls it": "it goes back to it",
    "is of the last answer": "it follows the answer with the claim",
    "first question since": "it is the first question since",
    "second question since": "it is the second question since",
    "substantiated": "it says something that can be checked",
    "says what it lacks": "it says what was missing",
    "explains a number": "it gives a start, a method or what was counted",
    "shares words of its sentence": "it has words of the claim's sentence",
    "shares its figure": "it has the claim's figure",
    "was asked for": "the interviewer asked about it",
    "same answer": "it is in the same answer",
    "substance": "it says something of substance",
    "a number that was asked for": "the interviewer asked about the number",
}


def listed(aspects: Mapping[Aspect, object] | tuple[Aspect, ...]) -> str:
    return ", ".join(ASPECTS[aspect] for aspect in aspects)


def reasons_for(rules: Judgement, scores: SentenceScores | None, final: Judgement) -> list[str]:
    """What the rules saw, what the encoder thought, and what came of both."""
    if rules.is_settled and rules.aspects:
        return [f"substantiated: it says {listed(rules.aspects)}, and nothing else"]
    if rules.is_settled:
        why = "an honest “I don't know”" if rules.is_refusal else "a question, a greeting or talk about the talk"
        return [f"neutral: {why}, which claims nothing"]
    lines = [_rules_line(rules)]
    if scores is not None:
        shares = sorted(scores.labels.items(), key=lambda pair: -pair[1])[:2]
        lines.append("encoder: " + ", ".join(f"{LABELS[label]} {100 * share:.0f} %" for label, share in shares))
    weighed = "the rules and the encoder weighed together" if scores is not None else "by the rules alone"
    outcome = f"{LABELS[final.label]}, {weighed}"
    if final.aspects:
        outcome += f"; answers {listed(final.aspects)}"
    if final.findings:
        outcome += f"; open: {listed(final.findings[0].missing)}"
    return [*lines, outcome]


def _rules_line(rules: Judgement) -> str:
    seen = evidence.answered(rules.reading.text)
    told = f"; words for {listed(seen)}" if seen else ""
    if not rules.findings:
        return f"rules: {'no empty words and no bare number' if seen else 'nothing to check and nothing empty'}{told}"
    written = rules.reading.written
    quotes = [f"“{written[f.start : f.end]}” ({_kind(f.kind)}: {f.name})" for f in rules.findings]
    return f"rules: {', '.join(quotes)}{told}"


def _kind(kind: ClaimKind) -> str:
    return "a bare number" if kind is ClaimKind.NUMBER_ONLY else "empty words"


def strongest(features: Mapping[str, float], weights: Mapping[str, float]) -> str:
    """What spoke most for it, the strongest first."""
    parts = sorted(((weight * features[name], name) for name, weight in weights.items()), reverse=True)
    told = [_IN_WORDS[name] for part, name in parts if part > 0 and name in _IN_WORDS]
    return ", ".join(told[:MOST_REASONS]) or "all in all"
