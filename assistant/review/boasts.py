"""Numbers used as proof of success, by their type and the words around them; the exact words, and what they leave open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.review.emptiness import Strength
from assistant.review.numbers import NumberType, Quantity
from assistant.review.text import Reading

_CHANGE = (
    r"(?:increas\w*|grew|grow\w*|rais\w+|boost\w*|improv\w*|cut|cutting|reduc\w*|dropp?\w*|fell|rose|lift\w*|sav(?:e|es|ed|ing|ings)|"
    r"moved|brought|took|doubl\w+|tripl\w+|went|up|down|plus|minus|faster|slower|quicker|cheaper|better|higher|lower|growth|"
    r"uplift|gain\w*|decreas\w*|declin\w*|shr[au]nk|outperform\w*|beat|exceed\w*|hit|reach\w*|achiev\w*|deliver\w*|finished|over)"
)
_METRIC = (
    r"(?:revenue|sales|turnover|profit|margins?|arr|mrr|gmv|bookings|pipeline|accuracy|precision|recall|f1|retention|churn|nps|csat|"
    r"satisfaction|conversions?|attendance|coverage|uptime|availability|quota|adoption|engagement|open rate|click rate|win rate|"
    r"success|score|rating|rated|productivity|efficiency|performance|throughput|latency|activation|awareness|attrition|"
    r"turnaround|compliance|occupancy|utili[sz]ation|touchless|positive|survey|response rate|acceptance|deflection|traffic|"
    r"costs?|errors?|defects?|leakage|falls|incidents|downtime|time|times|speed|market share|share|roas|roi|gross|output|hygiene|rate|returns|absence|sickness|referrals|pass rate|results|yield)"
)
_TRACTION = (
    r"(?:users?|customers?|clients?|downloads?|stars|subscribers?|installs?|installations|followers|views|listeners|visitors|signups?|sign ups|"
    r"orders|requests|queries|events|transactions|contributors?|members|companies|startups|merchants|copies|readers|"
    r"accounts|deals|leads|meetings|teams (?:are )?us\w+|projects|pull requests|contributions|commits|contracts|units|tickets|"
    r"patients|donors|applications|placements|experiments|people (?:sign\w*|us\w+|train\w*|through|watching))"
)
_MONEY = r"(?:revenue|sales|turnover|profit|arr|mrr|sav(?:e|es|ed|ing|ings)|generat\w+|clos(?:ed|ing)|pipeline|brings?|brought|bringing|made|makes|earned|won|worth of|gmv|funding|bookings|deal size|business|sold|upsell|book|portfolio)"
_NOT_OURS = re.compile(
    r"\b(?:if|would|could|imagine|let us say|suppose|goal|target|budget|plan(?:ned)? to|want(?:ed)? to|hoping|salary|price|priced|"
    r"costs? (?:about )?#\$|discount|according to wikipedia|world wide|worldwide|probability|chance|#% (?:sure|certain|agree|agreed|true|right|"
    r"done|of the time|of people|of my time|of the people|confident|on board|remote|open source|convinced)|for example|i have no idea)\b"
)
_PROBLEM = re.compile(
    r"\b(?:failed|failing|fail|complain\w*|complaints|broke|broken|crash\w*|lost|waiting|angry|wrong|missing|late|stuck|quit|outage|"
    r"duplicates?|vulnerable|dead|behind|overdue|unpaid|rejected|no shows?|bounced|wasted|too)\b"
)
_OWN = re.compile(r"\b(?:i|we|our|my|us|ours|mine|me)\b")
_OTHERS = re.compile(r"\b(?:they|he|she|you|your|their|people|his|her)\b")
_WITHOUT_DIGITS = re.compile(
    r"\b(?:(?:doubled|tripled|quadrupled|halved)(?: (?:the|our|my|their))?(?: \w+){0,2}|"
    r"(?:\w+ )?(?:increased|reduced|grew|cut|dropped|down|up|improved|fell|went down|went up)(?: \w+){0,3} by (?:a third|half|a quarter|two thirds|almost half|a factor)|"
    r"(?:double|triple) digit(?: \w+)?|record(?: \w+)? (?:sales|revenue|year|quarter|growth))\b"
)
_SPAN_LEFT = re.compile(rf"(?:\b\w+ )?\b(?:{_CHANGE}|{_METRIC}|{_MONEY})\b.*$")
_SPAN_RIGHT = re.compile(
    rf"^(?: (?!(?:and|so|but|we|i|they|it|because|which|that|where|when)\b)\w+){{0,3}}? (?:{_METRIC}|{_TRACTION}|{_CHANGE}|(?:per|an?|every) \w+)\b"
)
_STOPS = re.compile(r".*\b(?:and|so|but|then|where|which|that|because|with|when|i|we|our|my|they|it)\b ")
_LEFT = 60  # characters of the reading before a number that may belong to it
_RIGHT = 45


@dataclass(frozen=True, slots=True)
class Boast:
    """A stretch of a reading that offers a number as proof of success."""

    start: int
    end: int
    type: NumberType
    strength: Strength


def find(reading: Reading, quantities: tuple[Quantity, ...]) -> list[Boast]:
    """The numbers of a sentence that stand for a success of one's own, in order and without overlap."""
    text = reading.text
    if _NOT_OURS.search(text) or (_OTHERS.search(text) and not _OWN.search(text)):
        return []
    problem = bool(_PROBLEM.search(text))
    found: list[Boast] = []
    for quantity in quantities:
        strength = _strength(reading, quantity)
        if strength is None or problem:
            continue
        start, end = _span(reading, quantity)
        if found and start < found[-1].end:
            start = found[-1].end + 1
        if start < end:
            found.append(Boast(start, end, quantity.type, strength))
    if not found and not problem and (match := _WITHOUT_DIGITS.search(text)) and _OWN.search(text):
        found.append(Boast(match.start(), match.end(), NumberType.MULTIPLIER, Strength.LIKELY))
    return found


