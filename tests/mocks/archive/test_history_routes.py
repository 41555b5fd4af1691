"""The routes of the past: who may ask, what is refused, and that what is live becomes past."""

import json
from typing import Any

import pytest

from mock_backends.wire.history import Intervals, PastDetail, PastInteractions, Week
from tests.mocks.harness import Harness

BASE = "/v1/history"
DAY = 86_400.0


def now_of(servers: Harness) -> float:
    return float(servers.call(None, "GET", "/v1/health").json()["server_time"])


def ask(servers: Harness, what: str, who: str = "sam", **params: Any) -> Any:
    now = now_of(servers)
    answer = servers.call(who, "GET", f"{BASE}/{what}", params={"since": now - 30 * DAY, "until": now + 60, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "path",
    ["intervals?since=0&until=900", "week?since=0&until=900", "interactions?since=0&until=900", "interactions/x"],
)
def test_only_supervisors_look_into_the_past(servers: Harness, path: str) -> None:
    assert servers.call("maya", "GET", f"{BASE}/{path}").status_code == 403
    assert servers.call(None, "GET", f"{BASE}/{path}").status_code == 401


def test_a_supervisor_sees_their_team_only(servers: Harness) -> None:
    """Sam's and Grace's pasts share no interaction that an agent had, and each has the own team's queues."""
    team = {
        who: {agent["id"] for agent in servers.call(who, "GET", "/v1/agents").json()["agents"]}
        for who in ("sam", "grace")
    }
    seen: dict[str, set[str]] = {}
    for who in team:
        rows = ask(servers, "interactions", who, limit=1_000)["interactions"]
        seen[who] = {row["id"] for row in rows if row["agent_id"]}
        assert {row["agent_id"] for row in rows} - {""} <= team[who]
        queues = {queue["name"] for queue in servers.call(who, "GET", "/v1/queues").json()["queues"]}
        told = ask(servers, "intervals", who, width=604_800, by_queue=True)["intervals"]
        assert {row["queue"] for row in told} == queues
    assert not seen["sam"] & seen["grace"]
    for foreign in list(seen["grace"])[:3]:
        assert servers.call("sam", "GET", f"{BASE}/interactions/{foreign}").status_code == 404
        assert servers.call("grace", "GET", f"{BASE}/interactions/{foreign}").status_code == 200
    other = ask(servers, "intervals", "grace", queue="Sales", width=604_800)["intervals"]
    assert other == [] or "Sales" in {q["name"] for q in servers.call("grace", "GET", "/v1/queues").json()["queues"]}


def test_what_comes_is_what_the_models_say(servers: Harness) -> None:
    assert Intervals.model_validate(ask(servers, "intervals"))
    assert Week.model_validate(ask(servers, "week")).cells
    page = PastInteractions.model_validate(ask(servers, "interactions", limit=20))
    one = servers.call("sam", "GET", f"{BASE}/interactions/{page.interactions[0].id}").json()
    assert PastDetail.model_validate(one).interaction == page.interactions[0]


def test_a_call_becomes_past_with_everything_that_happened(servers: Harness) -> None:
    call = servers.active()
    servers.do(call, "hold")
    servers.do(call, "resume")
    servers.do(call, "end")
    assert servers.do(call, "wrap-up", {"codes": ["dispute"], "note_given": True}).status_code == 200
    detail = servers.call("sam", "GET", f"{BASE}/interactions/{call}").json()
    row = detail["interaction"]
    assert (row["queue"], row["agent_id"], row["outcome"], row["codes"]) == ("Billing", "maya", "handled", ["dispute"])
    assert (row["customer"], row["offers"]) == ("+442079460018", 1)
    assert row["arrived_at"] <= row["answered_at"] <= row["ended_at"] <= now_of(servers)
    talked = row["ended_at"] - row["answered_at"]
    assert row["talk_seconds"] + row["hold_seconds"] == pytest.approx(talked) and row["hold_seconds"] > 0
    assert [step["what"] for step in detail["steps"]] == [
        "queued", "offered", "connected", "held", "resumed", "wrap_up", "closed"
    ]  # fmt: skip
    assert [step["at"] for step in detail["steps"]] == sorted(step["at"] for step in detail["steps"])
    newest = ask(servers, "interactions", limit=1)["interactions"]
    assert newest == [row]


def test_offers_that_came_to_nothing_are_told(servers: Harness) -> None:
    call = servers.offer()
    servers.do(call, "decline", {"reason": "no"})
    servers.step("hangup", interaction=call)
    detail = servers.call("sam", "GET", f"{BASE}/interactions/{call}").json()
    assert detail["interaction"]["outcome"] == "abandoned"
    assert detail["interaction"]["answered_at"] is None
    told = [(step["what"], step["detail"]) for step in detail["steps"]]
    assert ("offer_ended", "declined") in told and told[-1] == ("closed", "abandoned")


def test_today_is_what_the_panel_shows(servers: Harness) -> None:
    """The counts of today's intervals, the running one with them, are those of the queue since midnight."""
    servers.do(servers.active(), "end")
    call = servers.step("call", sender="+442079460018", queue="Billing")["interaction_id"]
    servers.step("hangup", interaction=call)
    shown = next(
        q["counts"] for q in servers.call("sam", "GET", "/v1/queues").json()["queues"] if q["name"] == "Billing"
    )
    begin = shown["since"] // 900 * 900
    told = ask(servers, "intervals", queue="Billing", since=begin, width=900)["intervals"]
    for name in ("offered", "answered", "answered_within", "abandoned", "short_abandons", "handled", "missed"):
        assert sum(row["counts"][name] for row in told) == shown[name], name
    assert shown["offered"] == 2 and told[-1]["counts"]["until"] <= now_of(servers)


def test_an_interval_that_has_ended_is_there_once(servers: Harness) -> None:
    servers.do(servers.active(), "end")
    begin = now_of(servers) // 900 * 900
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": 1_800.0})
    servers.call("sam", "GET", "/v1/queues")  # somebody looks, and the books are closed
    told = ask(servers, "intervals", queue="Billing", since=begin, width=900, channel="voice")["intervals"]
    assert sum(row["counts"]["answered"] for row in told) == 1
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": -1_800.0})


HOSTILE = [
    "since=nan", "since=inf", "since=-1", "since=1e300", "until=abc", "width=0", "width=901", "width=nan", "width=-900",
    "limit=0", "limit=99999999999", "cursor=%00", "cursor=x", "longer_than=nan", "longer_than=-1", "by_queue=maybe",
    "since=5&until=3", "since=0&until=1e11",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_nonsense_is_refused(servers: Harness, query: str) -> None:
    good = {"since": "0", "until": "900"}
    for what in ("intervals", "week", "interactions"):
        rest = "&".join(f"{name}={value}" for name, value in good.items() if f"{name}=" not in query)
        answer = servers.call("sam", "GET", f"{BASE}/{what}?{query}&{rest}")
        ignored = {
            "intervals": ("longer", "limit=9"),
            "week": ("width", "limit", "cursor", "longer", "by_queue", "since=0&until=1e11"),
            "interactions": ("width", "by_queue", "since=0&until=1e11"),
        }
        expected = {200, 422} if any(query.startswith(one) for one in ignored[what]) else {422}
        assert answer.status_code in expected, (what, answer.text)


@pytest.mark.parametrize("word", ["' OR 1=1 --", "%", "\x00", "🙂", "a" * 320, "$queues", "{filters}", "NULL"])
def test_hostile_words_find_nothing(servers: Harness, word: str) -> None:
    for name in ("queue", "channel", "agent", "outcome", "code", "customer"):
        assert ask(servers, "interactions", **{name: word})["interactions"] == [], name
    for name in ("queue", "channel"):
        assert ask(servers, "intervals", **{name: word})["intervals"] == [], name
        assert ask(servers, "week", **{name: word})["cells"] == [], name


def test_too_many_intervals_are_refused_and_others_come_in_pages(servers: Harness) -> None:
    now = now_of(servers)
    for period, by_queue in ((900.0 * 100_001, False), (900.0 * 50_000, True)):
        answer = servers.call(
            "sam",
            "GET",
            f"{BASE}/intervals",
            params={"since": now - period, "until": now, "width": 900, "by_queue": by_queue},
        )
        assert answer.status_code == 422 and "100,000" in answer.json()["detail"]
    whole = ask(servers, "intervals", since=now - 20 * DAY, until=now - DAY, limit=5_000)["intervals"]
    pages, cursor = [], ""
    while cursor or not pages:
        part = ask(servers, "intervals", since=now - 20 * DAY, until=now - DAY, limit=97, cursor=cursor)
        pages.append(part["intervals"])
        cursor = part["cursor"]
    assert [row for page in pages for row in page] == whole and len(pages) > 2


def test_the_loop_goes_on_while_the_past_is_asked(servers: Harness) -> None:
    """Whoever asks of 30 days does not keep others from being answered: queries run on threads."""
    import threading

    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            servers.client.get(
                servers.urls["contact_center"] + f"{BASE}/intervals",
                headers=servers.headers("sam"),
                params={"since": 0, "until": 9e7, "width": 900},
            )

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        assert all(servers.call("maya", "GET", "/v1/snapshot").status_code == 200 for _ in range(20))
    finally:
        stop.set()
        thread.join()


def test_answers_are_plain_json(servers: Harness) -> None:
    body = servers.call("sam", "GET", f"{BASE}/intervals?since=0&until=900").content
    assert json.loads(body) == {"intervals": [], "cursor": ""}
