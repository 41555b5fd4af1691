"""Every verb that a key of the desk can stand for."""

from desktop.tui.agent.verbs.contact import ContactVerbs
from desktop.tui.agent.verbs.customer import CustomerVerbs
from desktop.tui.agent.verbs.desk import DeskContext, DeskVerbs
from desktop.tui.agent.verbs.expert import ExpertVerbs
from desktop.tui.agent.verbs.own_state import AvailabilityVerbs
from desktop.tui.agent.verbs.supervisors import SupervisorVerbs
from desktop.tui.agent.verbs.wrap_up import WrapUpVerbs


class DeskActions:
    """What the keys do: each looks at the selected contact, checks what is on offer, and asks the session."""

    def __init__(self, context: DeskContext) -> None:
        self.context = context
        self.contact = ContactVerbs(context)
        self.expert = ExpertVerbs(context)
        self.wrap_up = WrapUpVerbs(context)
        self.customer = CustomerVerbs(context)
        self.own_state = AvailabilityVerbs(context)
        self.supervisors = SupervisorVerbs(context)
        self._all: tuple[DeskVerbs, ...] = (
            self.contact,
            self.expert,
            self.wrap_up,
            self.customer,
            self.own_state,
            self.supervisors,
        )

    def do(self, action: str) -> None:
        """Carry out what a key stands for: the method of that name.

        Raises:
            ValueError: no verb of the desk has that name.
        """
        for verbs in self._all:
            if hasattr(verbs, action):
                getattr(verbs, action)()
                return
        raise ValueError(f"The desk has no verb {action}.")