def _strength(reading: Reading, quantity: Quantity) -> Strength | None:
    """How surely a number is offered as a success; None where it is not."""
    before, after = _around(reading, quantity)
    near = before + " " + after
    kind = quantity.type
    own = bool(_OWN.search(reading.text))
    changed, metric = _has(_CHANGE, near), _has(_METRIC, near)
    if kind in (NumberType.PERCENTAGE, NumberType.MULTIPLIER):
        if changed and metric:
            return Strength.SURE
        if changed or metric:
            return Strength.LIKELY if own or len(reading.tokens) < 14 else Strength.POSSIBLE
        return Strength.POSSIBLE if own else None
    if kind is NumberType.MONEY:
        return (Strength.SURE if own else Strength.LIKELY) if _has(_MONEY, near) else None
    if kind is NumberType.RANK:
        return Strength.LIKELY if own and not _has("thing|priority|question|reason|rule", after) else None
    if kind is NumberType.RATE:
        if _has(_TRACTION, near):
            return Strength.LIKELY if own else Strength.POSSIBLE
        return Strength.POSSIBLE if own and changed else None
    if kind is NumberType.COUNT and quantity.value is not None:
        if quantity.value >= 20 and re.search(rf"^(?: of)?(?: \w+){{0,2}} {_TRACTION}\b", after):
            return Strength.LIKELY if own else Strength.POSSIBLE
        if re.search(
            r"\b(?:nps|csat|score|rating|rated|roas|recall|accuracy|precision|satisfaction|coverage|f1)\b.{0,25}$",
            before,
        ):
            return Strength.LIKELY
        if re.search(r"^ points\b", after) and changed:
            return Strength.LIKELY
    if kind is NumberType.DURATION and re.search(
        r"\b(?:latency|response time|load time|lead time|time to \w+|cycle time|mean time)\b", before
    ):
        return Strength.POSSIBLE
    return None


def _around(reading: Reading, quantity: Quantity) -> tuple[str, str]:
    at = reading.starts[quantity.token]
    end = at + len(reading.tokens[quantity.token].text)
    return reading.text[max(0, at - _LEFT) : at], reading.text[end : end + _RIGHT]


def _span(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """The number with its metric: from the verb or noun of success before it to the one after it."""
    before, after = _around(reading, quantity)
    at = reading.starts[quantity.token]
    end = at + len(reading.tokens[quantity.token].text)
    clause = (
        before[match.end() :]
        if (match := _STOPS.match(before))
        else before.split(" ", 1)[-1]
        if len(before) == _LEFT
        else before
    )
    left = _SPAN_LEFT.search(clause)
    right = _SPAN_RIGHT.match(after)
    start = at - len(clause) + left.start() if left else at
    return start, end + (right.end() if right else 0)


def _has(words: str, text: str) -> bool:
    return bool(re.search(rf"\b(?:{words})\b", text))
