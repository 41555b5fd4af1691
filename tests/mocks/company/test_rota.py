"""The pretend company's rota, and what the server keeps of each agent's day."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mock_backends.world.schedules import make_schedule
from tests.mocks.harness import Harness
from tests.mocks.supervision.floor import set_state

LONDON = "Europe/London"
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(seed=st.integers(0, 99), agent=st.sampled_from(["maya", "tom", "load-0001"]), day=DAYS)
def test_a_day_is_whole_in_order_and_within_the_day(seed: int, agent: str, day: date) -> None:
    plan = make_schedule(seed, agent, day, LONDON)
    assert plan == make_schedule(seed, agent, day, LONDON)
    for one in plan:
        assert one.start < one.end
        assert datetime.fromtimestamp(one.start, ZoneInfo(LONDON)).date() == day
    for before, after in pairwise(plan):
        assert before.end == after.start
    if plan:
        assert sum(one.end - one.start for one in plan) == 8.5 * 3600
        assert {"work", "meal", "break"} <= {one.kind for one in plan}


@given(seed=st.integers(0, 99), day=DAYS)
def test_everybody_has_two_days_off_a_week(seed: int, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    week = [make_schedule(seed, "maya", monday + timedelta(days=n), LONDON) for n in range(7)]
    assert sum(not plan for plan in week) == 2
    assert len({datetime.fromtimestamp(p[0].start, ZoneInfo(LONDON)).time() for p in week if p}) == 1, (
        "one shift a week"
    )


def test_a_supervisor_is_told_the_plans_of_their_team(servers: Harness) -> None:
    told = servers.call("sam", "GET", "/v1/floor/schedules?day=2026-11-24").json()["schedules"]
    assert "maya" in {one["agent_id"] for one in told}
    assert "sana" not in {one["agent_id"] for one in told}
    assert servers.call("sam", "GET", "/v1/floor/schedules?day=yesterday").status_code == 422


def test_an_agents_day_is_kept_stretch_by_stretch(servers: Harness) -> None:
    """From when the server began; before that nobody knows, and no stretch says otherwise."""
    servers.active("maya")
    set_state(servers, "sam", "tom", "not_ready", reason="meeting")
    now = servers.call("maya", "GET", "/v1/snapshot").json()["server_time"]
    today = datetime.fromtimestamp(now, ZoneInfo(LONDON)).date()

    def day(who: str, of: date) -> list[dict[str, object]]:
        answer = servers.call("sam", "GET", f"/v1/floor/agents/{who}/day?day={of.isoformat()}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["stretches"]
        return found

    stretches = day("maya", today)
    for before, after in pairwise(stretches):
        assert before["end"] == after["start"]
    assert (stretches[-1]["availability"], stretches[-1]["engaged"]) == ("available", True)
    assert stretches[0]["availability"] == "offline"
    assert (day("tom", today)[-1]["availability"], day("tom", today)[-1]["reason"]) == ("not_ready", "meeting")
    assert day("maya", today + timedelta(days=1)) == [], "nothing of the future"
    midnight = datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(LONDON)).timestamp()
    assert float(str(stretches[0]["start"])) > midnight, "nothing of the time before the server looked"
    assert day("maya", today - timedelta(days=1)) == []
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": 86_400.0})
    yesterday, since_midnight = day("maya", today), day("maya", today + timedelta(days=1))
    assert yesterday[-1]["end"] == since_midnight[0]["start"], "cut at midnight"
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": -86_400.0})
