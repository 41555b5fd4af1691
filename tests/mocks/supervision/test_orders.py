"""What supervisors order: each verb in each phase, what the agent is told, who wins, what is never done."""

import httpx
import pytest

from mock_backends.play.fleet import Fleet
from tests.mocks.conftest import FAST
from tests.mocks.harness import CONTROL, Harness
from tests.mocks.supervision.floor import agent, arrive, audit, contact, order, set_state, waiting


def later(servers: Harness, seconds: float = 5.0) -> None:
    """Time passes, so that what another supervisor did can have been seen."""
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": seconds})


def test_who_waits_is_told_in_the_order_of_being_served(servers: Harness) -> None:
    first, second = arrive(servers), arrive(servers, sender="+442079460143")
    urgent = arrive(servers, sender="+442079460144", priority=50)
    assert waiting(servers) == [urgent, first, second]
    servers.available("maya")  # the head of the line rings from now on
    assert waiting(servers) == [urgent, first, second]
    assert contact(servers, urgent)["phase"] == "offered"


def test_a_taken_over_conversation_goes_on_with_the_supervisor_and_the_agent_wraps_up(servers: Harness) -> None:
    call = servers.active(name="Priya Natarajan")
    taken = order(servers, "sam", call, "take-over", why="they ask for me").json()["interaction"]
    assert (taken["agent_id"], taken["phase"], taken["customer_name"]) == ("sam", "active", "Priya Natarajan")
    previous = taken["previous"]
    assert (previous["interaction_id"], previous["agent_id"], previous["agent_name"]) == (call, "maya", "Maya Okafor")
    assert call not in str(taken["attributes"])
    mine = servers.get(call)
    assert (mine["phase"], mine["agent_id"], mine["outcome"]) == ("wrap_up", "maya", "transferred")
    assert agent(servers, "sam")["observed"] == "not_ready"  # nobody carries work while offline
    assert servers.do(taken["id"], "end", who="sam").status_code == 200
    assert order(servers, "sam", taken["id"], "take-over").status_code == 409


def test_a_supervisor_is_offline_again_after_what_was_taken_over(servers: Harness) -> None:
    """They are signed in for the conversation only, unless they choose to stay."""
    taken = order(servers, "sam", servers.active("maya"), "take-over").json()["interaction"]
    sam = agent(servers, "sam")
    assert (sam["observed"], sam["reason"], sam["next"]) == ("not_ready", "supervising", "offline")
    assert servers.do(taken["id"], "end", who="sam").status_code == 200
    assert agent(servers, "sam")["observed"] == "not_ready", "the wrap-up is theirs too"
    assert servers.do(taken["id"], "wrap-up", {"codes": ["dispute"]}, who="sam").status_code == 200
    assert agent(servers, "sam")["observed"] == "offline"


def test_a_supervisor_who_was_signed_in_stays_so_after_a_take_over(servers: Harness) -> None:
    assert servers.call("sam", "PUT", "/v1/me/availability", {"availability": "not_ready"}).status_code == 200
    taken = order(servers, "sam", servers.active("maya"), "take-over").json()["interaction"]
    assert agent(servers, "sam")["next"] is None
    servers.do(taken["id"], "end", who="sam")
    servers.do(taken["id"], "wrap-up", {"codes": ["dispute"]}, who="sam")
    assert agent(servers, "sam")["observed"] == "not_ready"


def test_a_supervisor_has_one_call_at_a_time(servers: Harness) -> None:
    servers.available("tom")
    mine, toms = servers.active("maya"), arrive(servers)
    assert servers.do(toms, "accept", who="tom").status_code == 200
    assert order(servers, "sam", mine, "take-over").status_code == 200
    refused = order(servers, "sam", toms, "take-over")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert contact(servers, toms)["phase"] == "active", "the customer was not dropped"


