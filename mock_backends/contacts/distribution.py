"""The live distributor: the pure router on the servers' clock, its effects shown on the board."""

from collections.abc import Callable

from mock_backends.acd.effects import (
    Abandoned,
    AgentChanged,
    Connected,
    Effect,
    Ended,
    Offered,
    OfferEnded,
    Parked,
    Queued,
    Reprioritised,
    TakenUp,
    Withdrawn,
    WrapUpEnded,
    WrapUpStarted,
)
from mock_backends.acd.errors import NotTheirs, RoutingError, Unknown, WrongPhase
from mock_backends.acd.router import Router
from mock_backends.channels import CALLS
from mock_backends.contacts.board import Board
from mock_backends.contacts.queue_figures import QueueFigures
from mock_backends.http.agenda import Agenda, Entry
from mock_backends.http.clock import Clock
from mock_backends.http.problem import Problem, conflict, invalid, not_found
from mock_backends.wire.contact_center import Interaction

Listener = Callable[[Effect, Interaction | None], None]


class Distribution:
    """Runs router commands and turns what came of them into changed entities and events."""

    def __init__(self, router: Router, board: Board, figures: QueueFigures, clock: Clock, agenda: Agenda) -> None:
        self.router = router
        self.board = board
        self.figures = figures
        self.clock = clock
        self._agenda = agenda
        self._next: Entry | None = None
        self._next_at: float | None = None
        self.connect_seconds = 0.0
        self.listeners: list[Listener] = []
        self.scheduled: dict[str, Interaction] = {}  # callbacks whose time has not come
        self.moved: Callable[[Interaction], None] = lambda _: None  # hears of a contact that is in another queue

    def do(self, command: Callable[[float], list[Effect]], reason: str = "") -> None:
        """Run one router command at the present; `reason` goes on the events of its effects where they have none.

        :raises Problem: 404, 409 or 422 as the router refuses.
        """
        try:
            effects = command(self.clock.now())
        except RoutingError as error:
            raise refusal(error) from None
        self.apply(effects, reason)

    def apply(self, effects: list[Effect], reason: str = "") -> None:
        """Show what has happened."""
        ended = [effect.interaction_id for effect in effects if isinstance(effect, Ended)]
        agents: set[str] = set()
        for effect in effects:
            self._show(effect, reason)
            agents.update(self._agents_of(effect))
        for interaction_id in ended:  # a queue without wrap-up
            interaction = self.board.interactions[interaction_id]
            if interaction.phase in ("connecting", "active"):
                self._close(interaction, interaction.outcome or "handled", reason)
        for agent_id in agents:
            self._load(agent_id)
        self._rearm()

    def _show(self, effect: Effect, reason: str) -> None:
        now = self.clock.now()
        interaction_id = getattr(effect, "interaction_id", None)
        interaction = self.board.interactions.get(interaction_id) if interaction_id else None
        match effect:
            case Queued(returned=returned):
                interaction = interaction or self._due(effect.interaction_id)
                if interaction.queue != effect.queue:
                    self.figures.dirty(interaction.queue)
                    interaction.queue = effect.queue
                    self.moved(interaction)
                if interaction.phase != "queued" or interaction.version == 0:
                    self._phase(interaction, "queued", "queued")
                former = interaction.agent_id if interaction.parked else None
                if interaction.parked:
                    interaction.agent_id = None
                    self._put_aside(interaction, on=False)
                self.board.tell("queued", interaction, reason or ("returned" if returned else "arrived"), also=former)
            case Offered(agent_id=agent_id, deadline=deadline) if interaction:
                self._phase(interaction, "offered", "ringing")
                interaction.agent_id = agent_id
                interaction.offer_deadline = deadline
                self.board.offered_to.setdefault(interaction.id, set()).add(agent_id)
                self.board.tell("offered", interaction, "routed")
            case OfferEnded(agent_id=agent_id, reason=why) if interaction:
                self._phase(interaction, "queued", f"offer_{why}")
                interaction.agent_id = None
                interaction.offer_deadline = None
                if why == "missed":
                    self.board.agents[agent_id].missed += 1
                self.board.tell("offer_ended", interaction, why, also=agent_id)
            case Connected() if interaction:
                interaction.agent_id = effect.agent_id
                interaction.offer_deadline = None
                self._connect(interaction)
            case Parked() if interaction:
                self._put_aside(interaction, on=True)
                self.board.tell("updated", interaction, reason or "parked")
            case TakenUp() if interaction:
                self._put_aside(interaction, on=False)
                self.board.tell("updated", interaction, reason or "taken_up")
            case Ended() if interaction:
                interaction.ended_at = now
                self._put_aside(interaction, on=False)
                interaction.customer_connected = False
                interaction.held = interaction.muted = False
                interaction.held_since = None
                interaction.recording = "none"
                interaction.recording_since = None
            case WrapUpStarted(deadline=deadline, extensions=extensions) if interaction:
                interaction.wrap_up_deadline = deadline
                interaction.extensions_used = extensions
                if interaction.phase != "wrap_up":
                    self._phase(interaction, "wrap_up", "after_contact_work")
                self.board.tell("wrap_up", interaction, "extended" if extensions else reason or "ended")
            case WrapUpEnded(why=why) if interaction and interaction.phase == "wrap_up":
                named = {"timed_out": "timeout", "finished": reason or "wrapped_up"}.get(why, why)
                self._close(interaction, interaction.outcome or "handled", named)
            case Abandoned() if interaction:
                interaction.customer_connected = False
                interaction.ended_at = now
                self._close(interaction, "abandoned", "abandoned")
            case Withdrawn() if interaction:
                interaction.customer_connected = False
                interaction.ended_at = now
                self._close(interaction, "withdrawn", "withdrawn")
            case Reprioritised(priority=priority) if interaction:
                interaction.priority = round(priority)
                self.board.tell("updated", interaction, "priority")
            case AgentChanged():
                self._agent_changed(effect)
            case _:
                pass
        queue = getattr(effect, "queue", None) or (interaction.queue if interaction else None)
        if queue:
            self.figures.dirty(queue)
        for listener in self.listeners:
            listener(effect, interaction)

    def _due(self, interaction_id: str) -> Interaction:
        interaction = self.scheduled.pop(interaction_id)
        self.board.add(interaction)
        return interaction

    def _connect(self, interaction: Interaction) -> None:
        self._phase(interaction, "connecting", "connecting")
        self.board.tell("connecting", interaction, "accepted")

        def joined() -> None:
            if interaction.phase == "connecting":
                self._phase(interaction, "active", "connected")
                interaction.answered_at = self.clock.now()
                if interaction.channel in CALLS:
                    interaction.recording = "active"
                    interaction.recording_since = interaction.answered_at
                self.board.tell("connected", interaction, "accepted")

        if self.connect_seconds > 0 and interaction.channel in CALLS:
            self._agenda.after(self.connect_seconds, joined)
        else:
            joined()

    def _close(self, interaction: Interaction, outcome: str, reason: str) -> None:
        self._phase(interaction, "closed", "disconnected")
        interaction.wrap_up_deadline = None
        interaction.ended_at = interaction.ended_at or self.clock.now()
        interaction.outcome = outcome  # type: ignore[assignment]
        self.board.tell("closed", interaction, reason)

    def _phase(self, interaction: Interaction, phase: str, raw: str) -> None:
        interaction.phase = phase  # type: ignore[assignment]
        interaction.phase_since = self.clock.now()
        interaction.raw_state = raw

    def _put_aside(self, interaction: Interaction, *, on: bool) -> None:
        interaction.parked = on
        interaction.parked_since = self.clock.now() if on else None

    def _agent_changed(self, effect: AgentChanged) -> None:
        agent = self.board.agents[effect.agent_id]
        if (agent.observed, agent.reason) != (effect.availability, effect.reason):
            agent.since = self.clock.now()
        agent.observed = effect.availability
        agent.reason = effect.reason
        agent.next = effect.next_availability
        agent.next_reason = effect.next_reason
        agent.requested = effect.next_availability or effect.availability
        agent.raw_state = effect.availability + (f":{effect.reason}" if effect.reason else "")
        reason = "missed" if effect.reason == "missed" else "availability"
        self.board.tell_agent(agent, reason, everybody=True)
        for queue in agent.queues:
            self.figures.dirty(queue)

    def _load(self, agent_id: str) -> None:
        agent = self.board.agents[agent_id]
        used = dict(self.router.agent(agent_id).used)
        if used != agent.in_use:
            agent.in_use = used
            self.board.tell_agent(agent, "load", everybody=False)
            for queue in agent.queues:  # who is free in each of them is another number now
                self.figures.dirty(queue)

    @staticmethod
    def _agents_of(effect: Effect) -> list[str]:
        return [who for who in (getattr(effect, "agent_id", None), getattr(effect, "from_agent_id", None)) if who]

    def _rearm(self) -> None:
        """Be called when the router next has something to do."""
        when = self.router.next_deadline()
        if when == self._next_at:
            return
        if self._next is not None:
            self._next.cancel()
        self._next_at = when
        self._next = None if when is None else self._agenda.at(when, self._tick)

    def _tick(self) -> None:
        self._next_at = None
        self.apply(self.router.tick(self.clock.now()))


def refusal(error: RoutingError) -> Problem:
    """The router's no, as the contract words it."""
    if isinstance(error, (NotTheirs, WrongPhase)):
        return conflict(str(error))
    if isinstance(error, Unknown):
        return not_found(str(error)) if "queue" not in str(error) else invalid(str(error))
    return conflict(str(error))
