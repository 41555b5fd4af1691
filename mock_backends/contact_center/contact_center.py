"""The contact-centre server: what it owns, what a principal sees, an agent's own state."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query

from mock_backends.acd.counters import ClosedInterval
from mock_backends.archive.archive import Archive
from mock_backends.archive.interaction_log import InteractionLog
from mock_backends.archive.rows import Scope
from mock_backends.company.past_company import past_company
from mock_backends.contact_center.centre import Centre
from mock_backends.contact_center.contact_routes import InteractionId, add_contacts
from mock_backends.contact_center.floor_routes import add_floor
from mock_backends.contact_center.history_routes import add_history
from mock_backends.contact_center.quality_routes import add_quality
from mock_backends.contact_center.recording_routes import add_recordings
from mock_backends.contacts.excerpt import with_newest
from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, invalid, not_found
from mock_backends.http.service import Caller, Service
from mock_backends.http.site import Site
from mock_backends.quality.evaluations import Finished
from mock_backends.quality.quality import Quality
from mock_backends.wire.contact_center import (
    AgentAnswer,
    Agents,
    ContactCenterSnapshot,
    InteractionAnswer,
    Interactions,
    Queues,
    SetAvailability,
)
from mock_backends.world.centre import ZONE

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
        add_contacts(self.app, lambda: self.centre, site.clock.now)
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
        add_recordings(self.app, lambda: self.centre, self.archive, site.clock.now)

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
        chronicle = InteractionLog(self.archive, self.site.clock)
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
                interactions=[with_newest(one, whole=True) for one in self.centre.own(caller)],
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
        async def interactions(caller: Caller, limit: Annotated[int, Query(ge=1, le=1_000)] = 200) -> Interactions:
            return Interactions(interactions=[with_newest(one) for one in self.centre.worked_by(caller, limit)])

        @app.get("/v1/interactions/{interaction_id}", operation_id="interaction", summary="One interaction")
        async def interaction(caller: Caller, interaction_id: InteractionId) -> InteractionAnswer:
            return InteractionAnswer(interaction=self.centre.board.find(caller, interaction_id))

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
            at_work = any(
                one.agent_id == caller.id and one.phase in OPEN and not one.parked
                for one in self.centre.board.interactions.values()
            )
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
