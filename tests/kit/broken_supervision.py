"""Backends whose supervising is broken in one way each; see `broken.py`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.floor import AuditEntry, BroadcastDelivery, HelpRequest
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Monitoring
from desktop.ports.base import Capability
from desktop.ports.errors import Forbidden
from desktop.testing.contracts.contact_center import ContactCenterContract

from .broken import BROKEN, fails
from .reference.contact_center import ME
from .reference.supervision import ReferenceSupervision, ReferenceSupervisionRig


@fails("test_a_reason_is_demanded")
class NeverAsksWhy(ReferenceSupervision):
    """Does it without a reason."""

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        return await super().set_agent_availability(agent_id, availability, reason=reason, why=why or "-", key=key)


@fails("test_who_waits_is_shown_in_order")
class LatestIsNext(ReferenceSupervision):
    """Who came last is shown as next."""

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        return sorted(await super().waiting(queue), key=lambda one: (-one.priority, -one.arrived_at))


@fails("test_a_priority_changes_who_is_next")
class PriorityIsForShow(ReferenceSupervision):
    """Says that somebody is sooner, and leaves them where they are."""

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        self.need(Capability.PRIORITY)
        return replace(self.of_floor(interaction_id), priority=priority)


@fails("test_a_caller_is_withdrawn")
class WithdrawsNobody(ReferenceSupervision):
    """Says that they are gone."""

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        self.need(Capability.WITHDRAW)
        return self.of_floor(interaction_id)


@fails("test_a_conversation_is_taken_over_once")
class TakesOverAgain(ReferenceSupervision):
    """The same key again finds the conversation gone."""

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        return await super().take_over(interaction_id, why=why, key=f"{key} {self.line.new_id()}")


@fails("test_help_is_asked_for_and_answered")
class AsksAnew(ReferenceSupervision):
    """One contact has as many requests as it was asked for."""

    async def ask_help(self, interaction_id: str, text: str, *, key: str) -> HelpRequest:
        for one in list(self.line.help.values()):
            self.line.help[one.id] = replace(one, interaction_id="another")
        return await super().ask_help(interaction_id, text, key=key)


@fails("test_a_line_reaches_the_agent_once_and_is_answered")
class SaysItTwice(ReferenceSupervision):
    """The key of a line goes nowhere."""

    async def message_agent(self, agent_id: str, text: str, *, key: str) -> Any:
        return await super().message_agent(agent_id, text, key=f"{key} {self.line.new_id()}")


@fails("test_a_broadcast_reaches_each_agent_once")
class BroadcastsTwice(ReferenceSupervision):
    """The key of a broadcast goes nowhere."""

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        return await super().broadcast(agent_ids, text, key=f"{key} {self.line.new_id()}")


@fails("test_a_broadcast_reaches_each_agent_once")
class StopsAtAStranger(ReferenceSupervision):
    """One name that nobody has keeps it from all who come after."""

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        return (await super().broadcast(agent_ids, text, key=key))[:1]


@fails("test_what_was_done_is_written_down")
class ForgetsWhy(ReferenceSupervision):
    """Writes down who and what, but not why."""

    def write(self, entry: AuditEntry) -> None:
        super().write(replace(entry, why=""))


@fails("test_what_is_not_offered_is_refused[supervise]")
class LetsTheServerRefuse(ReferenceSupervision):
    """An agent is told that they are not signed in, where nothing is offered to them."""

    def need(self, capability: Capability) -> None:
        if self.who == ME and capability is Capability.SUPERVISE:
            raise Forbidden("That is for supervisors.")
        super().need(capability)


@fails("test_a_supervisor_listens")
class ListensToNobody(ReferenceSupervision):
    """Says that the supervisor is on the call, under no name by which they could leave it."""

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        await super().monitor(agent_id, mode, why=why, key=key)
        return ""


def _suite(backend: type[ReferenceSupervision]) -> type:
    @pytest.fixture
    async def rig(self: object) -> AsyncIterator[Any]:
        async with ReferenceSupervisionRig(backend) as made:
            yield made

    return type(f"Test{backend.__name__}", (ContactCenterContract,), {"rig": rig, "__module__": __name__})


for one in BROKEN:
    if issubclass(one.backend, ReferenceSupervision):
        globals()[f"Test{one.backend.__name__}"] = _suite(one.backend)
