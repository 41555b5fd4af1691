"""What only a question brings of a call: variables that the dialplan attached, and which call of the phone it is."""

from collections.abc import Sequence

from desktop.backends.asterisk.ami.link import Link
from desktop.backends.asterisk.model.channels import variables
from desktop.backends.asterisk.model.contact import Contact
from desktop.ports.errors import NotFound, Rejected

NOTE = "AGENT_DESKTOP_NOTE"
# Asked for channel by channel, never within a list: for that the server locks the channel and waits for the SIP thread,
# which may be waiting for the lock. It then never answers anybody again.
_CALL_ID = "CHANNEL(pjsip,call-id)"


async def call_details(link: Link, contact: Contact, attributes: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The SIP Call-ID at the agent's phone and the variables that have a value; nothing of a call that is over."""
    names, channel = (*attributes, NOTE), ("Channel", contact.agent.name)
    try:
        call = (await link.act("Getvar", ("Variable", _CALL_ID), channel))["Value"]
        found = await link.listing("Status", channel, ("Variables", ",".join(names)))
    except (NotFound, Rejected):
        return "", {}
    return "" if call == "(null)" else call, variables(found[0], names) if found else {}