def test_one_who_waits_is_offered_to_the_named_agent_out_of_turn(servers: Harness) -> None:
    first, second = arrive(servers, queue="Support"), arrive(servers, queue="Support", sender="+442079460143")
    assert order(servers, "sam", second, "reassign", agent_id="maya").status_code == 409, "she is not available"
    servers.available("tom")  # who knows nothing of Support, so that nothing rings there by itself
    assert waiting(servers, "Support") == [first, second]
    given = order(servers, "sam", second, "reassign", agent_id="tom").json()["interaction"]
    assert (given["phase"], given["agent_id"]) == ("offered", "tom")
    assert order(servers, "sam", first, "reassign", agent_id="tom").status_code == 409, "he has no room"
    assert servers.do(second, "accept", who="tom").status_code == 200


def test_a_ringing_offer_can_go_to_another_agent(servers: Harness) -> None:
    call = servers.offer("maya")
    servers.available("tom")
    reassigned = order(servers, "sam", call, "reassign", agent_id="tom").json()["interaction"]
    assert (reassigned["phase"], reassigned["agent_id"]) == ("offered", "tom")
    assert servers.do(call, "accept").status_code == 409
    assert servers.do(call, "accept", who="tom").status_code == 200


def test_a_conversation_can_go_on_with_another_agent(servers: Harness) -> None:
    call = servers.active("maya")
    refused = order(servers, "sam", call, "reassign", agent_id="tom")
    told = "Tom Archer is not available. Nobody of your team has room for it now."
    assert (refused.status_code, refused.json()["detail"]) == (409, told)
    servers.available("tom")
    refused = order(servers, "sam", call, "reassign", agent_id="ines")
    assert refused.json()["detail"] == "Inês Duarte is not available. With room now: Tom Archer."
    given = order(servers, "sam", call, "reassign", agent_id="tom").json()["interaction"]
    assert (given["agent_id"], given["phase"]) == ("tom", "active")
    assert servers.get(call)["phase"] == "wrap_up"
    assert order(servers, "sam", given["id"], "reassign", agent_id="sana").status_code == 404, "of another team"


def test_a_move_keeps_the_place_by_arrival_and_takes_the_rules_of_the_queue(servers: Harness) -> None:
    call = servers.active("maya", sender="+442079460199")
    early = arrive(servers, queue="Billing")
    later(servers)
    there = arrive(servers, queue="Returns", sender="+442079460143")
    moved = order(servers, "sam", early, "move", queue="Returns").json()["interaction"]
    assert (moved["queue"], moved["phase"], moved["wrap_up_rule"]["seconds"]) == ("Returns", "queued", 30.0)
    assert waiting(servers, "Returns") == [early, there]
    assert waiting(servers, "Billing") == []
    assert order(servers, "sam", early, "move", queue="Returns").status_code == 409
    assert order(servers, "sam", early, "move", queue="nowhere").status_code == 422
    assert order(servers, "sam", call, "move", queue="Returns").status_code == 409, "somebody talks"


def test_a_priority_changes_the_order_and_is_to_be_seen(servers: Harness) -> None:
    first, second = arrive(servers), arrive(servers, sender="+442079460143")
    assert order(servers, "sam", second, "priority", priority=100).json()["interaction"]["priority"] == 100
    assert waiting(servers) == [second, first]
    assert order(servers, "sam", second, "priority", priority=-100).status_code == 200
    assert waiting(servers) == [first, second]
    for wrong in (1001, -1001, "high", None):
        assert order(servers, "sam", second, "priority", priority=wrong).status_code == 422
    servers.available("maya")
    assert order(servers, "sam", first, "priority", priority=1).status_code == 409, "it rings"


@pytest.mark.parametrize("phase", ["queued", "offered"])
def test_a_contact_is_withdrawn_from_the_queue_or_an_offer(servers: Harness, phase: str) -> None:
    call = arrive(servers) if phase == "queued" else servers.offer("maya")
    gone = order(servers, "sam", call, "withdraw").json()["interaction"]
    assert (gone["phase"], gone["outcome"]) == ("closed", "withdrawn")
    past = servers.call("sam", "GET", f"/v1/history/interactions/{call}").json()
    assert (past["interaction"]["outcome"], past["steps"][-1]["detail"]) == ("withdrawn", "withdrawn")
    assert waiting(servers) == []
    assert order(servers, "sam", call, "withdraw").status_code == 409
    if phase == "offered":
        again = arrive(servers, sender="+442079460155")
        assert contact(servers, again)["agent_id"] == "maya", "she has room again"


