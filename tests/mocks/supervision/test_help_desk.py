"""Requests for help, lines between supervisors and agents, and who deals with which alert."""

from typing import Any

import pytest

from tests.mocks.harness import Harness
from tests.mocks.supervision.floor import audit, order


def help_of(servers: Harness, who: str) -> list[tuple[str, str]]:
    told = servers.call(who, "GET", "/v1/snapshot").json()["help"]
    return [(one["state"], one["text"]) for one in told]


def answer(servers: Harness, who: str, help_id: str, text: str = "", close: bool = False) -> Any:
    return servers.call(who, "POST", f"/v1/help/{help_id}/answer", {"text": text, "close": close})


def test_a_contact_has_one_open_request_at_most(servers: Harness) -> None:
    call = servers.active("maya")
    first = servers.do(call, "help", {"text": "they shout"}).json()["help"]
    again = servers.do(call, "help", {"text": "they shout"}).json()["help"]
    assert again == first
    louder = servers.do(call, "help", {"text": "they shout louder"}).json()["help"]
    assert louder["id"] == first["id"] and louder["version"] > first["version"]
    for who in ("maya", "sam", "ines"):
        assert help_of(servers, who) == [("open", "they shout louder")]
    for who in ("tom", "grace"):
        assert help_of(servers, who) == [], "neither colleagues nor other teams"


def test_an_answer_is_told_and_another_supervisor_reads_who_was_faster(servers: Harness) -> None:
    call = servers.active("maya")
    asked = servers.do(call, "help", {"text": ""}).json()["help"]["id"]
    with servers.stream("maya") as events:
        answered = answer(servers, "sam", asked, "I am listening in").json()["help"]
        assert (answered["state"], answered["answered_by"], answered["answer"]) == (
            "answered",
            "sam",
            "I am listening in",
        )
        told = next(one["data"]["help"] for one in events if one["event"] == "help.changed")
        assert told == answered
    late = answer(servers, "ines", asked, "me too")
    assert (late.status_code, late.json()["detail"]) == (409, "Sam Rivera has answered it.")
    assert answer(servers, "sam", asked, "try this").json()["help"]["answer"] == "try this"
    again = servers.do(call, "help", {"text": "still stuck"}).json()["help"]
    assert (again["id"], again["state"]) == (asked, "open"), "asked again, it is open once more"
    assert answer(servers, "ines", asked, close=True).json()["help"]["state"] == "closed"
    assert answer(servers, "sam", asked, close=True).status_code == 404
    assert help_of(servers, "sam") == []


def test_the_agent_may_close_their_own_and_it_closes_with_the_contact(servers: Harness) -> None:
    call = servers.active("maya")
    asked = servers.do(call, "help", {"text": "x"}).json()["help"]["id"]
    assert answer(servers, "maya", asked, "I help myself").status_code == 403
    assert answer(servers, "maya", asked, close=True).json()["help"]["state"] == "closed"
    asked = servers.do(call, "help", {"text": "y"}).json()["help"]["id"]
    servers.do(call, "end")
    assert help_of(servers, "sam") == [("open", "y")], "a wrap-up can need help too"
    with servers.stream("sam") as events:
        servers.do(call, "wrap-up", {"codes": ["refund-made"], "note_given": True})
        closed = next(one["data"]["help"] for one in events if one["event"] == "help.changed")
    assert (closed["id"], closed["state"]) == (asked, "closed")
    assert servers.do(call, "help", {"text": "z"}).status_code == 409


def test_help_is_for_ones_own_contacts(servers: Harness) -> None:
    ringing = servers.offer("maya")
    assert servers.do(ringing, "help", {"text": "x"}).status_code == 409
    assert servers.do(ringing, "help", {"text": "x"}, who="tom").status_code == 404
    servers.do(ringing, "accept")
    assert servers.do(ringing, "help", {"text": "x" * 501}).status_code == 422
    assert order(servers, "sam", ringing, "withdraw").status_code == 409


def test_a_supervisor_writes_to_their_agents_and_an_agent_answers_who_wrote(servers: Harness) -> None:
    def write(who: str, to: str, text: str) -> int:
        return servers.call(who, "POST", f"/v1/agents/{to}/messages", {"text": text}).status_code

    assert write("maya", "sam", "hello?") == 404, "nobody wrote to her"
    with servers.stream("maya") as events:
        assert write("sam", "maya", "Well done.") == 200
        line = next(one["data"]["message"] for one in events if one["event"] == "agent.messaged")
    assert (line["by"], line["by_name"], line["to"], line["text"]) == ("sam", "Sam Rivera", "maya", "Well done.")
    assert write("maya", "sam", "Thank you.") == 200
    assert write("maya", "ines", "And you?") == 404
    assert write("grace", "maya", "psst") == 404, "of another team"
    for empty in ("", "  \n", "x" * 2001):
        assert write("sam", "maya", empty) == 422
    for who in ("maya", "sam"):
        lines = servers.call(who, "GET", "/v1/snapshot").json()["agent_messages"]
        assert [one["text"] for one in lines] == ["Well done.", "Thank you."]
    assert servers.call("ines", "GET", "/v1/snapshot").json()["agent_messages"] == []
    assert [(one["by"], one["verb"]) for one in audit(servers)] == [("grace", "message"), ("sam", "message")]


def test_who_deals_with_an_alert_is_told_to_the_teams_supervisors(servers: Harness) -> None:
    with servers.stream("ines") as events:
        body = {"alert": "service level|Billing", "text": "calling two in"}
        made = servers.call("sam", "POST", "/v1/floor/acknowledgements", body).json()["acknowledgement"]
        told = next(one["data"]["acknowledgement"] for one in events if one["event"] == "alert.acknowledged")
    assert told == made and made["by_name"] == "Sam Rivera"
    seen = {
        who: [one["alert"] for one in servers.call(who, "GET", "/v1/snapshot").json()["acknowledgements"]]
        for who in ("sam", "ines", "grace", "maya")
    }
    assert seen == {"sam": ["service level|Billing"], "ines": ["service level|Billing"], "grace": [], "maya": []}


def test_of_two_supervisors_at_once_the_first_deals_with_an_alert(servers: Harness) -> None:
    def say(who: str) -> Any:
        return servers.call(who, "POST", "/v1/floor/acknowledgements", {"alert": "crowd|Billing", "text": ""})

    servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 0.1})
    assert say("sam").status_code == 200
    refused = say("ines")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Sam Rivera has acknowledged this alert just now.")
    assert say("sam").status_code == 200  # they may say it again
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": 3.0})
    assert say("ines").status_code == 200  # and another one may take it over from them, seeing who has it
    told = servers.call("sam", "GET", "/v1/snapshot").json()["acknowledgements"]
    assert [(one["alert"], one["by"]) for one in told] == [("crowd|Billing", "ines")]
    servers.sim("PUT", "contact_center", "/_sim/clock", {"speed": 1.0})


@pytest.mark.parametrize("text", ["[red]x[/]", "\x1b]0;owned\x07", "\u202eabc", "=1+1"])
def test_hostile_lines_are_carried_as_they_are(servers: Harness, text: str) -> None:
    call = servers.active("maya")
    asked = servers.do(call, "help", {"text": text}).json()["help"]
    assert asked["text"] == text
    assert answer(servers, "sam", asked["id"], text).json()["help"]["answer"] == text
    assert servers.call("sam", "POST", "/v1/agents/maya/messages", {"text": text}).json()["message"]["text"] == text
