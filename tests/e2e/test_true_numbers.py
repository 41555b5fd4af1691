"""What stands on a supervisor's terminal, in files and in scripts against what was done at the servers, in trouble too.

The centre is in London and its midnight comes while we look; the supervisor is in New York. The server's clock is moved
by hand, so that minutes pass at once. What must come out is written down here as it is done.
"""

import csv
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from mock_backends import launcher
from tests.cli.command_line import CONTROL, run
from tests.e2e.conftest import SETTINGS
from tests.e2e.test_floor import Floor
from tests.e2e.workplace import Workplace, until
from tests.tui.pty_screen import PtyScreen

pytestmark = pytest.mark.thorough

EVENING = datetime(2026, 3, 28, 23, 50, tzinfo=UTC).timestamp()
"""Ten minutes before midnight in London, on the eve of summer time."""
SUPERVISOR = ZoneInfo("America/New_York")
MIDNIGHT = EVENING + 600
SLACK = 4.0
"""Seconds that a request may take on a slow machine, and that then lie in what it is about."""
BEAT = 0.5


COLUMNS = ("offered", "answered", "abandoned", "SL", "ASA", "AHT")


class Day:
    """A floor whose server's clock is moved by hand."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.floor = Floor(place)
        self.maya, self.sam = place.servers.first_agent, place.servers.first_supervisor

    def now(self) -> float:
        """The server's time."""
        url = f"{self.place.servers.urls['contact_center']}/v1/health"
        return float(httpx.get(url, trust_env=False).json()["server_time"])

    def pass_by(self, seconds: float) -> None:
        """Move the server's clock."""
        self.place.control("PUT", "clock", {"skew": seconds})

    def maya_is(self, availability: str, reason: str = "") -> None:
        """Maya's own choice."""
        body = {"availability": availability, "reason": reason, "when": "now"}
        self.floor.ask(self.maya, "PUT", "me/availability", body)

    def does(self, call: str, verb: str, body: object = None) -> None:
        """Maya does something to a contact."""
        self.floor.ask(self.maya, "POST", f"interactions/{call}/{verb}", body or {})

    def phase(self, call: str, phase: str) -> None:
        """Wait until a contact has come so far."""
        until(lambda: self.floor.ask(self.sam, "GET", f"floor/interactions/{call}")["interaction"]["phase"] == phase)

    def answered(self, waits: float) -> str:
        """Maya takes a call that waited so long."""
        call = self.place.call()
        self.phase(call, "offered")
        self.pass_by(waits)
        self.does(call, "accept")
        self.phase(call, "active")
        return call

    def gives_up(self, after: float) -> None:
        """Somebody calls and hangs up before anybody is free."""
        call = self.place.call("+442079460321")
        self.pass_by(after)
        self.place.step("hangup", interaction=call)

    def script(self, *words: str) -> Any:
        """What a command prints."""
        done = run("--config", str(self.place.config), *words, env=self.place.env, timeout=60)
        assert done.code == 0, done.words
        return done.json

    def metrics(self) -> dict[str, float | None]:
        """Billing's figures for scripts."""
        rows = self.script("queues", "--metrics")["queues"]
        found: dict[str, float | None] = next(row for row in rows if row["queue"] == "Billing")["metrics"]
        return found

    def reported(self, day: str) -> dict[str, Any]:
        """Billing's figures of a day, from what the centre keeps."""
        asked = ("report", "intervals", "--since", day, "--width", "day", "--by-queue", "--queue", "Billing")
        rows = self.script(*asked)["intervals"]
        found: dict[str, Any] = next(row for row in rows if row["since_local"].startswith(day))
        return found


def billing(screen: PtyScreen) -> dict[str, str]:
    """Billing's row, by the headings over it; an empty one while it is not there."""
    heading = next((line for line in screen.lines() if all(name in line for name in COLUMNS)), "")
    row = next((line for line in screen.lines() if re.match(r"│ .?▌? *Billing ", line)), "")
    if not heading or not row:
        return {}
    found = {}
    for name in COLUMNS:
        end = heading.index(name) + len(name)
        words = row[:end].split()
        found[name.lower()] = "0" if words[-1] == "·" else words[-1].lstrip("▼")
    return found


def border(screen: PtyScreen) -> str:
    """The age in the border of the queues."""
    found = re.search(r"Queues · .*? oldest figure (\S+)", screen.text())
    return found[1] if found is not None else ""


def center(screen: PtyScreen) -> str:
    """When the contact centre was heard last, as the header says it."""
    found = re.search(r"cc ● (\S+)", screen.text())
    assert found is not None, screen.text()
    return found[1]


def age_in(text: str) -> int:
    """Seconds of an age of less than two minutes."""
    return int(text[:-1]) if re.fullmatch(r"[0-9]+s", text) else 0


def shows(screen: PtyScreen, **figures: str) -> None:
    """Wait until these figures stand in Billing's row."""
    screen.wait_for(lambda _: figures.items() <= billing(screen).items(), 20)


