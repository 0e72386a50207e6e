"""What both sides say, understood in its context: the rules first, then the sentence model where there is one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ports import SentenceModel
from assistant.review.explanation import Explain, reasons_for
from assistant.review.interviewer import Turn, understand
from assistant.review.judge import Judgement, as_bare_answer, judge
from assistant.review.numbers import read
from assistant.review.opinion import weigh
from assistant.review.retirement import Said
from assistant.values import Sentence

TURN_WORDS = 200  # of a turn that are kept: an interviewer may speak for hours where no candidate is heard
NOD_WORDS = 3  # a turn of the interviewer this short is no new question to the model, as in its training


@dataclass(frozen=True, slots=True)
class Memory:
    """In what context a sentence of the candidate is understood."""

    question: str
    asked: str
    said: tuple[str, ...]
    before: tuple[Judgement, ...]
    earlier: tuple[Judgement, ...]
    since_question: int
    turns: int  # of the interviewer before it, nods left out


class Listening:
    """Remembers no more than a few sentences, however long the call is."""

    def __init__(self, model: SentenceModel | None, explain: Explain | None = None) -> None:
        self._model = model
        self._explain = explain
        self._question = ""  # the interviewer's last turn of more than a nod
        self._asked = ""  # the same, or a shorter turn that asks: "Of what?"
        self._said: deque[str] = deque(maxlen=3)  # of this answer, as the model wants it
        self._turn: Turn | None = None  # the interviewer's turn in progress
        self._turn_text = ""
        self._before_turn: tuple[str, ...] = ()  # what was said before it
        self._before: deque[Judgement] = deque(maxlen=3)  # in this answer
        self._earlier: deque[Judgement] = deque(maxlen=3)  # before the last question
        self._since_question = 0
        self._turns = 0

    @property
    def memory(self) -> Memory:
        return Memory(
            self._question,
            self._asked,
            tuple(self._said),
            tuple(self._before),
            tuple(self._earlier),
            self._since_question,
            self._turns,
        )

    def candidate(self, sentence: Sentence) -> tuple[Judgement, Said]:
        """What a sentence of the candidate is, and what it may answer."""
        self._turn, self._turn_text = None, ""
        return self._understand(sentence)

    def again(self, sentences: Sequence[Sentence], memory: Memory) -> list[tuple[Judgement, Said]]:
        """The same for sentences that followed each other, with other words than before. They take the place of those
        in what is remembered, unless the interviewer has spoken since."""
        now = self.memory
        self._remember(memory)
        understood = [self._understand(sentence) for sentence in sentences]
        if memory.turns != now.turns:
            self._remember(now)
        return understood

    def _remember(self, memory: Memory) -> None:
        self._question, self._asked = memory.question, memory.asked
        self._since_question, self._turns = memory.since_question, memory.turns
        self._said = deque(memory.said, self._said.maxlen)
        self._before = deque(memory.before, self._before.maxlen)
        self._earlier = deque(memory.earlier, self._earlier.maxlen)

    def _understand(self, sentence: Sentence) -> tuple[Judgement, Said]:
        rules = judgement = judge(sentence.text, tuple(self._before), tuple(self._earlier))
        scores = None
        if self._model is not None and not judgement.is_settled:
            scores = self._model.score((self._question, *self._said), sentence.text)
            judgement = weigh(sentence.text, rules, scores)
        by_itself = judgement
        if self._since_question == 0:
            judgement = as_bare_answer(judgement, understand(self._asked).asks)
        if self._explain is not None:
            for line in reasons_for(rules, scores, judgement):
                self._explain(sentence.index, line)
        self._said.append(sentence.text)
        self._before.append(judgement)
        _, quantities = read(sentence.text)
        values = frozenset(q.value for q in quantities if q.value is not None)
        is_bare = judgement is not by_itself
        said = Said.of(judgement, scores, values, self._since_question, is_bare=is_bare)
        self._since_question += 1
        return judgement, said

    def interviewer(self, sentence: Sentence) -> Turn:
        """The interviewer's turn up to this sentence."""
        turn = understand(sentence.text)
        if not self._turn_text:
            self._before_turn = (self._question, *self._said)
        self._turn_text = " ".join([*self._turn_text.split(), *sentence.text.split()][-TURN_WORDS:])
        # Of a statement the model can't tell a new topic from "we are a team of five here".
        if self._model is not None and turn.is_question and not turn.is_other_matter:
            turn = turn.seen_by(self._model.score(self._before_turn, self._turn_text))
        if self._turn is not None:
            turn = turn.after(self._turn)
        self._turn = turn
        is_long = len(self._turn_text.split()) > NOD_WORDS
        if turn.is_question or is_long:
            self._asked = self._turn_text
        if is_long:
            self._question = self._turn_text
            self._said.clear()
            self._turns += 1
        return turn

    def new_answer(self) -> None:
        """The interviewer has asked something."""
        self._earlier.extend(self._before)
        self._before.clear()
        self._since_question = 0
        self._turns += 1

    def new_topic(self) -> None:
        self._before.clear()
        self._earlier.clear()
        self._turns += 1
