"""Every verb that a key of the desk can stand for; one without a method of its own goes through `verbs/base.py`."""

from desktop.tui.agent.verbs.base import DeskContext, DeskVerbs
from desktop.tui.agent.verbs.contact import ContactVerbs
from desktop.tui.agent.verbs.customer import CustomerVerbs
from desktop.tui.agent.verbs.expert import ExpertVerbs
from desktop.tui.agent.verbs.finding import FindingVerbs
from desktop.tui.agent.verbs.messages import MessageVerbs
from desktop.tui.agent.verbs.own_state import AvailabilityVerbs
from desktop.tui.agent.verbs.supervisors import SupervisorVerbs
from desktop.tui.agent.verbs.wrap_up import WrapUpVerbs
from desktop.tui.agent.verbs.writing import WritingVerbs
from desktop.tui.keys.keys import BY_ID


class DeskActions:
    """What the keys do: each looks at the selected contact, checks what is on offer, and asks the session."""

    def __init__(self, context: DeskContext) -> None:
        self.context = context
        self.contact = ContactVerbs(context)
        self.expert = ExpertVerbs(context)
        self.messages = MessageVerbs(context)
        self.wrap_up = WrapUpVerbs(context, self.messages)
        self.writing = WritingVerbs(context)
        self.customer = CustomerVerbs(context, self.messages)
        self.own_state = AvailabilityVerbs(context)
        self.supervisors = SupervisorVerbs(context)
        self.finding = FindingVerbs(context, self.customer, self.expert, self.own_state)
        self._all: tuple[DeskVerbs, ...] = (
            self.contact,
            self.expert,
            self.messages,
            self.wrap_up,
            self.writing,
            self.customer,
            self.own_state,
            self.supervisors,
            self.finding,
        )

    def do(self, action: str) -> None:
        """Carry out what a key stands for: the method of that name, else the first of the key's verbs on offer."""
        for verbs in self._all:
            if hasattr(verbs, action):
                getattr(verbs, action)()
                return
        self.contact.first_of(*(verb for verb, _ in BY_ID[action].verbs))
