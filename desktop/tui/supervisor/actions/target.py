"""What a verb is about: what was selected when its key was pressed, as it was then."""

from dataclasses import dataclass

from desktop.domain.entities.alert import About, Alert
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.floor import FloorVerb, HelpRequest
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Role
from desktop.domain.select.floor_verbs import Standing, for_agent, for_alert, for_help
from desktop.ports.base import Capability
from desktop.tui.supervisor.agent_activity import activity
from desktop.tui.supervisor.contact import Contact, contact_of_interaction, contact_of_work, named
from desktop.tui.supervisor.floor_view import HELP, FloorView, agent_name
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr


@dataclass(frozen=True, slots=True)
class Target:
    """An agent, contacts (of an agent or of a queue), a request for help, an alert; whichever there are."""

    agent: Agent | None = None
    contacts: tuple[Contact, ...] = ()
    help: HelpRequest | None = None
    alert: Alert | None = None

    def offered(self, who: Standing) -> tuple[FloorVerb, ...]:
        """Every verb that makes sense here, in the order it is shown, each once."""
        found: list[FloorVerb] = []
        if self.help is not None:
            found += for_help(self.help, who, self.agent)
        if self.alert is not None:
            found += for_alert(self.alert, who)
        if self.agent is not None:
            found += for_agent(self.agent, who)
        for contact in self.contacts:
            found += contact.offered
        if who.listening_to:
            found.append(FloorVerb.END_MONITOR)
        return tuple(dict.fromkeys(found))

    def readable(self, who: Standing) -> tuple[Contact, ...]:
        """The written contacts whose thread may be read along."""
        if who.role is not Role.SUPERVISOR or Capability.SUPERVISE.value not in who.capabilities:
            return ()
        return tuple(one for one in self.contacts if one.channel in WRITTEN and one.agent_id != who.me)


def contact_in_sight(view: FloorView, who: Standing, contact_id: str) -> Contact | None:
    """A contact of which the floor tells now: in an agent's hands, or among those who wait."""
    for agent in view.state.agents.values():
        for work in agent.work:
            if work.interaction_id == contact_id:
                return contact_of_work(work, agent.id, who)
    waiting = (contact_of_interaction(one, who) for one in view.waiting.value or () if one.id == contact_id)
    return next(waiting, None)


def target_read(view: FloorView, who: Standing) -> Target:
    """What a verb is about while a thread is read: its contact, and the agent who has it."""
    contact = contact_in_sight(view, who, view.reading)
    if contact is None:
        return Target()
    return Target(view.state.agents.get(contact.agent_id), (contact,))


def target_at(view: FloorView, who: Standing, place: str, alert_key: str, contact: Contact | None) -> Target:
    """What a verb is about.

    Args:
        place: the pane that has the focus, or had it last.
        alert_key: the row under the cursor of the alerts.
        contact: the one under the cursor of the details.
    """
    agent = view.state.agents.get(view.agent)
    match place:
        case "alerts":
            return _of_alert(view, who, alert_key)
        case "agents":
            return Target(agent, _in_hand(agent, who))
        case "detail":
            return Target(agent if view.about == "agent" else None, (contact,) if contact is not None else ())
        case _:
            return Target(None, _waiting(view, who))


def victim_of(view: FloorView, place: str, target: Target) -> str:
    """Whom or what the verbs on offer are about, as the list of them is headed."""
    if target.help is not None:
        return tr("{agent} needs help", agent=agent_name(view.state, target.help.agent_id))
    if target.alert is not None:
        return in_words(target.alert.text)
    if place == "detail" or view.reading:
        return named(target.contacts[0], view.now) if target.contacts else ""
    if target.agent is not None:
        doing = activity(target.agent, view.state)
        return f"{target.agent.name} · {doing.word} {wording.duration(view.clock - doing.since)}"
    return f"{view.queue} · {tr('{n} waiting', n=len(target.contacts))}"


def _of_alert(view: FloorView, who: Standing, key: str) -> Target:
    agents = view.state.agents
    if not key.startswith(HELP):
        alert = view.state.alerts.get(key)
        if alert is None:
            return Target()
        agent = agents.get(alert.agent_id or alert.subject) if alert.about in (About.AGENT, About.WORK) else None
        in_hand = tuple(one for one in _in_hand(agent, who) if alert.about is About.AGENT or one.id == alert.subject)
        return Target(agent, in_hand, alert=alert)
    request = view.state.help.get(key[len(HELP) :])
    if request is None:
        return Target()
    agent = agents.get(request.agent_id)
    asked_about = tuple(one for one in _in_hand(agent, who) if one.id == request.interaction_id)
    return Target(agent, asked_about, help=request)


def _in_hand(agent: Agent | None, who: Standing) -> tuple[Contact, ...]:
    return tuple(contact_of_work(work, agent.id, who) for work in agent.work) if agent is not None else ()


def _waiting(view: FloorView, who: Standing) -> tuple[Contact, ...]:
    waiting = view.waiting
    if waiting.of != view.queue or waiting.value is None:
        return ()
    return tuple(contact_of_interaction(one, who) for one in waiting.value)
