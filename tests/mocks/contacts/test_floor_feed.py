"""What supervisors are told of their floor: one event a moment, only what changed, nothing that is not theirs."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from mock_backends.acd.midnights import Midnights
from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet
from tests.mocks.conftest import NOON
from tests.mocks.harness import CONTROL, Harness
from tests.mocks.supervision.floor import contact

BILLING = {"maya", "sam", "tom", "jonas", "pierre", "ivo", "olu", "finn"}
Event = dict[str, Any]


def floors(events: Iterator[Event]) -> Iterator[Event]:
    return (event["data"] for event in events if event["event"] == "floor.changed")


def snapshot(servers: Harness, who: str = "sam") -> Any:
    return servers.call(who, "GET", "/v1/snapshot").json()


def agent_in(floor: Any, who: str) -> Any:
    return next((agent for agent in floor["agents"] if agent["id"] == who), None)


def queue_in(floor: Any, name: str) -> Any:
    return next((queue for queue in floor["queues"] if queue["name"] == name), None)


class Seen:
    """A floor as it stands after all that was told so far; `until` reads on until something is so."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._floors = floors(events)
        self._agents: dict[str, Any] = {}
        self._queues: dict[str, Any] = {}

    def agent(self, who: str) -> Any:
        return self._agents.get(who, {"work": [], "today": {"since": 0.0}})

    def queue(self, name: str) -> Any:
        return self._queues.get(name, {"counts": {"since": 0.0, "handled": 0}, "agents_signed_in": 0})

    def phases(self, who: str) -> list[str]:
        return [work["phase"] for work in self.agent(who)["work"]]

    def until(self, fits: Callable[[], bool]) -> None:
        while not fits():
            floor = next(self._floors)
            self._agents |= {agent["id"]: agent for agent in floor["agents"]}
            self._queues |= {queue["name"]: queue for queue in floor["queues"]}


def test_a_call_is_seen_through_its_agent_and_its_queue_and_never_pushed_itself(servers: Harness) -> None:
    kinds: list[str] = []

    def noted(events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            kinds.append(event["event"])
            yield event

    with servers.stream("sam") as stream:
        seen = Seen(noted(stream))
        interaction_id = servers.active(name="Priya Natarajan")
        seen.until(lambda: seen.phases("maya") == ["active"])
        (work,) = seen.agent("maya")["work"]
        assert (work["interaction_id"], work["customer_name"]) == (interaction_id, "Priya Natarajan")
        assert work["customer"]["value"] == contact(servers, interaction_id)["customer"]["value"]
        assert seen.agent("maya")["in_use"] == {"voice": 1}
        assert servers.do(interaction_id, "hold").status_code == 200
        seen.until(lambda: seen.agent("maya")["work"][0]["held"])
        assert servers.do(interaction_id, "end").status_code == 200
        seen.until(lambda: seen.phases("maya") == ["wrap_up"] and seen.queue("Billing")["counts"]["handled"] == 1)
        counts = seen.queue("Billing")["counts"]
        assert (counts["offered"], counts["answered"]) == (1, 1)
        assert servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]}).status_code == 200
        seen.until(lambda: seen.phases("maya") == [])
        today = seen.agent("maya")["today"]
        assert today["handled"] == 1 and today["engaged"] > 0
    assert set(kinds) <= {"floor.changed", "heartbeat"}, "no contact of others is pushed"


def test_a_supervisors_snapshot_has_their_own_contacts_and_their_teams_floor(servers: Harness) -> None:
    interaction_id = servers.active(name="Priya Natarajan")
    told = snapshot(servers)
    assert told["interactions"] == [] and told["zone"] == "Europe/London"
    assert {agent["team"] for agent in told["agents"]} == {"Billing"}
    assert [work["interaction_id"] for work in agent_in(told, "maya")["work"]] == [interaction_id]
    day = agent_in(told, "maya")["today"]
    assert day["since"] <= day["until"] and day["signed_in"] >= day["engaged"] > 0
    billing = queue_in(told, "Billing")
    assert billing["counts"]["answered"] == 1 and billing["counts"]["staff"]["engaged"] > 0
    assert billing["trend"] and billing["estimates"]["scored"] == 0
    assert not agent_in(snapshot(servers, "grace"), "maya"), "of another team"


