"""An availability chosen while signing in is carried out after it, and given up with a word when that fails."""

import asyncio

import pytest

from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.event_feed import EventFeed
from desktop.app.store import Store
from desktop.domain.entities.model import AvailabilityChoice
from desktop.domain.entities.words import Availability, Health
from desktop.domain.state.own_events import HealthChanged
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, make_asking


class Desk:
    """A desk that is not signed in yet."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock)
        self.server = FakeContactCenter(self.time.timing)
        backend_calls = make_asking(self.time, self.store)
        self.feed = EventFeed("contact_center", self.server, self.store, backend_calls)
        self.commands = AgentCommands(
            CommandRunner(self.store, backend_calls, self.server, lambda _: self.feed.refresh()), {}
        )
        self.store.publish(HealthChanged(Health.CONNECTING), "contact_center")

    @property
    def asked(self) -> list[Availability]:
        """Which availabilities the contact centre was asked for."""
        return [call[1][0] for call in self.server.script.calls if call[0] == "set_availability"]


async def test_it_is_carried_out_once_signed_in_and_pending_until_then() -> None:
    d = Desk()
    chosen = asyncio.ensure_future(d.commands.set_availability(Availability.AVAILABLE))
    await asyncio.sleep(0)
    assert d.store.drain().awaited == AvailabilityChoice(Availability.AVAILABLE)
    assert d.asked == []
    await d.feed.refresh()
    d.store.drain()
    assert (await chosen).ok
    assert d.asked == [Availability.AVAILABLE] and d.store.drain().awaited is None


async def test_of_several_choices_the_newest_is_carried_out() -> None:
    d = Desk()
    first = asyncio.ensure_future(d.commands.set_availability(Availability.AVAILABLE))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(d.commands.set_availability(Availability.NOT_READY, reason="lunch"))
    await asyncio.sleep(0)
    assert (await first).error == "ignored"
    assert d.store.drain().awaited == AvailabilityChoice(Availability.NOT_READY, "lunch")
    await d.feed.refresh()
    d.store.drain()
    assert (await second).ok
    assert d.asked == [Availability.NOT_READY]


@pytest.mark.parametrize("later", [False, True])
async def test_when_the_sign_in_fails_it_is_said_and_nobody_is_made_available_later(later: bool) -> None:
    d = Desk()
    chosen = asyncio.ensure_future(d.commands.set_availability(Availability.AVAILABLE))
    await asyncio.sleep(0)
    d.store.publish(HealthChanged(Health.DOWN, "No route to it."), "contact_center")
    d.store.drain()
    result = await chosen
    assert not result.ok and "was not set" in in_words(result.text) and "No route to it" in in_words(result.text)
    assert d.store.drain().awaited is None
    if later:
        await d.feed.refresh()
        d.store.drain()
    assert d.asked == []
