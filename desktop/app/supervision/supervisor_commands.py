"""What a supervisor does to others' work: with a reason, a deadline, once, and in words when it comes to nothing."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from desktop.app.commands.command_result import CONTACT_CENTER, CommandResult
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.history.recordings import open_recording
from desktop.app.supervision.floor_commands import (
    DOUBLE_PRESS_SECONDS,
    Wanted,
    done,
    found_out,
    fresh,
    now_shown,
    refused,
    run,
    write,
)
from desktop.app.supervision.questions import Looked, ask
from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import (
    Acknowledgement,
    AuditEntry,
    BroadcastDelivery,
    FloorVerb,
    HelpRequest,
    HelpState,
    Reached,
)
from desktop.domain.entities.history import RecordingLink
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Monitoring, Phase
from desktop.domain.select import own
from desktop.domain.select.audience import Audience, audience
from desktop.domain.select.centres import centre_of, offered_at, own_team
from desktop.domain.select.floor_verbs import MODES, Standing, standing
from desktop.domain.state.events import AgentChanged
from desktop.domain.state.floor_events import AlertAcknowledged, HelpChanged
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, NotFound, OutcomeUnknown, ProtocolError, Rejected, Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listening:
    """Whom the supervisor hears, and how. `interaction_id` is "" where the centre does not tell others' work."""

    monitor_id: str
    agent_id: str
    mode: Monitoring
    interaction_id: str = ""


