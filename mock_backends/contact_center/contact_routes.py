"""The routes of one contact: offers, call control, further parties, wrap-up and callbacks."""

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Path
from starlette.responses import Response

from mock_backends.contact_center.centre import Centre
from mock_backends.contacts.customers_on_line import Arrival
from mock_backends.contacts.excerpt import with_newest
from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, forbidden, invalid
from mock_backends.http.service import Caller
from mock_backends.wire.contact_center import (
    Callback,
    CallbackAnswer,
    Decline,
    Dial,
    Dtmf,
    Handover,
    Interaction,
    InteractionAnswer,
    Seen,
    SendMessage,
    Target,
    Typing,
    WrapUp,
)

InteractionId = Annotated[str, Path(max_length=100)]
MessageId = Annotated[str, Path(max_length=100)]
AttachmentId = Annotated[str, Path(max_length=100)]
LegId = Annotated[str, Path(max_length=100)]
BASE = "/v1/interactions/{interaction_id}"
MONTH = 30 * 86_400.0
DIALLED = re.compile(r"\+[1-9][0-9]{6,14}")
"""What can be called: E.164."""


def add_contacts(app: FastAPI, centre: Callable[[], Centre], now: Callable[[], float]) -> None:
    """Add them all.

    Args:
        centre: asked anew on each call, because a reset makes another.
        now: the mock's clock, seconds since the Unix epoch.
    """
    _add_offers(app, centre)
    _add_call_control(app, centre)
    _add_thread(app, centre)
    _add_parties(app, centre)
    _add_endings(app, centre, now)


