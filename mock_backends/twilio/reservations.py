"""Offers as Twilio sees them: a reservation each, from pending to its end."""

from collections.abc import Callable
from dataclasses import dataclass

from mock_backends.acd.effects import (
    Abandoned,
    AgentChanged,
    Connected,
    Effect,
    Ended,
    Offered,
    OfferEnded,
    WrapUpEnded,
    WrapUpStarted,
)
from mock_backends.contacts.distribution import Distribution
from mock_backends.http.site import Site, new_id
from mock_backends.twilio.sids import Sids
from mock_backends.wire.contact_center import Interaction

OFFER_ENDS = {"missed": "timeout", "declined": "rejected", "rescinded": "rescinded", "abandoned": "canceled"}
LIVE = frozenset({"pending", "accepted", "wrapping"})
FAILED_OFFER = 45305  # Twilio's number for an outbound leg that could not be made


@dataclass(slots=True)
class Reservation:
    """One offer of one task to one worker. Times are server seconds."""

    sid: str
    interaction: Interaction
    agent_id: str
    created: float
    updated: float
    timeout: float
    status: str = "pending"
    version: int = 0
    reason_code: int | None = None


class Reservations:
    """Listens to the distributor and keeps the reservations; `told` hears of each change with Twilio's event name."""

    def __init__(self, site: Site, distribution: Distribution, sids: Sids) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._sids = sids
        self.all: dict[str, Reservation] = {}
        self.told: Callable[[str, Reservation], None] = lambda _event, _reservation: None
        self.agent_changed: Callable[[str], None] = lambda _agent: None
        distribution.listeners.append(self._heard)

    def live(self, interaction_id: str, agent_id: str = "") -> Reservation | None:
        """The newest reservation of a task that has not ended, of one worker or of anybody."""
        for one in reversed(self.all.values()):
            if one.interaction.id == interaction_id and one.status in LIVE and agent_id in ("", one.agent_id):
                return one
        return None

    def of(self, agent_id: str) -> list[Reservation]:
        """A worker's reservations, the oldest first."""
        return [one for one in self.all.values() if one.agent_id == agent_id]

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        if isinstance(effect, AgentChanged):
            self.agent_changed(effect.agent_id)
            return
        if interaction is None:
            return
        match effect:
            case Offered(agent_id=agent_id, deadline=deadline):
                self._add(interaction, agent_id, deadline - self._clock.now())
            case OfferEnded(agent_id=agent_id, reason=reason):
                one = self.live(interaction.id, agent_id)
                if one is not None and reason == "failed":
                    one.reason_code = FAILED_OFFER
                self._move(one, OFFER_ENDS.get(reason, "canceled"))
            case Connected(agent_id=agent_id):
                # A customer who is handed straight to somebody was never offered to them.
                one = self.live(interaction.id, agent_id) or self._add(interaction, agent_id, 0.0)
                self._move(one, "accepted")
            case Ended(agent_id=agent_id):
                self._agenda.after(0.0, lambda: self._closed(interaction, agent_id))
            case WrapUpStarted(agent_id=agent_id):
                self._move(self.live(interaction.id, agent_id), "wrapping")
            case WrapUpEnded(agent_id=agent_id):
                self._move(self.live(interaction.id, agent_id), "completed")
            case Abandoned():
                self._move(self.live(interaction.id), "canceled")
            case _:
                pass

    def _closed(self, interaction: Interaction, agent_id: str) -> None:
        """A queue without wrap-up: the end of the call is the end of it all."""
        if interaction.phase == "closed":
            self._move(self.live(interaction.id, agent_id), "completed")

    def _add(self, interaction: Interaction, agent_id: str, timeout: float) -> Reservation:
        now = self._clock.now()
        made = Reservation(self._sids.of("WR", new_id("res")), interaction, agent_id, now, now, timeout)
        self.all[made.sid] = made
        self.told("reservation.created", made)
        return made

    def _move(self, one: Reservation | None, status: str) -> None:
        if one is None or one.status == status:
            return
        one.status = status
        one.version += 1
        one.updated = self._clock.now()
        self.told("reservation.wrapup" if status == "wrapping" else f"reservation.{status}", one)