def test_agents_see_neither_the_work_nor_the_day_of_their_colleagues(servers: Harness) -> None:
    with servers.stream("tom") as events:
        servers.active(name="Priya Natarajan")
        changed = next(e["data"]["agent"] for e in events if e["event"] == "agent.changed")
        assert "work" not in changed and "today" not in changed
    snapshot(servers)  # a supervisor looks
    for agent in (*snapshot(servers, "tom")["agents"], *servers.call("tom", "GET", "/v1/agents").json()["agents"]):
        assert agent["work"] == []
        assert (agent["today"] is None) == (agent["id"] != "tom"), "their own day is theirs"


def test_agents_are_told_of_their_own_day(servers: Harness) -> None:
    with servers.stream("maya") as events:
        servers.active(name="Priya Natarajan")
        told = (e["data"]["agent"] for e in events if e["event"] == "agent.changed" and e["data"]["agent"]["in_use"])
        own = next(agent for agent in told if agent["id"] == "maya")
    assert "work" not in own and own["today"]["handled"] == 0 and own["today"]["until"] >= own["today"]["since"]


def test_many_changes_are_few_events_in_which_nothing_stands_twice(servers: Harness) -> None:
    with servers.stream("sam") as stream:
        next(stream)
        for who in ("maya", "tom", "jonas"):
            servers.available(who)
        servers.step("flood", count=40, queue="Billing", patience=None, stays=None)
        versions: dict[str, int] = {}
        seen = []
        for floor in floors(stream):
            seen.append(floor)
            names = [agent["id"] for agent in floor["agents"]] + [queue["name"] for queue in floor["queues"]]
            assert len(names) == len(set(names))
            for entity in (*floor["agents"], *floor["queues"]):
                key = entity.get("id") or entity["name"]
                assert entity["version"] > versions.get(key, 0), "rises with every change"
                versions[key] = entity["version"]
            if (queue_in(floor, "Billing") or {"counts": {"offered": 0}})["counts"]["offered"] == 40:
                break
        assert len(seen) < 20, "over forty changes"


def test_after_any_snapshot_the_events_lead_to_the_same_floor(servers: Harness) -> None:
    """A snapshot taken in the middle of changes and the events after it make what a later snapshot says."""
    for who in ("maya", "tom"):
        servers.available(who)
    servers.step("flood", count=12, queue="Billing", patience=None, stays=None)
    first = snapshot(servers)
    agents = {agent["id"]: agent for agent in first["agents"]}
    with servers.stream("sam", last=first["as_of"]) as stream:
        servers.step("availability", agent="tom", availability="not_ready", reason="break")
        servers.step("availability", agent="jonas", availability="available")
        for floor in floors(stream):
            for agent in floor["agents"]:
                if agent["version"] > agents[agent["id"]]["version"]:
                    agents[agent["id"]] = agent
            if agents["jonas"]["work"]:
                break
    last = {agent["id"]: agent for agent in snapshot(servers)["agents"]}
    for agent in (*agents.values(), *last.values()):
        del agent["today"]
    assert agents == last


def test_frozen_figures_stand_still_and_come_back_together(servers: Harness) -> None:
    with servers.stream("sam") as stream:
        next(stream)
        servers.step("freeze_figures", on=True)
        servers.available()
        frozen = next(floors(stream))
        assert frozen["queues"] == [] and agent_in(frozen, "maya")["observed"] == "available"
        servers.step("freeze_figures", on=False)
        seen = Seen(stream)
        seen.until(lambda: seen.queue("Billing")["agents_signed_in"] == 1)


