"""A room as its events tell it: whose the customer is, what was said, and what somebody only claims."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from desktop.backends.matrix.room import MOST_LINES, Room
from desktop.backends.matrix.room_event import KIND, RoomEvent, read_event, read_events, said

OWN, EVE, MALLORY = "@help:x.example", "@eve:x.example", "@mallory:x.example"
_ids = itertools.count()
_OTHERS: tuple[object, ...] = (None, True, 10**400, -1.5, "x" * (2 << 20), [], ["x"], {}, {"x": {"y": []}}, "\ud800")


def event(sender: str, content: object, kind: str = "m.room.message", **more: object) -> RoomEvent:
    raw = {"event_id": f"$e{next(_ids)}", "type": kind, "sender": sender, "origin_server_ts": 5_000, "content": content}
    found = read_event(raw | more)
    assert found is not None
    return found


def line(text: str, sender: str = EVE, **more: object) -> RoomEvent:
    return event(sender, {"msgtype": "m.text", "body": text, **more})


def claim(what: str, agent: str, sender: str = OWN, **more: object) -> RoomEvent:
    return event(sender, {"do": what, "by": agent, **more}, KIND)


def room(*events: RoomEvent, live: bool = True) -> Room:
    made = Room("!r", OWN)
    for one in events:
        made.take_in(one, live=live)
    return made


def won(made: Room) -> list[tuple[str, bool]]:
    assert made.current is not None
    return [(one.agent, one.won) for one in made.current.takes.values()]


def owner(made: Room) -> str:
    assert made.current is not None
    return made.current.owner


def test_the_first_take_has_it() -> None:
    made = room(line("Hello?"), claim("take", "maya", number="1"), claim("take", "noor", number="2"))
    assert won(made) == [("maya", True), ("noor", False)]
    made.take_in(claim("accept", "maya"), live=True)
    made.take_in(claim("take", "noor", number="3"), live=True)
    made.take_in(claim("accept", "noor"), live=True)
    assert owner(made) == "maya"


def test_nobody_becomes_first_because_another_gave_up() -> None:
    made = room(line("Hello?"), claim("take", "maya", number="1"), claim("take", "noor", number="2"))
    made.take_in(claim("give", "maya", take="1"), live=True)
    assert won(made) == [("noor", False)]
    made.take_in(claim("give", "noor", take="2"), live=True)
    made.take_in(claim("take", "maya", number="3"), live=True)
    assert won(made) == [("maya", True)]


def test_whoever_gives_back_gives_their_own() -> None:
    made = room(line("Hello?"), claim("take", "maya", number="1"), claim("give", "noor", take="1"))
    assert won(made) == [("maya", True)]


def test_what_was_not_seen_as_it_happened_is_not_won() -> None:
    assert won(room(line("Hello?"), claim("take", "maya", number="1"), live=False)) == [("maya", False)]


def test_an_offer_that_was_left_behind_goes_to_who_asks_for_it_by_name() -> None:
    stale = claim("take", "maya", number="1")
    made = room(line("Hello?"), stale, claim("take", "noor", number="2", instead=[stale.id]))
    assert won(made) == [("noor", True)]
    made.take_in(claim("accept", "maya"), live=True)
    assert owner(made) == ""
    made.take_in(claim("accept", "noor"), live=True)
    assert owner(made) == "noor"


def test_nobody_but_the_account_can_say_whose_it_is() -> None:
    made = room(line("Hello?"), claim("take", "maya", MALLORY), claim("accept", "maya", EVE))
    assert (won(made), owner(made)) == ([], "")
    made = room(line("Hello?"), claim("take", "maya"), claim("accept", "maya"), claim("park", "maya", EVE))
    assert made.current is not None
    assert made.current.parked_since is None


def test_what_is_written_after_the_end_is_the_next_contact() -> None:
    made = room(line("Hello?"), claim("take", "maya"), claim("accept", "maya"))
    assert made.current is not None
    first = made.current.id
    made.take_in(claim("end", "maya", contact=first), live=True)
    assert list(made.wrapping) == [first]
    made.take_in(line("One more thing."), live=True)
    assert made.current is not None
    assert made.current.id != first
    made.take_in(claim("end", "maya", contact=first), live=True)  # said twice: it ends nothing else
    assert made.current is not None
    assert [one.text for one in made.messages(made.wrapping[first])] == ["Hello?"]
    made.take_in(claim("done", "maya", contact=first), live=True)
    assert made.wrapping == {}


def test_a_contact_is_the_same_for_whoever_reads_from_its_middle() -> None:
    events = [line("Hello?"), claim("take", "maya"), claim("accept", "maya")]
    first = room(*events).current
    assert first is not None
    events += [line("more"), claim("end", "maya", contact=first.id), line("Again."), claim("take", "noor")]
    whole, middle = room(*events).current, room(*events[3:]).current
    assert whole is not None
    assert middle is not None
    assert (whole.id, list(whole.takes)) == (middle.id, list(middle.takes))
    assert list(room(*events[3:]).wrapping) == [first.id]


def test_a_take_for_nobody_offers_nobody() -> None:
    assert room(claim("take", "maya", number="1")).current is None
    made = room(claim("take", "maya", number="1"), live=False)
    made.take_in(claim("give", "maya", take="1"), live=True)
    assert made.current is not None
    assert (made.current.customer, made.current.takes) == ("", {})
    made.take_in(line("Hello?"), live=True)
    assert made.current.customer == EVE


def test_parking_ends_when_the_customer_writes() -> None:
    made = room(line("Hello?"), claim("take", "maya"), claim("accept", "maya"), claim("park", "maya"))
    assert made.current is not None
    assert made.current.parked_since is not None
    made.take_in(line("One moment.", OWN), live=True)
    assert made.current.parked_since is not None
    made.take_in(line("Here."), live=True)
    assert made.current.parked_since is None


@pytest.mark.parametrize("accepted", [True, False])
def test_who_leaves_the_room_has_ended_it(accepted: bool) -> None:
    made = room(line("Hello?"), claim("take", "maya"), *([claim("accept", "maya")] if accepted else []))
    assert made.current is not None
    contact = made.current.id
    made.take_in(event(EVE, {"membership": "leave"}, "m.room.member", state_key=EVE), live=True)
    assert made.current is None
    assert list(made.wrapping) == ([contact] if accepted else [])
    assert made.abandoned == ("" if accepted else contact)


def test_programs_begin_no_contact() -> None:
    made = room(event(EVE, {"msgtype": "m.notice", "body": "I am a bot"}))
    assert (made.current, made.lines) == (None, {})
    made = room(line("Hello?"), event(EVE, {"msgtype": "m.notice", "body": "I am a bot"}))
    assert [one.author for one in made.lines.values()] == ["customer", "system"]


def test_edits_are_their_senders_own() -> None:
    first = line("My pin is 1234.")
    edit: dict[str, dict[str, str]] = {
        "m.new_content": {"msgtype": "m.text", "body": "x"},
        "m.relates_to": {"rel_type": "m.replace"},
    }
    edit["m.relates_to"]["event_id"] = first.id
    made = room(first, event(MALLORY, edit))
    assert [one.text for one in made.lines.values()] == ["My pin is 1234."]
    made.take_in(event(EVE, edit), live=True)
    assert [(one.text, one.edited_at) for one in made.lines.values()] == [("x", 5.0)]
    made.take_in(event(EVE, {"redacts": first.id}, "m.room.redaction"), live=True)
    made.take_in(event(EVE, edit), live=True)
    assert [(one.text, one.deleted) for one in made.lines.values()] == [("", True)]


def test_what_was_deleted_before_it_was_read_is_shown_so() -> None:
    made = room(event(EVE, {}, unsigned={"redacted_because": {"type": "m.room.redaction"}}))
    assert [(one.text, one.deleted) for one in made.lines.values()] == [("", True)]


def test_a_long_conversation_has_an_end() -> None:
    made = room(*(line(str(number)) for number in range(MOST_LINES + 7)))
    assert (len(made.lines), made.dropped) == (MOST_LINES, 7)
    assert next(iter(made.lines.values())).text == "7"


def test_what_is_read_is_read_up_to_there() -> None:
    events = [line("one"), line("two"), line("answer", OWN), line("three")]
    made = room(*events)
    assert made.current is not None
    assert made.unread(made.current) == 3
    made.take_passing(receipt(events[1].id, OWN), 10.0)
    made.take_passing(receipt(events[0].id, OWN), 10.0)  # an older one takes nothing back
    assert made.unread(made.current) == 1
    made.take_passing(receipt(events[3].id, EVE), 10.0)
    assert [one.read_at for one in made.lines.values() if one.author == "agent"] == [7.0]


def receipt(event_id: str, user: str) -> Mapping[str, Any]:
    return {"type": "m.receipt", "content": {event_id: {"m.read": {user: {"ts": 7_000}}}}}


@pytest.mark.parametrize("wrong", _OTHERS, ids=[str(number) for number in range(len(_OTHERS))])
def test_nothing_of_a_wrong_kind_gets_further(wrong: object) -> None:
    raw = {"event_id": "$1", "type": "m.room.message", "sender": EVE, "origin_server_ts": 1, "content": {"body": "x"}}
    for name in (*raw, "unsigned", "redacts", "state_key"):
        read_events([raw | {name: wrong}, wrong])
    read_events(wrong)
    made = room(line("Hello?"))
    names = ("msgtype", "body", "url", "filename", "info", "format", "formatted_body", "m.relates_to", "file")
    for name, kind in itertools.product(names, ("m.text", "m.file", "m.emote")):
        content: dict[str, object] = {
            "msgtype": kind,
            "body": "b",
            "url": "mxc://a/b",
            "format": "org.matrix.custom.html",
            name: wrong,
        }
        made.take_in(event(EVE, content), live=True)
    for name in ("do", "by", "contact", "number", "instead", "take"):
        for what in ("take", "give", "accept", "end", "done", "park"):
            made.take_in(event(OWN, {"do": what, "by": "maya", name: wrong}, KIND), live=True)
    for kind in ("m.room.name", "m.room.member", "m.space.child", "m.room.create", "m.room.redaction", "m.unknown"):
        made.take_in(event(EVE, {"name": wrong, "displayname": wrong, "via": wrong, "type": wrong}, kind), live=True)
        made.take_in(event(EVE, wrong, kind, state_key=EVE), live=True)
    for passing in ("m.typing", "m.receipt", wrong):
        made.take_passing({"type": passing, "content": wrong}, 1.0)
        made.take_passing({"type": passing, "content": {"user_ids": wrong, "$1": wrong, "$2": {"m.read": wrong}}}, 1.0)
        made.take_passing({"type": passing, "content": {"$2": {"m.read": {EVE: wrong, OWN: {"ts": wrong}}}}}, 1.0)
    assert all(len(one.text) <= 65_536 + 2 for one in made.lines.values())


@pytest.mark.parametrize(
    ("content", "text", "media_type"),
    [
        ({"msgtype": "m.text", "body": "a\x1b[31mb\x00c"}, "a[31mbc", "text/plain"),
        ({"msgtype": "m.emote", "body": "waves"}, "* waves", "text/plain"),
        ({"msgtype": "m.key.verification.request", "body": "verify me"}, "verify me", "text/plain"),
        ({"msgtype": "m.text", "body": "x" * (1 << 20)}, "x" * 65_536, "text/plain"),
        (
            {"msgtype": "m.text", "body": "b", "format": "org.matrix.custom.html", "formatted_body": "<b>b</b>"},
            "<b>b</b>",
            "text/html",
        ),
        (
            {
                "msgtype": "m.text",
                "body": "> <@a:b> old\n> lines\n\nnew",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$1"}},
            },
            "new",
            "text/plain",
        ),
        (
            {
                "msgtype": "m.text",
                "body": "",
                "format": "org.matrix.custom.html",
                "formatted_body": "<mx-reply>old</mx-reply>new",
            },
            "new",
            "text/html",
        ),
    ],
)
def test_what_a_message_says(content: Mapping[object, object], text: str, media_type: str) -> None:
    found = said(content)
    assert (found.text, found.media_type) == (text, media_type)


def test_a_file_has_a_safe_name_and_an_address_that_is_one() -> None:
    found = said(
        {"msgtype": "m.file", "body": "../../etc/pass\u202ewd", "url": "mxc://x.example/abc", "info": {"size": 5}}
    )
    assert found.attachment is not None
    assert (found.attachment.name, found.attachment.size, found.text) == ("passwd", 5, "")
    for url in ("https://x.example/abc", "mxc://x.example/../../login", "mxc://x/y/z", "mxc:///y"):
        assert said({"msgtype": "m.file", "body": "a", "url": url}).attachment is None


def test_names_are_one_line_without_what_steers_a_terminal() -> None:
    name = "\x1b]0;x\x07Eve\n\u202eAdmin" + "x" * 1_000
    made = room(event(EVE, {"displayname": name, "membership": "join"}, "m.room.member", state_key=EVE))
    shown = made.name_of(EVE)
    assert shown.isprintable()
    assert len(shown) == 100
    assert "Eve" in shown
