"""A contact centre over Matrix, at a server that does what a test wants."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from desktop.backends.matrix.contact_center import LONGEST_REPLY, MatrixContactCenter
from desktop.backends.matrix.room_event import KIND
from desktop.backends.matrix.settings import settings
from desktop.domain.entities.model import Interaction, OutgoingFile, Reply
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from tests.backends.matrix_server import EVE, OWN, TOKEN, Homeserver, desk_at, serving

ROOM, OTHER = "!room", "!other"
PATIENCE = 10.0


@pytest.fixture
async def server() -> AsyncIterator[Homeserver]:
    async with serving(Homeserver()) as one:
        yield one


async def shown(desk: MatrixContactCenter) -> ContactCenterSnapshot:
    event = (await desk.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def becomes(desk: MatrixContactCenter, wanted: Callable[[Interaction], object]) -> Interaction:
    async def look() -> Interaction | None:
        return next((one for one in (await shown(desk)).interactions if wanted(one)), None)

    return await until(look, PATIENCE, "the contact")


async def available(desk: MatrixContactCenter) -> None:
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())


async def taken(desk: MatrixContactCenter) -> Interaction:
    await available(desk)
    offered = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    return await desk.accept(offered.id, key=new_key())


async def put_away(desk: MatrixContactCenter, contact: Interaction) -> Interaction:
    await desk.end(contact.id, key=new_key())
    return await desk.wrap_up(contact.id, codes=["order"], note_given=False, key=new_key())


async def test_a_conversation_from_the_invitation_to_its_end(server: Homeserver) -> None:
    async with desk_at(server) as desk:
        server.invited[ROOM] = [{"type": "m.room.member", "state_key": OWN, "content": {"membership": "invite"}}]
        server.passing(server.room(OTHER), {"type": "m.typing", "content": {"user_ids": [EVE]}})  # wakes the server

        async def joined() -> bool | None:
            await shown(desk)
            return ROOM not in server.invited or None

        await until(joined, PATIENCE, "joining")
        server.write(ROOM, "Hello?")
        contact = await taken(desk)
        assert (contact.customer.value, contact.queue, contact.unread) == (EVE, "Chat", 1)
        await desk.send_message(contact.id, "How can I help?", key=new_key())
        assert [one["body"] for one in server.said(ROOM)] == ["How can I help?"]
        closed = await put_away(desk, contact)
        assert closed.phase is Phase.CLOSED
        assert server.claims(ROOM) == [(what, "maya") for what in ("take", "accept", "end", "done")]
        assert [path for method, path, body in server.asked if method == "PUT" and "/account_data/" in path]
        assert (await shown(desk)).interactions == ()
        server.write(ROOM, "One more thing.")
        again = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        assert again.id != contact.id
        assert [one.text for one in again.messages] == ["Hello?", "How can I help?", "One more thing."]


async def test_codes_stand_where_the_customer_cannot_see_them(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        await put_away(desk, await taken(desk))
    assert all("order" not in str(one) for one in server.said(ROOM, KIND))


async def test_invitations_to_encrypted_rooms_are_declined_with_the_reason(server: Homeserver) -> None:
    server.invited[ROOM] = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "x"}}]
    async with desk_at(server) as desk:

        async def declined() -> list[str] | None:
            await shown(desk)
            return [body["reason"] for _, path, body in server.asked if path.endswith(f"{ROOM}/leave")] or None

        assert "cannot read encrypted rooms" in (await until(declined, PATIENCE, "the refusal"))[0]
    assert not any("/join/" in path for _, path, _ in server.asked)


async def test_nothing_is_written_into_a_room_that_became_encrypted(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        contact = await taken(desk)
        server.add(ROOM, {"algorithm": "m.megolm.v1.aes-sha2"}, "m.room.encryption", state_key="")
        server.add(ROOM, {"ciphertext": "x" * 100}, "m.room.encrypted")
        now = await becomes(desk, lambda one: len(one.messages) == 2)
        assert "cannot be read" in now.messages[-1].text
        assert "encrypted" in now.attributes["encryption"]
        with pytest.raises(Rejected, match="encrypted"):
            await desk.send_message(contact.id, "My answer", key=new_key())
    assert server.said(ROOM) == []


async def test_another_device_was_quicker(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        (waiting,) = (await shown(desk)).queues[0].to_pull
        server.claim(ROOM, "take", "noor", number="of-noor")
        with pytest.raises(Conflict):
            await desk.pull(waiting.interaction_id, key=new_key())
        await available(desk)
        now = await shown(desk)
        assert (now.interactions, now.queues[0].waiting) == ((), 0)
        server.claim(ROOM, "give", "noor", take="of-noor")
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)


async def test_a_take_that_lost_is_given_back(server: Homeserver) -> None:
    """Both ask before either has seen the other: the second one in the room's order withdraws."""
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        (waiting,) = (await shown(desk)).queues[0].to_pull
        server.before_send = lambda: server.claim(ROOM, "take", "noor", number="of-noor")
        with pytest.raises(Conflict, match="Another agent"):
            await desk.pull(waiting.interaction_id, key=new_key())

        async def withdrawn() -> bool | None:
            await shown(desk)
            return ("give", "maya") in server.claims(ROOM) or None

        await until(withdrawn, PATIENCE, "the withdrawal")
        assert ("accept", "maya") not in server.claims(ROOM)


