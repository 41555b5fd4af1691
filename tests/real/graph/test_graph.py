"""The directory, polling those on screen only, tokens, throttling, and everything hostile Graph could send."""

import asyncio
import logging
from typing import Any

import pytest

from desktop.backends.graph.presence import GraphPresence
from desktop.domain.entities.person import Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Envelope, Heartbeat, PersonChanged, PresenceChanged, PresenceSnapshot
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, Forbidden, ProtocolError, RateLimited, Rejected, Unavailable, Unsupported
from tests.real.servers.graph import CLIENT_SECRET, READY, Graph, Refusal

from .conftest import adapter


async def seen(backend: GraphPresence, *person_ids: str) -> dict[str, Presence]:
    """What the directory says of these people now."""
    await backend.watch(person_ids)
    event = (await backend.snapshot()).event
    assert isinstance(event, PresenceSnapshot)
    return {one.person_id: one for one in event.presence}


async def test_people_have_title_team_phone_and_mail_and_who_left_is_not_among_them(
    graph: Graph, backend: GraphPresence
) -> None:
    ada = graph.add(
        "Ada Lovelace",
        jobTitle="Engineer",
        department="Network",
        businessPhones=["+44 20 7946 0018"],
        mail="ada@c.example",
    )
    graph.add("Left Long Ago", accountEnabled=False)
    bob = graph.add("Bob", mobilePhone="call me", businessPhones=[])
    people = {one.id: one for one in await backend.people()}
    assert people.keys() == {ada, bob}
    one = people[ada]
    assert (one.name, one.title, one.team, one.address, one.email, one.source) == (
        "Ada Lovelace",
        "Engineer",
        "Network",
        "+44 20 7946 0018",
        "ada@c.example",
        "presence",
    )
    assert people[bob].address == "", "words are no number to dial"
    assert [one.id for one in await backend.people("lovel")] == [ada]


async def test_a_directory_of_several_pages_is_read_whole(graph: Graph, backend: GraphPresence) -> None:
    graph.page = 3
    ids = {graph.add(f"Person {number}") for number in range(8)}
    assert {one.id for one in await backend.people()} == ids


async def test_a_page_on_another_server_is_not_followed(graph: Graph, backend: GraphPresence) -> None:
    graph.page, graph.next_host = 1, "http://127.0.0.1:9"
    graph.add("One"), graph.add("Two")
    with pytest.raises(ProtocolError):
        await backend.people()


async def test_the_members_of_a_group_are_the_directory(graph: Graph) -> None:
    graph.add("Outside")
    inside = graph.add("Inside")
    graph.groups["experts"] = [inside]
    backend = adapter(graph, group="experts")
    await backend.open()
    assert [one.id for one in await backend.people()] == [inside]
    await backend.close()


async def test_only_those_on_screen_are_asked_for_in_batches(graph: Graph, backend: GraphPresence) -> None:
    ids = [graph.add(f"P{number}") for number in range(1400)]
    graph.page = 999
    await backend.people()
    assert graph.batches == []
    await seen(backend, *ids[:3])
    assert [sorted(one) for one in graph.batches] == [sorted(ids[:3])]
    graph.batches.clear()
    await backend.watch(ids)
    await backend.snapshot()
    assert [len(one) for one in graph.batches] == [650, 650, 100]
    assert sorted(one for batch in graph.batches for one in batch) == sorted(ids)


async def test_a_change_on_screen_is_told_and_each_poll_is_a_sign_of_life(graph: Graph, backend: GraphPresence) -> None:
    ada, bob = graph.add("Ada"), graph.add("Bob")
    await backend.snapshot()
    heard: list[Envelope] = []

    async def read() -> None:
        async for envelope in backend.events(None):
            heard.append(envelope)  # noqa: PERF401 - each is looked at while the next is awaited

    reading = asyncio.ensure_future(read())
    await _until(lambda: [one for one in heard if isinstance(one.event, Heartbeat)])
    assert graph.batches == [], "nobody is on screen"
    graph.show(ada, "Busy", "InACall")
    await backend.watch([ada])
    told = await _until(lambda: [one.event.presence for one in heard if isinstance(one.event, PresenceChanged)])
    assert (told[0].person_id, told[0].state, told[0].in_call) == (ada, PresenceState.BUSY, True)
    graph.show(ada, "Away", "Away")
    await _until(lambda: [one for one in heard if getattr(getattr(one.event, "presence", None), "state", 0) == "away"])
    assert all(bob not in batch for batch in graph.batches)
    assert all(one.seq is None for one in heard), "what was polled has no number: it is as old as its observation"
    reading.cancel()


