"""Messages at the mock contact centre: out of order, twice, edited, deleted, huge; and who may have their files."""

import base64
from typing import Any

import pytest

from tests.mocks.harness import Harness

CHAT = {"channel": "chat", "messages": ["Hello"]}


def texts(servers: Harness, contact: str) -> list[str]:
    return [one["text"] for one in servers.get(contact)["messages"]]


def step(servers: Harness, do: str, contact: str, **what: Any) -> None:
    servers.step(do, interaction=contact, **what)


def test_messages_stand_in_the_order_in_which_they_were_written_and_once(servers: Harness) -> None:
    contact = servers.active(**CHAT)
    step(servers, "customer_writes", contact, text="second", id="b")
    step(servers, "customer_writes", contact, text="first", id="a", late=3600)
    step(servers, "customer_writes", contact, text="second again", id="b")
    assert texts(servers, contact) == ["first", "Hello", "second"]
    assert servers.get(contact)["unread"] == 3


def test_edits_and_deletions_count_whenever_they_come(servers: Harness) -> None:
    contact = servers.active(**CHAT)
    step(servers, "customer_changes", contact, id="later", text="as it is now")
    step(servers, "customer_changes", contact, id="gone")
    step(servers, "customer_changes", contact, id="gone", text="not back")
    step(servers, "customer_changes", contact, id="never-comes", text="nothing")
    assert texts(servers, contact) == ["Hello"]
    step(servers, "customer_writes", contact, text="as it was", id="later")
    step(servers, "customer_writes", contact, text="secret", id="gone")
    shown = {one["id"]: one for one in servers.get(contact)["messages"]}
    assert shown["later"]["text"] == "as it is now" and shown["later"]["edited_at"]
    assert shown["gone"]["deleted"] is True and shown["gone"]["text"] == ""
    assert servers.get(contact)["unread"] == 2
    (ours,) = [one["id"] for one in servers.get(contact)["messages"] if one["text"] == "Hello"]
    sent = servers.do(contact, "messages", {"text": "ours"}).json()["interaction"]["messages"][-1]
    step(servers, "customer_changes", contact, id=sent["id"], text="not theirs to edit")
    assert texts(servers, contact)[-1] == "ours" and ours


def test_what_is_seen_is_read_and_what_comes_late_is_not(servers: Harness) -> None:
    contact = servers.active(**CHAT)
    step(servers, "customer_writes", contact, text="newest", id="n")
    read = servers.do(contact, "read", {"message_id": "n"}).json()["interaction"]
    assert read["unread"] == 0 and all(one["read_at"] for one in read["messages"])
    step(servers, "customer_writes", contact, text="came late", late=3600)
    assert servers.get(contact)["unread"] == 1
    assert servers.do(contact, "read", {"message_id": "no-such"}).status_code == 404


def test_a_call_has_no_messages(servers: Harness) -> None:
    call = servers.active()
    for verb, body in (("read", {"message_id": "n"}), ("typing", {"on": True}), ("messages", {"text": "x"})):
        assert servers.do(call, verb, body).status_code == 409


def test_a_file_is_for_those_who_see_its_contact_and_as_long_as_its_message(servers: Harness) -> None:
    contact = servers.active(**CHAT)
    content = bytes(range(256))
    file = {"name": "../x\r\ny", "media_type": "text/html", "base64": base64.b64encode(content).decode()}
    step(servers, "customer_writes", contact, text="see", id="m", attachments=[file])
    path = f"/v1/interactions/{contact}/messages/m/attachments/1"
    answers = {who: servers.call(who, "GET", path) for who in ("maya", "sam", "tom", "grace")}
    assert {who: one.status_code for who, one in answers.items()} == {"maya": 200, "sam": 200, "tom": 404, "grace": 404}
    assert answers["maya"].content == content
    assert answers["maya"].headers["content-type"] == "application/octet-stream"
    for other in (path + "0", path.replace("/m/", "/other/")):
        assert servers.call("maya", "GET", other).status_code == 404
    step(servers, "customer_changes", contact, id="m")
    assert servers.call("maya", "GET", path).status_code == 404


