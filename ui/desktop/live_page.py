"""A call, live or over: meters, cards, chips, transcript, footer."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from assistant.plain import clock
from assistant.values import Channel
from ui.desktop.bars import Footer, Meters
from ui.desktop.bubble import Bubble
from ui.desktop.card_stack import CardStack
from ui.desktop.chips import ChipRow
from ui.desktop.coverage import Chip
from ui.desktop.fitted import Fitted, FittedArea
from ui.desktop.mark_field import MarkField
from ui.desktop.panel_state import Changes, PanelState, Part
from ui.desktop.plan_list import PlanList
from ui.desktop.rule import Rule
from ui.desktop.standing import Phase
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px
from ui.desktop.transcript_model import TranscriptModel
from ui.desktop.transcript_view import TranscriptView

NOTHING_YET = "Nothing to ask now. Questions appear here when a claim needs more depth."
_WIDE, _CARDS_WIDTH = 860, 420  # from which width on the transcript stands beside the cards, and theirs then
_LEAST_TRANSCRIPT = 110  # high
_MOST_EVIDENCE = 3  # sentences that a chip shows


class LivePage(QWidget):
    """Shows a `PanelState`; `follow` brings what has changed in it to the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = PanelState()
        self._is_live = True
        self.meters, self.cards, self.chips, self.footer = Meters(), CardStack(), ChipRow(), Footer()
        self.plan, self.mark_field = PlanList(), MarkField()
        self.model = TranscriptModel(self)
        self.transcript = TranscriptView(self.model)
        self._ask_label, self._depth_label = TextBlock(Type.LABEL, "muted", 1), TextBlock(Type.LABEL, "muted", 1)
        self._depth_label.say("DEPTH SO FAR")
        self.hint = TextBlock(Type.SMALL, "muted", 1)
        self._upper, self._rule = FittedArea(self._sections()), Rule(is_upright=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.meters)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)  # side by side where the window is wide
        self._halves.setSpacing(0)
        self._halves.addWidget(self._upper)
        self._halves.addWidget(self._rule)
        self._halves.addWidget(self.transcript, 1)
        column.addLayout(self._halves, 1)
        column.addWidget(self.mark_field)
        column.addWidget(self.footer)
        self._bubble: Bubble | None = None
        self.transcript.span_wanted.connect(self._explain)
        self.transcript.span_left.connect(self._hide_bubble)
        self.chips.wanted.connect(self._show_evidence)
        self.chips.left.connect(self._hide_bubble)
        self.mark_field.closed.connect(self.transcript.setFocus)

    def show_state(self, state: PanelState, is_live: bool) -> None:
        """Another call from its beginning."""
        self._hide_bubble()
        self.mark_field.close_up()
        self._state, self._is_live = state, is_live
        self._show_cards_anew()
        self.model.reset(state.lines.rows)
        self.transcript.start(is_live)
        self.follow(Changes(parts=frozenset(Part)))

    def follow(self, changes: Changes) -> None:
        state, parts = self._state, changes.parts
        if changes.lines:
            self.model.follow(changes.lines)
        if Part.LEVELS in parts or Part.STANDING in parts:
            self.meters.show_levels(state.levels, state.standing)
        if Part.DELAY in parts or Part.STANDING in parts:
            self.meters.show_delay(state.standing, state.delay_seconds)
        if Part.CARDS in parts:
            self.cards.show_cards(state.cards)
        if Part.CHIPS in parts:
            self.chips.show_chips(state.chips)
        if Part.HINT in parts:
            self.hint.say(state.hint)
        if Part.AGENDA in parts:
            self.plan.show_agenda(state.agenda, state.clock_seconds)
        elif Part.CLOCK in parts:
            self.plan.show_clock(state.agenda, state.clock_seconds)
        if Part.BALANCE in parts:
            self.footer.show_balance(state.share_of_you)
        if self._is_live and state.standing.phase is Phase.FINISHED:
            self._is_live = False
            self.mark_field.close_up()
            self._show_cards_anew()
        if Part.STANDING in parts:
            can_note = self._is_live and state.standing.phase in (Phase.RECORDING, Phase.PAUSED)
            self.footer.show_consent(state.consent, can_note)

    def _show_cards_anew(self) -> None:
        """Those to ask, or once the call is over those that nobody came to."""
        self._ask_label.say("ASK NEXT" if self._is_live else "STAYED OPEN")
        self.cards.clear(self._is_live, NOTHING_YET if self._is_live else "No question stayed open.")
        self.cards.show_cards(self._state.cards, at_once=True)
        self.meters.setVisible(self._is_live)

    def stops(self) -> list[QWidget]:
        """Where the Tab key may stop, as one reads."""
        return [
            *(one for card in self.cards.widgets() for one in card.findChildren(QAbstractButton)),
            self.plan.heading,
            *self.plan.lines(),
            *self.chips.buttons(),
            self.transcript,
            self.transcript.jump_button(),
            self.mark_field.line,
            *self.footer.findChildren(QAbstractButton),
        ]

    def restyle(self) -> None:
        """Take the present theme."""
        self.meters.restyle()
        self.footer.restyle()
        self.transcript.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        is_wide = self.width() >= px(_WIDE)
        directions = QBoxLayout.Direction
        self._halves.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)
        self._upper.keep_width(px(_CARDS_WIDTH) if is_wide else None)
        self._rule.lie(is_upright=is_wide)
        self.transcript.setMinimumHeight(min(px(_LEAST_TRANSCRIPT), self.height() // 4))

    def bubble_text(self) -> str:
        return self._bubble.text() if self._bubble else ""

    def hide_bubble(self) -> bool:
        """Whether there was one."""
        was_visible = bool(self.bubble_text())
        self._hide_bubble()
        return was_visible

    # --- reasons ---

    def _explain(self, reason_id: str, near: QRect) -> None:
        reason = self._state.reason(reason_id)
        if reason is None:
            return
        missing = f"Not said: {reason.missing}." if reason.missing else ""
        question = f"Ask: {reason.question}" if reason.question else ""
        rows = ((reason.text, "text"), (missing, "muted"), (question, "accent"))
        self._note().say(reason.title, *(row for row in rows if row[0]), near=near)

    def _show_evidence(self, chip: Chip) -> None:
        newest = chip.evidence[-1]
        row = self._state.lines.row_at(Channel.THEM, newest.at_seconds)
        if row is not None:
            self.transcript.show_row(row)
        said = [
            (f"{clock(proof.at_seconds)} “{proof.text}”", "text") for proof in reversed(chip.evidence[-_MOST_EVIDENCE:])
        ]
        sender = next(button for button in self.chips.buttons() if button.chip.name == chip.name)
        corner = sender.mapTo(self.window(), sender.rect().topLeft())
        self._note().say(chip.name, *said, near=QRect(corner, sender.size()))

    def _note(self) -> Bubble:
        if self._bubble is None:
            self._bubble = Bubble(self.window())
        return self._bubble

    def _hide_bubble(self) -> None:
        if self._bubble is not None:
            self._bubble.hide()

    def _sections(self) -> QWidget:
        sections = Fitted()
        column = QVBoxLayout(sections)
        column.setContentsMargins(px(14), px(13), px(14), px(12))
        column.setSpacing(px(8))
        column.addWidget(self._ask_label)
        column.addWidget(self.cards)
        column.addSpacing(px(4))
        column.addWidget(self.plan)
        column.addSpacing(px(4))
        depth_row = QHBoxLayout()  # the hint stands in a line that is there anyway: nothing moves when it comes
        depth_row.setSpacing(px(10))
        self._depth_label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        depth_row.addWidget(self._depth_label)
        depth_row.addWidget(self.hint, 1)
        column.addLayout(depth_row)
        column.addWidget(self.chips)
        return sections
