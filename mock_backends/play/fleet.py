"""The servers of one process, tied together: one site, one stage, one scenario."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mock_backends.company.company import Company
from mock_backends.contact_center.centre import Centre
from mock_backends.contact_center.contact_center import ContactCenterService
from mock_backends.crm.crm import CrmService
from mock_backends.http.principals import new_token
from mock_backends.http.problem import invalid
from mock_backends.http.server import Serving, allow_many_files
from mock_backends.http.service import Service
from mock_backends.http.settings import Settings
from mock_backends.http.site import Site
from mock_backends.messaging.messaging import MessagingService
from mock_backends.play.control import add_control
from mock_backends.play.scenario import Player, Scenario
from mock_backends.play.scenario_runner import ScenarioRunner
from mock_backends.presence.presence import PresenceService
from mock_backends.twilio.server import FACE, TwilioServer

KINDS: dict[str, type[Service]] = {
    "crm": CrmService,
    "contact_center": ContactCenterService,
    "presence": PresenceService,
    "messaging": MessagingService,
}


class Fleet:
    """Makes the servers that are wanted and runs them.

    :param wanted: names out of `KINDS`, and `twilio`, which stands in front of the contact centre and brings it along.
    :param tokens: principal to token; a principal without one gets a random one. None: every agent of the company.
    :param control: the control plane's token; None: there is none.
    """

    def __init__(
        self,
        wanted: Iterable[str] = tuple(KINDS),
        *,
        scenario: Scenario | None = None,
        seed: int | None = None,
        speed: float | None = None,
        storage_path: str | None = None,
        settings: Settings | None = None,
        tokens: Mapping[str, str] | None = None,
        control: str | None = None,
    ) -> None:
        planned_seed = scenario.seed if scenario and scenario.seed is not None else 1
        planned_speed = scenario.speed if scenario and scenario.speed is not None else 1.0
        settings = settings or Settings()
        if scenario is not None:
            settings = replace(
                settings,
                hostile_names=settings.hostile_names or scenario.hostile_names,
                offer_timeout=settings.offer_timeout or scenario.offer_timeout,
                wrap_up_seconds=scenario.wrap_up_seconds
                if settings.wrap_up_seconds is None
                else settings.wrap_up_seconds,
            )
        self.site = Site(
            seed=planned_seed if seed is None else seed,
            speed=planned_speed if speed is None else speed,
            settings=settings,
            storage_path=storage_path,
        )
        self.company = Company(self.site)
        self.tokens: dict[str, str] = {}
        known = {principal.id: principal for principal in self.company.principals()}
        for principal_id in known if tokens is None else tokens:
            principal = known.get(principal_id)
            if principal is None:
                raise ValueError(f"There is no principal {principal_id!r} in this company.")
            self.tokens[principal_id] = (tokens or {}).get(principal_id) or new_token()
            self.site.tokens.add(principal, self.tokens[principal_id])
        if control is not None:
            self.site.tokens.set_control(control)
        wanted = list(wanted)
        faced = FACE in wanted
        names = [name for name in wanted if name != FACE]
        if faced and "contact_center" not in names:
            names.append("contact_center")
        self.services: dict[str, Service] = {name: KINDS[name](self.site) for name in names}
        if faced:
            self.services[FACE] = TwilioServer(self.site, self.contact_center, self.tokens)
        self.scenario_runner = ScenarioRunner(self)
        self.player = Player(scenario, self) if scenario is not None else None
        for service in self.services.values():
            add_control(service, self)
        self.urls: dict[str, str] = {}
        self._serving: list[Serving] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._tie()

    @property
    def contact_center(self) -> ContactCenterService:
        """The contact-centre server.

        :raises Problem: 422 when it does not run here.
        """
        service = self.services.get("contact_center")
        if not isinstance(service, ContactCenterService):
            raise invalid("The contact centre does not run in this process.")
        return service

    @property
    def presence(self) -> PresenceService:
        """The presence server, as `contact_center`."""
        service = self.services.get("presence")
        if not isinstance(service, PresenceService):
            raise invalid("The presence server does not run in this process.")
        return service

    @property
    def messaging(self) -> MessagingService:
        """The messaging server, as `contact_center`."""
        service = self.services.get("messaging")
        if not isinstance(service, MessagingService):
            raise invalid("The messaging server does not run in this process.")
        return service

    @property
    def centre(self) -> Centre | None:
        """What is behind the contact-centre server, where it runs here."""
        return self.contact_center.centre if "contact_center" in self.services else None

    def _tie(self) -> None:
        """Let the contact centre and presence know of each other, and the scenario of both."""
        if self.centre is not None and "presence" in self.services:
            self.centre.experts.presence_of = lambda person: self.presence.directory.state_of(person)
            self.centre.experts.on_call = lambda person, on: self.presence.directory.on_call(person, on)
        if self.centre is not None and self.player is not None:
            self.contact_center.on_available = [self.player.agent_available]

    async def start(self, ports: Mapping[str, int] | None = None) -> dict[str, str]:
        """Listen on these ports of the loopback interface (free ones where none is given); the URLs by server."""
        allow_many_files()
        for name, service in self.services.items():
            serving = Serving(
                service.gate,
                self.site.settings,
                (ports or {}).get(name, 0),
                before_stop=service.close,
                sockets=name == FACE,
            )
            await serving.start()
            self._serving.append(serving)
            self.urls[name] = serving.url
            self._tasks.append(asyncio.create_task(service.log.beat()))
        self._tasks.append(asyncio.create_task(self.site.agenda.run()))
        self._begin()
        return self.urls

    def reset(self) -> None:
        """Everything back to the start, in new epochs; the clock goes on."""
        self.site.agenda.clear()
        for service in self.services.values():
            service.reset()
        self._tie()
        self._begin()

    def _begin(self) -> None:
        for service in self.services.values():
            service.start()
        if self.player is not None and self.site.settings.autonomous:
            self.player.start()

    async def stop(self) -> None:
        """End everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(serving.stop() for serving in self._serving))
        self.site.storage.close()
