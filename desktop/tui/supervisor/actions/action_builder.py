"""From a verb and what it is about to the questions that must be answered first, and to what is then done."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Monitoring
from desktop.domain.news import notices
from desktop.domain.select.audience import Audience
from desktop.domain.select.centres import centre_of, queues_beside, reasons_at
from desktop.domain.select.floor_verbs import VERBS, for_team
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.two_presses import Irrevocable
from desktop.tui.keys.two_presses import named as named_short
from desktop.tui.supervisor.actions.question import Act, Proposal, Question, why
from desktop.tui.supervisor.actions.target import Target
from desktop.tui.supervisor.agent_activity import activity
from desktop.tui.supervisor.contact import Contact, contact_of_interaction, contact_of_work, named, offering
from desktop.tui.supervisor.floor_view import FloorView, agent_name
from desktop.tui.supervisor.verb_words import SHOWN
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, ntr, tr
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.supervision.supervisor_commands import SupervisorCommands

MOST_PRIORITY = 1_000
_CLOSE = "close"
_AUDIENCES = {
    Audience.TEAM: mark("everyone in the team"),
    Audience.SIGNED_IN: mark("everyone signed in"),
    Audience.AVAILABLE: mark("available, without a contact"),
    Audience.BUSY: mark("on a contact"),
    Audience.NOT_READY: mark("not ready"),
}


class ActionBuilder:
    """Makes the acts of one moment."""

    def __init__(self, acts: "SupervisorCommands", view: FloorView, recent: tuple[str, ...]) -> None:
        """Nothing is asked or done yet.

        Args:
            acts: who does it.
            view: the floor as it is now.
            recent: reasons given before, newest first.
        """
        self._acts = acts
        self._view = view
        self._why = why(recent)

    def make(self, verb: FloorVerb, target: Target) -> Act | None:
        """The act, None where the verb makes no sense for what is selected."""
        who = self._acts.standing
        if verb in for_team(who):
            return self._broadcast()
        if verb not in target.offered(who):
            return None
        spec = VERBS[verb]
        if spec.phases:
            return self._on_contact(verb, offering(target.contacts, verb))
        if verb is FloorVerb.ANSWER_HELP:
            return self._answer_help(target)
        if verb is FloorVerb.ACKNOWLEDGE:
            return self._acknowledge(target)
        if target.agent is None:
            return None
        if spec.mode is not None:
            return self._monitor(verb, spec.mode, target.agent)
        return self._message(target.agent) if verb is FloorVerb.MESSAGE else self._agent_state(target.agent)

    # Contacts

    def _on_contact(self, verb: FloorVerb, contacts: tuple[Contact, ...]) -> Act:
        acts, known = self._acts, {contact.id: contact for contact in contacts}
        (first, *others) = contacts
        questions: list[Question] = []
        if others:
            questions.append(Question("contact", tr("Which contact?"), tuple(self._option(one) for one in contacts)))
        questions += self._before_why(verb, contacts)
        questions.append(self._why)

        async def run(answers: Mapping[str, str]) -> CommandResult:
            contact_id, reason = answers.get("contact", first.id), answers["why"]
            match verb:
                case FloorVerb.TAKE_OVER:
                    return await acts.take_over(contact_id, reason)
                case FloorVerb.REASSIGN:
                    return await acts.reassign(contact_id, answers["agent"], reason)
                case FloorVerb.MOVE:
                    return await acts.move(contact_id, answers["queue"], reason)
                case FloorVerb.PRIORITY:
                    return await acts.set_priority(contact_id, int(answers["priority"].replace("−", "-")), reason)
                case _:
                    return await acts.withdraw(contact_id, reason)

        def takes_away(answers: Mapping[str, str]) -> Irrevocable:
            return self._takes_away(verb, known[answers.get("contact", first.id)], answers.get("agent", ""))

        whom = self._whose(first) if not others else tr("{n} contacts", n=len(known))
        return Act(
            tr(SHOWN[verb].title),
            whom,
            tuple(questions),
            run,
            lambda answers: answers.get("contact", first.id),
            takes_away if VERBS[verb].irrevocable else None,
        )

    def _before_why(self, verb: FloorVerb, contacts: tuple[Contact, ...]) -> list[Question]:
        match verb:
            case FloorVerb.REASSIGN:
                return [Question("agent", tr("Reassign to which agent?"), self._agents(contacts))]
            case FloorVerb.MOVE:
                return [Question("queue", tr("Move to which queue?"), self._queues(contacts))]
            case FloorVerb.PRIORITY:
                now = contacts[0].priority
                ask = tr(
                    "Priority, −{most} to {most}. Higher is answered sooner. Currently {now}.",
                    most=MOST_PRIORITY,
                    now=now,
                )
                return [Question("priority", ask, _points(contacts[0].priority), free=True, allowed=_whole_points)]
            case _:
                return []

    def _takes_away(self, verb: FloorVerb, contact: Contact, agent_id: str) -> Irrevocable:
        """What one more press does to a contact."""
        key, state = FLOOR_BY_ID[SHOWN[verb].key], self._view.state
        who, has = named_short(contact.who), contact.agent_id
        if sum(one == contact.who for one in self._everybody()) > 1:
            who = tr(
                "{customer} ({channel:channel}, {state} since {at})",
                customer=who,
                channel=contact.channel,
                state=contact.word,
                at=wording.clock(contact.since),
            )
        place = named_short(agent_name(state, has) if has else contact.queue)
        match verb:
            case FloorVerb.TAKE_OVER:
                words = tr("take {customer} over from {place}", customer=who, place=place)
            case FloorVerb.REASSIGN:
                agent = named_short(agent_name(state, agent_id))
                words = tr("give {customer} from {place} to {agent}", customer=who, place=place, agent=agent)
            case _:
                words = tr(
                    "withdraw {customer} from {place}, and close the contact for good", customer=who, place=place
                )
        return Irrevocable(key.shown, (*key.anywhere, *key.letters), (verb.value, contact.id, agent_id), words)

    def _everybody(self) -> list[str]:
        """What the customers are called of whom this screen knows, those of one name as often as there are."""
        waiting = {
            one.id: contact_of_interaction(one, self._acts.standing).who for one in self._view.waiting.value or ()
        }
        in_hand = {
            work.interaction_id: contact_of_work(work, agent.id, self._acts.standing).who
            for agent in self._view.state.agents.values()
            for work in agent.work
        }
        return [*(waiting | in_hand).values()]

    def _whose(self, contact: Contact) -> str:
        text = named(contact, self._view.now)
        return f"{text} · {agent_name(self._view.state, contact.agent_id)}" if contact.agent_id else text

    def _option(self, contact: Contact) -> Proposal:
        waited = wording.duration(self._view.now - contact.arrived_at)
        return Proposal(contact.id, f"{contact.sign} {contact.who}", f"{contact.word} · {waited} · {contact.queue}")

    def _agents(self, contacts: tuple[Contact, ...]) -> tuple[Proposal, ...]:
        """Those of the queue who are free come first, whoever is signed off is not asked."""
        queues = {contact.queue for contact in contacts}
        state, has = self._view.state, {contact.agent_id for contact in contacts}
        present = [
            agent
            for agent in state.agents.values()
            if agent.observed is not Availability.OFFLINE and not (len(has) == 1 and agent.id in has)
            if {centre_of(state, queue) for queue in queues} <= {centre_of(state, agent.id)}
        ]
        present.sort(
            key=lambda a: (not queues & set(a.queues), a.observed is not Availability.AVAILABLE, _load(a), a.name)
        )
        return tuple(Proposal(agent.id, agent.name, self._standing(agent)) for agent in present)

    def _standing(self, agent: Agent) -> str:
        doing = activity(agent, self._view.state)
        return f"{doing.word} {wording.duration(self._view.clock - doing.since)} · {agent.team}"

    def _queues(self, contacts: tuple[Contact, ...]) -> tuple[Proposal, ...]:
        left = {contact.queue for contact in contacts}
        beside = queues_beside(self._view.state, next(iter(left), ""))
        queues = [queue for queue in beside if not (len(left) == 1 and queue.name in left)]
        return tuple(Proposal(queue.name, queue.name, tr("{n} waiting", n=queue.waiting)) for queue in queues)

    # Agents

    def _monitor(self, verb: FloorVerb, mode: Monitoring, agent: Agent) -> Act:
        async def listen(answers: Mapping[str, str]) -> CommandResult:
            return await self._acts.monitor(agent.id, mode, answers["why"])

        whom = f"{agent.name} · {self._doing(agent)}"
        return Act(tr(SHOWN[verb].title), whom, (self._why,), listen, _about("agent", agent.id))

    def _doing(self, agent: Agent) -> str:
        doing = activity(agent, self._view.state)
        in_hand = f" · {agent.work[0].queue}" if agent.work else ""
        return f"{doing.word} {wording.duration(self._view.clock - doing.since)}{in_hand}"

    def _agent_state(self, agent: Agent) -> Act:
        state = self._view.state
        reasons = reasons_at(state, agent.id)
        _, available, fine = wording.AVAILABILITY[Availability.AVAILABLE]
        options = [Proposal("available", tr(available), style=fine)]
        options += [
            Proposal(f"not_ready:{reason.id}", tr("Not ready · {reason}", reason=reason.label), style="$warning")
            for reason in reasons
        ]
        if not reasons:
            options.append(Proposal("not_ready:", tr("Not ready"), style="$warning"))
        options.append(Proposal("offline:", tr("Offline"), style="$muted"))
        ask = tr("Which state? It takes effect after the current contact.") if agent.work else tr("Which state?")

        async def change(answers: Mapping[str, str]) -> CommandResult:
            word, _, reason = answers["state"].partition(":")
            return await self._acts.set_agent_availability(agent.id, Availability(word), reason, answers["why"])

        questions = (Question("state", ask, tuple(options)), self._why)
        whom = f"{agent.name} · {self._doing(agent)}"
        return Act(tr(SHOWN[FloorVerb.AGENT_STATE].title), whom, questions, change, _about("agent", agent.id))

    def _message(self, agent: Agent) -> Act:
        async def send(answers: Mapping[str, str]) -> CommandResult:
            return await self._acts.message(agent.id, answers["text"])

        ask = tr("Your message. Enter to send")
        question = Question("text", ask, free=True)
        return Act(
            tr(SHOWN[FloorVerb.MESSAGE].title, agent=agent.name),
            self._doing(agent),
            (question,),
            send,
            _about("agent", agent.id),
        )

    def _broadcast(self) -> Act:
        acts = self._acts
        counted = {which: len(acts.audience(which)) for which in Audience}
        options = tuple(
            Proposal(which, tr(_AUDIENCES[which]), ntr("{n} agent", "{n} agents", n))
            for which, n in counted.items()
            if n
        )

        meant: list[str] = []

        async def send(answers: Mapping[str, str]) -> CommandResult:
            return await acts.broadcast(meant, answers["text"])

        def named(answers: Mapping[str, str]) -> Irrevocable:
            """Whom one more press reaches: those who are in that state now, and nobody else than was counted."""
            which, text = Audience(answers["to"]), answers["text"]
            meant[:] = [one.id for one in acts.audience(which)]
            words = ntr(
                "send “{text}” to {n} agent ({which})",
                "send “{text}” to {n} agents ({which})",
                len(meant),
                text=named_short(text),
                which=tr(_AUDIENCES[which]),
            )
            key = FLOOR_BY_ID[SHOWN[FloorVerb.BROADCAST].key]
            victim = (FloorVerb.BROADCAST.value, *meant, text)
            return Irrevocable(key.shown, key.letters, victim, words)

        questions = (
            Question("to", tr("Who gets it?"), options),
            Question("text", tr("Your message. Enter to go on"), free=True),
        )
        title = tr(SHOWN[FloorVerb.BROADCAST].title)
        return Act(title, tr("your team"), questions, send, _about("team", ""), named)

    # Help and alerts

    def _answer_help(self, target: Target) -> Act | None:
        request = target.help
        if request is None:
            return None
        options = (
            *(Proposal(said, said) for said in (tr("I'll be with you in a moment."), tr("I'm listening in."))),
            Proposal(_CLOSE, tr("Close the request"), tr("already resolved")),
        )

        async def answer(answers: Mapping[str, str]) -> CommandResult:
            text = answers["text"]
            close = text == _CLOSE
            return await self._acts.answer_help(request.id, "" if close else text, close)

        who = agent_name(self._view.state, request.agent_id)
        waited = wording.duration(self._view.now - request.at)
        question = Question("text", tr("Your answer. Enter to send"), options, free=True, by_hand=True)
        whom = f"{request.text or tr('needs help')} · {waited}"
        return Act(
            tr(SHOWN[FloorVerb.ANSWER_HELP].title, agent=who), whom, (question,), answer, _about("help", request.id)
        )

    def _acknowledge(self, target: Target) -> Act | None:
        alert = target.alert
        if alert is None:
            return None

        async def acknowledge(answers: Mapping[str, str]) -> CommandResult:
            return await self._acts.acknowledge(alert.key, answers["text"])

        question = Question("text", tr("Comment (optional). Enter to acknowledge"), free=True, needed=False)
        title, about = tr(SHOWN[FloorVerb.ACKNOWLEDGE].title), _about("alert", alert.key)
        return Act(title, in_words(alert.text), (question,), acknowledge, about)


def _about(kind: str, name: str) -> Callable[[Mapping[str, str]], str]:
    return lambda _: notices.on_floor(kind, name)


def _points(now: int) -> tuple[Proposal, ...]:
    steps = (100, 500, -100)
    return tuple(
        Proposal(
            str(max(-MOST_PRIORITY, min(MOST_PRIORITY, now + step))),
            f"{now + step}",
            tr("sooner") if step > 0 else tr("later"),
        )
        for step in steps
    )


def _whole_points(text: str) -> str:
    try:
        points = int(text.replace("−", "-"))
    except ValueError:
        points = MOST_PRIORITY + 1
    if abs(points) <= MOST_PRIORITY:
        return ""
    return tr("Enter a whole number from −{most} to {most}.", most=MOST_PRIORITY)


def _load(agent: Agent) -> float:
    most = sum(agent.capacity.values())
    return sum(agent.in_use.values()) / most if most else 1.0