async def test_who_is_found_between_two_rounds_is_told(graph: Graph, backend: GraphPresence) -> None:
    stream = backend.events(None)
    assert isinstance((await anext(stream)).event, Heartbeat), "the directory was not read yet"
    ada, bob = graph.add("Ada"), graph.add("Bob")
    await backend.people()
    await backend.watch([ada])  # so that the next round begins at once
    told: list[str] = []
    async for envelope in stream:
        if isinstance(envelope.event, PersonChanged):
            told.append(envelope.event.person.id)
        elif isinstance(envelope.event, Heartbeat):
            break
    assert sorted(told) == sorted([ada, bob])


async def test_an_older_answer_never_overrules_a_newer_one(graph: Graph, backend: GraphPresence) -> None:
    ada = graph.add("Ada")
    graph.show(ada, "Busy", "Busy", sequenceNumber="A0290000009")
    first = (await seen(backend, ada))[ada]
    graph.show(ada, "Available", "Available", sequenceNumber="A0290000003")
    assert (await seen(backend, ada))[ada] == first
    graph.show(ada, "Away", "Away", sequenceNumber="A0290000010")
    again = (await seen(backend, ada))[ada]
    assert (again.state, again.version > first.version) == (PresenceState.AWAY, True)


async def test_out_of_office_and_status_message_are_words_beside_the_state(
    graph: Graph, backend: GraphPresence
) -> None:
    ada, bob, eve = (graph.add(name) for name in ("Ada", "Bob", "Eve"))
    graph.show(ada, "Offline", "Offline", outOfOfficeSettings={"isOutOfOffice": True, "message": "until Monday"})
    html = {"content": "<p>in&nbsp;the <b>lab</b></p>", "contentType": "html"}
    graph.show(bob, "Available", "Available", statusMessage={"message": html})
    graph.show(eve, "Busy", "Busy", statusMessage={"message": {"content": "a < b", "contentType": "text"}})
    now = await seen(backend, ada, bob, eve)
    assert (now[ada].activity, now[bob].activity, now[eve].activity) == ("out of office", "in the lab", "a < b")


async def test_who_is_not_answered_is_unknown_and_never_offline(graph: Graph, backend: GraphPresence) -> None:
    ada = graph.add("Ada")
    del graph.presence[ada]
    found = (await seen(backend, ada))[ada]
    assert (found.state, found.native, found.in_call) == (PresenceState.UNKNOWN, "no answer", None)


async def test_a_token_is_fetched_once_kept_and_renewed_when_it_is_refused(
    graph: Graph, backend: GraphPresence
) -> None:
    graph.add("Ada")
    for _ in range(3):
        await backend.people()
    assert graph.token_requests == 1
    graph.expire()
    await backend.snapshot()
    assert graph.token_requests == 2