def test_a_stuck_wrap_up_is_closed_and_its_capacity_is_free(servers: Harness) -> None:
    call = servers.active("maya")
    assert order(servers, "sam", call, "withdraw").status_code == 409, "a customer is never cut off"
    assert servers.do(call, "end").status_code == 200
    with servers.stream("maya") as events:
        gone = order(servers, "sam", call, "withdraw", why="she had to leave").json()["interaction"]
        assert (gone["phase"], gone["outcome"]) == ("closed", "handled"), "the conversation had been had"
        told = [servers.next_numbered(events) for _ in range(4)]
    closed = next(one["data"] for one in told if one["event"] == "interaction.closed")
    assert closed["reason"] == "withdrawn"
    assert agent(servers, "maya")["in_use"] == {}


def test_an_agents_state_is_changed_at_once_or_next_and_they_are_told_who_and_why(servers: Harness) -> None:
    servers.available("maya")
    with servers.stream("maya") as events:
        answer = set_state(servers, "sam", "maya", "not_ready", reason="coaching", why="we talk about Priya")
        assert (answer.json()["agent"]["observed"], answer.json()["agent"]["reason"]) == ("not_ready", "coaching")
        act = next(one["data"]["act"] for one in events if one["event"] == "supervisor.acted")
    assert (act["by_name"], act["verb"], act["why"]) == ("Sam Rivera", "agent_state", "we talk about Priya")
    assert act["detail"] == "available to not ready (coaching)"
    call = servers.active("maya")
    busy = set_state(servers, "sam", "maya", "offline").json()["agent"]
    assert (busy["observed"], busy["next"]) == ("available", "offline")
    assert busy["work"][0]["interaction_id"] == call
    assert set_state(servers, "sam", "maya", "not_ready", reason="no-such").status_code == 422


def test_of_two_supervisors_one_wins_and_the_other_reads_who_was_faster(servers: Harness) -> None:
    call = servers.active("maya")
    assert order(servers, "sam", call, "take-over").status_code == 200
    late = order(servers, "ines", call, "take-over")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert late.json()["detail"] == "Sam Rivera has just done something with it (take over)."
    waits = arrive(servers)
    assert order(servers, "sam", waits, "priority", priority=5).status_code == 200
    assert order(servers, "ines", waits, "withdraw").status_code == 409, "she cannot have seen the change"
    assert contact(servers, waits)["phase"] == "queued"
    later(servers)
    assert order(servers, "ines", waits, "withdraw").status_code == 200


def test_the_same_order_under_one_key_is_carried_out_once(servers: Harness) -> None:
    call = servers.active("maya")
    path, body = f"/v1/floor/interactions/{call}/take-over", {"why": "once"}
    first, again = (servers.call("sam", "POST", path, body, key="once-and-for-all") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert sum(one["verb"] == "take_over" for one in audit(servers)) == 1


def test_an_order_that_was_carried_out_is_answered_again_after_the_server_died(tmp_path: object) -> None:
    """As `kill -9` between request and answer leaves it: the work is on disk with its answer, and nothing else is."""
    storage = f"{tmp_path}/servers.db"

    def made() -> Fleet:
        return Fleet(["contact_center"], settings=FAST, control=CONTROL, storage_path=storage)

    with Harness(made) as servers:
        tokens = dict(servers.tokens)
        call = servers.active("maya")
        servers.faults({"effect": "apply_then_fail", "match": "POST /v1/floor/*/withdraw"})
        servers.do(call, "end")
        path, body = f"/v1/floor/interactions/{call}/withdraw", {"why": "stuck"}
        with pytest.raises(httpx.TransportError):
            servers.call("sam", "POST", path, body, key="the-key")
    with Harness(
        lambda: Fleet(["contact_center"], settings=FAST, control=CONTROL, storage_path=storage, tokens=tokens)
    ) as servers:
        again = servers.call("sam", "POST", path, body, key="the-key")
        assert again.status_code == 200 and again.headers["idempotency-replayed"] == "true"
        assert again.json()["interaction"]["phase"] == "closed"
        assert [one["verb"] for one in audit(servers)] == ["withdraw"], "and it was written down once"
