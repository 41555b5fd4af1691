"""The routes of supervising, and of what agents have to do with it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import FastAPI, Path, Query

from mock_backends.contact_center.centre import Centre
from mock_backends.http.problem import not_found
from mock_backends.http.service import Caller
from mock_backends.wire.contact_center import AgentAnswer, InteractionAnswer
from mock_backends.wire.floor import (
    Acknowledge,
    AcknowledgementAnswer,
    AgentDayAnswer,
    AnswerHelp,
    AskHelp,
    Audit,
    BeginMonitor,
    Broadcast,
    BroadcastAnswer,
    Ended,
    HelpAnswer,
    MeAnswer,
    MessageAnswer,
    MonitorAnswer,
    Move,
    Priority,
    Reason,
    Reassign,
    Schedules,
    SendLine,
    SetAgentAvailability,
    WaitingAnswer,
)

Name = Annotated[str, Path(max_length=100)]
Day = Annotated[date, Query(description="a day of the centre's zone")]
Limit = Annotated[int, Query(ge=1, le=500)]


def add_floor(app: FastAPI, centre: Callable[[], Centre]) -> None:
    """Add them all; `centre` is asked anew on each call, because a reset makes another."""
    _add_looking(app, centre)
    _add_orders(app, centre)
    _add_monitors(app, centre)
    _add_words(app, centre)


def _add_looking(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.get("/v1/me", operation_id="me", summary="Who calls, and whether they supervise")
    async def me(caller: Caller) -> MeAnswer:
        agent = centre().board.agents.get(caller.id)
        if agent is None:
            raise not_found("This principal is not an agent here.")
        return MeAnswer(id=agent.id, name=agent.name, role=agent.role, team=agent.team)

    @app.get("/v1/floor/queues/{queue}/waiting", operation_id="waiting", summary="Who waits in a queue")
    async def waiting(caller: Caller, queue: Name, limit: Limit = 50) -> WaitingAnswer:
        return WaitingAnswer(interactions=centre().supervision.orders.waiting(caller, queue, limit))

    @app.get(
        "/v1/floor/interactions/{interaction_id}", operation_id="floor_interaction", summary="A contact of the team"
    )
    async def interaction(caller: Caller, interaction_id: Name) -> InteractionAnswer:
        authorisation = centre().supervision.authorisation
        authorisation.must_supervise(caller)
        return InteractionAnswer(interaction=authorisation.interaction(caller, interaction_id))

    @app.get("/v1/floor/audit", operation_id="audit", summary="What was done and refused, newest first")
    async def audit(caller: Caller, limit: Limit = 100) -> Audit:
        return Audit(entries=centre().supervision.audit(caller, limit))

    @app.get("/v1/floor/schedules", operation_id="schedules", summary="The team's plans for a day")
    async def schedules(caller: Caller, day: Day) -> Schedules:
        return Schedules(schedules=centre().supervision.schedules(caller, day))

    @app.get("/v1/floor/agents/{agent_id}/day", operation_id="agent_day", summary="An agent's states over a day")
    async def agent_day(caller: Caller, agent_id: Name, day: Day) -> AgentDayAnswer:
        return AgentDayAnswer(stretches=centre().supervision.agent_day(caller, agent_id, day))


def _add_orders(app: FastAPI, centre: Callable[[], Centre]) -> None:
    base = "/v1/floor/interactions/{interaction_id}"

    @app.post(base + "/take-over", operation_id="take_over", summary="Go on with the customer oneself")
    async def take_over(caller: Caller, interaction_id: Name, body: Reason) -> InteractionAnswer:
        return InteractionAnswer(interaction=centre().supervision.orders.take_over(caller, interaction_id, body.why))

    @app.post(base + "/reassign", operation_id="reassign", summary="To this agent")
    async def reassign(caller: Caller, interaction_id: Name, body: Reassign) -> InteractionAnswer:
        return InteractionAnswer(interaction=centre().supervision.orders.reassign(caller, interaction_id, body))

    @app.post(base + "/move", operation_id="move", summary="Into another queue")
    async def move(caller: Caller, interaction_id: Name, body: Move) -> InteractionAnswer:
        return InteractionAnswer(interaction=centre().supervision.orders.move(caller, interaction_id, body))

    @app.post(base + "/priority", operation_id="priority", summary="Sooner or later")
    async def priority(caller: Caller, interaction_id: Name, body: Priority) -> InteractionAnswer:
        return InteractionAnswer(interaction=centre().supervision.orders.set_priority(caller, interaction_id, body))

    @app.post(base + "/withdraw", operation_id="withdraw", summary="Out of the queue or off a desk")
    async def withdraw(caller: Caller, interaction_id: Name, body: Reason) -> InteractionAnswer:
        return InteractionAnswer(interaction=centre().supervision.orders.withdraw(caller, interaction_id, body.why))

    @app.put("/v1/floor/agents/{agent_id}/availability", operation_id="agent_state", summary="Another's availability")
    async def availability(caller: Caller, agent_id: Name, body: SetAgentAvailability) -> AgentAnswer:
        agent = centre().supervision.orders.set_availability(caller, agent_id, body)
        return AgentAnswer(agent=centre().feed.refresh(agent.id))


def _add_monitors(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.post("/v1/floor/monitors", operation_id="monitor", summary="Take part in an agent's call")
    async def monitor(caller: Caller, body: BeginMonitor) -> MonitorAnswer:
        begun = centre().supervision.monitors.begin(caller, body.agent_id, body.mode, body.why)
        return MonitorAnswer(monitor=begun)

    @app.delete("/v1/floor/monitors/{monitor_id}", operation_id="end_monitor", summary="Take part no more")
    async def end(caller: Caller, monitor_id: Name) -> Ended:
        centre().supervision.monitors.end(caller, monitor_id)
        return Ended()


def _add_words(app: FastAPI, centre: Callable[[], Centre]) -> None:
    @app.post("/v1/interactions/{interaction_id}/help", operation_id="ask_help", summary="Ask a supervisor for help")
    async def ask_help(caller: Caller, interaction_id: Name, body: AskHelp) -> HelpAnswer:
        interaction = centre().calls.owned(caller, interaction_id)
        return HelpAnswer(help=centre().supervision.help.ask(interaction, body.text))

    @app.post("/v1/help/{help_id}/answer", operation_id="answer_help", summary="Answer or close a request for help")
    async def answer_help(caller: Caller, help_id: Name, body: AnswerHelp) -> HelpAnswer:
        answered = centre().supervision.help.answer(caller, help_id, body.text, close=body.close)
        return HelpAnswer(help=answered)

    @app.post("/v1/agents/{agent_id}/messages", operation_id="message_agent", summary="Write to an agent, or answer")
    async def message_agent(caller: Caller, agent_id: Name, body: SendLine) -> MessageAnswer:
        return MessageAnswer(message=centre().supervision.messages.send(caller, agent_id, body.text))

    @app.post("/v1/floor/broadcasts", operation_id="broadcast", summary="Write to several agents of the team")
    async def broadcast(caller: Caller, body: Broadcast) -> BroadcastAnswer:
        deliveries = centre().supervision.messages.broadcast(caller, body.agent_ids, body.text)
        return BroadcastAnswer(deliveries=deliveries)

    @app.post("/v1/floor/acknowledgements", operation_id="acknowledge", summary="Say that one deals with an alert")
    async def acknowledge(caller: Caller, body: Acknowledge) -> AcknowledgementAnswer:
        made = centre().supervision.acknowledgements.acknowledge(caller, body.alert, body.text)
        return AcknowledgementAnswer(acknowledgement=made)
