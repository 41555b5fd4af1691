"""The routes of the Conversations API v1, and of where its files are."""

from typing import Protocol
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response

from mock_backends.twilio.conversations import Conversations
from mock_backends.twilio.gate import FILES
from mock_backends.twilio.rest_api import Caller, Form, Text, answered, listed
from mock_backends.twilio.workspace import rest

CONVERSATION = "/v1/Conversations/{sid}"
MEDIA = "/v1/Services/{service}/Media"


class ConversationApi(Protocol):
    """What the routes need of the server."""

    app: FastAPI
    conversations: Conversations


def _size(request: Request, most: int) -> int:
    text = request.query_params.get("PageSize", "50")
    return min(most, max(1, int(text))) if text.isdigit() else 50


def add_conversations(face: ConversationApi) -> None:
    """Conversations, who is in them, what was written, and who is called of it."""
    app = face.app

    @app.get("/v1/Configuration")
    async def configuration(caller: Caller) -> Response:
        return answered(face.conversations.configuration())

    @app.get(CONVERSATION)
    async def conversation(sid: str, caller: Caller) -> Response:
        return answered(rest(face.conversations.conversation(face.conversations.interaction(caller, sid))))

    @app.post(CONVERSATION)
    async def update(sid: str, given: Form, caller: Caller) -> Response:
        return answered(rest(face.conversations.update(caller, sid, given)))

    @app.get(CONVERSATION + "/Messages")
    async def messages(sid: str, request: Request, caller: Caller, Order: Text = "asc") -> Response:
        found = face.conversations.messages(
            face.conversations.interaction(caller, sid), newest_first=Order == "desc", most=_size(request, 100)
        )
        return listed("messages", request, [rest(one) for one in found])

    @app.post(CONVERSATION + "/Messages")
    async def write(sid: str, given: Form, caller: Caller) -> Response:
        return answered(rest(face.conversations.write(caller, sid, given)), status=201)

    @app.get(CONVERSATION + "/Participants")
    async def participants(sid: str, request: Request, caller: Caller) -> Response:
        found = face.conversations.participants(face.conversations.interaction(caller, sid))
        return listed("participants", request, [rest(one) for one in found])

    @app.post(CONVERSATION + "/Participants")
    async def join(sid: str, given: Form, caller: Caller) -> Response:
        return answered(rest(face.conversations.join(caller, sid, given)), status=201)

    @app.post(CONVERSATION + "/Participants/{participant}")
    async def update_participant(sid: str, participant: str, given: Form, caller: Caller) -> Response:
        return answered(rest(face.conversations.update_participant(caller, sid, participant, given)))

    @app.get(CONVERSATION + "/Webhooks")
    async def webhooks(sid: str, request: Request, caller: Caller) -> Response:
        found = face.conversations.webhooks(face.conversations.interaction(caller, sid))
        return listed("webhooks", request, [rest(one) for one in found])

    @app.post(CONVERSATION + "/Webhooks")
    async def add_webhook(sid: str, request: Request, caller: Caller) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        return answered(rest(face.conversations.add_webhook(caller, sid, given)), status=201)

    @app.post(MEDIA)
    async def upload(service: str, request: Request, caller: Caller, Filename: Text = "") -> Response:
        kind = request.headers.get("content-type", "application/octet-stream")
        return answered(face.conversations.upload(service, Filename, kind, await request.body()), status=201)

    @app.get(MEDIA + "/{sid}")
    async def file(service: str, sid: str, request: Request, caller: Caller) -> Response:
        server = f"{request.url.scheme}://{request.url.netloc}"
        return answered(face.conversations.file(service, sid, server))

    @app.get(FILES + "{sid}")
    async def content(sid: str, Signature: Text = "") -> Response:
        body = face.conversations.content(sid, Signature)
        return Response(body, media_type="application/octet-stream")  # never what the sender says it is
