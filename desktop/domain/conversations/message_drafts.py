"""Which draft is a message to a customer outside of a contact: one for each agent, customer and channel."""

import json
from dataclasses import dataclass

from desktop.domain.entities.words import Channel

_SIGN = "message:"


@dataclass(frozen=True, slots=True)
class MessageTo:
    """Who writes to whom, and how. `id` is the draft's, where drafts of contacts have the contact's id."""

    agent_id: str
    channel: Channel
    customer_id: str

    @property
    def id(self) -> str:
        """What tells its draft from all others."""
        return _SIGN + json.dumps([self.agent_id, self.channel.value, self.customer_id], separators=(",", ":"))


def message_to(draft_id: str) -> MessageTo | None:
    """Whose message a draft is; None for the draft of a contact."""
    if not draft_id.startswith(_SIGN):
        return None
    try:
        agent_id, channel, customer_id = json.loads(draft_id.removeprefix(_SIGN))
        found = MessageTo(str(agent_id), Channel(channel), str(customer_id))
    except (ValueError, TypeError):
        return None
    return found if found.id == draft_id else None
