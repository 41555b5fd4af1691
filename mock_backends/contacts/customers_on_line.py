"""The simulated customers: how they arrive, how long they wait, what they write, when they hang up."""

from dataclasses import dataclass, field
from functools import partial

from mock_backends.acd.effects import Connected, Effect
from mock_backends.contacts.calls import Calls
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.threads import Threads, Written
from mock_backends.http.problem import conflict
from mock_backends.http.site import Site, new_id
from mock_backends.wire.base import Address
from mock_backends.wire.contact_center import Handover, Interaction, Previous, WrapUpRule

CANNED = (
    "Thanks. Could you have another look, please?",
    "Yes, that is right.",
    "When will I hear from you?",
    "Good, that helps. Thank you!",
)


@dataclass(slots=True)
class Arrival:
    """A customer who comes. Times are server seconds; None means never."""

    queue: str
    customer: Address
    channel: str = "voice"
    customer_name: str = ""
    subject: str = ""
    priority: float = 0.0
    skills: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    messages: list[Written] = field(default_factory=list)
    replies: list[str] | None = None  # what they write back, one for each message; None: polite phrases for ever
    patience: float | None = None  # hangs up when not answered by then
    stays: float | None = 600.0  # hangs up when connected so long
    direction: str = "inbound"
    goes_on: Interaction | None = None  # the contact whose customer this is from now on
    calls_back: Interaction | None = None  # the contact in which a callback was promised


