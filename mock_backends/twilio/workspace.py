"""The mock centre as a TaskRouter workspace: what Twilio calls everything, and the fields it shows of it.

The records here have times as server seconds; `rest` and `bridge` turn them into what goes over the wire.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from mock_backends.acd.effects import Availability
from mock_backends.contact_center.centre import Centre
from mock_backends.http.site import Site
from mock_backends.twilio.refusal import gone
from mock_backends.twilio.reservations import Reservation, Reservations
from mock_backends.twilio.sids import Sids
from mock_backends.wire.contact_center import Agent, Interaction

Fields = dict[str, Any]
TASK_STATES = {
    "queued": "pending",
    "offered": "reserved",
    "connecting": "assigned",
    "active": "assigned",
    "wrap_up": "wrapping",
    "closed": "completed",
}
CARRIED = {"chat": "web", "sms": "sms"}
"""The channels whose contacts are conversations, and what those call them."""
_TIMES = frozenset(
    {"date_created", "date_updated", "date_status_changed", "task_queue_entered_date", "virtual_start_time"}
)
_API = "https://taskrouter.twilio.com/v1"
_BRIDGE_NAMES = {
    "task_queue_sid": "queue_sid",
    "task_queue_friendly_name": "queue_name",
    "workflow_friendly_name": "workflow_name",
}


def rest(record: Fields) -> Fields:
    """As the REST API of TaskRouter shows it: ISO 8601 times, no version."""
    return {
        name: datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if name in _TIMES and value is not None
        else value
        for name, value in record.items()
        if name != "version"
    }


def bridge(record: Fields) -> Fields:
    """As the worker channel shows it: times in whole seconds since the epoch, some names shorter."""
    return {
        _BRIDGE_NAMES.get(name, name): int(value) if name in _TIMES and value is not None else value
        for name, value in record.items()
        if name not in ("url", "links")
    }


def voice(record: Fields) -> Fields:
    """As the older API shows it: times as in mail headers."""
    return {
        name: format_datetime(datetime.fromtimestamp(value, UTC)) if name.startswith("date_") and value else value
        for name, value in record.items()
    }


class Workspace:
    """Names and shows what is in the centre."""

    def __init__(self, site: Site, centre: Centre, sids: Sids) -> None:
        self._clock = site.clock
        self.centre = centre
        self.sids = sids
        self.account = sids.of("AC", "agent-desktop")
        self.sid = sids.of("WS", "agent-desktop")
        self.reservations = Reservations(site, centre.distribution, sids)
        self.attributes: dict[str, Fields] = {}  # interaction -> attributes that were put in the place of the first
        self.edits: dict[str, int] = {}  # interaction -> how often they were
        self.task_changed: Callable[[Interaction], None] = lambda _interaction: None
        self._born = site.clock.now()
        named: list[tuple[str, Availability, str]] = [
            ("Offline", "offline", ""),
            ("Available", "available", ""),
            ("Unavailable", "not_ready", ""),
            *((reason.label, "not_ready", reason.id) for reason in centre.reasons),
            ("Missed", "not_ready", "missed"),
        ]
        self.activities = {sids.of("WA", one[0]): one for one in named}

    # -- finding

    def agent(self, worker_sid: str) -> Agent:
        """:raises Refusal: 404."""
        agent = self.centre.board.agents.get(self.sids.name(worker_sid))
        if agent is None or not worker_sid.startswith("WK"):
            raise gone()
        return agent

    def interaction(self, task_sid: str) -> Interaction:
        """:raises Refusal: 404."""
        found = self.centre.board.interactions.get(self.sids.name(task_sid))
        if found is None or not task_sid.startswith("WT"):
            raise gone()
        return found

    def reservation(self, sid: str) -> Reservation:
        """:raises Refusal: 404."""
        found = self.reservations.all.get(sid)
        if found is None:
            raise gone()
        return found

    def worker_sid(self, agent_id: str) -> str:
        """The SID of an agent."""
        return self.sids.of("WK", agent_id)

    def task_sid(self, interaction: Interaction) -> str:
        """The SID of an interaction."""
        return self.sids.of("WT", interaction.id)

    # -- showing

    def _owned(self, path: str) -> Fields:
        return {
            "account_sid": self.account,
            "workspace_sid": self.sid,
            "url": f"{_API}/Workspaces/{self.sid}/{path}",
            "links": {"workspace": f"{_API}/Workspaces/{self.sid}"},
        }

    def activity(self, sid: str) -> Fields:
        """One activity."""
        name, state, _ = self.activities[sid]
        return self._owned(f"Activities/{sid}") | {
            "sid": sid,
            "friendly_name": name,
            "available": state == "available",
            "date_created": self._born,
            "date_updated": self._born,
        }

    def activity_of(self, agent: Agent) -> str:
        """The activity an agent is in; what they asked for counts at once, as at Twilio."""
        state, reason = (agent.next, agent.next_reason) if agent.next else (agent.observed, agent.reason)
        for sid, (_, known, why) in self.activities.items():
            if known == state and why == reason:
                return sid
        return next(sid for sid, (_, known, _) in self.activities.items() if known == state)

    def worker(self, agent: Agent) -> Fields:
        """One worker."""
        sid, activity = self.worker_sid(agent.id), self.activity_of(agent)
        about = {"contact_uri": f"client:{agent.id}", "team": agent.team, "skills": list(agent.skills)}
        return self._owned(f"Workers/{sid}") | {
            "sid": sid,
            "activity_sid": activity,
            "activity_name": self.activities[activity][0],
            "available": self.activities[activity][1] == "available",
            "attributes": json.dumps(about),
            "friendly_name": agent.name,
            "date_created": self._born,
            "date_status_changed": agent.since,
            "date_updated": agent.since,
            "version": str(agent.version),
        }

    def channel(self, agent: Agent, name: str) -> Fields:
        """What one worker can carry on one channel."""
        most, used = agent.capacity.get(name, 0), agent.in_use.get(name, 0)
        sid = self.sids.of("WC", f"{agent.id}:{name}")
        owned = self._owned(f"Workers/{self.worker_sid(agent.id)}/Channels/{sid}")
        return {key: value for key, value in owned.items() if key != "links"} | {
            "sid": sid,
            "worker_sid": self.worker_sid(agent.id),
            "task_channel_sid": self.sids.of("TC", name),
            "task_channel_unique_name": name,
            "configured_capacity": most,
            "assigned_tasks": used,
            "available": most > used,
            "available_capacity_percentage": round(100 * (most - used) / most) if most else 0,
            "date_created": self._born,
            "date_updated": agent.since,
        }

    def task(self, interaction: Interaction) -> Fields:
        """One task."""
        sid = self.task_sid(interaction)
        unanswered = interaction.phase == "closed" and interaction.answered_at is None
        status = "canceled" if unanswered else TASK_STATES[interaction.phase]
        return self._owned(f"Tasks/{sid}") | {
            "sid": sid,
            "age": max(0, int(self._clock.now() - interaction.arrived_at)),
            "assignment_status": status,
            "attributes": json.dumps(self._attributes(interaction)),
            "addons": "{}",
            "date_created": interaction.arrived_at,
            "date_updated": interaction.phase_since,
            "task_queue_entered_date": interaction.arrived_at,
            "virtual_start_time": interaction.arrived_at,
            "priority": interaction.priority,
            "reason": interaction.raw_state if status in ("completed", "canceled") else None,
            "task_queue_sid": self.sids.of("WQ", interaction.queue),
            "task_queue_friendly_name": interaction.queue,
            "task_channel_sid": self.sids.of("TC", interaction.channel),
            "task_channel_unique_name": interaction.channel,
            "timeout": 86_400,
            "workflow_sid": self.sids.of("WW", interaction.queue),
            "workflow_friendly_name": interaction.queue,
            "ignore_capacity": False,
            "routing_target": None,
            "version": str(interaction.version + self.edits.get(interaction.id, 0)),
        }

    def _attributes(self, interaction: Interaction) -> Fields:
        first: Fields = {
            "from": "anonymous" if interaction.customer.withheld else interaction.customer.value,
            "direction": interaction.direction,
            "name": interaction.customer_name,
            "subject": interaction.subject,
            **interaction.attributes,
        }
        if interaction.channel in CARRIED:
            first |= {
                "conversationSid": self.sids.of("CH", interaction.id),
                "channelType": CARRIED[interaction.channel],
                "customerAddress": interaction.customer.value,
            }
        elif interaction.messages:
            first["last_message"] = interaction.messages[-1].text
        if interaction.channel == "voice":
            first["call_sid"] = self.sids.of("CA", f"{interaction.id}:customer")
        if interaction.id in self.attributes:
            return self.attributes[interaction.id]
        if interaction.channel == "voice" and interaction.phase in ("active", "connecting", "wrap_up"):
            worker = self.sids.of("CA", f"{interaction.id}:{interaction.agent_id}")
            customer = self.sids.of("CA", f"{interaction.id}:customer")
            first |= {
                "conference": {
                    "sid": self.sids.of("CF", interaction.id),
                    "participants": {"worker": worker, "customer": customer},
                }
            }
        return first

    def shown(self, one: Reservation) -> Fields:
        """One reservation."""
        worker = self.worker_sid(one.agent_id)
        return self._owned(f"Workers/{worker}/Reservations/{one.sid}") | {
            "sid": one.sid,
            "task_sid": self.task_sid(one.interaction),
            "worker_sid": worker,
            "worker_name": self.centre.board.agents[one.agent_id].name,
            "reservation_status": one.status,
            "date_created": one.created,
            "date_updated": one.updated,
            "version": str(one.version),
        }

    def pushed(self, one: Reservation) -> Fields:
        """One reservation as the worker channel shows it, with its task inside."""
        shown = bridge(self.shown(one)) | {
            "reservation_timeout": round(one.timeout),
            "task": bridge(self.task(one.interaction)),
        }
        return shown if one.reason_code is None else shown | {"canceled_reason_code": one.reason_code}

    def queue(self, name: str) -> Fields:
        """One task queue."""
        sid = self.sids.of("WQ", name)
        busy = next(iter(self.activities))
        return self._owned(f"TaskQueues/{sid}") | {
            "sid": sid,
            "friendly_name": name,
            "max_reserved_workers": 1,
            "target_workers": "1==1",
            "task_order": "FIFO",
            "reservation_activity_sid": busy,
            "reservation_activity_name": self.activities[busy][0],
            "assignment_activity_sid": busy,
            "assignment_activity_name": self.activities[busy][0],
            "date_created": self._born,
            "date_updated": self._born,
        }

    def workflow(self, name: str) -> Fields:
        """The way to one task queue: each queue has its own, so that its offers ring as long as it wants."""
        sid = self.sids.of("WW", name)
        return self._owned(f"Workflows/{sid}") | {
            "sid": sid,
            "friendly_name": name,
            "configuration": "{}",
            "document_content_type": "application/json",
            "task_reservation_timeout": round(self.centre.offer_timeouts[name]),
            "assignment_callback_url": None,
            "fallback_assignment_callback_url": None,
            "date_created": self._born,
            "date_updated": self._born,
        }
