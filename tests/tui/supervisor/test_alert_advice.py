"""Each alert says what can be done about it now, with keys in force and figures that are known, until it is over."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.alert import About, Alert
from desktop.domain.entities.floor import Activity, ActivityKind, Schedule
from desktop.domain.entities.words import Availability
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.widgets.safe_text import plain
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import AGENTS, CRITICAL, QUEUES, alert, floor
from tests.tui.supervisor.test_floor import screen_of, sees, until

AT_LUNCH = {"observed": Availability.NOT_READY, "reason": "lunch", "work": (), "in_use": {}, "queues": ("Billing",)}
ABOUT_BILLING = alert("low service level", "Billing", CRITICAL, "Billing: service level 62 %", 190)
ON_HOLD = alert("long hold", "w3", CRITICAL, "Ana: on hold", 130, about=About.WORK, agent_id="a3", watch="work_on_hold")


def with_alert(one: Alert, **more: Any) -> AppState:
    """The floor with this one alert and no request for help."""
    return replace(floor(), alerts={one.key: one}, help={}, **more)


def away(*ids: str) -> dict[str, Any]:
    """The agents, these of them at lunch."""
    return {"agents": AGENTS | {name: replace(AGENTS[name], **AT_LUNCH) for name in ids}}  # type: ignore[arg-type]


ADVICE = [
    (ABOUT_BILLING, {}, "7 waiting: enter, then m move · p priority"),
    (ABOUT_BILLING, away("a4"), "Tomás Herrera serves it and is not ready: c on their row."),
    (ABOUT_BILLING, away("a4", "a5"), "2 of its agents are not ready: c on their row."),
    (
        ABOUT_BILLING,
        {"queues": QUEUES | {"Billing": replace(QUEUES["Billing"], waiting=0, longest_since=None)}},
        "No one is waiting now. enter opens the queue.",
    ),
    (ABOUT_BILLING, {"queues": {}}, "enter opens the queue."),
    (ON_HOLD, {}, "w whisper · n message · t take over"),
    (replace(ON_HOLD, watch="work_wrap_up"), {}, "n message · c change state"),
    (replace(ON_HOLD, about=About.AGENT, subject="a7", agent_id="", watch=""), {}, "n message · c change state"),
    (replace(ON_HOLD, agent_id="gone"), {}, "enter opens the agent."),
    (replace(ABOUT_BILLING, about=About.SOURCE, subject="crm"), {}, "alt+i shows what is wrong, F10 tries again."),
    (replace(ABOUT_BILLING, over_at=NOW - 5), {}, "It is over. k takes it off the list."),
]


@pytest.mark.parametrize(("one", "more", "said"), ADVICE, ids=[said for _, _, said in ADVICE])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_an_alert_says_what_can_be_done_now(
    one: Alert, more: dict[str, Any], said: str, size: tuple[int, int]
) -> None:
    app, _ = floor_desk(with_alert(one, **more))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["3"])
        await sees(pilot, f"→ {said[:36]}")
        rows = [plain(row.cells[-1]) for row in screen_of(app).query_one(AlertPanel).rows]
        assert " ".join(rows[1:]) == f"→ {said}"


async def test_keys_that_were_changed_are_named_and_what_the_centre_cannot_do_is_not() -> None:
    able = with_alert(ON_HOLD)
    some = frozenset({"supervise", "whisper", "agent_message"})
    app, _ = floor_desk(
        replace(able, capabilities={**able.capabilities, "contact_center": some}), keymap={"whisper": "W"}
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["3"])
        await sees(pilot, "→ W whisper · n message ")


async def test_who_is_away_as_planned_is_not_called_back() -> None:
    state = with_alert(ABOUT_BILLING, **away("a7"))
    app, session = floor_desk(state)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["3"])
        await sees(pilot, "Omar Haddad serves it")  # the schedule says work
        lunch = Schedule("a7", (Activity(NOW - 3_000, NOW + 3_000, ActivityKind.MEAL, "Lunch"),))
        session.supervisor.alerts.schedules = {"a7": lunch}
        app._second()
        await sees(pilot, "7 waiting: enter")


async def test_the_cursor_goes_from_alert_to_alert() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["3"])
        panel = screen_of(app).query_one(AlertPanel)
        alerts = [row.key for row in panel.rows if row.of is None]
        assert len(alerts) < len(panel.rows)
        seen = [panel.cursor_key]
        for _ in range(len(alerts) - 1):
            await settle(pilot, ["down"])
            seen.append(panel.cursor_key)
        assert seen == alerts
        for _ in range(len(alerts) - 1):
            await settle(pilot, ["up"])
            seen.append(panel.cursor_key)
        assert seen == [*alerts, *alerts[-2::-1]]
        await settle(pilot, ["end"])
        assert panel.cursor_key == alerts[-1]


async def test_the_most_urgent_is_said_in_full_where_room_is_short_and_the_border_advises_on_the_selected_one() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["3"])
        panel = screen_of(app).query_one(AlertPanel)
        await sees(pilot, "Maya Okafor needs help: wants", "to cancel, may I give 20 %?")
        await settle(pilot, ["down"])
        await until(pilot, lambda: "→ 7 waiting: enter, then m move" in str(panel.border_subtitle))
        await settle(pilot, ["down"])
        await until(pilot, lambda: "→ 3 waiting: enter, then m move" in str(panel.border_subtitle))


async def test_what_to_do_about_a_queue_is_said_once_however_many_alerts_it_has() -> None:
    state = floor()
    (first,) = (one for one in state.alerts.values() if one.subject == "Billing")
    second = replace(first, key="abandon-rate|Billing", text=verbatim("Billing: abandon rate 9 %, above 7 %"))
    app, _ = floor_desk(replace(state, alerts={**state.alerts, second.key: second}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["3"])
        text = await sees(pilot, "abandon rate 9 %", "→ 7 waiting")
        assert text.count("→ 7 waiting") == 1


async def test_what_to_do_stands_in_the_border_only_where_no_line_says_it() -> None:
    state = floor()
    (first,) = (one for one in state.alerts.values() if one.subject == "Billing")
    said = "Billing: abandon rate 9 %, above 7 % for more than five minutes"
    second = replace(first, key="zz|Billing", text=verbatim(said))
    app, _ = floor_desk(replace(state, alerts={first.key: first, second.key: second}, help={}))
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot, ["3", "down"])
        panel = screen_of(app).query_one(AlertPanel)
        await until(pilot, lambda: panel.cursor_key != panel.rows[0].key)
        assert "→" in "".join(plain(row.cells[2]) for row in panel.rows)
        await until(pilot, lambda: said in " ".join(plain(row.cells[2]).strip() for row in panel.rows))
        await until(pilot, lambda: "→" not in str(panel.border_subtitle))
