"""Calls that come through the worker channel's own address: a REST call in an envelope, answered in another."""

import json
from typing import Any

from mock_backends.channels import CHANNELS
from mock_backends.http.principals import Principal
from mock_backends.twilio.operations import Operations
from mock_backends.twilio.refusal import gone
from mock_backends.twilio.reservations import LIVE
from mock_backends.twilio.workspace import Fields, Workspace, bridge


class Bridge:
    """Answers in the worker channel's way of writing: bare records, lists as `contents`."""

    def __init__(self, workspace: Workspace, operations: Operations) -> None:
        self._workspace = workspace
        self._operations = operations

    def ask(
        self, caller: Principal, method: str, path: str, given: dict[str, Any], if_match: str | None = None
    ) -> Fields:
        """One call.

        :raises Refusal: 404 for what this channel does not carry.
        """
        parts = path.strip("/").split("/")
        if parts[:2] != ["Workspaces", self._workspace.sid] or len(parts) < 3:
            raise gone()
        text = {name: value if isinstance(value, str) else _text(value) for name, value in given.items()}
        answer = self._get(caller, parts[2:]) if method == "GET" else self._post(caller, parts[2:], text, if_match)
        if answer is None:
            raise gone()
        return answer

    def _get(self, caller: Principal, parts: list[str]) -> Fields | None:
        work = self._workspace
        match parts:
            case ["Activities"]:
                return _list([bridge(work.activity(sid)) for sid in work.activities])
            case ["Workers", sid]:
                return bridge(work.worker(work.agent(sid)))
            case ["Workers", sid, "WorkerChannels"]:
                agent = work.agent(sid)
                records = [bridge(work.channel(agent, name)) for name in CHANNELS]
                return _list([one | {"last_reserved_time": one["date_updated"]} for one in records])
            case ["Workers", _, "Reservations"]:
                mine = work.reservations.of(caller.id)
                return _list([work.pushed(one) for one in mine if one.status in LIVE])
            case ["Workers", _, "Reservations", sid]:
                return work.pushed(work.reservation(sid))
            case ["Tasks", sid]:
                return bridge(work.task(work.interaction(sid)))
            case _:
                return None

    def _post(self, caller: Principal, parts: list[str], given: dict[str, str], if_match: str | None) -> Fields | None:
        work, operations = self._workspace, self._operations
        match parts:
            case ["Workers", sid]:
                return bridge(operations.update_worker(caller, sid, given, if_match))
            case ["Workers", _, "Reservations", sid]:
                return work.pushed(operations.update_reservation(caller, sid, given, if_match))
            case ["Tasks", sid]:
                return bridge(operations.update_task(caller, sid, given, if_match))
            case _:
                return None


def _text(value: Any) -> str:
    return json.dumps(value)


def _list(contents: list[Fields]) -> Fields:
    return {"contents": contents, "after_sid": None}
