"""What the interviewer's turn does: asks for something, points at a claim, opens a new topic, or just nods."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.review import evidence, numbers
from assistant.review.keywords import keywords
from assistant.values import Aspect

_NOD = re.compile(
    r"^(?:(?:mm|hm|hmm|mhm|uh|huh|um|ah|oh|yeah|yes|yep|okay|ok|right|sure|nice|great|good|cool|wow|i see|"
    r"got it|interesting|"
    r"wonderful|perfect|lovely|excellent|thank you|thanks|exactly|of course|makes sense|fair|fair enough|"
    r"that is (?:fair|great|good|nice|interesting)|no|well|and|so|very|really) ?)+$"
)
_QUESTION = re.compile(
    r"(?:^|\b(?:and|so|but|okay|then|just) )(?:what|how|why|where|when|who|which|do|did|does|is|was|were|are|"
    r"can|could|would|will|have|has|had|any|anything)\b|"
    r"\b(?:tell me|walk me|talk me|take me|give me|show me|describe|explain|curious|wonder|wondering|"
    r"i would like to (?:know|hear|understand)|help me understand|for example|such as|"
    r"(?:of|in|to|by|than|with|from|on|against) what|say more|pick one)\b"
)
_OTHER_MATTER = re.compile(
    r"\bhow (?:big|large|many|old)(?: \w+){0,3} (?:team|company|group|people|engineers|reports|department|"
    r"office|class|ward|store)\b|"
    r"\bhow many (?:people|of you|engineers|colleagues|years)|\bhow long (?:have you|did you (?:work|stay)|"
    r"were you (?:there|at|with))|"
    r"\bwhen (?:did|was|were|can|could)\b|\bwhere (?:are|were|is) (?:you|the (?:office|company))\b|"
    r"\b(?:notice period|salary|start date|questions for (?:me|us)|why (?:do you want|us|this|"
    r"did you (?:apply|leave))|what tools|which tools|tech stack|what languages)\b"
)
_NEW_TOPIC = re.compile(
    r"\b(?:let us (?:move|switch|talk about|go to|take a short break)|moving on|next (?:question|one|topic)|"
    r"different (?:topic|question|subject)|"
    r"switch(?:ing)? gears|another (?:question|example|topic)|change (?:the )?(?:topic|subject)|last (?:one|"
    r"question|thing)|tell me about (?:a time|something|yourself|an? )|"
    r"jump to|different one|any questions)\b"
)


_RECALLS = re.compile(
    r"\b(?:said|mentioned|told me|talked about|back to|go back|earlier|you say|what about|stay with|come back|"
    r"touched on|refer\w*|curious about)\b"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A sentence of the interviewer as the review understands it."""

    asks: tuple[Aspect, ...]
    is_question: bool
    is_other_matter: bool  # facts around the work: team size, dates, tools
    is_nod: bool
    recalls: bool  # goes back to what was said
    opens_topic: bool
    keywords: frozenset[str]
    values: frozenset[float]


def understand(written: str) -> Turn:
    """What a sentence of the interviewer does, with or without case and punctuation."""
    reading, quantities = numbers.read(written)
    text = reading.text
    question = written.rstrip().endswith("?") or bool(_QUESTION.search(text))
    about_else = bool(_OTHER_MATTER.search(text))
    return Turn(
        asks=evidence.asked_for(text) if question and not about_else else (),
        is_question=question,
        is_other_matter=about_else,
        is_nod=not question and (not text or bool(_NOD.match(text))),
        recalls=bool(_RECALLS.search(text)),
        opens_topic=bool(_NEW_TOPIC.search(text)),
        keywords=keywords(reading),
        values=frozenset(q.value for q in quantities if q.value is not None),
    )
