"""Written contacts that are put aside, and those that agents take from a queue, at the server."""

from typing import Any

from tests.mocks.harness import Harness


def written(servers: Harness, **what: Any) -> str:
    """A chat that Maya works on."""
    interaction_id: str = servers.offer(channel="chat", messages=["Hello?"], stays=None, **what)
    servers.do(interaction_id, "accept")
    return interaction_id


def used(servers: Harness, who: str = "maya") -> dict[str, int]:
    agents = servers.call(who, "GET", "/v1/agents").json()["agents"]
    found: dict[str, int] = next(one["in_use"] for one in agents if one["id"] == who)
    return found


def put(servers: Harness, interaction_id: str, what: str = "park", who: str = "maya") -> Any:
    return servers.do(interaction_id, what, who=who)


def test_a_parked_contact_takes_no_room_and_can_be_taken_up(servers: Harness) -> None:
    chat = written(servers)
    assert used(servers) == {"chat": 1}
    parked = put(servers, chat).json()["interaction"]
    assert parked["parked"] and parked["parked_since"] >= parked["phase_since"]
    assert parked["phase"] == "active" and used(servers) == {}
    refused = servers.do(chat, "messages", {"text": "Hello"})
    assert refused.status_code == 409 and "parked" in refused.json()["detail"]
    back = put(servers, chat, "unpark").json()["interaction"]
    assert (back["parked"], back["parked_since"]) == (False, None) and used(servers) == {"chat": 1}


def test_it_comes_back_when_the_customer_writes_whether_there_is_room_or_not(servers: Harness) -> None:
    chat = written(servers)
    put(servers, chat)
    call = servers.offer()
    servers.do(call, "accept")  # beside which no chat could ring
    assert put(servers, chat, "unpark").status_code == 409
    servers.step("customer_writes", interaction=chat, text="Are you there?")
    back = servers.get(chat)
    assert (back["parked"], back["unread"], back["agent_id"]) == (False, 1, "maya")
    assert used(servers) == {"voice": 1, "chat": 1}


def test_it_outlasts_signing_out(servers: Harness) -> None:
    chat = written(servers)
    put(servers, chat)
    servers.call("maya", "PUT", "/v1/me/availability", {"availability": "offline"})
    assert servers.get(chat)["parked"]
    servers.available()
    mine = servers.call("maya", "GET", "/v1/snapshot").json()["interactions"]
    assert [(one["id"], one["parked"]) for one in mine] == [(chat, True)]


def test_without_its_agent_it_goes_back_to_the_front_of_its_queue(servers: Harness) -> None:
    chat = written(servers)
    put(servers, chat)
    servers.call("maya", "PUT", "/v1/me/availability", {"availability": "offline"})
    servers.available("jonas")
    servers.step("customer_writes", interaction=chat, text="Are you there?")
    mine = servers.until(lambda: servers.call("jonas", "GET", "/v1/snapshot").json()["interactions"])
    assert [(one["id"], one["phase"], one["parked"]) for one in mine] == [(chat, "offered", False)]
    assert [line["text"] for line in mine[0]["messages"]] == ["Hello?", "Are you there?"]
    assert servers.call("maya", "GET", "/v1/snapshot").json()["interactions"] == []


def test_the_wrap_up_of_a_parked_contact_takes_room_again(servers: Harness) -> None:
    chat = written(servers)
    put(servers, chat)
    ended = servers.do(chat, "end").json()["interaction"]
    assert (ended["phase"], ended["parked"]) == ("wrap_up", False) and used(servers) == {"chat": 1}


def test_a_supervisor_sees_it_and_gives_it_to_another(servers: Harness) -> None:
    chat = written(servers)
    put(servers, chat)
    agents = servers.call("sam", "GET", "/v1/agents").json()["agents"]
    (work,) = next(one["work"] for one in agents if one["id"] == "maya")
    assert work["parked_since"] and work["interaction_id"] == chat
    servers.available("jonas")
    body = {"agent_id": "jonas", "why": "Maya is at lunch"}
    assert servers.call("sam", "POST", f"/v1/floor/interactions/{chat}/reassign", body).status_code == 200
    (went,) = servers.call("jonas", "GET", "/v1/snapshot").json()["interactions"]
    assert went["previous"]["interaction_id"] == chat and not went["parked"]
    assert [line["text"] for line in went["messages"]] == ["Hello?"]


def test_a_call_cannot_be_parked(servers: Harness) -> None:
    assert put(servers, servers.active()).status_code == 409


def to_pull(servers: Harness, who: str = "maya") -> list[Any]:
    queues = servers.call(who, "GET", "/v1/queues").json()["queues"]
    return [one for queue in queues for one in queue["to_pull"]]


def waits(servers: Harness, queue: str = "Billing", channel: str = "chat") -> str:
    for who in ("maya", "jonas"):
        body = {"availability": "not_ready", "reason": "lunch"}
        servers.call(who, "PUT", "/v1/me/availability", body)
    made: str = servers.step(
        "call",
        sender="+442079460018",
        queue=queue,
        channel=channel,
        name="Priya",
        subject="Charged twice",
        messages=["Hello?"],
        stays=None,
    )["interaction_id"]
    return made


def test_of_two_agents_who_take_it_exactly_one_has_it(servers: Harness) -> None:
    chat = waits(servers)
    shown = servers.until(lambda: to_pull(servers))
    assert [(one["interaction_id"], one["channel"], one["subject"]) for one in shown] == [
        (chat, "chat", "Charged twice")
    ]
    taken = [put(servers, chat, "pull", who) for who in ("jonas", "maya")]
    assert [answer.status_code for answer in taken] == [200, 409]
    assert "has it already" in taken[1].json()["detail"]
    assert put(servers, chat, "pull", "jonas").status_code == 200  # again is no harm
    servers.until(lambda: to_pull(servers) == [])


def test_only_what_is_written_and_only_where_the_queue_allows_it(servers: Harness) -> None:
    call = waits(servers, channel="voice")
    assert put(servers, call, "pull").status_code == 403
    chat = waits(servers, queue="Sales")
    assert put(servers, chat, "pull").status_code == 403
    assert [one["interaction_id"] for one in to_pull(servers)] == []
    assert put(servers, "no-such-contact", "pull").status_code == 404


def test_whoever_has_no_room_takes_nothing(servers: Harness) -> None:
    servers.active()  # a call, beside which no chat may be had
    chat = waits(servers)
    refused = put(servers, chat, "pull")
    assert refused.status_code == 409 and "room" in refused.json()["detail"]