def _add_offers(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.post(BASE + "/accept", operation_id="accept", summary="Take an offer")
    async def accept(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.accept(caller, interaction_id))

    @app.post(BASE + "/decline", operation_id="decline", summary="Give an offer back")
    async def decline(caller: Caller, interaction_id: InteractionId, body: Decline | None = None) -> InteractionAnswer:
        return _answer(centre().calls.decline(caller, interaction_id))

    @app.post(BASE + "/pull", operation_id="pull", summary="Take a written contact that waits in a queue")
    async def pull(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.pull(caller, interaction_id))

    @app.post(BASE + "/park", operation_id="park", summary="Put a written contact aside")
    async def park(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        interaction = centre().calls.park(centre().calls.owned(caller, interaction_id, "active"), on=True)
        if interaction.messages:  # what is written from now on is new
            centre().threads.read(interaction, interaction.messages[-1].id)
        return _answer(interaction)

    @app.post(BASE + "/unpark", operation_id="unpark", summary="Take up what was put aside")
    async def unpark(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.park(centre().calls.owned(caller, interaction_id, "active"), on=False))


def _add_call_control(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.post(BASE + "/hold", operation_id="hold", summary="Hold the customer")
    async def hold(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.hold(_active(centre, caller, interaction_id), on=True))

    @app.post(BASE + "/resume", operation_id="resume", summary="Come back to the customer")
    async def resume(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.hold(_active(centre, caller, interaction_id), on=False))

    @app.post(BASE + "/mute", operation_id="mute", summary="Mute the agent")
    async def mute(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.mute(_active(centre, caller, interaction_id), on=True))

    @app.post(BASE + "/unmute", operation_id="unmute", summary="Unmute the agent")
    async def unmute(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.mute(_active(centre, caller, interaction_id), on=False))

    @app.post(BASE + "/recording/pause", operation_id="pause_recording", summary="Pause the recording")
    async def pause_recording(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.record(_active(centre, caller, interaction_id), on=False))

    @app.post(BASE + "/recording/resume", operation_id="resume_recording", summary="Go on recording")
    async def resume_recording(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.record(_active(centre, caller, interaction_id), on=True))

    @app.post(BASE + "/dtmf", operation_id="dtmf", summary="Send tones")
    async def dtmf(caller: Caller, interaction_id: InteractionId, body: Dtmf) -> InteractionAnswer:
        return _answer(centre().calls.dtmf(_active(centre, caller, interaction_id)))

    @app.post(BASE + "/end", operation_id="end", summary="End the contact")
    async def end(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.end(centre().calls.owned(caller, interaction_id, "connecting", "active")))


def _add_thread(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.post(BASE + "/messages", operation_id="send_message", summary="Write to the customer")
    async def send_message(caller: Caller, interaction_id: InteractionId, body: SendMessage) -> InteractionAnswer:
        interaction = centre().threads.write(_active(centre, caller, interaction_id), body)
        centre().customers.answer(interaction)
        return _answer(interaction)

    @app.get(
        BASE + "/messages/{message_id}/attachments/{attachment_id}",
        operation_id="attachment",
        summary="The content of a file",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def attachment(
        caller: Caller, interaction_id: InteractionId, message_id: MessageId, attachment_id: AttachmentId
    ) -> Response:
        interaction = centre().board.find(caller, interaction_id)
        content = centre().threads.file(interaction, message_id, attachment_id)
        return Response(content, media_type="application/octet-stream")  # never what the sender says it is

    @app.post(BASE + "/read", operation_id="mark_read", summary="The agent has seen what the customer wrote")
    async def mark_read(caller: Caller, interaction_id: InteractionId, body: Seen) -> InteractionAnswer:
        interaction = centre().calls.owned(caller, interaction_id, "offered", "connecting", "active", "wrap_up")
        return _answer(centre().threads.read(interaction, body.message_id))

    @app.post(BASE + "/typing", operation_id="typing", summary="The agent is writing")
    async def typing(caller: Caller, interaction_id: InteractionId, body: Typing) -> InteractionAnswer:
        return _answer(centre().threads.types(_active(centre, caller, interaction_id), on=body.on))


def _add_parties(app: FastAPI, centre: Callable[[], Centre]) -> None:
    def act(verb: Callable[[Interaction, str], None], caller: Principal, interaction_id: str, what: str) -> Interaction:
        interaction = _active(centre, caller, interaction_id)
        verb(interaction, what)
        return interaction

    @app.post(BASE + "/consult", operation_id="consult", summary="Hold the customer and ring somebody")
    async def consult(caller: Caller, interaction_id: InteractionId, body: Target) -> InteractionAnswer:
        return _answer(act(centre().legs.consult, caller, interaction_id, body.target))

    @app.post(BASE + "/transfer", operation_id="transfer", summary="Blind transfer")
    async def transfer(caller: Caller, interaction_id: InteractionId, body: Target) -> InteractionAnswer:
        return _answer(act(centre().legs.transfer, caller, interaction_id, body.target))

    @app.post(BASE + "/legs/{leg_id}/cancel", operation_id="cancel_leg", summary="End a leg")
    async def cancel(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
        return _answer(act(centre().legs.cancel, caller, interaction_id, leg_id))

    @app.post(BASE + "/legs/{leg_id}/swap", operation_id="swap", summary="Talk to the other one")
    async def swap(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
        return _answer(act(centre().legs.swap, caller, interaction_id, leg_id))

    @app.post(BASE + "/legs/{leg_id}/complete", operation_id="complete", summary="Warm transfer")
    async def complete(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
        return _answer(act(centre().legs.complete, caller, interaction_id, leg_id))

    @app.post(BASE + "/legs/{leg_id}/conference", operation_id="conference", summary="Everybody talks")
    async def conference(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
        return _answer(act(centre().legs.conference, caller, interaction_id, leg_id))


def _add_endings(app: FastAPI, centre: Callable[[], Centre], now: Callable[[], float]) -> None:
    @app.post(BASE + "/wrap-up/extend", operation_id="extend_wrap_up", summary="More time")
    async def extend(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
        return _answer(centre().calls.extend(centre().calls.owned(caller, interaction_id, "wrap_up")))

    @app.post(BASE + "/wrap-up", operation_id="wrap_up", summary="Finish the wrap-up")
    async def wrap_up(caller: Caller, interaction_id: InteractionId, body: WrapUp) -> InteractionAnswer:
        interaction = centre().calls.owned(caller, interaction_id, "wrap_up")
        return _answer(centre().calls.wrap_up(interaction, body.codes, note_given=body.note_given))

    @app.post(BASE + "/handover", operation_id="hand_over", summary="What its agent knew, for whoever goes on with it")
    async def hand_over(caller: Caller, interaction_id: InteractionId, body: Handover) -> InteractionAnswer:
        return _answer(centre().customers.hand_over(centre().calls.owned(caller, interaction_id), body))

    @app.post("/v1/calls", operation_id="dial", summary="Call a customer")
    async def dial(caller: Caller, body: Dial) -> InteractionAnswer:
        agent = centre().board.agents.get(caller.id)
        if agent is None:
            raise forbidden("Only somebody with a phone can call.")
        queue = body.queue or next(iter(agent.queues), "")
        if queue not in agent.queues:
            raise invalid("You do not work for this queue.")
        if body.address.kind != "phone" or not DIALLED.fullmatch(body.address.value):
            raise invalid("This is no telephone number.")
        arrival = Arrival(queue=queue, customer=body.address, direction="outbound")
        return _answer(centre().customers.call(arrival, caller.id))

    @app.post("/v1/callbacks", operation_id="callback", summary="Plan a callback")
    async def callback(caller: Caller, body: Callback) -> CallbackAnswer:
        interaction = centre().calls.owned(caller, body.interaction_id)
        at = now()
        if not at - 60.0 <= body.at <= at + MONTH:
            raise invalid("A callback can be planned up to 30 days ahead.")
        queue = body.queue or interaction.queue
        if queue not in centre().board.queues:
            raise invalid("There is no such queue.")
        planned = centre().customers.later(
            Arrival(
                queue=queue,
                customer=body.address,
                customer_name=interaction.customer_name,
                subject=body.note or interaction.subject,
                calls_back=interaction,
                direction="outbound",
            ),
            max(body.at, at),
        )
        return CallbackAnswer(callback_id=planned.id)


def _answer(interaction: Interaction) -> InteractionAnswer:
    return InteractionAnswer(interaction=with_newest(interaction))


def _active(centre: Callable[[], Centre], caller: Principal, interaction_id: str) -> Interaction:
    interaction = centre().calls.owned(caller, interaction_id, "active")
    if interaction.parked:
        raise conflict("The contact is parked. Take it up first.")
    return interaction
