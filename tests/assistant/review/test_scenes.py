"""Scenes of an interview with all that is expected of them: what is flagged, asked for, withdrawn and retired, after
which line, and that nothing else happens. By the rules alone, so that what is expected can be explained."""

from __future__ import annotations

import pytest

from assistant.values import Flag, FlagWithdrawn, FollowUp, FollowUpRetired, ReviewedSentence
from tests.assistant.review.scene import Scene

Step = tuple[str, str | float]
Expected = tuple[int, str, str]  # index of the line by whose end it has happened, what, and the words it is about

REVENUE = "increased revenue by 40 percent"
RETENTION = "increased retention by 20 percent"
VAGUE = "improved a lot of things in the shop"
HARD = "Getting it approved was really challenging"

SCENES: dict[str, tuple[list[Step], list[Expected]]] = {
    "a number that is explained two sentences later": (
        [
            ("you", "What are you most proud of?"),
            ("them", "I increased revenue by 40 percent."),
            ("them", "That was in spring."),
            ("them", "Revenue was 2 million before."),
            ("pause", 4.0),
        ],
        [(2, "flagged", REVENUE), (2, "asked for", REVENUE), (3, "withdrawn", REVENUE), (3, "answered", REVENUE)],
    ),
    "a number that is explained only when asked about": (
        [
            ("them", "I increased revenue by 40 percent."),
            ("pause", 4.0),
            ("you", "How was that measured?"),
            ("them", "We compared the same weeks of both years in the ledger."),
            ("pause", 4.0),
        ],
        [(1, "flagged", REVENUE), (1, "asked for", REVENUE), (2, "asked", REVENUE), (3, "withdrawn", REVENUE)],
    ),
    "an honest refusal: the flag stays, nothing more is asked": (
        [
            ("them", "I increased revenue by 40 percent."),
            ("pause", 4.0),
            ("you", "How was that 40 percent measured?"),
            ("them", "Honestly, I don't know."),
            ("them", "I never saw how they did it."),
            ("pause", 12.0),
        ],
        [(1, "flagged", REVENUE), (1, "asked for", REVENUE), (2, "asked", REVENUE)],
    ),
    "a question for the own part that is answered with we": (
        [
            ("them", "I improved a lot of things in the shop."),
            ("pause", 4.0),
            ("you", "What did you do yourself?"),
            ("them", "We are a great team."),
            ("pause", 4.0),
        ],
        [
            (1, "flagged", VAGUE),
            (1, "asked for", VAGUE),
            (2, "asked", VAGUE),
            (4, "flagged", "We are a great team"),
            (4, "asked for", "We are a great team"),
        ],
    ),
    "a mistake that is told openly": (
        [
            ("you", "What went wrong?"),
            ("them", "I should have asked the warehouse before I changed the box."),
            ("pause", 6.0),
        ],
        [(1, "good sign", "I should have asked the warehouse before I changed the box.")],
    ),
    "a long digression: the card stays, the small talk is left alone": (
        [
            ("them", "I increased revenue by 40 percent."),
            ("pause", 3.0),
            ("them", "My cousin lives there."),
            ("them", "It rains a lot in that town."),
            ("them", "I like trains."),
            ("pause", 3.0),
        ],
        [(1, "flagged", REVENUE), (1, "asked for", REVENUE)],
    ),
    "a difficulty that gets its name after a sentence": (
        [
            ("them", "Getting it approved was really challenging."),
            ("them", "I remember that week very well."),
            ("them", "The problem was that our finance lead said no, twice."),
            ("pause", 3.0),
        ],
        [(1, "flagged", HARD), (1, "asked for", HARD), (2, "withdrawn", HARD), (2, "answered", HARD)],
    ),
    "the method in the same breath: nothing to say": (
        [
            ("them", "I increased revenue by 40 percent. We measured it against 212 shops in the same weeks."),
            ("pause", 6.0),
        ],
        [],
    ),
    "another topic: the card makes room, the flag stays": (
        [
            ("them", "We increased retention by 20 percent."),
            ("pause", 4.0),
            ("you", "Okay. Let's talk about something else. Why did you choose design?"),
            ("them", "My aunt had a studio."),
            ("pause", 3.0),
        ],
        [(1, "flagged", RETENTION), (1, "asked for", RETENTION), (3, "stale", RETENTION)],
    ),
    "back to an older number by its figure, after a question on another matter": (
        [
            ("them", "We increased retention by 20 percent."),
            ("pause", 4.0),
            ("you", "How big is the team?"),
            ("them", "There were six of us."),
            ("pause", 2.0),
            ("you", "You said 20 percent. Where does that number come from?"),
        ],
        [(1, "flagged", RETENTION), (1, "asked for", RETENTION), (5, "asked", RETENTION)],
    ),
    "praise behind a concrete step adds no claim": (
        [
            ("them", "I opened every returned box and wrote down what was wrong."),
            ("them", "Which was great."),
            ("pause", 5.0),
        ],
        [],
    ),
    "greetings and facts of a career": (
        [
            ("you", "Hi, how are you?"),
            ("them", "Good, thanks."),
            ("you", "When did you join?"),
            ("them", "I joined in 2019."),
            ("them", "We were a team of six."),
            ("them", "The target was 95 percent."),
            ("pause", 8.0),
        ],
        [],
    ),
    "the interviewer talks about the own company: nothing is asked, nothing goes": (
        [
            ("them", "I increased revenue by 40 percent."),
            ("pause", 3.0),
            ("you", "So at our company we have a platform team and a data team."),
            ("you", "We moved offices last year."),
            ("pause", 3.0),
        ],
        [(1, "flagged", REVENUE), (1, "asked for", REVENUE)],
    ),
    "a number for a number explains nothing": (
        [
            ("them", "I increased revenue by 40 percent."),
            ("pause", 4.0),
            ("you", "Compared to what?"),
            ("them", "Well, it was 40 percent."),
            ("pause", 4.0),
        ],
        [(1, "flagged", REVENUE), (1, "asked for", REVENUE), (2, "asked", REVENUE)],
    ),
}


def timeline(steps: list[Step]) -> list[Expected]:
    scene, ends = Scene(clock_step_seconds=0.1), []
    for who, what in steps:
        scene = scene.silence(float(what)) if who == "pause" else getattr(scene, who)(what)
        ends.append(scene.now)
    scene.end()
    told: list[Expected] = []
    names: dict[str, str] = {}
    for at, event in scene.log:
        line = next((number for number, end in enumerate(ends) if at <= end + 1e-6), len(ends) - 1)
        match event:
            case Flag() | FollowUp():
                names[event.id] = event.quote or event.question
                told.append((line, "flagged" if isinstance(event, Flag) else "asked for", names[event.id]))
            case FlagWithdrawn():
                told.append((line, "withdrawn", names[event.id]))
            case FollowUpRetired():
                told.append((line, event.why.value, names[event.id]))
            case ReviewedSentence(is_good_sign=True):
                told.append((line, "good sign", event.sentence.text))
    return told


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_goes_as_expected_and_no_more(name: str) -> None:
    steps, expected = SCENES[name]
    assert timeline(steps) == expected
