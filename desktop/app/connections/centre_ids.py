"""The ids of one of several contact centres: what comes from it carries its name, what goes to it does not."""

from collections.abc import Collection
from dataclasses import is_dataclass, replace
from typing import Any, TypeVar

from desktop.domain.entities.own_agent import OWN
from desktop.domain.entities.source import Source
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import Rejected, Unavailable

T = TypeVar("T")

RECORD, AGENT, TARGET, ALERT, FROM, DEEP = "record", "agent", "target", "alert", "from", "deep"
FIELDS: dict[str, dict[str, str]] = {
    "Interaction": {"id": RECORD, "queue": RECORD, "agent_id": AGENT, "legs": DEEP, "previous": DEEP},
    "Leg": {"target": TARGET},
    "Previous": {"interaction_id": RECORD, "agent_id": AGENT},
    "Agent": {"id": AGENT, "queues": RECORD, "work": DEEP},
    "AgentWork": {"interaction_id": RECORD, "queue": RECORD},
    "QueueStats": {"name": RECORD, "head": DEEP, "to_pull": DEEP},
    "Waiting": {"interaction_id": RECORD},
    "WrapUpCode": {"queues": RECORD, "source": FROM},
    "NotReadyReason": {"source": FROM},
    "HelpRequest": {"id": RECORD, "agent_id": AGENT, "interaction_id": RECORD, "answered_by": AGENT},
    "AgentMessage": {"id": RECORD, "by": AGENT, "to": AGENT},
    "Acknowledgement": {"alert": ALERT, "by": AGENT},
    "AuditEntry": {"id": RECORD, "by": AGENT, "subject": AGENT},
    "Schedule": {"agent_id": AGENT},
    "BroadcastDelivery": {"agent_id": AGENT},
    "Interval": {"queue": RECORD},
    "PastInteraction": {"id": RECORD, "queue": RECORD, "agent_id": AGENT},
    "PastPage": {"interactions": DEEP},
    "PastStep": {"queue": RECORD, "agent_id": AGENT},
    "PastDetail": {"interaction": DEEP, "steps": DEEP},
    "Evaluation": {
        "id": RECORD,
        "interaction_id": RECORD,
        "queue": RECORD,
        "agent_id": AGENT,
        "reviewer_id": AGENT,
        "calibration": RECORD,
    },
    "Calibration": {
        "id": RECORD,
        "interaction_id": RECORD,
        "queue": RECORD,
        "agent_id": AGENT,
        "reviewers": AGENT,
        "submitted": AGENT,
        "evaluations": DEEP,
    },
    "CoachingNote": {"id": RECORD, "by": AGENT, "agent_id": AGENT, "evaluation": RECORD},
    "InteractionChanged": {"interaction": DEEP},
    "AgentChanged": {"agent": DEEP},
    "QueueChanged": {"queue": DEEP},
    "FloorChanged": {"agents": DEEP, "queues": DEEP},
    "HelpChanged": {"help": DEEP},
    "AgentMessaged": {"message": DEEP},
    "AlertAcknowledged": {"acknowledgement": DEEP},
    "SupervisorActed": {"act": DEEP},
    "ContactCenterSnapshot": dict.fromkeys(
        ("interactions", "agents", "queues", "codes", "reasons", "help", "agent_messages", "acknowledgements"), DEEP
    ),
}
"""Which fields of which records hold ids, and of what; everything else leaves as it is."""


class CentreIds:
    """Puts the name of a contact centre on ids (`written:42`) and takes it off.

    Nothing of two contact centres has the same id, but for whoever is signed in: they are `OWN` at all of them.
    """

    def __init__(self, source: str, others: Collection[str] = ()) -> None:
        """`source` is such as `contact_center:written`; `others` are the sources of the other contact centres."""
        self.source = source
        self.own_id = ""
        """Who is signed in, as the contact centre knows them; "" until it has told."""
        self._record = Source.of(source)
        self._others = tuple(Source.of(one) for one in others)

    def record(self, record_id: str) -> str:
        """The id by which the desktop knows a contact, a queue, a message, …"""
        return self._record.qualified(record_id) if record_id else ""

    def agent(self, agent_id: str) -> str:
        """The id by which the desktop knows an agent."""
        return OWN if agent_id and agent_id == self.own_id else self.record(agent_id)

    def target(self, target: str) -> str:
        """A target of a consult or a transfer, `KIND:ID`; people and numbers are nobody's."""
        kind, _, name = target.partition(":")
        known = {"agent": self.agent, "queue": self.record}.get(kind)
        return f"{kind}:{known(name)}" if known is not None else target

    def alert(self, key: str) -> str:
        """The key of an alert, `RULE|SUBJECT` or `RULE|CONTACT|AGENT`."""
        rule, *subjects = key.split("|")
        return "|".join([rule, *map(self.agent, subjects)])

    def own(self, record_id: str) -> str:
        """The id by which the contact centre itself knows it; "" stays "".

        Raises:
            Rejected: it is another contact centre's, or says of none that it is theirs.
            Unavailable: it is whoever is signed in, and the contact centre has not told yet who that is.
        """
        if not record_id:
            return ""
        if record_id == OWN:
            if not self.own_id:
                raise Unavailable(Sentence("connection.not_yet", source=self.source))
            return self.own_id
        if self._record.owns(record_id):
            return self._record.unqualified(record_id)
        if any(one.owns(record_id) for one in self._others):
            raise Rejected(Sentence("centre.of_another"))
        raise Rejected(Sentence("centre.of_none", name=self._record.name))

    def own_target(self, target: str) -> str:
        """The reverse of `target`; raises as `own`."""
        kind, _, name = target.partition(":")
        return f"{kind}:{self.own(name)}" if kind in ("agent", "queue") else target

    def own_alert(self, key: str) -> str:
        """The reverse of `alert`; raises as `own`."""
        rule, *subjects = key.split("|")
        return "|".join([rule, *map(self.own, subjects)])

    def envelope(self, envelope: Envelope) -> Envelope:
        """An event of the contact centre as the desktop knows it; a snapshot says who is signed in."""
        event = envelope.event
        if isinstance(event, ContactCenterSnapshot):
            self.own_id = event.me
            event = replace(self.named(event), me=OWN if event.me else "", own_id=self.record(event.me))
        else:
            event = self.named(event)
        return replace(envelope, source=self.source, event=event)

    def named(self, value: T) -> T:
        """A record of the contact centre, or several, as the desktop knows them."""
        named: Any = value
        if isinstance(value, tuple | list):
            if value and type(value[0]).__name__ in FIELDS:
                named = type(value)(map(self.named, value))
        elif is_dataclass(value) and not isinstance(value, type) and type(value).__name__ in FIELDS:
            plan = FIELDS[type(value).__name__]
            named = replace(value, **{name: self._field(how, getattr(value, name)) for name, how in plan.items()})
        result: T = named
        return result

    def _field(self, how: str, value: Any) -> Any:
        if how == FROM:
            return self.source
        if how == DEEP:
            return self.named(value)
        if isinstance(value, tuple | frozenset):
            return type(value)(self._field(how, one) for one in value)
        if not isinstance(value, str):
            return value
        return {RECORD: self.record, AGENT: self.agent, TARGET: self.target, ALERT: self.alert}[how](value)
