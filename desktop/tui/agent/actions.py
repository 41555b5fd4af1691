"""Every verb that a key can stand for, in one object."""

from desktop.tui.agent.verbs.contact import ContactVerbs
from desktop.tui.agent.verbs.customer import CustomerVerbs
from desktop.tui.agent.verbs.expert import ExpertVerbs
from desktop.tui.agent.verbs.own_state import AvailabilityVerbs
from desktop.tui.agent.verbs.supervisors import SupervisorVerbs
from desktop.tui.agent.verbs.wrap_up import WrapUpVerbs


class DeskActions(ContactVerbs, ExpertVerbs, WrapUpVerbs, CustomerVerbs, AvailabilityVerbs, SupervisorVerbs):
    """What the keys do: each looks at the selected contact, checks what is on offer, and asks the session."""
