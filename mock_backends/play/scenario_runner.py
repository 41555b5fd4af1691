"""Makes steps happen on the servers that run in this process."""

from functools import partial
from typing import Any, Protocol

from mock_backends.company.company import Company
from mock_backends.contact_center.centre import Centre
from mock_backends.contact_center.contact_center import ContactCenterService
from mock_backends.contacts.board import Board
from mock_backends.contacts.colleagues import Habits
from mock_backends.contacts.customers_on_line import Arrival
from mock_backends.contacts.threads import File, Written
from mock_backends.http.problem import Problem, invalid
from mock_backends.http.service import Service
from mock_backends.http.site import Site
from mock_backends.messaging.messaging import MessagingService
from mock_backends.play import steps
from mock_backends.presence.presence import PresenceService
from mock_backends.twilio.messages import Messages
from mock_backends.twilio.server import FACE, TwilioServer
from mock_backends.wire.base import Address
from mock_backends.wire.contact_center import Interaction, LegFailureWord

FAILURES: dict[str, LegFailureWord | None] = {
    "expert_answers": None,
    "expert_busy": "busy",
    "expert_declines": "declined",
    "expert_no_answer": "no_answer",
    "expert_unreachable": "unreachable",
}
PHASES = {
    "hangup": ("queued", "offered", "connecting", "active"),
    "rescind": ("offered",),
    "fail_offer": ("offered",),
    "end_wrap_up": ("wrap_up",),
    "customer_writes": ("queued", "offered", "connecting", "active"),
    "customer_changes": ("queued", "offered", "connecting", "active"),
    "customer_types": ("queued", "offered", "connecting", "active"),
}


def address_of(text: str) -> Address:
    """A number, an e-mail address or a handle, by its looks."""
    if not text:
        return Address(kind="phone", value="", withheld=True)
    if text.startswith("+") or text.replace(" ", "").isdigit():
        return Address(kind="phone", value=text)
    return Address(kind="email" if "@" in text[1:] else "handle", value=text)


def _files(attached: "list[steps.Attached]") -> list[File]:
    return [File(one.name, one.media_type, _content(one)) for one in attached]


def _content(one: "steps.Attached") -> bytes:
    if one.base64 is not None:
        return one.base64
    return one.text.encode() if one.size is None else bytes(one.size)


def _first(step: "steps.Call") -> list[Written]:
    """What a contact begins with; an e-mail has its head."""
    written = [Written(text) for text in step.messages]
    for one in written if step.channel == "email" else ():
        one.subject, one.sender, one.to, one.cc = step.subject, step.sender, step.to, step.cc
    if written:
        written[-1].files = _files(step.attachments)
    return written


class Servers(Protocol):
    """The servers of this process, as far as steps reach into them."""

    site: Site
    company: Company
    services: dict[str, Service]

    @property
    def contact_center(self) -> ContactCenterService: ...

    @property
    def presence(self) -> PresenceService: ...

    @property
    def messaging(self) -> MessagingService: ...


