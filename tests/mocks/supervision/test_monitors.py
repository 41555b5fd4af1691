"""Listening, whispering, barging: whom one hears, what the agent sees of it by policy, and when it ends."""

from typing import Any

import pytest

from mock_backends.play.fleet import Fleet
from tests.mocks.conftest import FAST
from tests.mocks.harness import CONTROL, Harness
from tests.mocks.supervision.floor import audit, monitor, order


def legs(servers: Harness, interaction_id: str) -> list[tuple[str, str | None, str]]:
    return [(leg["kind"], leg["monitoring"], leg["phase"]) for leg in servers.get(interaction_id)["legs"]]


def end(servers: Harness, who: str, monitor_id: str) -> int:
    return servers.call(who, "DELETE", f"/v1/floor/monitors/{monitor_id}").status_code


def test_the_mode_can_be_changed_while_it_lasts_and_the_agent_sees_it(servers: Harness) -> None:
    call = servers.active("maya")
    begun = monitor(servers, "sam", "maya", "listen").json()["monitor"]
    assert (begun["interaction_id"], begun["mode"]) == (call, "listen")
    assert legs(servers, call) == [("supervisor", "listen", "active")]
    for mode in ("whisper", "barge", "listen"):
        assert monitor(servers, "sam", "maya", mode).json()["monitor"]["id"] == begun["id"]
        assert legs(servers, call) == [("supervisor", mode, "active")]
    assert servers.get(call)["legs"][0]["target_name"] == "Sam Rivera"
    assert end(servers, "sam", begun["id"]) == 200
    assert legs(servers, call) == [("supervisor", "listen", "completed")]
    assert end(servers, "sam", begun["id"]) == 200, "that it is over is no failure"
    assert end(servers, "sam", "mon-none") == 404
    assert end(servers, "ines", begun["id"]) == 404
    verbs = [one["verb"] for one in audit(servers) if one["outcome"] == "done"]
    assert verbs == ["end_monitor", "listen", "barge", "whisper", "listen"]


def test_it_needs_a_call(servers: Harness) -> None:
    assert monitor(servers, "sam", "maya", "listen").status_code == 409
    call = servers.active("maya", channel="chat")
    assert monitor(servers, "sam", "maya", "barge").status_code == 409
    servers.do(call, "end")
    for mode in ("", "eavesdrop"):
        assert monitor(servers, "sam", "maya", mode).status_code == 422


def test_it_ends_with_the_call_and_nobody_can_end_it_for_the_supervisor(servers: Harness) -> None:
    call = servers.active("maya")
    begun = monitor(servers, "sam", "maya", "whisper").json()["monitor"]["id"]
    leg = servers.get(call)["legs"][0]["id"]
    for verb in ("cancel", "swap", "complete", "conference"):
        assert servers.do(call, f"legs/{leg}/{verb}").status_code == 404, "it is no party of the agent's"
    assert servers.do(call, "hold").status_code == 200, "nor is it in the way of one"
    assert servers.do(call, "end").status_code == 200
    assert legs(servers, call) == [("supervisor", "whisper", "completed")]
    assert end(servers, "sam", begun) == 200
    assert monitor(servers, "sam", "maya", "listen").status_code == 409


def test_a_supervisor_hears_one_call_at_a_time_and_two_may_hear_the_same(servers: Harness) -> None:
    mine = servers.active("maya")
    toms = servers.active("tom", sender="+442079460142")
    monitor(servers, "sam", "maya", "listen")
    monitor(servers, "ines", "maya", "whisper")
    assert len(legs(servers, mine)) == 2
    monitor(servers, "sam", "tom", "listen")
    assert [phase for _, _, phase in legs(servers, mine)] == ["completed", "active"]
    toms_legs = servers.get(toms, "tom")["legs"]
    assert [(leg["target"], leg["phase"]) for leg in toms_legs] == [("sam", "active")]


def test_taking_over_ends_listening(servers: Harness) -> None:
    call = servers.active("maya")
    monitor(servers, "sam", "maya", "listen")
    assert order(servers, "sam", call, "take-over").status_code == 200
    assert legs(servers, call) == [("supervisor", "listen", "completed")]


@pytest.mark.parametrize(("silent", "seen"), [(True, False), (False, True), (None, True)])
def test_policy_says_whether_an_agent_sees_who_listens_and_who_speaks_is_always_seen(
    silent: bool | None, seen: bool
) -> None:
    from dataclasses import replace

    settings = replace(FAST, silent_monitoring=silent)
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        call = servers.active("maya")
        with servers.stream("maya") as events:
            monitor(servers, "sam", "maya", "listen")
            assert bool(legs(servers, call)) is seen
            monitor(servers, "sam", "maya", "whisper")
            assert legs(servers, call) == [("supervisor", "whisper", "active")]
            monitor(servers, "sam", "maya", "listen")
            assert legs(servers, call) == [
                ("supervisor", "listen", "active") if seen else ("supervisor", "whisper", "completed")
            ]
            servers.do(call, "end")
            told = told_of_acts(servers, events)
        assert told == (["listen", "whisper", "listen"] if seen else ["whisper"])
        assert [one["verb"] for one in audit(servers)] == ["listen", "whisper", "listen"], "written down in any case"


def told_of_acts(servers: Harness, events: Any) -> list[str]:
    found = []
    for event in events:
        if event["event"] == "supervisor.acted":
            found.append(event["data"]["act"]["verb"])
        if event["event"] == "interaction.wrap_up":
            return found
    return found