def test_at_midnight_everything_begins_again_and_supervisors_are_told(servers: Harness) -> None:
    servers.active()
    now = servers.fleet.site.clock.now()
    midnight = Midnights("Europe/London").after(now)
    with servers.stream("sam") as stream:
        next(stream)
        servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": midnight - now - 60.0, "speed": 100.0})
        seen = Seen(stream)
        seen.until(lambda: seen.queue("Billing")["counts"]["since"] >= midnight)
        seen.until(lambda: seen.agent("maya")["today"]["since"] >= midnight)
        counts, today = seen.queue("Billing")["counts"], seen.agent("maya")["today"]
        assert counts["since"] == today["since"] == midnight
        assert counts["offered"] == counts["answered"] == today["handled"] == 0
        assert counts["staff"]["signed_in"] <= counts["until"] - midnight + 1e-6


def test_quiet_queues_are_told_now_and_then_so_that_time_goes_on() -> None:
    settings = Settings(rate_per_minute=1e9, burst=1e9, customers=20, autonomous=True, quiet=0.2, clock_start=NOON)
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        servers.available()
        snapshot(servers)
        servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 50.0})
        with servers.stream("sam") as stream:
            seen = [queue_in(floor, "Billing") for floor in itertools.islice(floors(stream), 3)]
            times = [queue["counts"]["staff"]["signed_in"] for queue in seen if queue]
            assert len(times) > 1 and times == sorted(times) and times[-1] > times[0]


def test_a_slow_supervisor_costs_no_more_memory_than_the_ring_may_have() -> None:
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, customers=20, autonomous=False, queues=30, agents=200, history_days=0,
        ring_bytes=200_000,
    )  # fmt: skip
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        first = snapshot(servers, "lead")
        servers.step("storm", per_second=2_000)
        ring = servers.fleet.contact_center.log.ring("lead")
        servers.until(lambda: ring.head > 12)
        assert sum(len(body) for _, body in ring.events) <= 200_000
        with servers.stream("lead", last=first["as_of"]) as stream:
            assert next(stream)["event"] == "reset", "a snapshot heals what the ring no longer has"


def test_much_at_once_is_told_in_events_of_a_bounded_size() -> None:
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, customers=20, autonomous=False, queues=30, agents=200, history_days=0
    )
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        now = snapshot(servers, "lead")["server_time"]
        ring = servers.fleet.contact_center.log.ring("lead")
        before = ring.head
        # Everybody is told anew after midnight, more than fits into one event.
        midnight = Midnights("Europe/London").after(now)
        servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": midnight - now - 20.0, "speed": 100.0})
        servers.until(lambda: sum(len(body) for _, body in list(ring.events)) > 2 * 64 * 1024)
        assert ring.head > before + 1
        assert max(len(body) for _, body in ring.events) <= 80_000, "readers give up on events that are too large"


def test_a_storm_moves_the_real_floor_of_one_team() -> None:
    settings = Settings(
        rate_per_minute=1e9, burst=1e9, customers=20, autonomous=False, queues=12, agents=60, history_days=0,
        clock_start=NOON,
    )  # fmt: skip
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        told = snapshot(servers, "lead")
        assert len(told["queues"]) == 12 and len(told["agents"]) == 61
        assert {agent["team"] for agent in told["agents"]} == {"Great floor"}
        assert BILLING.isdisjoint(agent["id"] for agent in told["agents"])
        servers.step("storm", per_second=1_000)
        servers.until(lambda: servers.step("storm", per_second=1_000)["moves"] > 800)
        moved = servers.step("storm", per_second=0)["moves"]
        told = snapshot(servers, "lead")
        offered = sum(queue["counts"]["offered"] for queue in told["queues"])
        answered = sum(queue["counts"]["answered"] for queue in told["queues"])
        assert 0 < answered < offered < moved
        assert sum(queue["waiting"] for queue in told["queues"]) > 0, "nobody takes the e-mail"
        phases = {work["phase"] for agent in told["agents"] for work in agent["work"]}
        assert {"active", "wrap_up"} <= phases
        assert servers.step("storm", per_second=0)["moves"] == moved
