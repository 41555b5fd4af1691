"""A supervisor's desktop says what wants them: within a second, once, and not while nobody knows."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.alerts.rules import WATCHED, AlertSettings, Rule
from desktop.domain.entities.alert import Alert, Severity, news
from desktop.domain.entities.floor import Acknowledgement, Activity, ActivityKind, Schedule
from desktop.domain.entities.model import QueueStats
from desktop.domain.entities.words import Availability, Role
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.state.floor_events import AlertAcknowledged, FloorChanged
from desktop.domain.state.own_events import AlertsChanged
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, OutcomeUnknown, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import ME, START, FakeContactCenter, VirtualTime, agent, until

WAITING = Rule("crowd", WATCHED["waiting"], 5.0, 3.0, False, Severity.CRITICAL, hold=3.0, ring=True, stays=True)
SILENT = Rule("silent", WATCHED["source_silent"], 20.0, 20.0, False)
ADRIFT = Rule("adrift", WATCHED["agent_out_of_adherence"], 30.0, 30.0, False, notify=True)


class FloorCenter(FakeContactCenter):
    """A contact centre with a schedule for everybody and a word on alerts."""

    said: tuple[Acknowledgement, ...] = ()
    crowds: tuple[QueueStats, ...] = ()

    async def snapshot(self) -> Envelope:
        told = await super().snapshot()
        assert isinstance(told.event, ContactCenterSnapshot)
        return replace(told, event=replace(told.event, acknowledgements=self.said, queues=self.crowds))

    async def schedules(self, day: date) -> Sequence[Schedule]:
        await self.script.play("schedules", day)
        lunch = Activity(START, START + 3_600.0, ActivityKind.MEAL)
        return (Schedule("b1", (lunch,)),)

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        await self.script.play("acknowledge", alert, text, key=key)
        return Acknowledgement(alert, ME, "Ada", self.server_now(), text)


class Desk:
    def __init__(
        self,
        path: Path,
        role: Role = Role.SUPERVISOR,
        rules: Sequence[Rule] = (WAITING,),
        offers: frozenset[Capability] = frozenset({Capability.ACKNOWLEDGE}),
        said: tuple[Acknowledgement, ...] = (),
        crowds: tuple[QueueStats, ...] = (),
    ) -> None:
        self.time = VirtualTime()
        self.server = FloorCenter(self.time.timing)
        self.server.said, self.server.crowds = said, crowds
        self.server.agent = agent(role=role)
        self.server.capabilities = offers
        self.session = Session(
            "p",
            Backends(self.server),
            lambda: LocalStore.open(path, clock=self.time.timing.clock),
            timing=self.time.timing,
        )
        self.watch = self.session.supervisor.alerts
        self.watch.read_settings = lambda: AlertSettings(tuple(rules))
        self.heard: list[Alert] = []
        self.session.store.listeners.append(lambda old, new: self.heard.extend(news(old.alerts, new.alerts)))
        self.published: list[float] = []
        self.session.store.taps.append(self._tap)

    def _tap(self, envelope: Envelope) -> None:
        if isinstance(envelope.event, AlertsChanged):
            self.published.append(self.time.wall)

    async def start(self) -> None:
        await self.session.start()
        assert await self.session.first_look(5.0)
        if self.session.supervisor.open:
            for _ in range(6):  # the rules are read by a thread
                await self.time.advance(0.3, disk=True)
            await until(lambda: self.watch.settings is not None)
        await self.pass_(1.0)

    async def pass_(self, seconds: float) -> None:
        await self.time.advance(seconds)
        self.session.store.drain()

    def told(self) -> list[str]:
        """Notices of alerts that ended, oldest first."""
        return [in_words(one.text) for one in self.session.store.drain().notices if "ended: " in in_words(one.text)]

    def queue(self, waiting: int | None, name: str = "Billing") -> None:
        now = self.server.server_now()
        self.server.tell(FloorChanged(queues=(QueueStats(name, int(now * 10), now, waiting=waiting),)))

    def crowd(self) -> None:
        """Nine wait at Billing, whoever asks anew too."""
        self.queue(9)
        now = self.server.server_now()
        self.server.crowds = (QueueStats("Billing", int(now * 10), now, waiting=9),)

    @property
    def alerts(self) -> dict[str, Alert]:
        return dict(self.session.store.drain().alerts)


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Any]:
    made: list[Desk] = []

    async def start(**more: Any) -> Desk:
        desk = Desk(tmp_path / "p.db", **more)
        made.append(desk)
        await desk.start()
        return desk

    yield start
    for desk in made:
        await desk.session.close()


async def test_a_breach_is_an_alert_within_a_second_of_its_time_and_is_published_once(make: Any) -> None:
    d = await make()
    before = d.time.wall
    d.queue(9)
    await d.pass_(2.5)
    assert d.alerts == {} and d.heard == []
    await d.pass_(2.5)
    alert = d.alerts["crowd|Billing"]
    assert in_words(alert.text) == "Billing: waiting 9, above 5" and before + 3.0 <= alert.raised_at <= before + 4.3
    assert d.heard == [alert] and (alert.ring, alert.notify) == (True, False)
    await d.pass_(8.0)
    assert len(d.published) == 1
    d.queue(1)
    await d.pass_(1.5)
    assert d.alerts["crowd|Billing"].over_at is not None and len(d.published) == 2 and len(d.heard) == 1


async def test_an_alert_that_ends_goes_and_says_so_once(make: Any) -> None:
    d = await make(rules=(replace(WAITING, hold=0.0, stays=False),))
    for number in range(4):
        d.queue(9, f"q{number}")
    await d.pass_(1.5)
    assert len(d.alerts) == 4
    d.queue(1, "q0")
    await d.pass_(2.2)
    assert len(d.alerts) == 3
    assert d.told() == ["Alert ended: q0: waiting 9, above 5"]
    for number in range(1, 4):
        d.queue(1, f"q{number}")
    await d.pass_(2.2)
    assert d.alerts == {}
    assert sum("ended: " in text for text in d.told()) <= 3, "never a notice for each of very many"


async def test_every_queue_has_its_turn_within_a_second(make: Any) -> None:
    d = await make(rules=(replace(WAITING, hold=0.0),))
    for number in range(9):
        d.queue(9, f"q{number}")
    await d.pass_(1.3)
    assert len(d.alerts) == 9


async def test_an_agents_desktop_has_no_alerts_and_asks_for_no_schedules(make: Any) -> None:
    d = await make(role=Role.AGENT, offers=frozenset({Capability.SCHEDULE}))
    d.queue(9)
    await d.pass_(10.0)
    assert d.alerts == {} and d.watch.settings is None and d.server.script.count("schedules") == 0


async def test_who_is_no_supervisor_any_more_has_no_alerts_any_more(make: Any) -> None:
    d = await make()
    d.queue(9)
    await d.pass_(5.0)
    assert d.alerts
    d.server.tell(FloorChanged(agents=(agent(version=9),)))
    await d.pass_(2.0)
    assert d.alerts == {} and d.watch.blind == {}


async def test_acknowledged_by_me_or_by_another_supervisor(make: Any) -> None:
    d = await make()
    d.queue(9)
    d.queue(9, "Support")
    await d.pass_(5.0)
    d.server.tell(AlertAcknowledged(Acknowledgement("crowd|Support", "s2", "Bo", d.server.server_now())))
    result = await d.session.supervisor.acts.acknowledge("crowd|Billing", "on it")
    assert result.ok, result
    await d.pass_(1.5)
    assert {key: one.acknowledged_by for key, one in d.alerts.items()} == {
        "crowd|Billing": "Ada",
        "crowd|Support": "Bo",
    }
    d.queue(0)
    d.queue(0, "Support")
    await d.pass_(1.5)
    assert d.alerts == {}


async def test_who_was_faster_is_named_and_stays_on_the_alert(make: Any) -> None:
    d = await make()
    d.crowd()
    await d.pass_(5.0)
    d.server.script.then("acknowledge", Conflict("Bo has acknowledged this alert just now."))
    d.server.said = (Acknowledgement("crowd|Billing", "s2", "Bo", d.server.server_now()),)
    result = await d.session.supervisor.acts.acknowledge("crowd|Billing", "on it")
    await d.pass_(1.5)
    assert (result.ok, result.error) == (False, "Conflict") and "Bo" in in_words(result.text)
    assert d.alerts["crowd|Billing"].acknowledged_by == "Bo"


@pytest.mark.parametrize("error", [Unavailable("gone"), OutcomeUnknown("no answer")])
async def test_a_centre_that_is_gone_acknowledges_nothing_and_it_can_be_said_again(make: Any, error: Exception) -> None:
    d = await make()
    d.crowd()
    await d.pass_(5.0)
    d.server.script.then("acknowledge", error)
    pressed = asyncio.ensure_future(d.session.supervisor.acts.acknowledge("crowd|Billing", "on it"))
    for _ in range(40):
        await d.pass_(0.5)
        if pressed.done():
            break
    result = await pressed
    assert not result.ok and in_words(result.text)
    assert d.alerts["crowd|Billing"].acknowledged_at is None
    assert (await d.session.supervisor.acts.acknowledge("crowd|Billing", "on it")).ok
    await d.pass_(1.5)
    assert d.alerts["crowd|Billing"].acknowledged_by == "Ada"


async def test_after_a_restart_of_the_desktop_it_is_known_who_deals_with_an_alert(make: Any) -> None:
    first = await make()
    first.crowd()
    await first.pass_(5.0)
    assert (await first.session.supervisor.acts.acknowledge("crowd|Billing", "on it")).ok
    await first.pass_(1.5)
    crowds = tuple(replace(one, as_of=START) for one in first.server.crowds)
    (said,) = first.session.store.state.acknowledgements.values()
    await first.session.close()
    again = await make(said=(replace(said, at=START),), crowds=crowds)  # which was before this one began
    await again.pass_(5.0)
    assert again.alerts["crowd|Billing"].acknowledged_by == "Ada" and again.heard == []


async def test_where_the_centre_takes_no_acknowledgements_mine_still_counts_here(make: Any) -> None:
    d = await make(offers=frozenset())
    d.queue(9)
    await d.pass_(5.0)
    assert (await d.session.supervisor.acts.acknowledge("crowd|Billing", "")).ok
    await d.pass_(1.5)
    assert d.alerts["crowd|Billing"].acknowledged_by == "Ada" and d.server.script.count("acknowledge") == 0


async def test_a_centre_that_falls_silent_is_told_and_its_figures_end_nothing(make: Any) -> None:
    d = await make(rules=(replace(WAITING, hold=0.0), SILENT))
    d.queue(9)
    await d.pass_(2.0)
    d.server.heartbeats = False
    d.server.script.always("events", Unavailable("gone"))
    d.server.script.always("snapshot", Unavailable("gone"))
    await d.pass_(200.0)
    alerts = d.alerts
    assert alerts["crowd|Billing"].over_at is None and alerts["crowd|Billing"].unknown_since is not None


async def test_out_of_adherence_by_the_schedules_of_the_day(make: Any) -> None:
    d = await make(rules=(ADRIFT,), offers=frozenset({Capability.SCHEDULE}))
    worker = agent(id="b1", name="Cy", observed=Availability.AVAILABLE, since=START - 100.0)
    d.server.tell(FloorChanged(agents=(worker,)))
    await d.pass_(40.0)
    alert = d.alerts["adrift|b1"]
    assert in_words(alert.text).startswith("Cy: out of adherence for ") and d.heard[0].notify
    assert d.server.script.count("schedules") == 1 and set(d.watch.schedules or {}) == {"b1"}
    d.server.script.always("schedules", Unavailable("down"))
    await d.pass_(400.0)
    assert set(d.watch.schedules or {}) == {"b1"} and d.server.script.count("schedules") > 2


async def test_problems_of_the_rules_are_told_and_the_rest_is_used(make: Any, tmp_path: Path) -> None:
    d = Desk(tmp_path / "other.db")
    d.watch.read_settings = lambda: AlertSettings((WAITING,), problems=(verbatim("alerts.toml:3 alert 'x': no."),))
    try:
        await d.start()
        assert "alerts.toml:3 alert 'x': no." in [in_words(one.text) for one in d.session.store.drain().notices]
        d.queue(9)
        await d.pass_(5.0)
        assert set(d.alerts) == {"crowd|Billing"}
    finally:
        await d.session.close()


async def test_rules_that_cannot_be_read_at_all_stop_nothing_else(make: Any, tmp_path: Path) -> None:
    d = Desk(tmp_path / "other.db")

    def broken() -> AlertSettings:
        raise RecursionError

    d.watch.read_settings = broken
    try:
        await d.start()
        assert "could not be read" in in_words(d.session.store.drain().notices[-1].text)
        d.queue(9)
        await d.pass_(5.0)
        assert d.alerts == {} and d.watch.blind == {}
    finally:
        await d.session.close()


async def test_rules_nobody_can_judge_are_known_but_not_those_about_schedules_there_are_none_of(make: Any) -> None:
    d = await make(rules=(WAITING, ADRIFT))
    d.queue(None)
    await d.pass_(2.0)
    assert d.watch.blind == {"crowd": 1}
    d.queue(3)
    await d.pass_(2.0)
    assert d.watch.blind == {}
