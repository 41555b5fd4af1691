"""What a worker can ask of TaskRouter, whichever way it was asked: by REST or through the worker channel."""

import json
from collections.abc import Mapping

from mock_backends.contact_center.contact_center import ContactCenterService
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem
from mock_backends.twilio.refusal import Refusal, gone, wrong
from mock_backends.twilio.reservations import Reservation
from mock_backends.twilio.workspace import Fields, Workspace
from mock_backends.wire.contact_center import Agent, Interaction
from mock_backends.wire.floor import Priority, SetAgentAvailability

Given = Mapping[str, str]
INSTRUCTIONS = {"accept": 40109, "conference": 40136, "dequeue": 40135, "call": 40114, "redirect": 40123}
LARGEST_ATTRIBUTES = 4096
_NO_REASON = "none given: TaskRouter asks for none"


def _matches(given: str | None, version: str) -> None:
    if given not in (None, "", "*") and given.strip('"') != version:
        raise Refusal(412, 20412, "The resource has been changed since it was read")


class Operations:
    """Checks who and when, then has the centre do it. Answers the record as it is then."""

    def __init__(self, workspace: Workspace, engine: ContactCenterService) -> None:
        self._workspace = workspace
        self._engine = engine
        self._centre = engine.centre

    def update_worker(self, caller: Principal, sid: str, given: Given, if_match: str | None = None) -> Fields:
        """Change the activity."""
        agent = self._workspace.agent(sid)
        if agent.id != caller.id:
            return self._supervise_worker(caller, agent, given, if_match)
        _matches(if_match, str(agent.version))
        wanted = given.get("ActivitySid")
        if wanted is not None:
            if wanted not in self._workspace.activities:
                raise wrong("ActivitySid is invalid", 20001)
            _, state, reason = self._workspace.activities[wanted]
            if given.get("RejectPendingReservations", "").lower() == "true" and state != "available":
                for one in self._workspace.reservations.of(agent.id):
                    if one.status == "pending":
                        self._centre.calls.decline(caller, one.interaction.id)
            self._centre.colleagues.leave(agent.id)
            router = self._centre.distribution.router
            self._centre.distribution.do(lambda now: router.set_availability(agent.id, state, now, reason))
            if state == "available":
                for told in self._engine.on_available:
                    told(agent.id)
        return self._workspace.worker(agent)

    def _supervise_worker(self, caller: Principal, agent: Agent, given: Given, if_match: str | None) -> Fields:
        if not caller.supervises:
            raise gone()
        _matches(if_match, str(agent.version))
        wanted = given.get("ActivitySid")
        if wanted not in self._workspace.activities:
            raise wrong("ActivitySid is invalid")
        _, state, reason = self._workspace.activities[wanted]
        order = SetAgentAvailability(availability=state, reason=reason, why=_NO_REASON)
        self._centre.supervision.orders.set_availability(caller, agent.id, order)
        return self._workspace.worker(agent)

    def update_reservation(self, caller: Principal, sid: str, given: Given, if_match: str | None = None) -> Reservation:
        """Accept, reject, wrap, complete, or an instruction."""
        one = self._workspace.reservation(sid)
        instruction = given.get("Instruction", "")
        if one.agent_id != caller.id:
            raise gone()
        _matches(if_match, str(one.version))
        status = given.get("ReservationStatus", "")
        if instruction:
            if instruction not in INSTRUCTIONS:
                raise wrong(f"Instruction {instruction!r} is not supported here")
            self._accept(caller, one, INSTRUCTIONS[instruction])
        elif status == "accepted":
            self._accept(caller, one, 20001)
        elif status == "rejected":
            self._pending(one, 20001)
            self._centre.calls.decline(caller, one.interaction.id)
            if "WorkerActivitySid" in given:
                worker = self._workspace.worker_sid(caller.id)
                self.update_worker(caller, worker, {"ActivitySid": given["WorkerActivitySid"]})
        elif status in ("wrapping", "completed"):
            self._end(one, status)
        else:
            raise wrong("ReservationStatus is invalid")
        return one

    def _pending(self, one: Reservation, number: int) -> None:
        if one.status != "pending":
            raise wrong(f"Reservation {one.sid} is no longer pending; it is {one.status}", number)

    def _accept(self, caller: Principal, one: Reservation, number: int) -> None:
        self._pending(one, number)
        try:
            self._centre.calls.accept(caller, one.interaction.id)
        except Problem as problem:
            raise wrong(problem.detail, number) from None

    def _end(self, one: Reservation, status: str) -> None:
        interaction, router = one.interaction, self._centre.distribution.router
        if one.status not in ("accepted", "wrapping") or (one.status == status == "wrapping"):
            raise wrong(f"Reservation {one.sid} cannot be moved from {one.status} to {status}")
        if one.status == "accepted":
            self._centre.calls.end(interaction)
        if status == "completed" and one.status == "wrapping":
            self._centre.distribution.do(lambda now: router.finish_wrap_up(interaction.id, one.agent_id, now))

    def update_task(self, caller: Principal, sid: str, given: Given, if_match: str | None = None) -> Fields:
        """Put other attributes in the place of the task's, or move it on."""
        interaction = self._workspace.interaction(sid)
        one = self._workspace.reservations.live(interaction.id, caller.id)
        if one is None:
            return self._supervise_task(caller, interaction, given, if_match)
        _matches(if_match, str(self._workspace.task(interaction)["version"]))
        if "Attributes" in given:
            try:
                attributes = json.loads(given["Attributes"])
            except ValueError:
                attributes = None
            if not isinstance(attributes, dict) or len(given["Attributes"]) > LARGEST_ATTRIBUTES:
                raise wrong("Attributes must be a JSON object of at most 4096 characters")
            self._workspace.attributes[interaction.id] = attributes
            self._workspace.edits[interaction.id] = self._workspace.edits.get(interaction.id, 0) + 1
            self._workspace.task_changed(interaction)
        if given.get("AssignmentStatus") in ("wrapping", "completed"):
            self._end(one, given["AssignmentStatus"])
        return self._workspace.task(interaction)

    def _supervise_task(
        self, caller: Principal, interaction: Interaction, given: Given, if_match: str | None
    ) -> Fields:
        if not caller.supervises:
            raise gone()
        _matches(if_match, str(self._workspace.task(interaction)["version"]))
        orders, status, priority = self._centre.supervision.orders, given.get("AssignmentStatus"), given.get("Priority")
        if set(given) - {"AssignmentStatus", "Priority", "Reason"} or status not in (None, "canceled"):
            raise wrong("A supervisor changes priorities and cancels")
        why = given.get("Reason") or _NO_REASON
        if priority is not None:
            if not priority.lstrip("-").isdigit():
                raise wrong("Priority is invalid")
            orders.set_priority(caller, interaction.id, Priority(priority=int(priority), why=why))
        if status is not None:
            if interaction.phase not in ("queued", "offered"):
                raise wrong(f"Cannot cancel task {self._workspace.task_sid(interaction)} in its state")
            orders.withdraw(caller, interaction.id, why)
        return self._workspace.task(interaction)
