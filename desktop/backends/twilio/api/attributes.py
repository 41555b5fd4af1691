"""A task's attributes: JSON that a flow, a form or a stranger filled in. Read with bounds, believed in nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.backends.twilio.api.account import is_sid
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, Direction

MOST = 40
LONGEST_NAME = 60
LONGEST_VALUE = 300
WRAP_UP = "agent_desktop_wrap_up"
"""The attribute that holds a finished wrap-up: its codes, whether a note was given, and the key it was done under."""

_CHANNELS: Mapping[str, Channel] = {channel.value: channel for channel in Channel}
_WRITTEN_BY: Mapping[str, Channel] = {"sms": Channel.SMS, "email": Channel.EMAIL}
_CONVERSATION = ("conversationSid", "conversation_sid", "channelSid")
_WHO_INBOUND = ("from", "caller", "customerAddress", "customer_address", "identifier")
_WHO_WRITES = ("customerAddress", "customer_address", "from", "identity", "identifier")
_WHO_OUTBOUND = ("outbound_to", "to", "called")
_ELSEWHERE = frozenset({"from", "caller", "customerAddress", "direction", "name", "subject"})
_NOT_SHOWN = _ELSEWHERE | {"conference", "call_sid", "account_sid", "api_version", WRAP_UP, *_CONVERSATION}
_HIDDEN = frozenset({"", "anonymous", "restricted", "unknown", "unavailable", "private", "+266696687", "+86282452253"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the attributes say, as far as we use it."""

    channel: Channel
    customer: Address
    direction: Direction
    name: str = ""
    subject: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    conference: str = ""
    customer_call: str = ""
    worker_call: str = ""
    conversation: str = ""


def channel_of(name: str) -> Channel:
    """Our word for a task channel; one that a workspace made up counts as chat."""
    return _CHANNELS.get(name.lower(), Channel.CHAT)


def parsed(text: str) -> dict[str, object]:
    """The attributes as an object; empty for anything else."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def facts_of(text: str, channel: Channel) -> Facts:
    """What a task's attributes say, and with them the channel: all that is written may come by one task channel."""
    given = parsed(text)
    written = channel is not Channel.VOICE
    conversation = next((sid for name in _CONVERSATION if (sid := _sid(given.get(name), "CH"))), "") if written else ""
    if conversation:
        channel = _WRITTEN_BY.get(_first(given, "channelType", "channel_type").lower(), channel)
    outbound = _word(given.get("direction")).lower().startswith("outbound")
    conference = given.get("conference")
    conference = conference if isinstance(conference, dict) else {}
    parties = conference.get("participants")
    parties = parties if isinstance(parties, dict) else {}
    return Facts(
        channel=channel,
        customer=_address(given, channel, outbound=outbound, written=bool(conversation)),
        direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
        name=_first(given, "name", "customerName", "customer_name"),
        subject=_first(given, "subject", "reason", "type", "selected_product"),
        shown=_shown(given),
        conference=_sid(conference.get("sid"), "CF"),
        customer_call=_sid(parties.get("customer"), "CA") or _sid(given.get("call_sid"), "CA"),
        worker_call=_sid(parties.get("worker"), "CA"),
        conversation=conversation,
    )


def _word(value: object) -> str:
    return value[:LONGEST_VALUE] if isinstance(value, str) else ""


def _first(given: Mapping[str, object], *names: str) -> str:
    return next((word for name in names if (word := _word(given.get(name)))), "")


def _sid(value: object, prefix: str) -> str:
    return value if isinstance(value, str) and is_sid(value, prefix) else ""


def _address(given: Mapping[str, object], channel: Channel, *, outbound: bool, written: bool) -> Address:
    names = _WHO_OUTBOUND if outbound else _WHO_WRITES if written else _WHO_INBOUND
    value = _first(given, *names).strip()
    for scheme in ("whatsapp:", "messenger:", "sms:", "tel:"):
        value = value.removeprefix(scheme)
    if value.lower() in _HIDDEN:
        return Address("phone", "", withheld=True)
    if value.startswith("+") and value[1:].isdigit():
        return Address("phone", value)
    if value.startswith(("client:", "sip:")) or TRAITS[channel].address == "handle":
        return Address("email" if "@" in value and ":" not in value else "handle", value)
    return Address("email" if "@" in value else "phone", value)


def _shown(given: Mapping[str, object]) -> dict[str, str]:
    """The first attributes as short texts; what is nested is shown as JSON."""
    found: dict[str, str] = {}
    for name, value in given.items():
        if len(found) == MOST:
            break
        if name in _NOT_SHOWN or value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found[name[:LONGEST_NAME]] = text[:LONGEST_VALUE]
    return found
