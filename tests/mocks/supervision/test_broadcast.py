"""One message to many agents: whom it reaches, once, by whom, and that it is written down as one act."""

from typing import Any

import pytest

from tests.mocks.harness import Harness
from tests.mocks.supervision.floor import audit


def broadcast(servers: Harness, who: str, to: list[str], text: str = "Billing is down.", key: str = "b1") -> Any:
    return servers.call(who, "POST", "/v1/floor/broadcasts", {"agent_ids": to, "text": text}, key=key)


def lines(servers: Harness, who: str) -> list[str]:
    return [one["text"] for one in servers.call(who, "GET", "/v1/snapshot").json()["agent_messages"]]


def test_it_reaches_each_once_and_is_one_act(servers: Harness) -> None:
    servers.available("maya")
    team = [one["id"] for one in servers.call("sam", "GET", "/v1/agents").json()["agents"] if one["role"] == "agent"]
    for _ in range(2):
        answer = broadcast(servers, "sam", [*team, *team])
        assert answer.status_code == 200, answer.text
    deliveries = {one["agent_id"]: one["reached"] for one in answer.json()["deliveries"]}
    assert list(deliveries) == team
    assert deliveries["maya"] == "delivered"
    assert set(deliveries.values()) == {"delivered", "later"}
    for who in ("maya", "tom"):
        if who in team:
            assert lines(servers, who) == ["Billing is down."]
    entries = [one for one in audit(servers) if one["verb"] == "broadcast"]
    assert [(one["by"], one["outcome"], one["detail"]) for one in entries] == [
        ("sam", "done", f"to {len(team)}: Billing is down.")
    ]


def test_an_agent_is_told_at_once(servers: Harness) -> None:
    servers.available("maya")
    with servers.stream("maya") as events:
        broadcast(servers, "sam", ["maya"])
        told = next(one["data"]["message"] for one in events if one["event"] == "agent.messaged")
    assert (told["by_name"], told["text"]) == ("Sam Rivera", "Billing is down.")


def test_another_team_is_not_reached_and_stops_nobody(servers: Harness) -> None:
    grace = {one["id"] for one in servers.call("grace", "GET", "/v1/agents").json()["agents"]}
    foreign = next(iter(grace - {"grace"}))
    answer = broadcast(servers, "sam", [foreign, "maya", "nobody"]).json()["deliveries"]
    assert [one["reached"] for one in answer] == ["refused", "later", "refused"]
    assert "Billing is down." in lines(servers, "maya")


@pytest.mark.parametrize(("who", "to", "text", "status"), [
    ("maya", ["tom"], "hello", 403),
    ("sam", ["nobody"], "hello", 404),
    ("sam", [], "hello", 422),
    ("sam", ["maya"], "   ", 422),
    ("sam", ["maya"] * 1_001, "hello", 422),
])  # fmt: skip
def test_what_is_refused(servers: Harness, who: str, to: list[str], text: str, status: int) -> None:
    assert broadcast(servers, who, to, text).status_code == status
    assert "hello" not in lines(servers, "maya")
