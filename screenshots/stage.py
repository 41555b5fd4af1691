"""A desktop on real mock servers whose clocks stand still together."""

import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from textual.pilot import Pilot

from desktop.app.session import Session
from desktop.app.timing import Timing
from desktop.demo import pretend_profile
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability
from desktop.domain.state.state import AppState
from desktop.tui.app import DesktopApp
from desktop.wiring import build
from mock_backends import launcher
from screenshots.fixed_clock import FixedClock
from screenshots.picture import still, svg

START = datetime(2026, 3, 12, 14, 2, 17, 200_000, tzinfo=UTC).timestamp()
STEP = 1.0
SLOWEST = 1e-7  # server seconds in a second; a clock cannot stand quite still
PATIENCE = 30.0
TABLES = 1.0  # the floor's tables come a little after the clock


class Stage:
    """What a scene can do: let time go by, press keys, wait for what must come, take the picture."""

    def __init__(self, pilot: Pilot[int], app: DesktopApp, clock: FixedClock, servers: httpx.AsyncClient) -> None:
        self._pilot = pilot
        self._app = app
        self._clock = clock
        self._servers = servers

    @property
    def session(self) -> Session:
        """The session of the desktop."""
        assert self._app.session is not None
        return self._app.session

    @property
    def state(self) -> AppState:
        """What the desktop knows."""
        return self.session.store.drain()

    @property
    def contact(self) -> Interaction | None:
        """The one contact of these scenes, when there is one."""
        return next((one for one in self.state.interactions.values() if one.agent_id == self.state.me), None)

    async def until(self, true: Callable[[], object]) -> None:
        """Wait, without moving the clock, until something is true.

        Raises:
            TimeoutError: it does not become true.
        """
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(f"not true in {PATIENCE:g} s: line {true.__code__.co_firstlineno} of the scenes")
            await asyncio.sleep(0.01)
        await self._pilot.pause()

    async def advance(self, seconds: float) -> None:
        """Move every clock on, in steps small enough that nobody thinks the machine slept."""
        while seconds > 0:
            step = min(STEP, seconds)
            seconds -= step
            # Ours first: a server that seems ahead for a moment would be believed, one that seems behind is not.
            self._clock.step(step)
            await self._control("clock", {"skew": step})
            await self.until(self._heard)

    def _heard(self) -> bool:
        heard = [self.state.health[source].last_heard for source in self.session.feeds]
        return all(at is not None and at >= self._clock.now() for at in heard)

    async def _control(self, what: str, body: dict[str, Any]) -> None:
        (await self._servers.put(f"_sim/{what}", json=body)).raise_for_status()

    async def available(self) -> None:
        """Be available; scenarios count from there."""
        await self.session.commands.set_availability(Availability.AVAILABLE)
        await self.until(lambda: self.state.agents[self.state.me].observed is Availability.AVAILABLE)

    async def press(self, *keys: str) -> None:
        """Press keys by name."""
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause()

    async def write(self, text: str) -> None:
        """Type text."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def picture(self) -> str:
        """The screen as it is now, as SVG."""
        still(self._app)
        self._app.front.show(self.state)  # what a scene has seen counts as drawn
        self._app.on_second()
        if self._app.door.is_open:
            await asyncio.sleep(TABLES)
        await self._pilot.pause()
        await self._pilot.pause()
        return svg(self._app)


@asynccontextmanager
async def stage(scenario: str, size: tuple[int, int], role: str = "agent") -> AsyncIterator[Stage]:
    """A desktop of this many columns and lines on servers of its own, connected, with its clock at `START`.

    `role` is whose it is: the first agent's or the first supervisor's.

    Times of day are those of UTC, for the rest of the process.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    os.environ.pop("NO_COLOR", None)
    clock, control = FixedClock(START), secrets.token_hex(16)
    settings = launcher.Settings(rate_per_minute=1e6, burst=1e6, heartbeat=0.05, clock_start=START)
    timing = Timing(clock=clock.now, monotonic=clock.now, sleep=clock.sleep, random=lambda: 0.5)
    with (
        tempfile.TemporaryDirectory() as folder,
        launcher.start(scenario=scenario, speed=0.01, settings=settings, control=control) as running,
        pretend_profile(running, Path(folder), role) as profile,
    ):
        authorized = {"Authorization": f"Bearer {control}"}
        async with httpx.AsyncClient(
            base_url=running.urls["contact_center"], headers=authorized, trust_env=False
        ) as servers:
            (await servers.put("_sim/clock", json={"speed": SLOWEST})).raise_for_status()
            app = DesktopApp(
                lambda: build(profile, timing=timing),
                clock=clock.now,
                monotonic=clock.now,
                log_path=Path(folder) / "pictures.log",
            )
            async with app.run_test(size=size) as pilot:
                made = Stage(pilot, app, clock, servers)
                await made.until(lambda: app.session is not None and made.session.feeds)
                await made.until(
                    lambda: (
                        all(feed.connected_once.is_set() for feed in made.session.feeds.values())
                        and made.state.me in made.state.agents
                    )
                )
                yield made
                await made.session.close()