class SupervisorCommands:
    """Every act goes out under one key an intent; a reason (`why`) goes with each and is never made up here."""

    def __init__(self, runner: CommandRunner) -> None:
        self._runner = runner
        self._store = runner.store
        self._listening: Listening | None = None
        self.broadcasted: tuple[BroadcastDelivery, ...] = ()
        """What became of the last message to several agents, at each of them."""

    # Who may do what

    @property
    def standing(self) -> Standing:
        """Who asks, for `floor_verbs`."""
        now = self.monitoring
        state = self._store.state
        return standing(state, now.agent_id, now.mode) if now is not None else standing(state)

    @property
    def monitoring(self) -> Listening | None:
        """Whom we listen to now and how; None when nobody, or when that call is over."""
        now = self._listening
        if now is not None and now.interaction_id:
            agent = self._store.state.agents.get(now.agent_id)
            call = _call_of(agent)
            if agent is None or call != now.interaction_id:
                self._listening = None
        return self._listening

    # Listening

    async def monitor(self, agent_id: str, mode: Monitoring, why: str) -> CommandResult:
        """Listen, whisper or barge; also from one to another while it lasts. Whoever else is listened to is left."""
        verb = MODES[mode]
        before = self.monitoring
        if before is not None and before.agent_id != agent_id:
            left = await self.end_monitor()
            if not left.ok:
                return left
        call = _call_of(self._store.state.agents.get(agent_id))

        def begun(monitor_id: str) -> None:
            self._listening = Listening(monitor_id, agent_id, mode, call)

        return await self._act(
            verb,
            agent_id,
            (mode,),
            lambda key: self._centre.monitor(agent_id, mode, why=why, key=key),
            str,
            begun,
            why=why,
        )

    async def end_monitor(self) -> CommandResult:
        """Listen no more. It is done also when the call is over already."""
        now = self.monitoring
        if now is None:
            return CommandResult(True, done(FloorVerb.END_MONITOR))

        def ended(_: None) -> None:
            self._listening = None

        return await self._act(
            FloorVerb.END_MONITOR,
            now.agent_id,
            (now.monitor_id,),
            lambda key: self._centre.end_monitor(now.monitor_id, key=key),
            type(None),
            ended,
        )

    # Contacts of others

    async def take_over(self, interaction_id: str, why: str) -> CommandResult:
        """Have the conversation from now on; the agent wraps up their part."""
        wanted = Wanted(FloorVerb.TAKE_OVER, interaction_id, self._store.state.me)
        return await self._on_contact(wanted, lambda key: self._centre.take_over(interaction_id, why=why, key=key), why)

    async def reassign(self, interaction_id: str, agent_id: str, why: str) -> CommandResult:
        """Offer it to this agent next, or hand the conversation over to them."""
        wanted = Wanted(FloorVerb.REASSIGN, interaction_id, agent_id)
        return await self._on_contact(
            wanted, lambda key: self._centre.reassign(interaction_id, agent_id, why=why, key=key), why
        )

    async def move(self, interaction_id: str, queue: str, why: str) -> CommandResult:
        """Into another queue, keeping its place by arrival."""
        wanted = Wanted(FloorVerb.MOVE, interaction_id, queue)
        return await self._on_contact(
            wanted, lambda key: self._centre.move(interaction_id, queue, why=why, key=key), why
        )

    async def set_priority(self, interaction_id: str, priority: int, why: str) -> CommandResult:
        """Of somebody who waits, -1000 to 1000 points, more is sooner."""
        wanted = Wanted(FloorVerb.PRIORITY, interaction_id, str(priority))
        return await self._on_contact(
            wanted, lambda key: self._centre.set_priority(interaction_id, priority, why=why, key=key), why
        )

    async def withdraw(self, interaction_id: str, why: str) -> CommandResult:
        """Take it out of the queue or off the desk it is stuck on, and close it."""
        wanted = Wanted(FloorVerb.WITHDRAW, interaction_id)
        return await self._on_contact(wanted, lambda key: self._centre.withdraw(interaction_id, why=why, key=key), why)

    # Agents

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, reason: str, why: str
    ) -> CommandResult:
        """Another agent's availability; while they have work in hand it comes next. `reason` is of not ready."""

        async def look_up() -> CommandResult:
            agent = await fresh(self._runner, lambda: self._store.state.agents.get(agent_id))
            changed = None if agent is None else availability in (agent.observed, agent.next)
            return found_out(FloorVerb.AGENT_STATE, changed)

        return await self._act(
            FloorVerb.AGENT_STATE,
            agent_id,
            (availability, reason),
            lambda key: self._centre.set_agent_availability(agent_id, availability, reason=reason, why=why, key=key),
            Agent,
            lambda agent: self._store.publish(AgentChanged(agent), centre_of(self._store.state, agent_id)),
            look_up,
            why=why,
        )

    async def message(self, agent_id: str, text: str) -> CommandResult:
        """A line to an agent of the own team."""
        return await write(self._runner, FloorVerb.MESSAGE, agent_id, text)

    def audience(self, which: Audience) -> tuple[Agent, ...]:
        """The agents of the own team who are meant, by name."""
        state = self._store.state
        return audience(state.agents.values(), state.me, which, lambda agent_id: own_team(state, agent_id))

    async def broadcast(self, agent_ids: Sequence[str], text: str) -> CommandResult:
        """One line to each of these agents, under one key: pressed again without an answer it reaches nobody twice."""
        told = self._told

        def taken(deliveries: object) -> Sentence:
            known = tuple(deliveries) if isinstance(deliveries, Sequence) else (None,)
            if not all(isinstance(one, BroadcastDelivery) for one in known):
                raise ProtocolError(Sentence("floor.other_answer"), type(deliveries).__name__)
            self.broadcasted = known
            if any(one.reached is Reached.FAILED for one in known):
                raise PartlyTakenError(told(known))  # pressed again under the same key, it reaches nobody twice
            return told(known)

        to = tuple(dict.fromkeys(agent_ids))
        return await self._runner.run(
            Request(
                verb=FloorVerb.BROADCAST.value,
                intent=(FloorVerb.BROADCAST, to, text),
                call=lambda key: self._centre.broadcast(to, text, key=key),
                take=taken,
                refused=_partly,
                look_up=self._not_known,
                rest=DOUBLE_PRESS_SECONDS,
            )
        )

    @staticmethod
    async def _not_known(_: OutcomeUnknown) -> CommandResult:
        return found_out(FloorVerb.BROADCAST, None)

    def _told(self, deliveries: Sequence[BroadcastDelivery]) -> Sentence:
        """How many it reached, and who they are whom it did not."""
        agents = self._store.state.agents

        def names(reached: Reached) -> tuple[str, ...]:
            found = (one.agent_id for one in deliveries if one.reached is reached)
            return tuple(agents[one].name if one in agents else one for one in found)

        now, later, refused_by, failed = (names(one) for one in Reached)
        told = Sentence("floor.broadcast_reached", n=len(now))
        if later:
            told += Sentence("floor.broadcast_later", n=len(later), names=later)
        if refused_by:
            told += Sentence("floor.broadcast_refused", n=len(refused_by), names=refused_by)
        if failed:
            told += Sentence("floor.broadcast_failed", n=len(failed), names=failed)
        return told

    async def open_recording(
        self, interaction_id: str, recording_id: str
    ) -> tuple[RecordingLink | None, CommandResult]:
        """Where a recording can be heard. The contact centre writes down that it was asked for."""
        return await open_recording(self._runner, interaction_id, recording_id)

    async def answer_help(self, help_id: str, text: str, close: bool) -> CommandResult:
        """Answer a request for help, or close it."""

        async def look_up() -> CommandResult:
            known = await fresh(self._runner, lambda: self._store.state.help)
            request = (known or {}).get(help_id)
            answered = request is None or request.state is HelpState.CLOSED if close else None
            if request is not None and not close:
                answered = (request.answered_by, request.answer) == (self._store.state.me, text)
            return found_out(FloorVerb.ANSWER_HELP, None if known is None else answered)

        return await self._act(
            FloorVerb.ANSWER_HELP,
            help_id,
            (text, close),
            lambda key: self._centre.answer_help(help_id, text, close=close, key=key),
            HelpRequest,
            lambda request: self._store.publish(HelpChanged(request), CONTACT_CENTER),
            look_up,
        )

    async def acknowledge(self, alert_key: str, text: str) -> CommandResult:
        """Say that we deal with an alert; every other supervisor is told where the contact centre can."""
        state = self._store.state
        if Capability.ACKNOWLEDGE.value not in offered_at(state):
            me = state.agents.get(state.me)
            name = me.name if me is not None else ""
            self._store.publish(AlertAcknowledged(Acknowledgement(alert_key, state.me, name, self._store.now(), text)))
            return CommandResult(True, Sentence("floor.acknowledged_here"))

        async def look_up() -> CommandResult:
            known = await fresh(self._runner, lambda: self._store.state.acknowledgements)
            mine = known is not None and alert_key in known and known[alert_key].by == self._store.state.me
            return found_out(FloorVerb.ACKNOWLEDGE, None if known is None else mine)

        return await self._act(
            FloorVerb.ACKNOWLEDGE,
            alert_key,
            (text,),
            lambda key: self._centre.acknowledge(alert_key, text, key=key),
            Acknowledgement,
            lambda made: self._store.publish(AlertAcknowledged(made), CONTACT_CENTER),
            look_up,
        )

    # Looking

    async def waiting(self, queue: str) -> Looked[Sequence[Interaction]]:
        """Who waits in a queue or rings from it, next one first."""
        return await ask(self._runner, lambda at: at.waiting(queue), Sentence("floor.waiting_not_loaded"))

    async def interaction(self, interaction_id: str) -> Looked[Interaction]:
        """One contact of the team as it is now."""
        return await ask(self._runner, lambda at: at.interaction(interaction_id), Sentence("floor.contact_not_loaded"))

    async def audit(self) -> Looked[Sequence[AuditEntry]]:
        """What supervisors did to the team's work, newest first."""
        return await ask(self._runner, lambda at: at.audit(), Sentence("floor.audit_not_loaded"))

    @property
    def _centre(self) -> ContactCenter:
        return self._runner.contact_center

    async def _act(
        self,
        verb: FloorVerb,
        subject: str,
        words: tuple[Hashable, ...],
        call: Callable[[str], Awaitable[T]],
        kind: type[T],
        take: Callable[[T], None],
        look_up: Callable[[], Awaitable[CommandResult]] | None = None,
        *,
        why: str | None = None,
    ) -> CommandResult:
        """As `run`; `why` is the reason, None where the verb takes none."""
        if why is not None and not why.strip():
            return refused(verb, Rejected(Sentence("floor.reason_needed")))
        return await run(self._runner, verb, subject, words, call, kind, take, look_up)

    def _mine(self) -> frozenset[str]:
        return frozenset(one.id for one in own(self._store.state))

    async def _on_contact(
        self, wanted: Wanted, call: Callable[[str], Awaitable[Interaction]], why: str
    ) -> CommandResult:
        before = self._mine()

        async def look_up() -> CommandResult:
            known = await self.interaction(wanted.interaction_id)
            if wanted.verb is FloorVerb.TAKE_OVER and (await fresh(self._runner, self._mine) or before) - before:
                return found_out(wanted.verb, True, Sentence("floor.among_own"))
            if not known.ok and known.error != NotFound.__name__:
                return found_out(wanted.verb, None)
            seen = wanted.seen(known.value) if known.value is not None else None
            return found_out(wanted.verb, seen, now_shown(known.value, self._store.state.me))

        return await self._act(
            wanted.verb, wanted.interaction_id, (wanted.to,), call, Interaction, lambda _: None, look_up, why=why
        )


class PartlyTakenError(Unavailable):
    """A message to several agents was not taken by every contact centre; it says whom it reached."""


def _partly(error: BackendError) -> CommandResult:
    if isinstance(error, PartlyTakenError):
        return CommandResult(False, error.sentence, Unavailable.__name__)
    return refused(FloorVerb.BROADCAST, error)


def _call_of(agent: Agent | None) -> str:
    """The id of the call an agent has in hand, as far as the contact centre tells."""
    work = agent.work if agent is not None else ()
    return next((one.interaction_id for one in work if one.channel in CALLS and one.phase is Phase.ACTIVE), "")
