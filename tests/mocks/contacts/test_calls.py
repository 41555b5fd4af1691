"""Every call verb of the contact centre, with all endings of an offer, a leg and a wrap-up."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mocks.harness import Harness

EXPERT = "person:noor"


def faster(servers: Harness, speed: float = 40.0) -> None:
    servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": speed})


def leg_of(servers: Harness, interaction_id: str, phase: str) -> Any:
    """The newest leg, once it is in this phase."""

    def ask() -> Any:
        legs = servers.get(interaction_id)["legs"]
        return legs[-1] if legs and legs[-1]["phase"] == phase else None

    return servers.until(ask)


def consulting(servers: Harness) -> tuple[str, str]:
    interaction_id = servers.active()
    assert servers.do(interaction_id, "consult", {"target": EXPERT}).status_code == 200
    faster(servers)
    leg = leg_of(servers, interaction_id, "active")
    servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 1.0})
    return interaction_id, leg["id"]


@pytest.mark.parametrize("verb", ["hold", "end", "mute"])
def test_the_contact_of_another_agent_is_none_of_mine(servers: Harness, verb: str) -> None:
    interaction_id = servers.active("maya")
    before = servers.get(interaction_id)
    assert servers.do(interaction_id, verb, who="tom").status_code == 404
    assert servers.get(interaction_id)["version"] == before["version"]


def test_an_offer_carries_a_deadline_and_becomes_an_active_call(servers: Harness) -> None:
    interaction_id = servers.offer(name="Priya Natarajan", subject="Charged twice")
    offered = servers.get(interaction_id)
    assert offered["phase"] == "offered" and offered["agent_id"] == "maya"
    assert offered["offer_deadline"] > offered["arrived_at"]
    accepted = servers.do(interaction_id, "accept").json()["interaction"]
    assert accepted["phase"] == "active" and accepted["version"] > offered["version"]
    assert accepted["answered_at"] and accepted["offer_deadline"] is None
    assert servers.do(interaction_id, "accept").json()["interaction"]["phase"] == "active"


def test_a_call_is_recorded_and_its_recording_is_paused_until_it_is_resumed(servers: Harness) -> None:
    interaction_id = servers.offer()
    assert servers.do(interaction_id, "recording/pause").status_code == 409  # it only rings
    talking = servers.do(interaction_id, "accept").json()["interaction"]
    assert (talking["recording"], talking["recording_since"]) == ("active", talking["answered_at"])
    for _ in range(2):  # twice is no harm
        paused = servers.do(interaction_id, "recording/pause").json()["interaction"]
        assert paused["recording"] == "paused" and paused["recording_since"] > talking["recording_since"]
    servers.do(interaction_id, "hold")
    servers.do(interaction_id, "resume")
    assert servers.get(interaction_id)["recording"] == "paused"
    assert servers.do(interaction_id, "recording/resume").json()["interaction"]["recording"] == "active"
    over = servers.do(interaction_id, "end").json()["interaction"]
    assert (over["recording"], over["recording_since"]) == ("none", None)


def test_a_declined_offer_goes_on_to_another_agent(servers: Harness) -> None:
    interaction_id = servers.offer()
    servers.available("tom")
    assert servers.do(interaction_id, "decline", {"reason": "busy"}).status_code == 200
    servers.until(lambda: servers.call("tom", "GET", "/v1/snapshot").json()["interactions"])
    assert servers.do(interaction_id, "accept").json()["code"] == "conflict"
    assert servers.do(interaction_id, "accept", who="tom").status_code == 200


def test_a_missed_offer_makes_the_agent_not_ready(servers: Harness) -> None:
    servers.offer()
    faster(servers, 200.0)
    agent = servers.until(
        lambda: next(
            (
                a
                for a in servers.call("maya", "GET", "/v1/agents").json()["agents"]
                if a["id"] == "maya" and a["missed"]
            ),
            None,
        )
    )
    assert (agent["observed"], agent["reason"], agent["missed"]) == ("not_ready", "missed", 1)
    assert servers.call("maya", "GET", "/v1/snapshot").json()["interactions"] == []


def test_a_customer_who_leaves_while_offered_is_abandoned(servers: Harness) -> None:
    interaction_id = servers.offer()
    with servers.stream() as events:
        next(events)
        servers.step("hangup", interaction=interaction_id)
        ended = servers.next_numbered(events)
        assert (ended["event"], ended["data"]["reason"]) == ("interaction.offer_ended", "abandoned")
        assert ended["data"]["interaction"]["id"] == interaction_id
    assert servers.do(interaction_id, "accept").status_code == 409


def test_hold_mute_and_tones(servers: Harness) -> None:
    interaction_id = servers.active()
    assert servers.do(interaction_id, "hold").json()["interaction"]["held"] is True
    assert servers.get(interaction_id)["held_since"] is not None
    resumed = servers.do(interaction_id, "resume").json()["interaction"]
    assert resumed["held"] is False and resumed["held_since"] is None
    assert servers.do(interaction_id, "mute").json()["interaction"]["muted"] is True
    assert servers.do(interaction_id, "unmute").json()["interaction"]["muted"] is False
    assert servers.do(interaction_id, "dtmf", {"digits": "12*#"}).status_code == 200
    assert servers.do(interaction_id, "dtmf", {"digits": "12x"}).status_code == 422


def test_end_then_wrap_up_with_the_codes_the_queue_allows(servers: Harness) -> None:
    interaction_id = servers.active()
    ended = servers.do(interaction_id, "end").json()["interaction"]
    assert ended["phase"] == "wrap_up" and ended["wrap_up_deadline"] and not ended["customer_connected"]
    for codes in ([], ["no-such-code"], ["sold"], ["refund-made", "refund-made"]):
        assert servers.do(interaction_id, "wrap-up", {"codes": codes}).status_code == 422
    closed = servers.do(interaction_id, "wrap-up", {"codes": ["refund-made", "dispute"], "note_given": True})
    assert closed.json()["interaction"]["phase"] == "closed"
    assert closed.json()["interaction"]["outcome"] == "handled"
    assert servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]}).status_code == 409


def test_a_wrap_up_can_be_extended_twice(servers: Harness) -> None:
    interaction_id = servers.active()
    before = servers.do(interaction_id, "end").json()["interaction"]
    for used in (1, 2):
        after = servers.do(interaction_id, "wrap-up/extend").json()["interaction"]
        assert after["extensions_used"] == used
        assert after["wrap_up_deadline"] == pytest.approx(before["wrap_up_deadline"] + 60.0 * used)
    assert servers.do(interaction_id, "wrap-up/extend").status_code == 409


def test_a_wrap_up_that_runs_out_is_closed_by_the_server(servers: Harness) -> None:
    interaction_id = servers.active()
    with servers.stream() as events:
        next(events)
        servers.do(interaction_id, "end")
        faster(servers, 400.0)
        closed = next(event for event in events if event["event"] == "interaction.closed")
        assert closed["data"]["reason"] == "timeout"


@pytest.mark.parametrize("phase", ["active", "held", "consulting"])
def test_a_customer_who_hangs_up_leads_to_wrap_up(servers: Harness, phase: str) -> None:
    interaction_id = consulting(servers)[0] if phase == "consulting" else servers.active()
    if phase == "held":
        servers.do(interaction_id, "hold")
    with servers.stream() as events:
        next(events)
        servers.step("hangup", interaction=interaction_id)
        wrap_up = next(event for event in events if event["event"] == "interaction.wrap_up")
        assert wrap_up["data"]["reason"] == "customer_left"
        seen = wrap_up["data"]["interaction"]
        assert not seen["held"] and not seen["customer_connected"]
        assert all(leg["phase"] == "cancelled" for leg in seen["legs"])


def test_consult_holds_the_customer_and_swap_changes_over(servers: Harness) -> None:
    interaction_id, leg_id = consulting(servers)
    assert servers.get(interaction_id)["held"] is True
    people = servers.call("maya", "GET", "/v1/snapshot", server="presence").json()["presence"]
    assert next(p for p in people if p["person_id"] == "noor")["in_call"] is True
    assert servers.do(interaction_id, f"legs/{leg_id}/swap").json()["interaction"]["held"] is False
    assert servers.do(interaction_id, f"legs/{leg_id}/swap").json()["interaction"]["held"] is True
    assert servers.do(interaction_id, "consult", {"target": "person:ingrid"}).status_code == 409
    back = servers.do(interaction_id, f"legs/{leg_id}/cancel").json()["interaction"]
    assert back["held"] is False and back["legs"][0]["phase"] == "cancelled"
    people = servers.call("maya", "GET", "/v1/snapshot", server="presence").json()["presence"]
    assert next(p for p in people if p["person_id"] == "noor")["in_call"] is False
    assert servers.do(interaction_id, f"legs/{leg_id}/swap").status_code == 409


def test_conference_and_warm_transfer(servers: Harness) -> None:
    interaction_id, leg_id = consulting(servers)
    joined = servers.do(interaction_id, f"legs/{leg_id}/conference").json()["interaction"]
    assert joined["held"] is False and joined["legs"][0]["kind"] == "conference"
    done = servers.do(interaction_id, f"legs/{leg_id}/complete").json()["interaction"]
    assert (done["phase"], done["outcome"], done["legs"][0]["phase"]) == ("wrap_up", "transferred", "completed")


def test_an_expert_who_hangs_up_gives_the_customer_back(servers: Harness) -> None:
    interaction_id, _ = consulting(servers)
    servers.step("expert_hangs_up", target=EXPERT)
    interaction = servers.get(interaction_id)
    assert interaction["held"] is False and interaction["legs"][0]["phase"] == "completed"


@pytest.mark.parametrize("verb", ["consult", "transfer"])
@pytest.mark.parametrize(
    ("step", "failure"),
    [
        ("expert_busy", "busy"),
        ("expert_declines", "declined"),
        ("expert_no_answer", "no_answer"),
        ("expert_unreachable", "unreachable"),
        (None, "invalid"),
    ],
)
def test_a_failed_leg_always_brings_the_customer_back(
    servers: Harness, verb: str, step: str | None, failure: str
) -> None:
    interaction_id = servers.active()
    target = EXPERT if step else "tel:+0"
    if step:
        servers.step(step, target=target)
    held = servers.do(interaction_id, verb, {"target": target}).json()["interaction"]
    assert held["held"] is True
    faster(servers, 100.0)
    assert leg_of(servers, interaction_id, "failed")["failure"] == failure
    interaction = servers.get(interaction_id)
    assert interaction["phase"] == "active" and interaction["held"] is False


@pytest.mark.parametrize(
    ("person", "ending"),
    [("noor", "active"), ("tomas", "busy"), ("ingrid", "no_answer"), ("kwame", "declined"), ("yuki", "unreachable")],
)
def test_people_of_the_world_behave_as_it_says(servers: Harness, person: str, ending: str) -> None:
    interaction_id = servers.active()
    servers.do(interaction_id, "consult", {"target": f"person:{person}"})
    faster(servers, 100.0)
    leg = leg_of(servers, interaction_id, "active" if ending == "active" else "failed")
    assert (leg["failure"] or "active") == ending


def test_blind_transfer_to_a_person_and_to_a_number(servers: Harness) -> None:
    for target in (EXPERT, "tel:+442079460777"):
        interaction_id = servers.active()
        servers.do(interaction_id, "transfer", {"target": target})
        faster(servers)
        servers.until(lambda i=interaction_id: servers.get(i)["phase"] == "wrap_up")
        assert servers.get(interaction_id)["outcome"] == "transferred"
        assert servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]}).status_code == 200
        servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 1.0})


def test_the_list_of_interactions_is_bounded_and_the_newest_come_first(servers: Harness) -> None:
    ended = []
    for _ in range(3):
        call = servers.active()
        assert servers.do(call, "end").status_code == 200
        assert servers.do(call, "wrap-up", {"codes": ["refund-made"]}).status_code == 200
        ended.append(call)
    listed = servers.call("maya", "GET", "/v1/interactions?limit=2").json()["interactions"]
    assert [one["id"] for one in listed] == ended[:0:-1]
    assert servers.call("maya", "GET", "/v1/interactions?limit=1001").status_code == 422


def test_blind_transfer_to_a_queue_puts_the_customer_there(servers: Harness) -> None:
    interaction_id = servers.active()
    left = servers.do(interaction_id, "transfer", {"target": "queue:Returns"}).json()["interaction"]
    assert (left["phase"], left["outcome"]) == ("wrap_up", "transferred")
    queued = servers.call("sam", "GET", "/v1/floor/queues/Returns/waiting").json()["interactions"]
    successor = next(i for i in queued if (i["previous"] or {}).get("interaction_id") == interaction_id)
    assert (successor["queue"], successor["phase"]) == ("Returns", "queued")


def test_transfer_to_an_agent_gives_them_the_call(servers: Harness) -> None:
    interaction_id = servers.active()
    servers.available("tom")
    servers.do(interaction_id, "transfer", {"target": "agent:tom"})
    faster(servers)
    servers.until(lambda: servers.get(interaction_id)["phase"] == "wrap_up")
    (successor,) = servers.call("tom", "GET", "/v1/snapshot").json()["interactions"]
    assert (successor["phase"], successor["customer"]["value"]) == ("active", "+442079460018")


@pytest.mark.parametrize(
    "target", ["person:nobody", "agent:nobody", "agent:maya", "queue:Nowhere", "tel:abc", "x:y", ""]
)
def test_a_target_that_is_none_is_refused_and_the_customer_stays(servers: Harness, target: str) -> None:
    interaction_id = servers.active()
    assert servers.do(interaction_id, "transfer", {"target": target}).status_code == 422
    interaction = servers.get(interaction_id)
    assert interaction["held"] is False and interaction["legs"] == []


def test_messaging_channels_write_and_are_answered(servers: Harness) -> None:
    interaction_id = servers.active(channel="chat", messages=["Hello"])
    assert servers.get(interaction_id)["unread"] == 1
    sent = servers.do(interaction_id, "messages", {"text": "Good morning"}).json()["interaction"]
    assert [m["author"] for m in sent["messages"]] == ["customer", "agent"] and sent["unread"] == 0
    faster(servers)
    answered = servers.until(lambda: (i := servers.get(interaction_id))["unread"] and i)
    assert answered["messages"][1]["delivery"] == "delivered"
    assert answered["messages"][2]["author"] == "customer"
    assert servers.do(interaction_id, "hold").status_code == 409
    assert servers.do(interaction_id, "consult", {"target": EXPERT}).status_code == 409


def test_availability_next_state_and_offline(servers: Harness) -> None:
    interaction_id = servers.active()
    put: Callable[..., Any] = lambda **body: servers.call("maya", "PUT", "/v1/me/availability", body)  # noqa: E731
    assert put(availability="offline").status_code == 409
    assert put(availability="not_ready", reason="no-such").status_code == 422
    agent = put(availability="not_ready", reason="lunch", when="after_current").json()["agent"]
    assert (agent["observed"], agent["next"], agent["next_reason"]) == ("available", "not_ready", "lunch")
    assert servers.call("maya", "DELETE", "/v1/me/next").json()["agent"]["next"] is None
    put(availability="offline", when="after_current")
    servers.do(interaction_id, "end")
    servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]})
    me = servers.call("maya", "GET", "/v1/snapshot").json()["me"]
    assert (me["observed"], me["in_use"]) == ("offline", {})


def test_a_callback_comes_back_as_an_offer(servers: Harness) -> None:
    interaction_id = servers.active()
    now = servers.get(interaction_id)["phase_since"]
    body = {
        "interaction_id": interaction_id,
        "queue": "Billing",
        "address": {"kind": "phone", "value": "+442079460018"},
        "at": now + 600.0,
        "note": "about the refund",
    }
    too_late = {**body, "at": now + 31 * 86_400.0}
    assert servers.call("maya", "POST", "/v1/callbacks", too_late).status_code == 422
    callback_id = servers.call("maya", "POST", "/v1/callbacks", body).json()["callback_id"]
    assert servers.call("maya", "GET", f"/v1/interactions/{callback_id}").status_code == 404
    servers.do(interaction_id, "end")
    servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]})
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": 601.0})
    offered = servers.until(lambda: servers.call("maya", "GET", "/v1/snapshot").json()["interactions"])
    assert (offered[0]["id"], offered[0]["direction"], offered[0]["phase"]) == (callback_id, "outbound", "offered")


def test_queue_figures_name_their_formula_and_the_head(servers: Harness) -> None:
    first = servers.step("call", sender="+442079460142", queue="Billing")["interaction_id"]
    servers.step("call", sender="+442079460018", queue="Billing")
    billing = next(q for q in servers.call("maya", "GET", "/v1/queues").json()["queues"] if q["name"] == "Billing")
    assert (
        billing["waiting"] == 2 and billing["service_level"] is None and "answered" in billing["service_level_formula"]
    )
    assert billing["head"][0]["interaction_id"] == first
    assert billing["head"][0]["customer"]["value"] == "+442079460142"
    interaction_id = servers.offer("maya", sender="+442079460203", priority=99.0)
    assert interaction_id


def test_a_callback_that_is_due_never_waited_and_has_no_service_level(servers: Harness) -> None:
    interaction_id = servers.active()
    now = servers.get(interaction_id)["answered_at"]
    body = {
        "interaction_id": interaction_id,
        "address": {"kind": "phone", "value": "+442079460018"},
        "at": now + 60.0,
        "note": "about the refund",
    }
    assert servers.call("maya", "POST", "/v1/callbacks", body).status_code == 200
    servers.available("tom")
    faster(servers, 200.0)

    def due() -> Any:
        known = servers.call("tom", "GET", "/v1/snapshot").json()["interactions"]
        return next((one for one in known if one["callback_at"] is not None), None)

    called = servers.until(due)
    assert called["callback_at"] == called["arrived_at"] == now + 60.0
    assert (called["service_level_at"], called["direction"]) == (None, "outbound")
    assert servers.get(interaction_id)["callback_at"] is None
