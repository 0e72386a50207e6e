"""The sides of a call, the parts of a story, and what a claim may lack, in the words that people read, in the panel as
in exports."""

from __future__ import annotations

from typing import Final

from assistant.values import Aspect, Channel

SPEAKERS: Final[dict[Channel, str]] = {Channel.YOU: "You", Channel.THEM: "Them"}
PARTS: Final[dict[str, tuple[Aspect, ...]]] = {  # each is covered once one of its aspects is
    "What was measured": (Aspect.METRIC_DEFINITION, Aspect.BASELINE),
    "How measured": (Aspect.MEASUREMENT_METHOD,),
    "Own part": (Aspect.OWN_CONTRIBUTION,),
    "Hardest part": (Aspect.CHALLENGE,),
    "How overcome": (Aspect.HOW_OVERCOME,),
    "Result": (Aspect.RESULT,),
    "Lesson, differently today": (Aspect.LESSON,),
    "Trade-off": (Aspect.TRADEOFF,),
    "Explained": (Aspect.AUDIENCE_EXPLAINED,),
}
ASPECTS: Final[dict[Aspect, str]] = {  # within a sentence
    Aspect.METRIC_DEFINITION: "what was measured",
    Aspect.MEASUREMENT_METHOD: "how it was measured",
    Aspect.BASELINE: "the starting point",
    Aspect.OWN_CONTRIBUTION: "own part",
    Aspect.CHALLENGE: "what was hard",
    Aspect.HOW_OVERCOME: "how it was overcome",
    Aspect.RESULT: "the result",
    Aspect.LESSON: "what was learnt",
    Aspect.TRADEOFF: "what it cost",
    Aspect.AUDIENCE_EXPLAINED: "an explanation for the listener",
}
