"""What a verb is about: what was selected when its key was pressed, as it was then."""

from dataclasses import dataclass

from desktop.domain.alert import Alert
from desktop.domain.floor import FloorVerb, HelpRequest
from desktop.domain.floor_verbs import Standing, for_agent, for_alert, for_help
from desktop.domain.model import Agent
from desktop.tui.supervisor.contact import Contact


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