def test_what_is_too_large_or_no_file_is_refused(servers: Harness) -> None:
    contact = servers.active(**CHAT)

    def send(size: int, **file: str) -> int:
        made = {"name": "a.bin", "content": base64.b64encode(bytes(size)).decode(), **file}
        return servers.do(contact, "messages", {"text": "x", "files": [made]}).status_code

    assert send(5 * 1024 * 1024) == 200
    assert send(5 * 1024 * 1024 + 1) == 413
    for wrong in ({"name": "a/b"}, {"name": "a\nb"}, {"name": ""}, {"media_type": "none"}, {"content": "not base64!"}):
        assert send(1, **wrong) == 422, wrong
    assert servers.do(contact, "messages", {"text": ""}).status_code == 422
    assert servers.do(contact, "messages", {"text": "x", "subject": "a chat has none"}).status_code == 422
    assert servers.do(contact, "messages", {"text": "x", "cc": ["a@b.c, d@e.f"]}).status_code == 422
    assert servers.do(contact, "decline", {"reason": "x" * 100_000}).status_code == 413  # only messages have files


def test_a_megabyte_goes_on_in_a_file_and_a_long_thread_in_parts(servers: Harness) -> None:
    contact = servers.active(channel="chat", messages=[f"line {n}" for n in range(10_000)])
    whole = "x" * 1_000_000
    step(servers, "customer_writes", contact, text=whole, id="huge")
    answer = servers.do(contact, "read", {"message_id": "huge"})
    part = answer.json()["interaction"]
    assert len(answer.content) < 256 * 1024
    assert part["earlier"] + len(part["messages"]) == 10_001
    huge = part["messages"][-1]
    assert len(huge["text"]) == 20_000
    (rest,) = huge["attachments"]
    found = servers.call("maya", "GET", f"/v1/interactions/{contact}/messages/huge/attachments/{rest['id']}")
    assert found.content == whole.encode()
    snapshot = servers.call("maya", "GET", "/v1/snapshot")
    assert len(snapshot.content) < 5 * 1024 * 1024
    (shown,) = [one for one in snapshot.json()["interactions"] if one["id"] == contact]
    assert shown["earlier"] + len(shown["messages"]) == 10_001


@pytest.mark.parametrize("text", ["\u0000\u001b[2J" * 5_000, "\u202e" * 20_000], ids=["controls", "bidi"])
def test_no_text_makes_an_event_too_large_to_read(servers: Harness, text: str) -> None:
    contact = servers.active(**CHAT)
    for n in range(4):
        step(servers, "customer_writes", contact, text=text, id=f"h{n}")
    answer = servers.do(contact, "read", {"message_id": "h3"})
    assert len(answer.content) < 256 * 1024


def test_a_mail_answers_whoever_wrote_last_and_stands_under_what_it_answers(servers: Harness) -> None:
    contact = servers.active(
        channel="email", sender="ann@example.com", subject="Order", messages=["Where?"], cc=["bo@example.com"]
    )
    step(servers, "customer_writes", contact, text="And mine?", id="bo1", name="bo@example.com")
    sent = servers.do(contact, "messages", {"text": "Soon.", "subject": "Re: Order"}).json()["interaction"]
    line = sent["messages"][-1]
    assert (line["to"], line.get("cc", []), line["in_reply_to"]) == (["bo@example.com"], [], "bo1")


def test_a_customer_who_answers_a_mail_adds_no_second_re(servers: Harness) -> None:
    contact = servers.active(channel="email", sender="ann@example.com", subject="Re: Order", messages=["Where?"])
    sent = servers.do(contact, "messages", {"text": "Soon.", "subject": "Re: Order"}).json()["interaction"]
    assert sent["messages"][-1]["author"] == "agent"
    answered = servers.until(lambda: (i := servers.get(contact))["messages"][-1]["author"] == "customer" and i)
    assert answered["messages"][-1]["subject"] == "Re: Order"


def test_a_text_to_a_queues_number_begins_a_contact_and_goes_on_in_it(servers: Harness) -> None:
    servers.active(channel="sms", messages=["Of another"], sender="+442079460019")
    text = {"from": "+442079460018", "queue": "Billing"}
    contact = servers.step("inbound_message", **text, text="Thank you")["interaction_id"]
    servers.until(lambda: servers.do(contact, "accept").status_code == 200)
    assert servers.step("inbound_message", **text, text="One more thing")["interaction_id"] == contact
    shown = servers.get(contact)
    assert (shown["channel"], shown["customer"]["value"]) == ("sms", "+442079460018")
    assert texts(servers, contact) == ["Thank you", "One more thing"]
