"""The call that is on the screen: follows its events into the widgets, and passes the interviewer's commands on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from assistant.plain import clock, plain
from ui.desktop.announcing import announce
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Controls
from ui.desktop.header import Header
from ui.desktop.live_page import LivePage
from ui.desktop.notices import Notices
from ui.desktop.panel_state import Changes, PanelState, Part
from ui.desktop.standing import Phase

OPEN_PHASES = (Phase.RECORDING, Phase.PAUSED, Phase.STOPPED)
CLOSING = "close"  # key of the notice that asks before the window closes; the call's own notices leave it alone


class CallScreen(QObject):
    """Emits `standing_changed` when the call's phase may be another one."""

    standing_changed = Signal()

    def __init__(self, controls: Controls, header: Header, live_page: LivePage, notices: Notices) -> None:
        super().__init__(live_page)
        self._controls = controls
        self._header, self._live_page, self._notices = header, live_page, notices
        self._bridge: Bridge | None = None
        self.state = PanelState()  # read it, change nothing
        self.kept_id = ""  # of a call that is closed on the disk
        header.mark.connect(self.mark)
        live_page.mark_field.written.connect(controls.mark)
        header.pause.connect(self.pause_or_resume)
        header.stop.connect(self.stop)
        live_page.cards.asked.connect(self._asked)
        live_page.cards.later.connect(self._dismissed)
        live_page.footer.consent_given.connect(self._note_consent)
        notices.read.connect(lambda key: self.follow(self.state.put_away(key)))
        live_page.plan.toggled.connect(lambda index: self.follow(self.state.toggle_question(index)))

    @property
    def is_open(self) -> bool:
        """A session runs that would lose something if the window closed now."""
        return self._bridge is not None and self.state.standing.phase in OPEN_PHASES

    def shows(self, bridge: Bridge) -> bool:
        return self._bridge is bridge

    # --- which call ---

    def begin(self, state: PanelState, bridge: Bridge) -> None:
        """A call that begins: `bridge` is among the sinks of its session."""
        self.leave()
        self._bridge = bridge
        bridge.arrived.connect(self._arrived)
        bridge.ended.connect(self._ended)
        self._show(state, is_live=True)

    def show_state(self, state: PanelState, is_live: bool) -> None:
        """A call as it stood at some moment, without a session behind it."""
        self.leave()
        self._show(state, is_live)

    def leave(self) -> None:
        if self._bridge is not None:
            self._bridge.arrived.disconnect(self._arrived)
            self._bridge.ended.disconnect(self._ended)
            self._bridge = None
        self._notices.follow((), keeps="")

    def forget(self, title: str) -> None:
        """No call is shown any more."""
        self.leave()
        self.state = PanelState(title=plain(title))
        self.standing_changed.emit()

    def keep(self, call_id: str) -> None:
        """The call is over and closed on the disk; its last events may arrive a moment later."""
        self.kept_id = call_id
        self._offer_export()

    def note_consent(self, consent: str) -> None:
        """Consent was given, in the words that are kept with the call."""
        self.state.consent = plain(consent)
        self.follow(Changes(parts=frozenset({Part.STANDING})))

    # --- events ---

    def follow(self, changes: Changes) -> None:
        if Part.CLOCK in changes.parts:
            self._header.show_clock(self.state.clock_seconds)
        if Part.CARDS in changes.parts and self._bridge is not None:
            self._announce_cards()
        self._live_page.follow(changes)
        if Part.STANDING in changes.parts:
            self._show_standing()

    def _arrived(self, events: list[object]) -> None:
        self.follow(self.state.apply_all(events))  # type: ignore[arg-type]  # a signal knows no item type

    def _ended(self) -> None:
        self.follow(self.state.close())

    def _announce_cards(self) -> None:
        known = {widget.card.id for widget in self._live_page.cards.widgets()}
        for card in self.state.cards:
            if card.id not in known:
                announce(self._live_page.cards, f"Ask: {card.question}")

    def _show(self, state: PanelState, is_live: bool) -> None:
        self.state = state
        self._notices.take_said()
        self.kept_id = ""
        self._header.show()
        self._header.show_title(state.title)
        self._header.show_clock(state.clock_seconds)
        self._live_page.show_state(state, is_live)
        self._show_standing()
        self._live_page.transcript.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_standing(self) -> None:
        standing = self.state.standing
        self._header.show_standing(standing)
        self._offer_export()
        for notice in standing.notices:
            if notice.key not in self._notices.bars():
                announce(self._notices, f"{notice.title}. {notice.detail}", is_urgent=True)
        self._notices.follow(standing.notices, keeps=CLOSING)
        self.standing_changed.emit()

    def _offer_export(self) -> None:
        self._header.show_export(bool(self.kept_id) and self.state.standing.phase is Phase.FINISHED)

    # --- commands ---

    def mark(self) -> None:
        if self.state.standing.phase in OPEN_PHASES:
            self._controls.mark("")

    def mark_with_note(self) -> None:
        """The moment is now; what is to be said of it is written."""
        if self.state.standing.phase in OPEN_PHASES:
            self._live_page.mark_field.open(self.state.clock_seconds)

    def stop(self) -> None:
        self._live_page.mark_field.finish()
        self._controls.stop()

    def pause_or_resume(self) -> None:
        if self.state.standing.phase is Phase.PAUSED:
            self._controls.resume()
        elif self.state.standing.phase is Phase.RECORDING:
            self._controls.pause()

    def _asked(self, follow_up_id: str) -> None:
        self._controls.asked(follow_up_id)
        self.follow(self.state.take_card(follow_up_id))

    def _dismissed(self, follow_up_id: str) -> None:
        self._controls.dismissed(follow_up_id)
        self.follow(self.state.take_card(follow_up_id))

    def _note_consent(self) -> None:
        self._controls.note_consent()
        self.note_consent(f"Consent noted {clock(self.state.clock_seconds)}")
