"""The routes of the REST APIs: TaskRouter v1, and of the older API conferences, calls and messages."""

import json
from datetime import UTC, datetime
from typing import Annotated, Protocol
from urllib.parse import parse_qsl

from fastapi import Depends, FastAPI, Query, Request, Response

from mock_backends.channels import CHANNELS
from mock_backends.http.principals import Principal
from mock_backends.twilio.conferences import Conferences
from mock_backends.twilio.messages import Messages
from mock_backends.twilio.operations import Operations
from mock_backends.twilio.refusal import gone, wrong
from mock_backends.twilio.statistics import Statistics
from mock_backends.twilio.workspace import Fields, Workspace, rest, voice

WORKSPACE = "/v1/Workspaces/{workspace}"
ACCOUNT = "/2010-04-01/Accounts/{account}"


class RestApi(Protocol):
    """What the routes need of the server."""

    app: FastAPI
    workspace: Workspace
    operations: Operations
    statistics: Statistics
    conferences: Conferences
    messages: Messages


async def form(request: Request) -> dict[str, str]:
    """The fields of a call, from its body."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


async def calling(request: Request) -> Principal:
    """Who calls; the door has put them there."""
    principal: Principal = request.state.principal
    return principal


Form = Annotated[dict[str, str], Depends(form)]
Caller = Annotated[Principal, Depends(calling)]
Text = Annotated[str, Query()]


def answered(record: Fields, version: object = None, status: int = 200) -> Response:
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(json.dumps(record), status, headers=headers, media_type="application/json")


def listed(key: str, request: Request, records: list[Fields]) -> Response:
    url = f"https://taskrouter.twilio.com{request.url.path}"
    meta = {
        "key": key,
        "page": 0,
        "page_size": 50,
        "first_page_url": url,
        "url": url,
        "next_page_url": None,
        "previous_page_url": None,
    }
    return answered({key: records, "meta": meta})


def _paged(key: str, request: Request, records: list[Fields]) -> Response:
    here = f"https://api.twilio.com{request.url.path}"  # whole, as the vendor's document wants it
    page = {
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(0, len(records) - 1),
        "uri": here,
        "first_page_uri": here,
        "next_page_uri": None,
        "previous_page_uri": None,
    }
    return answered({key: records} | page)


def add_task_router(face: RestApi) -> None:
    """Workers, activities, tasks, reservations, queues."""
    app = face.app

    def mine(workspace: str) -> None:
        if workspace != face.workspace.sid:
            raise gone()

    @app.get(WORKSPACE + "/Activities")
    async def activities(workspace: str, request: Request) -> Response:
        mine(workspace)
        work = face.workspace
        return listed("activities", request, [rest(work.activity(sid)) for sid in work.activities])

    @app.get(WORKSPACE + "/Activities/{sid}")
    async def activity(workspace: str, sid: str) -> Response:
        mine(workspace)
        if sid not in face.workspace.activities:
            raise gone()
        return answered(rest(face.workspace.activity(sid)))

    @app.get(WORKSPACE + "/Workers")
    async def workers(workspace: str, request: Request) -> Response:
        mine(workspace)
        agents = face.workspace.centre.board.agents.values()
        size = min(1000, max(1, int(request.query_params.get("PageSize", "50"))))
        return listed("workers", request, [rest(face.workspace.worker(agent)) for agent in agents][:size])

    @app.get(WORKSPACE + "/Workers/{sid}")
    async def worker(workspace: str, sid: str) -> Response:
        mine(workspace)
        record = face.workspace.worker(face.workspace.agent(sid))
        return answered(rest(record), record["version"])

    @app.post(WORKSPACE + "/Workers/{sid}")
    async def update_worker(workspace: str, sid: str, given: Form, caller: Caller, request: Request) -> Response:
        mine(workspace)
        record = face.operations.update_worker(caller, sid, given, request.headers.get("if-match"))
        return answered(rest(record), record["version"])

    @app.get(WORKSPACE + "/Workers/{sid}/Channels")
    async def channels(workspace: str, sid: str, request: Request) -> Response:
        mine(workspace)
        agent = face.workspace.agent(sid)
        return listed("channels", request, [rest(face.workspace.channel(agent, name)) for name in CHANNELS])

    @app.get(WORKSPACE + "/Workers/{sid}/Reservations")
    async def reservations(
        workspace: str,
        sid: str,
        request: Request,
        ReservationStatus: Text = "",
    ) -> Response:
        mine(workspace)
        of = face.workspace.reservations.of(face.workspace.agent(sid).id)
        shown = [rest(face.workspace.shown(one)) for one in of if ReservationStatus in ("", one.status)]
        return listed("reservations", request, shown)

    @app.get(WORKSPACE + "/Workers/{worker}/Reservations/{sid}")
    @app.get(WORKSPACE + "/Tasks/{worker}/Reservations/{sid}")
    async def reservation(workspace: str, worker: str, sid: str) -> Response:
        mine(workspace)
        one = face.workspace.reservation(sid)
        return answered(rest(face.workspace.shown(one)), one.version)

    @app.post(WORKSPACE + "/Workers/{worker}/Reservations/{sid}")
    @app.post(WORKSPACE + "/Tasks/{worker}/Reservations/{sid}")
    async def update_reservation(
        workspace: str, worker: str, sid: str, given: Form, caller: Caller, request: Request
    ) -> Response:
        mine(workspace)
        one = face.operations.update_reservation(caller, sid, given, request.headers.get("if-match"))
        return answered(rest(face.workspace.shown(one)), one.version)

    @app.get(WORKSPACE + "/Tasks/{sid}/Reservations")
    async def task_reservations(workspace: str, sid: str, request: Request) -> Response:
        mine(workspace)
        task = face.workspace.interaction(sid)
        every = face.workspace.reservations.all.values()
        shown = [rest(face.workspace.shown(one)) for one in every if one.interaction is task]
        return listed("reservations", request, shown)

    @app.get(WORKSPACE + "/Tasks")
    async def tasks(workspace: str, request: Request) -> Response:
        mine(workspace)
        asked, work = request.query_params, face.workspace
        wanted = {one for text in asked.getlist("AssignmentStatus") for one in text.split(",")}
        queue = work.sids.name(asked.get("TaskQueueSid", "")) if "TaskQueueSid" in asked else ""
        shown = [rest(work.task(one)) for one in work.centre.board.interactions.values() if queue in ("", one.queue)]
        found = [one for one in shown if not wanted or one["assignment_status"] in wanted]
        if "Priority:desc" in asked.get("Ordering", ""):
            found.sort(key=lambda one: (-one["priority"], one["date_created"]))
        size = min(1000, max(1, int(asked.get("PageSize", "50"))))
        return listed("tasks", request, found[:size])

    @app.get(WORKSPACE + "/Tasks/{sid}")
    async def task(workspace: str, sid: str) -> Response:
        mine(workspace)
        record = face.workspace.task(face.workspace.interaction(sid))
        return answered(rest(record), record["version"])

    @app.post(WORKSPACE + "/Tasks/{sid}")
    async def update_task(workspace: str, sid: str, given: Form, caller: Caller, request: Request) -> Response:
        mine(workspace)
        record = face.operations.update_task(caller, sid, given, request.headers.get("if-match"))
        return answered(rest(record), record["version"])


def add_voice_and_messages(face: RestApi) -> None:
    """Conferences with their participants, calls, messages."""
    app = face.app
    conference_path = ACCOUNT + "/Conferences/{sid}"

    def mine(account: str) -> None:
        if account != face.workspace.account:
            raise gone()

    @app.get(ACCOUNT + "/Conferences.json")
    async def conferences(account: str, request: Request, caller: Caller) -> Response:
        mine(account)
        task, status = request.query_params.get("FriendlyName", ""), request.query_params.get("Status", "")
        board = face.workspace.centre.board.interactions
        found = [board[name]] if (name := face.workspace.sids.name(task)) in board else list(board.values())
        of_mine = [one for one in found if one.agent_id == caller.id and one.channel == "voice" and one.answered_at]
        shown = [voice(face.conferences.conference(one)) for one in of_mine]
        return _paged("conferences", request, [one for one in shown if status in ("", one["status"])])

    @app.get(conference_path + ".json")
    async def conference(account: str, sid: str, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.conferences.conference(face.conferences.interaction(caller, sid))))

    @app.post(conference_path + ".json")
    async def update_conference(account: str, sid: str, given: Form, caller: Caller) -> Response:
        mine(account)
        if given.get("Status") != "completed":
            raise wrong("Status is invalid")
        return answered(voice(face.conferences.end(face.conferences.interaction(caller, sid))))

    @app.get(conference_path + "/Participants.json")
    async def participants(account: str, sid: str, request: Request, caller: Caller) -> Response:
        mine(account)
        found = face.conferences.participants(face.conferences.interaction(caller, sid))
        return _paged("participants", request, [voice(one) for one in found])

    @app.post(conference_path + "/Participants.json")
    async def invite(account: str, sid: str, given: Form, caller: Caller) -> Response:
        mine(account)
        made = face.conferences.invite(face.conferences.interaction(caller, sid), given)
        return answered(voice(made), status=201)

    @app.get(conference_path + "/Participants/{call}.json")
    async def participant(account: str, sid: str, call: str, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.conferences.participant(face.conferences.interaction(caller, sid), call)))

    @app.post(conference_path + "/Participants/{call}.json")
    async def update_participant(account: str, sid: str, call: str, given: Form, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.conferences.update(face.conferences.interaction(caller, sid), call, given)))

    @app.delete(conference_path + "/Participants/{call}.json")
    async def remove_participant(account: str, sid: str, call: str, caller: Caller) -> Response:
        mine(account)
        face.conferences.remove(face.conferences.interaction(caller, sid), call)
        return Response(status_code=204)

    @app.get(ACCOUNT + "/Calls/{sid}.json")
    async def call(account: str, sid: str, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.conferences.call(caller, sid)))

    @app.post(ACCOUNT + "/Messages.json")
    async def send(account: str, given: Form, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.messages.send(given)), status=201)

    @app.get(ACCOUNT + "/Messages.json")
    async def messages(account: str, request: Request, caller: Caller) -> Response:
        mine(account)
        asked = request.query_params
        found = face.messages.among(asked.get("To", ""), asked.get("From", ""), _since(asked.get("DateSent>", "")))
        size = min(1000, max(1, int(asked.get("PageSize", "50"))))
        return _paged("messages", request, [voice(one) for one in found][:size])

    @app.get(ACCOUNT + "/Messages/{sid}.json")
    async def message(account: str, sid: str, caller: Caller) -> Response:
        mine(account)
        return answered(voice(face.messages.find(sid)))


def _since(text: str) -> float:
    """:raises Refusal: 400 for what is no date."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() if text else 0.0
    except ValueError:
        raise wrong("DateSent is invalid") from None
