"""Further parties on a call: consult, swap, conference, transfer; and a customer who always comes back."""

from collections.abc import Callable
from functools import partial

from mock_backends.channels import CALLS
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.experts import E164, Experts
from mock_backends.http.problem import Problem, conflict, invalid, not_found
from mock_backends.http.site import Site, new_id
from mock_backends.wire.contact_center import Interaction, Leg, LegFailureWord

OPEN = frozenset({"requested", "ringing", "active"})
RING_AFTER = 0.3  # seconds from the request to the ringing
TALK_AFTER_TRANSFER = 120.0  # seconds an expert stays on the phone with a customer who was given to them


class Legs:
    """Acts on interactions of which the caller was found to be the owner."""

    def __init__(self, site: Site, distribution: Distribution, experts: Experts) -> None:
        self._agenda = site.agenda
        self._clock = site.clock
        self._distribution = distribution
        self._board = distribution.board
        self._experts = experts
        self._targets: dict[str, str] = {}  # leg -> target with its kind
        self._on_call: set[str] = set()  # legs whose expert is on the phone
        self.hand_to: Callable[[Interaction, str], None] = lambda _interaction, _target: None

    # -- commands

    def consult(self, interaction: Interaction, target: str) -> None:
        """Hold the customer and ring `target`.

        :raises Problem: 422 for a target that cannot be consulted, 409 while another leg is open.
        """
        if target.startswith("queue:"):
            raise invalid("A queue cannot be consulted.")
        self._begin(interaction, target, "consult")

    def transfer(self, interaction: Interaction, target: str) -> None:
        """Blind transfer: ring `target` and give it the customer when it answers; a queue takes them at once."""
        leg = self._begin(interaction, target, "transfer")
        if target.startswith("queue:"):
            self._hand_over(interaction, leg)

    def cancel(self, interaction: Interaction, leg_id: str) -> None:
        """End an open leg; the customer comes back."""
        leg = self._open(interaction, leg_id)
        self._finish(leg, "cancelled")
        self._come_back(interaction)
        self._board.tell("leg", interaction, "cancelled")

    def swap(self, interaction: Interaction, leg_id: str) -> None:
        """Talk to the other one."""
        self._open(interaction, leg_id, "active", "consult")
        if interaction.held:
            self._come_back(interaction)
        else:
            self._hold(interaction)
        self._board.tell("leg", interaction, "swapped")

    def conference(self, interaction: Interaction, leg_id: str) -> None:
        """Everybody talks."""
        leg = self._open(interaction, leg_id, "active", "consult")
        leg.kind = "conference"
        leg.since = self._clock.now()
        self._come_back(interaction)
        self._board.tell("leg", interaction, "conference")

    def complete(self, interaction: Interaction, leg_id: str) -> None:
        """Warm transfer: the leg takes the customer, the agent wraps up."""
        leg = self._open(interaction, leg_id, "active")
        self._hand_over(interaction, leg)

    # -- what others do

    def drop_all(self, interaction: Interaction) -> None:
        """The call is over: whoever else was on it is not any more. Told with the event that ends the call."""
        for leg in _own(interaction):
            if leg.phase in OPEN:
                self._finish(leg, "cancelled")

    def expert_answers(self, interaction: Interaction, leg: Leg) -> None:
        """The party picks up; does nothing where it no longer rings."""
        if leg.phase not in ("requested", "ringing"):
            return
        if leg.kind == "transfer":
            try:
                self._hand_over(interaction, leg)
            except Problem:  # the agent it rang has taken other work meanwhile
                self.expert_fails(interaction, leg, "busy")
            return
        leg.phase = "active"
        leg.since = self._clock.now()
        self._tell_presence(leg, on=True)
        self._board.tell("leg", interaction, "answered")

    def expert_fails(self, interaction: Interaction, leg: Leg, failure: LegFailureWord) -> None:
        """The party cannot be had: the customer comes back to the agent."""
        if leg.phase not in ("requested", "ringing"):
            return
        leg.failure = failure
        self._finish(leg, "failed")
        self._come_back(interaction)
        self._board.tell("leg", interaction, failure)

    def expert_hangs_up(self, interaction: Interaction, leg: Leg) -> None:
        """The party leaves an open conversation."""
        if leg.phase != "active":
            return
        self._finish(leg, "completed")
        self._come_back(interaction)
        self._board.tell("leg", interaction, "left")

    def target_of(self, leg: Leg) -> str:
        """Whom the leg rings, with its kind: `person:<id>`, `agent:<id>`, `tel:<number>` or `queue:<name>`.

        A supervisor on the line has none: they came by themselves.
        """
        return self._targets.get(leg.id, "")

    # -- the parts of it

    def _begin(self, interaction: Interaction, target: str, kind: str) -> Leg:
        if interaction.phase != "active" or not interaction.customer_connected:
            raise conflict("The customer is not on the line.")
        if any(leg.phase in OPEN for leg in _own(interaction)):
            raise conflict("Another party is on the line already.")
        if interaction.channel not in CALLS and kind == "consult":
            raise conflict("Only calls can be consulted on.")
        name = self._name(interaction, target)
        leg = Leg(
            id=new_id("leg"),
            kind=kind,  # type: ignore[arg-type]
            phase="requested",
            target=target.partition(":")[2],
            target_name=name,
            since=self._clock.now(),
        )
        self._targets[leg.id] = target
        interaction.legs = [*interaction.legs, leg]
        self._hold(interaction)
        if not target.startswith("queue:"):
            self._board.tell("leg", interaction, "requested")
            self._agenda.after(RING_AFTER, partial(self._ring, interaction, leg))
        return leg

    def _name(self, interaction: Interaction, target: str) -> str:
        kind, _, who = target.partition(":")
        match kind:
            case "person" if self._experts.name_of(who):
                return self._experts.name_of(who) or who
            case "agent" if who in self._board.agents and who != interaction.agent_id:
                return self._board.agents[who].name
            case "queue" if who in self._board.queues:
                return who
            case "tel" if E164.match(who) or who.lstrip("+").isdigit():
                return who
        raise invalid("There is no such target.")

    def _ring(self, interaction: Interaction, leg: Leg) -> None:
        if leg.phase != "requested":
            return
        leg.phase = "ringing"
        leg.since = self._clock.now()
        self._board.tell("leg", interaction, "ringing")
        target = self.target_of(leg)
        ringing = self._experts.ring(target)
        failure = ringing.failure
        agent = self._board.agents.get(leg.target) if target.startswith("agent:") else None
        if agent is not None and target not in self._experts.behaviour:
            failure = None if agent.observed == "available" and not agent.in_use else "busy"
            failure = "unreachable" if agent.observed == "offline" else failure
        if failure is None:
            self._agenda.after(ringing.seconds, partial(self.expert_answers, interaction, leg))
        else:
            self._agenda.after(ringing.seconds, partial(self.expert_fails, interaction, leg, failure))

    def _open(self, interaction: Interaction, leg_id: str, phase: str = "", kind: str = "") -> Leg:
        leg = next((leg for leg in _own(interaction) if leg.id == leg_id), None)
        if leg is None:
            raise not_found("There is no such leg.")
        if interaction.phase != "active" or leg.phase not in OPEN:
            raise conflict("That leg has ended.")
        if (phase and leg.phase != phase) or (kind and leg.kind != kind):
            raise conflict("That leg is not in a state for this.")
        return leg

    def _hand_over(self, interaction: Interaction, leg: Leg) -> None:
        """The customer goes on with the leg; the agent wraps up."""
        if interaction.phase != "active":
            return
        target = self.target_of(leg)
        if target.startswith(("queue:", "agent:")):
            self.hand_to(interaction, target)
        self._tell_presence(leg, on=True)
        leg.phase = "completed"
        leg.since = self._clock.now()
        self._agenda.after(TALK_AFTER_TRANSFER, partial(self._tell_presence, leg, on=False))
        interaction.outcome = "transferred"
        self._distribution.do(lambda now: self._distribution.router.end(interaction.id, now), "transferred")

    def _finish(self, leg: Leg, phase: str) -> None:
        leg.phase = phase  # type: ignore[assignment]
        leg.since = self._clock.now()
        self._tell_presence(leg, on=False)

    def _tell_presence(self, leg: Leg, *, on: bool) -> None:
        if self.target_of(leg).startswith("person:") and on is not (leg.id in self._on_call):
            self._experts.on_call(leg.target, on)
            (self._on_call.add if on else self._on_call.discard)(leg.id)

    def _hold(self, interaction: Interaction) -> None:
        if not interaction.held:
            interaction.held = True
            interaction.held_since = self._clock.now()
            self._distribution.do(lambda now: self._distribution.router.hold(interaction.id, now))

    def _come_back(self, interaction: Interaction) -> None:
        if interaction.phase == "active" and interaction.held:
            interaction.held = False
            interaction.held_since = None
            self._distribution.do(lambda now: self._distribution.router.resume(interaction.id, now))


def _own(interaction: Interaction) -> list[Leg]:
    """The parties that the agent brought in; a supervisor on the line is none of them."""
    return [leg for leg in interaction.legs if leg.kind != "supervisor"]