class CustomersOnLine:
    """Brings customers to the queues and lets them act."""

    def __init__(
        self,
        site: Site,
        distribution: Distribution,
        calls: Calls,
        threads: Threads,
        rules: dict[str, WrapUpRule],
    ) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._rng = site.rng("customers")
        self._distribution = distribution
        self._calls = calls
        self._threads = threads
        self._rules = rules
        self._stays: dict[str, float] = {}
        self._replies: dict[str, list[str]] = {}
        self._successors: dict[str, str] = {}  # contact -> the one that its customer went on in
        distribution.listeners.append(self._heard)
        distribution.moved = self._moved

    def arrive(self, arrival: Arrival) -> Interaction:
        """A customer enters a queue.

        :raises Problem: 422 for a queue that does not exist.
        """
        interaction = self._make(arrival)
        self._distribution.board.add(interaction)
        try:
            self._distribution.do(
                lambda now: self._distribution.router.enqueue(
                    interaction.id,
                    arrival.queue,
                    arrival.channel,
                    now,
                    priority=arrival.priority,
                    skills=arrival.skills,
                )
            )
        except Exception:
            del self._distribution.board.interactions[interaction.id]
            raise
        if arrival.patience is not None:
            self._agenda.after(arrival.patience, partial(self._impatient, interaction))
        return interaction

    def call(self, arrival: Arrival, agent_id: str) -> Interaction:
        """An agent has a customer on the line who did not wait in a queue, in a contact of its own.

        :raises Problem: 409 when the agent is on another call or offline.
        """
        interaction = self._make(arrival)
        if arrival.direction == "outbound":
            interaction.service_level_at = None  # nobody waited
        self._distribution.board.add(interaction)
        try:
            self._distribution.do(
                lambda now: self._distribution.router.dial(
                    interaction.id, arrival.queue, arrival.channel, agent_id, now
                )
            )
        except Exception:
            del self._distribution.board.interactions[interaction.id]
            raise
        return interaction

    def later(self, arrival: Arrival, at: float) -> Interaction:
        """A callback: joins the front of its queue at server time `at`."""
        interaction = self._make(arrival)
        interaction.arrived_at = interaction.phase_since = interaction.callback_at = at
        interaction.service_level_at = None  # nobody waits on the line
        self._distribution.scheduled[interaction.id] = interaction
        self._distribution.do(
            lambda now: self._distribution.router.enqueue(
                interaction.id, arrival.queue, arrival.channel, now, callback_at=at
            )
        )
        return interaction

    def hand_on(self, interaction: Interaction, target: str) -> None:
        """A transferred customer: into a queue ahead of others, or straight to another agent.

        :raises Problem: 409 when that agent has no room.
        """
        kind, _, who = target.partition(":")
        if kind == "queue":
            self.arrive(self._arriving_again(interaction, who))
        else:
            self.go_on_with(interaction, who)

    def go_on_with(self, interaction: Interaction, agent_id: str) -> Interaction:
        """The customer of a contact goes on with another agent, in a contact of its own.

        :raises Problem: 409 when that agent has no room or is offline.
        """
        return self.call(self._arriving_again(interaction, interaction.queue), agent_id)

    def _arriving_again(self, interaction: Interaction, queue: str) -> Arrival:
        return Arrival(
            queue=queue,
            customer=interaction.customer,
            channel=interaction.channel,
            customer_name=interaction.customer_name,
            subject=interaction.subject,
            priority=10.0,
            attributes=dict(interaction.attributes),
            stays=self._stays.get(interaction.id, 600.0),
            goes_on=interaction,
        )

    def hand_over(self, interaction: Interaction, handover: Handover) -> Interaction:
        """What the agent of a contact knew goes to whoever has its customer now.

        :raises Problem: 409 when the customer went on with nobody.
        """
        successor = self._distribution.board.interactions.get(self._successors.get(interaction.id, ""))
        if successor is None or successor.previous is None:
            raise conflict("The customer did not go on with anybody.")
        successor.previous = successor.previous.model_copy(
            update={"note": handover.note, "customer_id": handover.customer_id, "at": self._clock.now()}
        )
        if successor.phase != "closed":
            self._distribution.board.tell("updated", successor, "handed_over")
        return interaction

    def _moved(self, interaction: Interaction) -> None:
        """It is in another queue now, with that one's rules."""
        threshold = self._distribution.board.queues[interaction.queue].service_level_seconds
        interaction.service_level_at = self._clock.now() + (threshold or 20.0)
        interaction.wrap_up_rule = self._rules.get(interaction.queue, WrapUpRule())

    def _make(self, arrival: Arrival) -> Interaction:
        now = self._clock.now()
        threshold = self._distribution.board.queues.get(arrival.queue)
        interaction = Interaction(
            id=new_id("int"),
            version=0,
            channel=arrival.channel,  # type: ignore[arg-type]
            direction=arrival.direction,  # type: ignore[arg-type]
            queue=arrival.queue,
            customer=arrival.customer,
            arrived_at=now,
            phase_since=now,
            customer_name=arrival.customer_name,
            subject=arrival.subject,
            skills=list(arrival.skills),
            attributes=arrival.attributes,
            priority=round(arrival.priority),
            service_level_at=now + (threshold.service_level_seconds or 20.0) if threshold else None,
            wrap_up_rule=self._rules.get(arrival.queue, WrapUpRule()),
            messages=[self._threads.first(one, now) for one in arrival.messages],
            unread=len(arrival.messages),
            raw_state="queued",
        )
        before = arrival.goes_on or arrival.calls_back
        if before is not None:
            agent = self._distribution.board.agents.get(before.agent_id or "")
            interaction.previous = Previous(
                interaction_id=before.id,
                agent_id=before.agent_id or "",
                agent_name=agent.name if agent is not None else "",
                at=now,
            )
        if arrival.goes_on is not None:
            interaction.messages, interaction.unread = list(arrival.goes_on.messages), arrival.goes_on.unread
            self._successors[arrival.goes_on.id] = interaction.id
            if (rest := self._replies.get(arrival.goes_on.id)) is not None:
                self._replies[interaction.id] = rest
        if arrival.replies is not None:
            self._replies[interaction.id] = list(arrival.replies)
        if arrival.stays is not None:
            self._stays[interaction.id] = arrival.stays
        return interaction

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        if isinstance(effect, Connected) and interaction is not None:
            stays = self._stays.pop(interaction.id, None)
            if stays is not None:
                self._agenda.after(stays, partial(self._calls.customer_leaves, interaction))

    def _impatient(self, interaction: Interaction) -> None:
        if interaction.phase in ("queued", "offered"):
            self._calls.customer_leaves(interaction)

    def answer(self, interaction: Interaction) -> None:
        """The customer of a messaging contact writes back after a while, unless they have said all they had to."""
        replies = self._replies.get(interaction.id)
        if replies is not None and not replies:
            return
        text = self._rng.choice(CANNED) if replies is None else replies.pop(0)
        pause = 3.0 + 5.0 * self._rng.random()
        if interaction.channel == "chat":
            self._agenda.after(pause - 2.5, partial(self._threads.customer_types, interaction, 10.0))
        mail = interaction.channel == "email"
        written = Written(text, sender=interaction.customer.value if mail else "")
        if mail and interaction.subject:
            written.subject = f"Re: {interaction.subject.removeprefix('Re: ')}"
        self._agenda.after(pause, partial(self._threads.customer_writes, interaction, written))