def seconds(text: str) -> float:
    """A duration as it is written."""
    minutes, rest = text.split(":")
    return int(minutes) * 60.0 + int(rest)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """The evening before."""
    settings = replace(
        SETTINGS, clock_start=EVENING, heartbeat=BEAT, history_days=2, history_interactions=100, autonomous=True
    )
    with launcher.start(control=CONTROL, settings=settings) as servers:
        place = Workplace(servers, tmp_path, {"TZ": str(SUPERVISOR)})
        place.write_profile()
        yield Day(place)


def test_one_figure_is_the_same_wherever_it_stands_and_belongs_to_its_day(day: Day, tmp_path: Path) -> None:
    with day.floor.screen() as screen:
        day.maya_is("available")
        call = day.answered(waits=12)
        day.pass_by(30)
        day.does(call, "hold")
        day.pass_by(20)
        day.does(call, "resume")
        day.does(call, "end")
        day.pass_by(25)
        day.does(call, "wrap-up", {"codes": ["invoice-explained"], "note_given": True})
        day.maya_is("not_ready", "lunch")
        for after in (1, 12, 45):  # short, in time, late
            day.gives_up(after)
        shows(screen, offered="4", answered="1", abandoned="3", sl="25%")
        told = billing(screen)
        for name, least in (("asa", 12.0), ("aht", 75.0)):
            assert least <= seconds(told[name]) <= least + SLACK
        found, kept = day.metrics(), day.reported("2026-03-28")
        counted = ("offered", "answered", "abandoned", "handled", "missed", "flow_outs")
        assert [found[name] for name in counted] == [4, 1, 3, 1, 0, 0]
        assert [kept[name] for name in (*counted, "answered_within", "abandoned_within", "short_abandons")] == [
            *[4, 1, 3, 1, 0, 0],
            *[1, 2, 1],
        ]
        for name in ("service_level", "asa", "aht", "abandon_rate"):
            assert found[name] == pytest.approx(kept[name], abs=1e-5)
        assert int(found["asa"] or 0) == seconds(told["asa"]) and int(found["aht"] or 0) == seconds(told["aht"])
        path = tmp_path / "queues.csv"
        screen.press("1", "E")
        screen.wait_for("File name")
        screen.send(f"{path}")
        screen.press("enter")
        until(path.exists)
        row = next(one for one in csv.DictReader(path.read_text().splitlines()) if one["queue"] == "Billing")
        for name in (*counted, "service_level", "asa", "aht", "average_hold", "average_wrap_up", "longest_wait_today"):
            assert float(row[name]) == pytest.approx(found[name]), name

        # A conversation over midnight: answered yesterday, handled today; everything else begins anew.
        day.maya_is("available")
        late = day.answered(waits=25)
        shows(screen, offered="5", answered="2", sl="20%")
        day.pass_by(MIDNIGHT + 5 - day.now())
        shows(screen, offered="0", answered="0", abandoned="0", sl="—", asa="—", aht="—")
        day.does(late, "end")
        until(lambda: day.metrics()["handled"] == 1)
        today, yesterday = day.reported("2026-03-29"), day.reported("2026-03-28")
        assert (today["offered"], today["answered"], today["handled"]) == (0, 0, 1)
        assert (yesterday["offered"], yesterday["answered"], yesterday["handled"]) == (5, 2, 1)
        assert today["since"] == yesterday["until"] == MIDNIGHT
        plans = day.script("supervise", "schedules")
        starts = [one["activities"][0]["start"] for one in plans if one["activities"]]
        assert all(MIDNIGHT <= start < MIDNIGHT + 23 * 3600 for start in starts), "plans of the centre's day, not ours"


def test_no_figure_looks_younger_than_it_is(day: Day) -> None:
    with day.floor.screen() as screen:
        shows(screen, offered="0")
        day.place.step("freeze_figures", on=True)
        day.pass_by(40)
        screen.wait_for(lambda _: age_in(border(screen)) >= 40, 20)
        assert age_in(center(screen)) < 10, "the line itself is well"
        day.place.step("freeze_figures", on=False)
        screen.wait_for(lambda _: age_in(border(screen)) < 10, 20)

        # Of an agent who just stands there nobody tells anything; their day goes on, and begins anew at midnight.
        day.maya_is("available")
        screen.press("2", "/")
        screen.send("okafor")
        screen.press("enter")
        screen.wait_for("available")
        day.pass_by(300)
        screen.wait_for(re.compile(r"occupancy 0%.* idle 05:\d\d"), 20)
        free = next(one for one in day.script("agents") if one["id"] == day.maya)["today"]["idle"]
        assert 300 <= free <= 300 + 60
        day.pass_by(MIDNIGHT + 1_800 - day.now())
        screen.wait_for(re.compile(r"occupancy 0%.* idle 30:\d\d"), 20)

        # The server's clock is set back; then it stops.
        day.pass_by(-300)
        screen.wait_for(f"{datetime.fromtimestamp(day.now(), SUPERVISOR):%H:%M}", 20)
        screen.wait_for(lambda _: border(screen) in ("now", "1s"), 30)
        os.kill(day.place.servers.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        try:
            screen.wait_for(lambda _: age_in(border(screen)) >= 8, 25)
            assert age_in(border(screen)) <= time.monotonic() - stopped + 2 * BEAT + 1
        finally:
            os.kill(day.place.servers.pid, signal.SIGCONT)
        screen.wait_for(lambda _: border(screen) in ("now", "1s"), 40)