async def test_an_offer_of_an_earlier_life_is_given_back(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    server.claim(ROOM, "take", "maya", number="of-yesterday")
    async with desk_at(server) as desk:
        await available(desk)
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    assert server.said(ROOM, KIND)[1]["take"] == "of-yesterday"


async def test_what_is_in_hand_outlives_a_restart(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    key = new_key()
    async with desk_at(server) as desk:
        contact = await taken(desk)
        await desk.send_message(contact.id, "Only once.", key=key)
        await desk.park(contact.id, on=True, key=new_key())
    for number in range(40):  # more than one answer of the server holds
        server.claim(ROOM, "park", "somebody", number=str(number))
    async with desk_at(server) as desk:
        (now,) = (await shown(desk)).interactions
        assert (now.id, now.phase, now.parked) == (contact.id, Phase.ACTIVE, True)
        await desk.send_message(contact.id, "Only once.", key=key)
        assert len(server.said(ROOM)) == 1
        await desk.end(contact.id, key=new_key())
    async with desk_at(server) as desk:
        (now,) = (await shown(desk)).interactions
        assert now.phase is Phase.WRAP_UP


async def test_whose_it_is_is_known_however_much_was_written_since(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        first = await taken(desk)
        await put_away(desk, first)
        server.write(ROOM, "Hello again?")
        contact = await taken(desk)
    for number in range(700):
        server.write(ROOM, str(number))
    async with desk_at(server, "noor") as noor, desk_at(server) as desk:
        now = await shown(noor)
        assert (now.interactions, now.queues[0].waiting) == ((), 0)
        (mine,) = (await shown(desk)).interactions
        assert (mine.id, mine.phase, mine.customer.value) == (contact.id, Phase.ACTIVE, EVE)
        assert mine.messages[-1].text == "699"


async def test_a_reply_whose_answer_got_lost_is_sent_once(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        contact, key = await taken(desk), new_key()
        server.answers["/send/m.room.message/"] = (-1, None)
        with pytest.raises(OutcomeUnknown):
            await desk.send_message(contact.id, "Only once.", key=key)
        server.answers.clear()
        await desk.send_message(contact.id, "Only once.", key=key)
        assert [one["body"] for one in server.said(ROOM)] == ["Only once."]
        now = await becomes(desk, lambda one: True)
        assert [one.text for one in now.messages] == ["Hello?", "Only once."]


async def test_what_was_missed_in_a_gap_is_fetched(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    server.limit = 3
    async with desk_at(server) as desk:
        contact = await taken(desk)
        async with server.held():
            for number in range(30):
                server.write(ROOM, str(number))
        now = await becomes(desk, lambda one: len(one.messages) > 30)
        assert [one.text for one in now.messages] == ["Hello?", *map(str, range(30))]
        assert (now.id, now.phase) == (contact.id, Phase.ACTIVE)


async def test_an_offer_outlives_a_gap(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    server.limit = 3
    async with desk_at(server) as desk:
        await available(desk)
        offered = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        async with server.held():
            for number in range(30):
                server.write(ROOM, str(number))
        await becomes(desk, lambda one: len(one.messages) > 30)
        assert (await desk.accept(offered.id, key=new_key())).phase is Phase.ACTIVE


async def test_spaces_are_queues(server: Homeserver) -> None:
    child = {"type": "m.space.child", "state_key": ROOM, "content": {"via": ["x.example"]}}
    server.room("!space", {"type": "m.room.create", "content": {"type": "m.space"}}, child)
    for room in (ROOM, OTHER):
        server.write(server.room(room), "Hello?")
    async with desk_at(server, queues="Chat; Orders=#orders:x.example") as desk:
        waiting = {one.name: one.waiting for one in (await shown(desk)).queues}
        assert waiting == {"Chat": 1, "Orders": 1}
    async with desk_at(server, queues="Orders=#orders:x.example") as desk:
        assert {one.name: one.waiting for one in (await shown(desk)).queues} == {"Orders": 1}


async def test_a_space_that_cannot_be_joined_is_told(server: Homeserver) -> None:
    server.answers["/join/"] = (404, {"errcode": "M_NOT_FOUND", "error": "no"})
    with pytest.raises(Rejected, match="#orders"):
        async with desk_at(server, queues="Orders=#orders:x.example"):
            pass


async def test_who_is_put_out_of_a_room_can_finish(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        contact = await taken(desk)
        server.left.add(ROOM)
        server.passing(server.room(OTHER), {"type": "m.typing", "content": {"user_ids": []}})
        await becomes(desk, lambda one: one.phase is Phase.WRAP_UP)
        closed = await desk.wrap_up(contact.id, codes=[], note_given=False, key=new_key())
        assert closed.phase is Phase.CLOSED
        assert (await shown(desk)).interactions == ()


async def test_files_have_a_bound_both_ways(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    server.media["big"] = b"x" * ((1 << 20) + 1)
    server.media["small"] = b"y" * 200_000
    async with desk_at(server, largest_mb="1") as desk:
        contact = await taken(desk)
        for name in ("big", "small"):
            server.add(
                ROOM, {"msgtype": "m.image", "body": name, "url": f"mxc://x.example/{name}", "info": {"size": 1}}
            )
        now = await becomes(desk, lambda one: len(one.messages) == 3)
        _, big, small = now.messages
        with pytest.raises(Rejected, match="larger than 1 MB"):
            await _content(desk, contact.id, big.id)
        assert await _content(desk, contact.id, small.id) == server.media["small"]
        with pytest.raises(Rejected, match="this server takes"):  # the server's own limit is 1,000 bytes
            await desk.send_reply(contact.id, Reply("", files=(OutgoingFile("a", "a/b", b"x" * 1_001),)), key=new_key())
        with pytest.raises(Rejected, match="1 MB are sent"):
            large = OutgoingFile("a", "a/b", b"x" * (2 << 20))
            await desk.send_reply(contact.id, Reply("", files=(large,)), key=new_key())
        with pytest.raises(Rejected, match="bytes at most"):
            await desk.send_message(contact.id, "ü" * LONGEST_REPLY, key=new_key())
        files = tuple(OutgoingFile(f"{name}.png", "image/png", name.encode()) for name in "ab")
        await desk.send_reply(contact.id, Reply("Both.", files=files), key=new_key())
    sent = server.said(ROOM)
    assert [(one["body"], one["filename"], one["msgtype"]) for one in sent] == [
        ("Both.", "a.png", "m.image"),
        ("b.png", "b.png", "m.image"),
    ]


async def _content(desk: MatrixContactCenter, contact: str, message: str) -> bytes:
    return b"".join([piece async for piece in desk.attachment(contact, message, "file")])


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((401, {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}), AuthFailed, "needs a new token"),
        ((401, {"errcode": "M_UNKNOWN_TOKEN", "error": f"{TOKEN}?"}), AuthFailed, "does not accept the token"),
        ((403, {"errcode": "M_FORBIDDEN", "error": "You are \x1b[31msuspended"}), Forbidden, "suspended"),
        ((429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2_500}), RateLimited, "slow down"),
        ((429, {"errcode": ["M"], "retry_after_ms": 10**400}), RateLimited, "slow down"),
        ((500, b"<html>"), Unavailable, "has a problem"),
        ((302, b""), ProtocolError, "another address"),
        ((200, b"<html>"), ProtocolError, "cannot be read"),
        ((200, []), ProtocolError, "cannot be read"),
        ((200, {"user_id": 5, "versions": 5, "next_batch": 5}), ProtocolError, "cannot be read"),
        ((200, {"user_id": "x\n", "versions": ["v1.11"], "next_batch": "x" * (1 << 20)}), ProtocolError, "cannot be"),
        ((0, None), Unavailable, "cannot be reached"),
    ],
    ids=str,
)
@pytest.mark.parametrize("when", ["/whoami", "/sync"])
async def test_what_the_server_answers_has_its_next_step(
    server: Homeserver, answer: tuple[int, object], error: type[BackendError], words: str, when: str
) -> None:
    server.answers[when] = answer
    with pytest.raises(error, match=words) as failed:
        async with desk_at(server):
            pass
    assert type(failed.value) is error
    assert TOKEN not in f"{failed.value.message}{failed.value.detail}"
    assert failed.value.message.isprintable()
    if isinstance(failed.value, RateLimited):
        assert failed.value.retry_after in (2.5, 300.0)


@pytest.mark.parametrize("versions", [["v1.10"], ["r0.6.1"], "v1.11", None, []], ids=str)
async def test_a_server_that_is_too_old_is_told(server: Homeserver, versions: object) -> None:
    server.answers["/versions"] = (200, {"versions": versions})
    with pytest.raises(Unsupported, match=r"1\.11"):
        async with desk_at(server):
            pass


async def test_an_answer_full_of_nonsense_shows_what_can_be_used(server: Homeserver) -> None:
    nonsense: list[Any] = [None, 5, "x", [], {"timeline": 5}, {"timeline": {"events": {}, "limited": True}}]
    joined = {f"!{number}": one for number, one in enumerate(nonsense)}
    good = {"event_id": "$1", "type": "m.room.message", "sender": EVE, "content": {"msgtype": "m.text", "body": "Hi"}}
    joined["!good"] = {"timeline": {"events": [None, good]}, "state": {"events": [5]}, "ephemeral": {"events": 7}}
    rooms = {"join": {**joined, "not a room": {}}, "invite": {"!x": 5, "": {}}, "leave": {"!y": []}}
    server.answers["/sync"] = (200, {"next_batch": "1", "rooms": rooms})
    server.answers["/join/"] = (403, {"errcode": "M_FORBIDDEN"})
    async with desk_at(server) as desk:
        (waiting,) = (await shown(desk)).queues[0].head
        assert waiting.customer.value == EVE


async def test_a_limit_while_taking_is_waited_for(server: Homeserver) -> None:
    """The stream goes on; only what nobody asked for waits."""
    now = [1_000.0]
    server.write(server.room(ROOM), "Hello?")
    server.answers["/send/"] = (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 60_000})
    known = {"url": server.url, "token": TOKEN, "agent": "maya"}
    desk = MatrixContactCenter(settings(known), monotonic=lambda: now[0])
    await desk.open()
    try:
        await available(desk)

        async def asked() -> int | None:
            assert (await shown(desk)).interactions == ()
            return sum("/send/" in path for _, path, _ in server.asked) or None

        assert await until(asked, PATIENCE, "the first try") == 1
        for _ in range(3):
            assert await asked() == 1
        server.answers.clear()
        now[0] += 61
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    finally:
        await desk.close()


async def test_a_take_that_never_comes_back_is_not_waited_for_for_ever(server: Homeserver) -> None:
    now = [1_000.0]
    server.write(server.room(ROOM), "Hello?")
    server.answers["/send/"] = (200, {"event_id": "$never"})
    desk = MatrixContactCenter(settings({"url": server.url, "token": TOKEN, "agent": "maya"}), monotonic=lambda: now[0])
    await desk.open()
    try:
        await available(desk)

        async def asked() -> bool | None:
            await shown(desk)
            return any("/send/" in path for _, path, _ in server.asked) or None

        await until(asked, PATIENCE, "the first try")
        server.answers.clear()
        assert (await shown(desk)).interactions == ()
        now[0] += 61
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    finally:
        await desk.close()


async def test_a_contact_in_hand_stays_when_its_room_leaves_the_space(server: Homeserver) -> None:
    child = {"type": "m.space.child", "state_key": ROOM, "content": {"via": ["x.example"]}}
    space = server.room("!space", {"type": "m.room.create", "content": {"type": "m.space"}}, child)
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server, queues="Orders=#orders:x.example") as desk:
        contact = await taken(desk)
        server.add(space, {}, "m.space.child", state_key=ROOM)
        server.write(ROOM, "Still there?")
        now = await becomes(desk, lambda one: len(one.messages) == 2)
        assert (now.id, now.queue, now.phase) == (contact.id, "Orders", Phase.ACTIVE)


async def test_nobody_waits_for_an_invitation_that_is_being_answered(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        contact = await taken(desk)
        server.stuck = "/join/"
        server.invited[OTHER] = []

        async def asked() -> bool | None:
            await shown(desk)
            return any("/join/" in path for _, path, _ in server.asked) or None

        await until(asked, PATIENCE, "joining")
        assert (await put_away(desk, contact)).phase is Phase.CLOSED


async def test_a_room_that_cannot_be_written_to_stops_nothing_else(server: Homeserver) -> None:
    for room in (ROOM, OTHER):
        server.write(server.room(room), "Hello?")
        server.write(room, "Anybody there?")
    server.limit = 1
    server.answers[f"{ROOM}/messages"] = (403, {"errcode": "M_FORBIDDEN", "error": "no"})
    async with desk_at(server) as desk:
        assert [one.waiting for one in (await shown(desk)).queues] == [2]
    server.answers = {f"{ROOM}/send/": (403, {"errcode": "M_FORBIDDEN", "error": "no"})}
    async with desk_at(server) as desk:
        contact = await taken(desk)
        assert contact.attributes["room"] == OTHER


async def test_an_offer_that_cannot_be_put_back_ends_here(server: Homeserver) -> None:
    now = [1_000.0]
    server.write(server.room(ROOM), "Hello?")
    desk = MatrixContactCenter(settings({"url": server.url, "token": TOKEN, "agent": "maya"}), clock=lambda: now[0])
    await desk.open()
    try:
        await available(desk)
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        server.answers = {"/send/": (403, {"errcode": "M_FORBIDDEN", "error": "no"})}
        now[0] += 31

        async def over() -> bool | None:
            return not (await shown(desk)).interactions or None

        await until(over, PATIENCE, "the end of the offer")
        (me,) = (await shown(desk)).agents
        assert (me.observed, me.missed) == (Availability.NOT_READY, 1)
    finally:
        await desk.close()


async def test_a_refused_sending_is_told_with_its_time(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        contact = await taken(desk)
        server.answers["/send/"] = (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2_500})
        with pytest.raises(RateLimited) as limited:
            await desk.send_message(contact.id, "x", key=new_key())
        assert limited.value.retry_after == 2.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://matrix.example.com"},
        {"token": ""},
        {"token": "with space"},
        {"agent": "Maya Stone"},
        {"queues": "Chat; Other"},
        {"queues": "Chat=orders"},
        {"codes": "a b=x"},
        {"capacity": "0"},
    ],
    ids=str,
)
def test_options_that_cannot_be_used_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        MatrixContactCenter.create({"url": "https://x.example", "token": TOKEN, "agent": "maya"} | wrong)


async def test_what_is_not_there_is_told(server: Homeserver) -> None:
    async with desk_at(server) as desk:
        calls: list[Callable[..., Awaitable[object]]] = [desk.accept, desk.end, desk.pull]
        calls += [partial(desk.decline, reason=""), partial(desk.park, on=True)]
        for call in calls:
            with pytest.raises(NotFound):
                await call("room-of-nobody", key=new_key())
        with pytest.raises(NotFound):
            await desk.typing("room-of-nobody", on=True)


async def test_leaving_gives_an_offer_back(server: Homeserver) -> None:
    server.write(server.room(ROOM), "Hello?")
    async with desk_at(server) as desk:
        await available(desk)
        await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    assert server.claims(ROOM) == [("take", "maya"), ("give", "maya")]
