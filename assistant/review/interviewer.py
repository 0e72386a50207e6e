"""What the interviewer's turn does: asks for something, points at a claim, opens a new topic, or just nods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.ports import SentenceScores
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
    r"i would (?:like|love) to (?:know|hear|understand)|i would be interested|help me understand|for example|such as|"
    r"(?:of|in|to|by|than|with|from|on|against) what|say more|pick one)\b|"
    r"^(?:(?:and|so|please|maybe|yes) )*(?:share|elaborate|(?:go on|continue)(?: please)?$)"
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
_OF_A_MEASUREMENT = re.compile(r"\b(?:measur\w+|survey\w*|answered|responded|replied|counted|sample)\b")
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


# More of what was just said, unless it is more of something else: "an example of a time you failed".
_MORE = re.compile(
    r"\b(?:(?:for|an|one|any|some|concrete|specific) (?:\w+ )?(?:examples?|instance|case|situation)|such as|like what|"
    r"elaborate|(?:say|tell me) (?:\w+ ){0,2}more|more (?:specific|concrete)|pick one|go on|continue)\b"
    r"(?! (?:of|about|on|from|when|where|with) (?!(?:that|this|these|those|it|them)\b))|"
    r"^(?:and )?meaning(?: what)?$"
)
_POINTS_BACK = re.compile(r"\b(?:that|this|it|those|these|they|there|them)\b")
SHORT_WORDS = 8
ASK_SHARE = 0.5  # of the model, from which on it counts that a turn asks for an aspect
TOPIC_SHARE = 0.7
_ASKED_SHARE, _UNASKED_SHARE = 0.7, 0.1  # in place of the model's, where only rules look


@dataclass(frozen=True, slots=True)
class Turn:
    """What the interviewer has said since the candidate spoke, as the review understands it."""

    asks: tuple[Aspect, ...]
    plainly: tuple[Aspect, ...]  # what a rule sees asked for, in so many words
    is_question: bool
    asks_for_more: bool  # an example, or more words, which is what any empty words lack
    is_other_matter: bool  # facts around the work: team size, dates, tools
    is_nod: bool
    points_back: bool  # "that", "it", "those": to what was just said
    is_short: bool
    recalls: bool  # goes back to what was said
    opens_topic: bool
    keywords: frozenset[str]
    values: frozenset[float]
    ask_shares: Mapping[Aspect, float]  # how likely each aspect is asked for
    topic_share: float  # how likely a new topic begins

    def after(self, before: Turn) -> Turn:
        """This sentence with what the turn has said before it."""
        return replace(
            self,
            points_back=self.points_back or before.points_back,
            is_short=self.is_short and before.is_nod,
            recalls=self.recalls or before.recalls,
            opens_topic=self.opens_topic or before.opens_topic,
            keywords=self.keywords | before.keywords,
            values=self.values | before.values,
        )

    def seen_by(self, scores: SentenceScores) -> Turn:
        """The same in the eyes of the sentence model, too."""
        asks = tuple(a for a in Aspect if a in self.asks or scores.asks[a] >= ASK_SHARE)
        topic = max(scores.opens_topic, float(self.opens_topic))
        return replace(self, asks=asks, ask_shares=scores.asks, topic_share=topic, opens_topic=topic >= TOPIC_SHARE)


def understand(written: str) -> Turn:
    """What a sentence of the interviewer does, with or without case and punctuation."""
    reading, quantities = numbers.read(written)
    text = reading.text
    question = written.rstrip().endswith("?") or bool(_QUESTION.search(text))
    about_else = bool(_OTHER_MATTER.search(text)) and not _OF_A_MEASUREMENT.search(text)
    asks = evidence.asked_for(text) if question and not about_else else ()
    opens_topic = bool(_NEW_TOPIC.search(text))
    return Turn(
        asks=asks,
        plainly=asks,
        is_question=question,
        asks_for_more=question and bool(_MORE.search(text)),
        is_other_matter=about_else,
        is_nod=not question and (not text or bool(_NOD.match(text))),
        points_back=bool(_POINTS_BACK.search(text)),
        is_short=len(reading.tokens) <= SHORT_WORDS,
        recalls=bool(_RECALLS.search(text)),
        opens_topic=opens_topic,
        keywords=keywords(reading),
        values=frozenset(q.value for q in quantities if q.value is not None),
        ask_shares={a: _ASKED_SHARE if a in asks else _UNASKED_SHARE for a in Aspect},
        topic_share=float(opens_topic),
    )