class ScenarioRunner:
    """Plays steps. Steps for a server that does not run here are refused."""

    def __init__(self, fleet: Servers) -> None:
        self._fleet = fleet
        self._rng = fleet.site.rng("stage")

    def play(self, step: "steps.Step") -> dict[str, Any]:
        """Make it happen now; the answer names what came of it.

        :raises Problem: 422 for a step that cannot be, 404 or 409 where its object is not there.
        """
        match step:
            case steps.Call():
                return {"interaction_id": self._call(step).id}
            case steps.Flood():
                self._flood(step)
            case steps.CustomerWrites() | steps.CustomerChanges() | steps.CustomerTypes():
                self._in_thread(step, self._find(step.do, step.interaction, step.sender))
            case steps.OnInteraction():
                return {"interaction_id": self._on_interaction(step)}
            case steps.Expert():
                self._expert(step)
            case steps.NoExpertFree(on=on):
                self._centre.experts.none_free = on
            case steps.PlayColleagues():
                self._colleagues(step)
            case steps.ConjureStorm(per_second=per_second):
                storm = self._centre.storm
                storm.set(per_second)
                return {"moves": storm.moves, "behind": storm.behind}
            case steps.ForceAvailability():
                router = self._centre.distribution.router
                self._centre.distribution.do(
                    lambda now: router.set_availability(step.agent, step.availability, now, step.reason)
                )
            case steps.InboundMessage() if step.queue:
                return {"interaction_id": self._written_to_queue(step).id}
            case steps.FreezeFigures(on=on):
                self._centre.figures.freeze(on)
            case _:
                self._elsewhere(step)
        return {}

    def customer_sees(self, interaction_id: str) -> dict[str, bool]:
        """What the customer of a contact is shown of the agent."""
        until = self._centre.threads.agent_typing.get(interaction_id, 0.0)
        return {"sees_typing": until > self._fleet.site.clock.now()}

    def _elsewhere(self, step: "steps.Step") -> None:
        """Steps that are not about the contact centre."""
        fleet = self._fleet
        match step:
            case steps.MovePresence():
                fleet.presence.directory.set(
                    step.person,
                    step.state,
                    activity=step.activity,
                    in_call=step.in_call,
                    in_meeting=step.in_meeting,
                    until=step.until,
                    native=step.native,
                )
            case steps.Chat():
                fleet.presence.directory.say(step.principal, step.person, step.text, mine=False)
            case steps.InboundMessage():
                for carrier in self._carriers:
                    carrier.receive(step.sender, step.text, step.channel)
            case steps.FailMessages(to=to):
                for carrier in self._carriers:
                    carrier.fail(to)
            case steps.ExpireToken(principal=principal):
                fleet.site.tokens.expire(principal)
            case steps.CutStreams():
                for service in fleet.services.values():
                    if step.server in (None, service.name):
                        service.cut(step.principal)
            case steps.SetFaults(rules=rules):
                for service in fleet.services.values():
                    service.gate.faults.set([rule for rule in rules if rule.server in (None, service.name)])
            case _:
                raise invalid("There is no such step.")

    @property
    def _carriers(self) -> list[MessagingService | Messages]:
        """Whoever carries messages here; the message sender is asked for where there is none."""
        face = self._fleet.services.get(FACE)
        found: list[MessagingService | Messages] = [face.messages] if isinstance(face, TwilioServer) else []
        return [*found, self._fleet.messaging] if "messaging" in self._fleet.services or not found else found

    @property
    def _centre(self) -> Centre:
        return self._fleet.contact_center.centre

    @property
    def _board(self) -> Board:
        return self._centre.board

    def _call(self, step: steps.Call) -> Interaction:
        return self._centre.customers.arrive(
            Arrival(
                queue=step.queue,
                customer=address_of(step.sender),
                channel=step.channel,
                customer_name=step.name,
                subject=step.subject,
                priority=step.priority,
                skills=step.skills,
                attributes=step.attributes,
                messages=_first(step),
                replies=step.replies,
                patience=step.patience,
                stays=step.stays,
            )
        )

    def _written_to_queue(self, step: steps.InboundMessage) -> Interaction:
        """The contact in which the message is now: the one that is open with its sender, or a new one."""
        for interaction in reversed(self._board.interactions.values()):
            same = (interaction.channel, interaction.customer.value) == (step.channel, step.sender)
            if same and interaction.phase in PHASES["customer_writes"]:
                self._centre.threads.customer_writes(interaction, Written(step.text))
                return interaction
        begun = {"do": "call", "from": step.sender, "queue": step.queue, "channel": step.channel}
        return self._call(steps.Call.model_validate({**begun, "messages": [step.text]}))

    def _in_thread(
        self, step: "steps.CustomerWrites | steps.CustomerChanges | steps.CustomerTypes", interaction: Interaction
    ) -> None:
        threads = self._centre.threads
        match step:
            case steps.CustomerWrites():
                sender = step.name or (interaction.customer.value if interaction.channel == "email" else "")
                written = Written(step.text, step.id, step.late, step.media_type, step.subject, sender)
                written.to, written.cc, written.files = step.to, step.cc, _files(step.attachments)
                threads.customer_writes(interaction, written)
            case steps.CustomerChanges():
                threads.customer_changes(interaction, step.id, step.text)
            case steps.CustomerTypes():
                threads.customer_types(interaction, step.seconds)

    def _flood(self, step: steps.Flood) -> None:
        queues = [step.queue] if step.queue else list(self._board.queues)
        for _ in range(step.count):
            arrival = self._fleet.company.arrival(self._rng, self._rng.choice(queues))
            arrival.patience, arrival.stays = step.patience, step.stays
            if step.patience is not None:
                arrival.patience = self._rng.expovariate(1.0) * step.patience
            act = partial(self._centre.customers.arrive, arrival)
            if step.over:
                self._fleet.site.agenda.after(self._rng.uniform(0.0, step.over), act)
            else:
                act()

    def _find(self, do: str, interaction_id: str | None, sender: str | None) -> Interaction:
        for interaction in reversed(self._board.interactions.values()):
            if interaction_id not in (None, interaction.id) or interaction.phase not in PHASES[do]:
                continue
            if sender in (None, interaction.customer.value):
                return interaction
        raise Problem(404, "not_found", "No interaction fits this step.")

    def _on_interaction(self, step: steps.OnInteraction) -> str:
        interaction = self._find(step.do, step.interaction, step.sender)
        distribution, agent = self._centre.distribution, interaction.agent_id or ""
        match step.do:
            case "hangup":
                self._centre.calls.customer_leaves(interaction)
            case "rescind":
                distribution.do(lambda now: distribution.router.rescind(interaction.id, now))
            case "fail_offer":
                distribution.do(lambda now: distribution.router.fail_offer(interaction.id, agent, now))
            case "end_wrap_up":
                distribution.do(lambda now: distribution.router.finish_wrap_up(interaction.id, agent, now), "timeout")
        return interaction.id

    def _expert(self, step: steps.Expert) -> None:
        legs = self._centre.legs
        if step.target is not None and step.do != "expert_hangs_up":
            self._centre.experts.set(step.target, FAILURES[step.do])
        for interaction in list(self._board.interactions.values()):
            for leg in interaction.legs:
                if leg.kind == "supervisor" or step.target not in (None, legs.target_of(leg)):
                    continue
                if step.do == "expert_hangs_up":
                    legs.expert_hangs_up(interaction, leg)
                elif (failure := FAILURES[step.do]) is not None:
                    legs.expert_fails(interaction, leg, failure)
                else:
                    legs.expert_answers(interaction, leg)

    def _colleagues(self, step: steps.PlayColleagues) -> None:
        used = set(self._centre.colleagues.played) | (set() if step.all else {self._fleet.company.first_agent})
        free = [a.id for a in self._board.agents.values() if a.role == "agent" and a.id not in used]
        offline = [agent_id for agent_id in free if self._board.agents[agent_id].observed == "offline"]
        habits = Habits(step.talk, step.rests, step.misses, step.holds, step.asks)
        self._centre.colleagues.play(offline[: step.count], habits)
