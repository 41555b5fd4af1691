"""What supervisors do to contacts and agents of their team."""

from mock_backends.contacts.calls import Calls
from mock_backends.contacts.customers_on_line import CustomersOnLine
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.legs import Legs
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem, conflict, invalid
from mock_backends.supervision.authorisation import Authorisation
from mock_backends.wire.contact_center import Agent, Interaction, Reason
from mock_backends.wire.floor import Move, Priority, Reassign, SetAgentAvailability

AT_WORK = frozenset({"offered", "connecting", "active", "wrap_up"})

MOST_NAMED = 3
"""How many agents a refusal names."""


class Orders:
    """Checks who and when, does, and has it written down."""

    def __init__(
        self,
        authorisation: Authorisation,
        distribution: Distribution,
        calls: Calls,
        legs: Legs,
        customers: CustomersOnLine,
        reasons: list[Reason],
    ) -> None:
        self._authorisation = authorisation
        self._distribution = distribution
        self._board = distribution.board
        self._calls = calls
        self._legs = legs
        self._customers = customers
        self._reasons = {reason.id for reason in reasons}

    def waiting(self, caller: Principal, queue: str, limit: int) -> list[Interaction]:
        """Who rings from a queue of the caller's team, then who waits there, next one first.

        :raises Problem: 404.
        """
        self._authorisation.must_supervise(caller)
        if queue not in self._board.queues_of(caller):
            raise Problem(404, "not_found", "There is no such queue.")
        ringing = [i for i in self._board.interactions.values() if i.queue == queue and i.phase == "offered"]
        ringing.sort(key=lambda interaction: interaction.phase_since)
        ids = self._distribution.router.head(queue, max(0, limit - len(ringing)))
        return [*ringing[:limit], *(self._board.interactions[one] for one in ids)]

    def take_over(self, caller: Principal, interaction_id: str, why: str) -> Interaction:
        """The supervisor goes on with the customer as a contact of their own; the agent wraps up their part."""
        with self._authorisation.act(caller, "take_over", interaction_id, why) as act:
            interaction = self._authorisation.interaction(caller, interaction_id, act)
            self._talking(interaction)
            if interaction.agent_id == caller.id:
                raise conflict("It is yours already.")
            act.tell.add(interaction.agent_id or "")
            act.entry.detail = f"from {self._authorisation.name_of(interaction.agent_id or '')}"
            router = self._distribution.router
            if self._board.agents[caller.id].observed != "offline":
                return self._hand_over(interaction, caller.id, "taken_over")
            self._distribution.do(lambda now: router.set_availability(caller.id, "not_ready", now, "supervising"))
            successor = self._hand_over(interaction, caller.id, "taken_over")
            self._distribution.do(lambda now: router.set_availability(caller.id, "offline", now))  # once that is done
            return successor

    def reassign(self, caller: Principal, interaction_id: str, order: Reassign) -> Interaction:
        """Offer it to that agent now; while somebody talks, they go on with the customer."""
        with self._authorisation.act(caller, "reassign", interaction_id, order.why) as act:
            interaction = self._authorisation.interaction(caller, interaction_id, act)
            agent = self._authorisation.agent(caller, order.agent_id)
            former = interaction.agent_id
            act.entry.detail = f"{self._authorisation.name_of(former) if former else 'the queue'} to {agent.name}"
            if agent.role != "agent" or agent.observed != "available" or agent.next is not None:
                raise conflict(f"{agent.name} is not available. {self._with_room(caller, interaction)}")
            if agent.id == former:
                raise conflict(f"{agent.name} has it already.")
            if not self._distribution.router.has_room(agent.id, interaction.channel):
                raise conflict(f"{agent.name} has no room now. {self._with_room(caller, interaction)}")
            act.tell.update((former or "", agent.id))
            if interaction.phase in ("queued", "offered"):
                router = self._distribution.router
                self._distribution.do(lambda now: router.assign(interaction_id, agent.id, now), "reassigned")
                return interaction
            self._talking(interaction)
            return self._hand_over(interaction, agent.id, "reassigned")

    def _with_room(self, caller: Principal, interaction: Interaction) -> str:
        """Who of the caller's team could have it instead, those of its queue first."""
        router = self._distribution.router
        free = [
            one
            for one in self._board.agents.values()
            if one.team == caller.team and one.role == "agent" and one.id != interaction.agent_id
            if router.has_room(one.id, interaction.channel)
        ]
        free.sort(key=lambda one: (interaction.queue not in one.queues, one.name))
        more = f" and {len(free) - MOST_NAMED} more" if len(free) > MOST_NAMED else ""
        names = ", ".join(one.name for one in free[:MOST_NAMED])
        return f"With room now: {names}{more}." if free else "Nobody of your team has room for it now."

    def move(self, caller: Principal, interaction_id: str, order: Move) -> Interaction:
        """Into another queue, in its place by arrival."""
        with self._authorisation.act(caller, "move", interaction_id, order.why) as act:
            interaction = self._authorisation.interaction(caller, interaction_id, act)
            if order.queue not in self._board.queues:
                raise invalid("There is no such queue.")
            if interaction.phase not in ("queued", "offered"):
                raise self._not_now(interaction)
            if interaction.queue == order.queue:
                raise conflict("It is in that queue already.")
            act.tell.add(interaction.agent_id or "")
            act.entry.detail = f"{interaction.queue} to {order.queue}"
            router = self._distribution.router
            self._distribution.do(lambda now: router.transfer_to_queue(interaction_id, order.queue, now), "moved")
            return interaction

    def set_priority(self, caller: Principal, interaction_id: str, order: Priority) -> Interaction:
        """Of somebody who waits."""
        with self._authorisation.act(caller, "priority", interaction_id, order.why) as act:
            interaction = self._authorisation.interaction(caller, interaction_id, act)
            if interaction.phase != "queued":
                raise self._not_now(interaction)
            act.entry.detail = f"{interaction.priority} to {order.priority}"
            router = self._distribution.router
            self._distribution.do(lambda now: router.set_priority(interaction_id, order.priority, now))
            return interaction

    def withdraw(self, caller: Principal, interaction_id: str, why: str) -> Interaction:
        """Out of the queue, or off the desk it is stuck on; never while somebody talks."""
        with self._authorisation.act(caller, "withdraw", interaction_id, why) as act:
            interaction = self._authorisation.interaction(caller, interaction_id, act)
            router, agent = self._distribution.router, interaction.agent_id or ""
            act.tell.add(agent)
            act.entry.detail = {"queued": "while waiting", "offered": "while ringing", "wrap_up": "in wrap-up"}.get(
                interaction.phase, f"while {interaction.phase}"
            )
            match interaction.phase:
                case "queued" | "offered":
                    self._distribution.do(lambda now: router.withdraw(interaction_id, now))
                case "connecting" | "wrap_up":
                    if interaction.phase == "connecting":
                        self._calls.end(interaction, "withdrawn", "withdrawn")
                    if interaction.phase == "wrap_up":  # a queue without wrap-up has closed it by now
                        self._distribution.do(lambda now: router.close_wrap_up(interaction_id, agent, now))
                case _:
                    raise self._not_now(interaction)
            return interaction

    def set_availability(self, caller: Principal, agent_id: str, order: SetAgentAvailability) -> Agent:
        """At once, or next where the agent has work in hand."""
        with self._authorisation.act(caller, "agent_state", agent_id, order.why) as act:
            agent = self._authorisation.agent(caller, agent_id, act)
            if order.availability == "not_ready" and order.reason and order.reason not in self._reasons:
                raise invalid("There is no such reason.")
            act.tell.add(agent_id)
            reason = order.reason if order.availability == "not_ready" else ""
            wanted = f"{order.availability}{f' ({reason})' if reason else ''}".replace("_", " ")
            act.entry.detail = f"{agent.observed.replace('_', ' ')} to {wanted}"
            router = self._distribution.router
            self._distribution.do(lambda now: router.set_availability(agent_id, order.availability, now, reason))
            if agent.next is not None:
                act.entry.detail += ", after the current contact"
            return agent

    def _hand_over(self, interaction: Interaction, agent_id: str, reason: str) -> Interaction:
        """A contact of `agent_id` goes on where this one ends.

        :raises Problem: 409 when they have no room.
        """
        successor = self._customers.go_on_with(interaction, agent_id)
        self._legs.drop_all(interaction)
        interaction.outcome = "transferred"
        self._distribution.do(lambda now: self._distribution.router.end(interaction.id, now), reason)
        return successor

    def _talking(self, interaction: Interaction) -> None:
        if interaction.phase != "active":
            raise self._not_now(interaction)

    def _not_now(self, interaction: Interaction) -> Problem:
        return conflict(f"The contact is {interaction.phase.replace('_', ' ')}.")
