"""The server that speaks Twilio's dialect in front of the mock contact centre. It has no world of its own."""

import json
from secrets import token_hex
from typing import Any

from fastapi import Request, WebSocket
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mock_backends.contact_center.contact_center import ContactCenterService
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem
from mock_backends.http.service import Service
from mock_backends.http.site import Site
from mock_backends.twilio.bridge import Bridge
from mock_backends.twilio.channels import TRY_AGAIN_LATER, Channels
from mock_backends.twilio.conferences import Conferences
from mock_backends.twilio.conversation_api import add_conversations
from mock_backends.twilio.conversations import Conversations
from mock_backends.twilio.gate import BRIDGE, TwilioGate
from mock_backends.twilio.messages import OUR_NUMBER, Messages
from mock_backends.twilio.operations import Operations
from mock_backends.twilio.queue_api import add_queues
from mock_backends.twilio.refusal import Refusal, answer, handler
from mock_backends.twilio.reservations import Reservation
from mock_backends.twilio.rest_api import add_task_router, add_voice_and_messages
from mock_backends.twilio.sids import Sids
from mock_backends.twilio.statistics import Statistics
from mock_backends.twilio.webhooks import Webhooks
from mock_backends.twilio.worker_token import claims_of
from mock_backends.twilio.workspace import Workspace, bridge
from mock_backends.wire.contact_center import Interaction

FACE = "twilio"
LARGEST_TOKEN_LIFE = 86_400.0


class TwilioServer(Service):
    """REST v1 of TaskRouter, the worker channel, conferences, messages and conversations, as far as a desktop needs."""

    name = FACE
    title = "Mock contact centre in Twilio's dialect"

    def __init__(self, site: Site, engine: ContactCenterService, secrets: dict[str, str]) -> None:
        """`engine` is the server whose calls these are; `secrets`: principal to token, used as API secrets."""
        super().__init__(site)
        self._engine = engine
        self._secrets = secrets
        self._auth_token = token_hex(16)
        self.sids = Sids()
        self.keys = {self.sids.of("SK", who): who for who in secrets}
        self.channels = Channels()
        self.gate = TwilioGate(
            self.app,
            self.name,
            settings=site.settings,
            clock=site.clock,
            tokens=site.tokens,
            storage=site.storage,
            seed=site.seed,
        )
        self.gate.knows = self._knows
        self.app.add_exception_handler(Problem, handler)
        self.app.add_exception_handler(HTTPException, _http)
        self.join()
        add_task_router(self)
        add_queues(self)
        add_voice_and_messages(self)
        add_conversations(self)
        self._add_channel()

    def join(self) -> None:
        """Stand in front of the engine's centre, which is another one after a reset."""
        self.workspace = Workspace(self.site, self._engine.centre, self.sids)
        self.statistics = Statistics(self.site, self.workspace)
        self.operations = Operations(self.workspace, self._engine)
        self.conferences = Conferences(self.site, self._engine.centre, self.workspace)
        self.messages = Messages(self.site, self.sids)
        self.webhooks = Webhooks(self._auth_token)
        self.conversations = Conversations(self.site, self._engine.centre, self.workspace, self.webhooks)
        self.bridge = Bridge(self.workspace, self.operations)
        self.workspace.reservations.told = self._told
        self.workspace.reservations.agent_changed = self._agent_changed
        self.workspace.task_changed = self._task_changed

    def reset(self) -> None:
        """The engine is reset before this is called."""
        super().reset()
        self.join()
        self.channels.cut()

    def close(self) -> None:
        """End the streams and the worker channels."""
        super().close()
        self.webhooks.close()
        self.channels.cut()

    def cut(self, principal: str | None = None) -> None:
        """End the streams and the worker channels of one principal, or all."""
        super().cut(principal)
        self.channels.cut(principal)

    def account(self) -> dict[str, Any]:
        """What somebody needs to sign in: SIDs, and for each principal a worker and an API key."""
        return {
            "account_sid": self.workspace.account,
            "workspace_sid": self.workspace.sid,
            "from_number": OUR_NUMBER,
            "auth_token": self.webhooks.auth_token,
            "workers": {
                who: {"worker_sid": self.workspace.worker_sid(who), "key_sid": key} for key, who in self.keys.items()
            },
        }

    def _knows(self, key: str, secret: str) -> Principal | None:
        principal = self.site.tokens.find(f"Bearer {secret}")
        return principal if principal is not None and self.keys.get(key) == principal.id else None

    def _told(self, event: str, one: Reservation) -> None:
        self.channels.tell(one.agent_id, event, self.workspace.pushed(one))
        if one.status in ("completed", "canceled", "wrapping"):
            last = "task.wrapup" if one.status == "wrapping" else f"task.{one.status}"
            self.channels.tell(one.agent_id, last, bridge(self.workspace.task(one.interaction)))

    def _task_changed(self, interaction: Interaction) -> None:
        if interaction.agent_id is not None:
            self.channels.tell(interaction.agent_id, "task.updated", bridge(self.workspace.task(interaction)))

    def _agent_changed(self, agent_id: str) -> None:
        agent = self._engine.centre.board.agents[agent_id]
        self.channels.tell(agent_id, "worker.activity.update", bridge(self.workspace.worker(agent)))

    def signed_in(self, token: object) -> tuple[Principal, float]:
        """Whose worker token this is, and when it ends, in server seconds.

        :raises Refusal: 401.
        """
        secrets = {key: self._secrets[who] for key, who in self.keys.items()}
        claims = claims_of(token, secrets, self.site.clock.now()) if isinstance(token, str) else None
        if claims is not None:
            principal = self._knows(claims["iss"], secrets[claims["iss"]])
            granted = claims.get("grants", {}).get("task_router", {})
            worker = self.workspace.worker_sid(principal.id) if principal else ""
            if principal and granted.get("worker_sid") == worker and granted.get("workspace_sid") == self.workspace.sid:
                return principal, float(claims["exp"])
        raise Refusal(401, 20101, "Invalid Access Token")

    def _add_channel(self) -> None:
        app = self.app

        @app.websocket(BRIDGE)
        async def channel(socket: WebSocket) -> None:
            refused = self.gate.faults.any and self.gate.faults.for_call("GET", BRIDGE, "")
            try:
                principal, ends = self.signed_in(socket.query_params.get("token"))
            except Refusal as refusal:
                await socket.send_denial_response(answer(refusal))
                return
            if refused:
                await socket.close(TRY_AGAIN_LATER)
                return
            left = min(max(0.0, ends - self.site.clock.now()) / self.site.clock.speed, LARGEST_TOKEN_LIFE)
            if socket.query_params.get("closeExistingSessions") == "true":
                self.channels.cut(principal.id)
            init = {
                "channel_id": self.workspace.worker_sid(principal.id),
                "account_sid": self.workspace.account,
                "workspace_sid": self.workspace.sid,
                "token_lifetime": int(left * 1000),
            }
            await self.channels.serve(socket, principal.id, init, left)

        @app.post(BRIDGE)
        async def ask(request: Request) -> dict[str, Any]:
            try:
                body = json.loads(await request.body())
                method, path, given = body["method"], body["url"], body.get("params") or {}
            except (ValueError, KeyError, TypeError):
                raise Refusal(400, 20001, "The body is not a call") from None
            caller, _ = self.signed_in(body.get("token"))
            if not isinstance(path, str) or not isinstance(given, dict):
                raise Refusal(400, 20001, "The body is not a call")
            return {"payload": self.bridge.ask(caller, method, path, given, request.headers.get("if-match"))}


async def _http(_: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    return answer(Problem(status, "", str(getattr(error, "detail", ""))))