async def test_a_wrong_secret_is_no_sign_in_and_stays_secret(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend = adapter(graph, client_secret="wrong-secret-9")
    with pytest.raises(AuthFailed) as failed:
        await backend.open()
    await backend.close()
    assert (
        "wrong-secret-9" not in f"{failed.value} {failed.value.detail} {caplog.text} {backend!r} {backend._account!r}"
    )
    assert CLIENT_SECRET not in caplog.text


async def test_a_ready_token_that_is_refused_is_not_renewed(graph: Graph) -> None:
    backend = adapter(graph, token="stale-token")
    with pytest.raises(AuthFailed):
        await backend.open()
    assert graph.token_requests == 0
    await backend.close()


@pytest.mark.parametrize(("status", "wait"), [(429, 17.0), (503, 23.0)])
async def test_graph_says_how_long_to_wait(graph: Graph, backend: GraphPresence, status: int, wait: float) -> None:
    await backend.open()
    graph.refusals.append(Refusal(status, "TooManyRequests", Retry_After=f"{wait:.0f}"))
    with pytest.raises(RateLimited) as slowed:
        await backend.snapshot()
    assert slowed.value.retry_after == wait
    graph.refusals.append(Refusal(503, "ServiceUnavailable"))
    with pytest.raises(Unavailable):
        await backend.snapshot()


async def test_no_permission_is_told_in_graphs_words(graph: Graph, backend: GraphPresence) -> None:
    await backend.open()
    graph.refusals.append(Refusal(403, "Forbidden", "Insufficient privileges"))
    with pytest.raises(Forbidden, match="Insufficient privileges"):
        await backend.snapshot()
    assert graph.token_requests == 1, "another token would be refused too"


async def test_own_presence_needs_to_know_who_we_are(graph: Graph, backend: GraphPresence) -> None:
    me = graph.add("Me Myself")
    assert await backend.open() == frozenset()
    with pytest.raises(Unsupported):
        await backend.set_own(PresenceState.BUSY, activity="", key="k")
    known = adapter(graph, user="me.myself@contoso.example")
    assert await known.open() == {Capability.SET_OWN}
    for state in (PresenceState.BUSY, PresenceState.AVAILABLE, PresenceState.DO_NOT_DISTURB, PresenceState.AWAY):
        told = await known.set_own(state, activity="", key="k", in_call=state is PresenceState.BUSY)
        assert (told.person_id, told.state) == (me, state)
    assert [one["availability"] for _, one in graph.preferred] == ["Busy", "Available", "DoNotDisturb", "Away"]
    with pytest.raises(Rejected):
        await known.set_own(PresenceState.UNKNOWN, activity="", key="k")
    assert me not in {one.id for one in await known.people()}, "nobody consults themselves"
    await known.close()
    graph.me = me
    delegated = adapter(graph, token=READY)
    assert await delegated.open() == {Capability.SET_OWN}
    await delegated.close()


@pytest.mark.parametrize("who", ["../groups/x", "a b", "nobody@contoso.example"])
async def test_an_unknown_self_is_told_at_once(graph: Graph, who: str) -> None:
    backend = adapter(graph, user=who)
    with pytest.raises(AuthFailed):
        await backend.open()
    assert all("/groups/" not in target or "/users/" in target for _, target in graph.asked)
    await backend.close()


@pytest.mark.parametrize(
    "record",
    [
        {"id": "../x", "displayName": "Climber"},
        {"id": 7, "displayName": "Number"},
        {"displayName": "Nobody"},
        None,
        "text",
    ],
)
async def test_what_is_no_person_is_left_out(graph: Graph, backend: GraphPresence, record: Any) -> None:
    from desktop.backends.graph.records import person_of

    assert person_of(record, "presence") is None


async def test_hostile_words_are_bounded_and_say_nothing(graph: Graph, backend: GraphPresence) -> None:
    ada = graph.add("Ada\x1b[31m\n\u202e" + "x" * 5000)
    graph.show(ada, "B\x00sy" * 100, "\x1b]0;x\x07", sequenceNumber="nonsense " * 50)
    found = (await seen(backend, ada))[ada]
    assert found.state is PresenceState.UNKNOWN
    assert found.native.isprintable()
    assert len(found.native) < 200
    (person,) = await backend.people()
    assert person.name.isprintable()
    assert len(person.name) <= 300


@pytest.mark.parametrize(
    "options",
    [
        {"token": ""},
        {"token": "t", "tenant": "x"},
        {"poll_seconds": "0"},
        {"poll_seconds": "60"},
        {"poll_seconds": "soon"},
        {"url": "http://graph.example/v1.0"},
        {"login_url": "ftp://login.example"},
        {"token": "a\nb"},
    ],
)
def test_options_that_cannot_be_used_are_refused_at_once(options: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        GraphPresence.create({"token": "t"} | options)


async def _until(what: Any, seconds: float = 8.0) -> Any:
    end = asyncio.get_running_loop().time() + seconds
    while not (answer := what()):
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s"
        await asyncio.sleep(0.01)
    return answer
