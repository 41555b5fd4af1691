"""A contact centre in a few lines: the truth that a desktop behind a bad line must arrive at."""

from dataclasses import replace

from desktop.domain.entities.model import Agent, Interaction, Leg
from desktop.domain.entities.words import Availability, LegFailure, LegKind, LegPhase, OfferEnd, Outcome, Phase
from desktop.domain.state.events import AgentChanged, Change, ContactCenterSnapshot, Envelope, InteractionChanged
from tests.domain.domain_records import CC, ME, OTHER, agent, interaction, leg

_DONE = {LegPhase.COMPLETED, LegPhase.CANCELLED, LegPhase.FAILED}


class ModelServer:
    """One agent's view: every change of what is or was theirs is one numbered event."""

    def __init__(self) -> None:
        self.generation = 0
        self.begin()

    def begin(self) -> None:
        """Start afresh: another epoch, nothing left, ids and versions from the start again."""
        self.generation += 1
        self.seq = 0
        self.now = 1_000.0
        self.interactions: dict[str, Interaction] = {}
        self.agent: Agent = agent()
        self.sent: list[Envelope] = []
        self.answers: list[Envelope] = []

    @property
    def epoch(self) -> str:
        return f"e{self.generation}"

    def mine(self) -> dict[str, Interaction]:
        return {
            key: item
            for key, item in self.interactions.items()
            if item.agent_id == ME and item.phase not in {Phase.CLOSED, Phase.QUEUED}
        }

    def in_phase(self, *phases: Phase) -> list[str]:
        return [key for key, item in self.mine().items() if item.phase in phases]

    def snapshot(self) -> Envelope:
        event = ContactCenterSnapshot(ME, tuple(self.mine().values()), (self.agent,), ())
        return Envelope(CC, event, self.now, self.epoch, self.seq)

    def since(self, epoch: str, seq: int) -> list[Envelope] | None:
        """What a resumed stream sends; None when it cannot resume."""
        return self.sent[seq:] if epoch == self.epoch else None

    def offer(self) -> None:
        key = f"i{len(self.interactions)}"
        item = interaction(
            id=key, version=0, phase=Phase.OFFERED, offer_deadline=self.now + 20, arrived_at=self.now, subject=key
        )
        self._emit(Change.OFFERED, item)

    def reoffer(self, key: str) -> None:
        self._emit(Change.OFFERED, replace(self.interactions[key], phase=Phase.OFFERED, agent_id=ME))

    def end_offer(self, key: str, end: OfferEnd) -> None:
        gone = end is OfferEnd.ABANDONED
        item = replace(
            self.interactions[key],
            phase=Phase.CLOSED if gone else Phase.QUEUED,
            outcome=Outcome.ABANDONED if gone else None,
            agent_id=OTHER if end is OfferEnd.RESCINDED else None,
        )
        self._emit(Change.OFFER_ENDED, item, end.value)
        if end is OfferEnd.MISSED:
            self._emit_agent(Availability.NOT_READY, "missed")

    def accept(self, key: str) -> None:
        self._emit(Change.CONNECTED, replace(self.interactions[key], phase=Phase.ACTIVE), answer=True)

    def hold(self, key: str) -> None:
        item = self.interactions[key]
        self._emit(Change.UPDATED, replace(item, held=not item.held), answer=True)

    def consult(self, key: str, kind: LegKind) -> None:
        item = self.interactions[key]
        new = leg(id=f"{key}-l{len(item.legs)}", kind=kind, phase=LegPhase.RINGING)
        if all(known.phase in _DONE for known in item.legs):
            self._emit(Change.LEG, replace(item, held=True, legs=(*item.legs, new)), answer=True)

    def move_leg(self, key: str, phase: LegPhase, failure: LegFailure) -> None:
        item = self.interactions[key]
        if not item.legs or item.legs[-1].phase in _DONE:
            return
        last: Leg = replace(item.legs[-1], phase=phase, failure=failure if phase is LegPhase.FAILED else None)
        over = phase is LegPhase.COMPLETED
        item = replace(item, held=item.held and phase is LegPhase.ACTIVE, legs=(*item.legs[:-1], last))
        self._emit(Change.LEG, replace(item, phase=Phase.WRAP_UP) if over else item)

    def end(self, key: str, reason: str) -> None:
        item = replace(self.interactions[key], phase=Phase.WRAP_UP, customer_connected=False, wrap_up_deadline=self.now)
        self._emit(Change.WRAP_UP, item, reason, answer=reason == "")

    def close(self, key: str, reason: str) -> None:
        item = replace(self.interactions[key], phase=Phase.CLOSED, outcome=Outcome.HANDLED)
        self._emit(Change.CLOSED, item, reason, answer=reason == "")

    def available(self) -> None:
        self._emit_agent(Availability.AVAILABLE, "")

    def _emit(self, change: Change, item: Interaction, reason: str = "", *, answer: bool = False) -> None:
        item = replace(item, version=item.version + 1, phase_since=self.now)
        self.interactions[item.id] = item
        event = InteractionChanged(change, item, reason)
        self._send(event)
        if answer:
            self.answers.append(Envelope(CC, event, self.now))

    def _emit_agent(self, availability: Availability, reason: str) -> None:
        self.agent = replace(self.agent, version=self.agent.version + 1, observed=availability, reason=reason)
        self._send(AgentChanged(self.agent, reason))

    def _send(self, event: InteractionChanged | AgentChanged) -> None:
        self.seq += 1
        self.now += 1.0
        self.sent.append(Envelope(CC, event, self.now, self.epoch, self.seq))
