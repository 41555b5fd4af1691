"""The contact-centre server: its routes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Path

from mock_backends.archive import Archive
from mock_backends.archive_rows import Scope
from mock_backends.centre import Centre
from mock_backends.chronicle import Chronicle
from mock_backends.customers_on_line import Arrival
from mock_backends.floor_routes import add_floor
from mock_backends.history_routes import add_history
from mock_backends.judging import Finished
from mock_backends.models_contact_center import (
    AgentAnswer,
    Agents,
    Callback,
    CallbackAnswer,
    ContactCenterSnapshot,
    Decline,
    Dtmf,
    Interaction,
    InteractionAnswer,
    Interactions,
    Queues,
    SendMessage,
    SetAvailability,
    Target,
    WrapUp,
)
from mock_backends.past_company import past_company
from mock_backends.principals import Principal
from mock_backends.problem import conflict, invalid, not_found
from mock_backends.quality import Quality
from mock_backends.quality_routes import add_quality
from mock_backends.routing_counters import ClosedInterval
from mock_backends.service import Caller, Service
from mock_backends.site import Site
from mock_backends.world_centre import ZONE

InteractionId = Annotated[str, Path(max_length=100)]
LegId = Annotated[str, Path(max_length=100)]
MONTH = 30 * 86_400.0
OPEN = frozenset({"offered", "connecting", "active", "wrap_up"})


class ContactCenterService(Service):
    """Queues, offers and calls."""

    name = "contact_center"
    title = "Mock contact centre"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.centre = Centre(site, self.log)
        self.quality = Quality(site, self.centre.board, self.log, self._finished)
        self.on_available: list[Callable[[str], None]] = []
        self.add_events()
        self._add_reading()
        self._add_agent()
        self._add_offers()
        self._add_call_control()
        self._add_parties()
        self._add_endings()
        add_floor(self.app, lambda: self.centre)
        add_quality(self.app, lambda: self.quality)
        self.archive = Archive(
            lambda: past_company(site, self.centre.board),
            seed=site.seed,
            now=site.clock.now,
            days=site.settings.history_days,
            interactions=site.settings.history_interactions,
            path=site.archive_path,
        )
        self._remember()
        add_history(self.app, lambda: self.centre.board, self.archive, self._running)

    def reset(self) -> None:
        """All interactions gone, all agents offline, a new epoch."""
        super().reset()
        self.centre.supervision.forget()
        self.centre = Centre(self.site, self.log)
        self.quality.sight.store.clear()
        self.quality = Quality(self.site, self.centre.board, self.log, self._finished)
        self.archive.forget()
        self._remember()

    def close(self) -> None:
        """End all event streams, and keep what the archive has."""
        super().close()
        self.archive.close()

    def _remember(self) -> None:
        """Let the archive hear of what is over."""
        chronicle = Chronicle(self.archive, self.site.clock)
        self.centre.board.watchers.append(chronicle.seen)
        self.centre.calls.coded = chronicle.coded
        self.centre.distribution.router.on_interval(self.archive.counted)

    def _running(self) -> list[ClosedInterval]:
        return self.centre.distribution.router.running_intervals(self.site.clock.now())

    async def _finished(self, caller: Principal, interaction_id: str) -> Finished | None:
        """A finished interaction that an agent of the caller's team had, for whoever judges it."""
        team = [agent.id for agent in self.centre.board.agents.values() if agent.team == caller.team]
        found = await self.archive.interaction(Scope((), tuple(team)), interaction_id)
        return None if found is None else Finished.model_validate(found["interaction"])

    def _answer(self, interaction: Interaction) -> InteractionAnswer:
        return InteractionAnswer(interaction=interaction)

    def _active(self, caller: Principal, interaction_id: str) -> Interaction:
        return self.centre.calls.owned(caller, interaction_id, "active")

    def _add_reading(self) -> None:
        app = self.app

        @app.get("/v1/snapshot", operation_id="snapshot", summary="Everything this principal may see")
        async def snapshot(caller: Caller) -> ContactCenterSnapshot:
            me = self.centre.board.agents.get(caller.id)
            if me is None:
                raise not_found("This principal is not an agent here.")
            if caller.supervises:
                self.centre.feed.flush()
            return ContactCenterSnapshot(
                as_of=self.log.as_of(caller.id),
                server_time=self.site.clock.now(),
                me=me,
                interactions=self.centre.own(caller),
                agents=self.centre.agents_seen_by(caller),
                queues=[self.centre.figures.refresh(name) for name in self.centre.board.queues_of(caller)],
                codes=self.centre.codes,
                reasons=self.centre.reasons,
                zone=ZONE,
                help=self.centre.supervision.help.seen_by(caller),
                agent_messages=self.centre.supervision.messages.seen_by(caller),
                acknowledgements=self.centre.supervision.acknowledgements.seen_by(caller),
                coaching=self.quality.sight.news(caller.id),
            )

        @app.get("/v1/queues", operation_id="queues", summary="The queues this principal serves")
        async def queues(caller: Caller) -> Queues:
            return Queues(queues=[self.centre.figures.refresh(name) for name in self.centre.board.queues_of(caller)])

        @app.get("/v1/agents", operation_id="agents", summary="The agents this principal may see")
        async def agents(caller: Caller) -> Agents:
            return Agents(agents=self.centre.agents_seen_by(caller))

        @app.get("/v1/interactions", operation_id="interactions", summary="The interactions of this principal")
        async def interactions(caller: Caller) -> Interactions:
            return Interactions(interactions=self.centre.seen_by(caller, closed=True))

        @app.get("/v1/interactions/{interaction_id}", operation_id="interaction", summary="One interaction")
        async def interaction(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.board.find(caller, interaction_id))

    def _add_agent(self) -> None:
        app = self.app

        @app.put("/v1/me/availability", operation_id="set_availability", summary="Ask for an availability")
        async def set_availability(caller: Caller, body: SetAvailability) -> AgentAnswer:
            agent = self.centre.board.agents.get(caller.id)
            if agent is None:
                raise not_found("This principal is not an agent here.")
            if (
                body.availability == "not_ready"
                and body.reason
                and body.reason not in {r.id for r in self.centre.reasons}
            ):
                raise invalid("There is no such reason.")
            at_work = any(i.agent_id == caller.id and i.phase in OPEN for i in self.centre.board.interactions.values())
            if body.availability == "offline" and body.when == "now" and at_work:
                raise conflict("There is open work; ask for after_current.")
            self.centre.colleagues.leave(caller.id)
            reason = body.reason if body.availability == "not_ready" else ""
            router = self.centre.distribution.router
            self.centre.distribution.do(lambda now: router.set_availability(caller.id, body.availability, now, reason))
            if body.availability == "available":
                for told in self.on_available:
                    told(caller.id)
            return AgentAnswer(agent=agent)

        @app.delete("/v1/me/next", operation_id="cancel_next", summary="Cancel the pending next state")
        async def cancel_next(caller: Caller) -> AgentAnswer:
            agent = self.centre.board.agents.get(caller.id)
            if agent is None:
                raise not_found("This principal is not an agent here.")
            router = self.centre.distribution.router
            if agent.next is not None:
                self.centre.distribution.do(
                    lambda now: router.set_availability(caller.id, agent.observed, now, agent.reason)
                )
            return AgentAnswer(agent=agent)

    def _add_offers(self) -> None:
        app = self.app
        base = "/v1/interactions/{interaction_id}"

        @app.post(base + "/accept", operation_id="accept", summary="Take an offer")
        async def accept(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.accept(caller, interaction_id))

        @app.post(base + "/decline", operation_id="decline", summary="Give an offer back")
        async def decline(
            caller: Caller, interaction_id: InteractionId, body: Decline | None = None
        ) -> InteractionAnswer:
            return self._answer(self.centre.calls.decline(caller, interaction_id))

    def _add_call_control(self) -> None:
        app = self.app
        base = "/v1/interactions/{interaction_id}"

        @app.post(base + "/hold", operation_id="hold", summary="Hold the customer")
        async def hold(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.hold(self._active(caller, interaction_id), on=True))

        @app.post(base + "/resume", operation_id="resume", summary="Come back to the customer")
        async def resume(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.hold(self._active(caller, interaction_id), on=False))

        @app.post(base + "/mute", operation_id="mute", summary="Mute the agent")
        async def mute(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.mute(self._active(caller, interaction_id), on=True))

        @app.post(base + "/unmute", operation_id="unmute", summary="Unmute the agent")
        async def unmute(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.mute(self._active(caller, interaction_id), on=False))

        @app.post(base + "/dtmf", operation_id="dtmf", summary="Send tones")
        async def dtmf(caller: Caller, interaction_id: InteractionId, body: Dtmf) -> InteractionAnswer:
            return self._answer(self.centre.calls.dtmf(self._active(caller, interaction_id)))

        @app.post(base + "/end", operation_id="end", summary="End the contact")
        async def end(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(
                self.centre.calls.end(self.centre.calls.owned(caller, interaction_id, "connecting", "active"))
            )

        @app.post(base + "/messages", operation_id="send_message", summary="Write to the customer")
        async def send_message(caller: Caller, interaction_id: InteractionId, body: SendMessage) -> InteractionAnswer:
            interaction = self.centre.calls.write(self._active(caller, interaction_id), body.text)
            self.centre.customers.answer(interaction)
            return self._answer(interaction)

    def _add_parties(self) -> None:
        app = self.app
        base = "/v1/interactions/{interaction_id}"

        def act(
            verb: Callable[[Interaction, str], None], caller: Principal, interaction_id: str, what: str
        ) -> Interaction:
            interaction = self.centre.calls.owned(caller, interaction_id, "active")
            verb(interaction, what)
            return interaction

        @app.post(base + "/consult", operation_id="consult", summary="Hold the customer and ring somebody")
        async def consult(caller: Caller, interaction_id: InteractionId, body: Target) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.consult, caller, interaction_id, body.target))

        @app.post(base + "/transfer", operation_id="transfer", summary="Blind transfer")
        async def transfer(caller: Caller, interaction_id: InteractionId, body: Target) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.transfer, caller, interaction_id, body.target))

        @app.post(base + "/legs/{leg_id}/cancel", operation_id="cancel_leg", summary="End a leg")
        async def cancel(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.cancel, caller, interaction_id, leg_id))

        @app.post(base + "/legs/{leg_id}/swap", operation_id="swap", summary="Talk to the other one")
        async def swap(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.swap, caller, interaction_id, leg_id))

        @app.post(base + "/legs/{leg_id}/complete", operation_id="complete", summary="Warm transfer")
        async def complete(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.complete, caller, interaction_id, leg_id))

        @app.post(base + "/legs/{leg_id}/conference", operation_id="conference", summary="Everybody talks")
        async def conference(caller: Caller, interaction_id: InteractionId, leg_id: LegId) -> InteractionAnswer:
            return self._answer(act(self.centre.legs.conference, caller, interaction_id, leg_id))

    def _add_endings(self) -> None:
        app = self.app
        base = "/v1/interactions/{interaction_id}"

        @app.post(base + "/wrap-up/extend", operation_id="extend_wrap_up", summary="More time")
        async def extend(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return self._answer(self.centre.calls.extend(self.centre.calls.owned(caller, interaction_id, "wrap_up")))

        @app.post(base + "/wrap-up", operation_id="wrap_up", summary="Finish the wrap-up")
        async def wrap_up(caller: Caller, interaction_id: InteractionId, body: WrapUp) -> InteractionAnswer:
            interaction = self.centre.calls.owned(caller, interaction_id, "wrap_up")
            return self._answer(self.centre.calls.wrap_up(interaction, body.codes, note_given=body.note_given))

        @app.post("/v1/callbacks", operation_id="callback", summary="Plan a callback")
        async def callback(caller: Caller, body: Callback) -> CallbackAnswer:
            interaction = self.centre.calls.owned(caller, body.interaction_id)
            now = self.site.clock.now()
            if not now - 60.0 <= body.at <= now + MONTH:
                raise invalid("A callback can be planned up to 30 days ahead.")
            queue = body.queue or interaction.queue
            if queue not in self.centre.board.queues:
                raise invalid("There is no such queue.")
            planned = self.centre.customers.later(
                Arrival(
                    queue=queue,
                    customer=body.address,
                    customer_name=interaction.customer_name,
                    subject=body.note or interaction.subject,
                    attributes={"callback_of": interaction.id},
                    direction="outbound",
                ),
                max(body.at, now),
            )
            return CallbackAnswer(callback_id=planned.id)
