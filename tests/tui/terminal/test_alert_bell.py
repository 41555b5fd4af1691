"""New alerts call a supervisor: once, by the choice of their rules, and with harmless text only."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.alert import Alert, Severity
from desktop.domain.state.events import Envelope
from desktop.domain.state.own_events import AlertsChanged
from desktop.domain.text.sentence import verbatim
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.terminal.alert_bell import AlertBell, notification
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

ONE = Alert("r|Billing", "r", "Billing", Severity.WARNING, verbatim("Billing: waiting 9, above 5"), 1.0, 1.0)
RINGING = replace(ONE, key="r|Support", ring=True)
TOLD = replace(ONE, key="n|Billing", notify=True)


class Ears:
    def __init__(self) -> None:
        self.rings = 0
        self.written: list[str] = []
        self.bell = AlertBell(self._ring, self.written.append)

    def _ring(self) -> None:
        self.rings += 1

    def hear(self, *alerts: Alert) -> None:
        self.bell.hear({one.key: one for one in alerts})


def test_it_rings_once_for_what_is_new_and_wants_it() -> None:
    ears = Ears()
    ears.hear(ONE)
    assert (ears.rings, ears.written) == (0, [])
    ears.hear(ONE, RINGING, replace(RINGING, key="r|Sales"))
    assert ears.rings == 1
    ears.hear(
        ONE,
        replace(RINGING, text=verbatim("Billing: waiting 12, above 5")),
        replace(RINGING, key="r|Sales", over_at=5.0),
    )
    assert ears.rings == 1
    ears.hear(ONE, RINGING, replace(RINGING, key="r|Sales", raised_at=9.0, over_at=None))
    assert ears.rings == 2


def test_what_somebody_deals_with_already_is_silent() -> None:
    ears = Ears()
    ears.hear(replace(RINGING, acknowledged_at=2.0, notify=True))
    assert (ears.rings, ears.written) == (0, [])


def test_several_notifications_are_one_with_the_worst_first() -> None:
    ears = Ears()
    worst = replace(TOLD, key="w", severity=Severity.CRITICAL, text=verbatim("Billing: service level 40 %"))
    ears.hear(TOLD, worst, replace(TOLD, key="x"))
    (written,) = ears.written
    assert "service level 40 % (and 2 more)" in written


@pytest.mark.parametrize(
    ("environ", "begins"),
    [
        ({"TERM": "xterm-256color"}, "\x1b]9;agent-desktop: "),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\x1b]777;notify;agent-desktop;"),
        ({"TERM": "foot"}, "\x1b]777;notify;agent-desktop;"),
        ({}, "\x1b]9;agent-desktop: "),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, "\x1bPtmux;\x1b\x1b]9;agent-desktop: "),
    ],
)
def test_each_family_of_terminals_is_asked_in_its_own_way(environ: dict[str, str], begins: str) -> None:
    ends = "\x1b\x1b\\\x1b\\" if "TMUX" in environ else "\x1b\\"
    assert notification("Billing", environ) == f"{begins}Billing{ends}"


@given(st.text(max_size=400), st.sampled_from([{}, {"VTE_VERSION": "7600"}]))
def test_no_text_whatever_gets_out_of_the_notification(text: str, environ: dict[str, str]) -> None:
    told = notification(text, environ)
    body = told[2:-2]
    assert told.startswith("\x1b]") and told.endswith("\x1b\\")
    assert all(sign.isprintable() for sign in body) and len(body) < 200
    if environ:
        assert body.count(";") == 3


@pytest.mark.parametrize(("web", "headless"), [(True, False), (False, True), (False, False)])
def test_a_browser_and_no_terminal_get_no_bytes(web: bool, headless: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = floor_desk(floor())
    written: list[str] = []
    driver = SimpleNamespace(is_web=web, is_headless=headless, write=written.append)
    monkeypatch.setattr(app, "_driver", driver)
    app.door._call(replace(floor(), alerts={TOLD.key: TOLD}))
    assert len(written) == (0 if web or headless else 1)


async def test_a_new_alert_rings_whichever_screen_is_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    app, session = floor_desk(replace(floor(), alerts={}))
    rings: list[str] = []
    monkeypatch.setattr(app, "bell", lambda: rings.append("ding"))

    async def tell(pilot: Any, *alerts: Alert) -> None:
        wanted = {one.key: one for one in alerts}
        session.store.put(Envelope("desktop", AlertsChanged(wanted), NOW))
        async with asyncio.timeout(10):
            while app.desk_screen.state.alerts != wanted:
                await pilot.pause(0.01)

    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await tell(pilot, ONE)
        assert rings == []
        await tell(pilot, ONE, RINGING)
        assert rings == ["ding"]
        app.door.close()
        await settle(pilot)
        await tell(pilot, ONE, RINGING, replace(RINGING, key="r|Sales"))
        assert rings == ["ding", "ding"]


async def test_rules_that_nobody_can_judge_are_named_beside_the_alerts() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        panel = app.screen.query_one(AlertPanel)
        assert "no figures" not in str(panel.border_subtitle)
        for blind, words in ({"busy": 3}, "no figures for busy"), ({"a": 1, "b": 1, "c": 9}, "no figures for 3 rules"):
            session.supervisor.alerts.blind = blind
            app.screen.redraw()
            await settle(pilot)
            assert words in str(panel.border_subtitle)
