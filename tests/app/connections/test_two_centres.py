"""Two contact centres over real sockets: each contact goes its own way, and one that dies takes nothing with it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Reply
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Availability, Health, Phase, Verb
from desktop.domain.select import codes_for, mine, own_apart
from desktop.words.catalogue import in_words
from tests.app.app_fakes import spin, until
from tests.app.connections.centre_desk import VOICE, WRITTEN, TwoCentres, two_centres

CHAT = {"from": "priya", "channel": "chat", "queue": "Billing", "messages": ["Hello?"], "replies": []}
FILE = {"name": "receipt.txt", "media_type": "text/plain", "text": "49.90"}


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[TwoCentres]:
    async with two_centres(tmp_path / "p.db") as made:
        yield made


async def work(d: TwoCentres) -> tuple[str, str]:
    """A call here and a chat there, taken by one agent under one id; their ids."""
    assert (await d.session.commands.set_availability(Availability.AVAILABLE)).ok
    call, chat = await d.voice.call(), await d.written.call(**CHAT, attachments=[FILE])
    assert call == chat
    taken = f"voice:{call}", f"written:{chat}"
    await until(lambda: set(taken) <= set(d.state.interactions))
    for one in taken:
        assert (await d.session.commands.do(Verb.ACCEPT, one)).ok
    await until(lambda: all(d.state.interactions[one].phase is Phase.ACTIVE for one in taken))
    return taken


async def test_one_id_at_both_is_a_call_here_and_a_chat_there(d: TwoCentres) -> None:
    call, chat = await work(d)
    assert {one.id for one in mine(d.state)} == {call, chat}
    assert {one.agent_id for one in mine(d.state)} == {d.state.me}
    me = d.state.agents[d.state.me]
    assert me.capacity["chat"] == sum(one.agent.capacity["chat"] for one in d.state.own.values() if one.agent)
    assert me.in_use == {"voice": 1, "chat": 1}
    assert {one.id for one in d.state.own.values()} == {"voice:maya", "written:jonas"}


async def test_writing_files_and_parking_go_to_the_contact_s_own(d: TwoCentres, tmp_path: Path) -> None:
    _, chat = await work(d)
    d.session.threads.folder = tmp_path / "saved"
    message = d.state.interactions[chat].messages[-1]
    saved = await d.session.threads.save(chat, message.id, message.attachments[0].id)
    assert saved.ok, in_words(saved.text)
    assert (tmp_path / "saved" / "receipt.txt").read_text() == "49.90"
    assert (await d.session.commands.send(chat, Reply("Thank you."), key="k")).ok
    await until(lambda: "Thank you." in [one.text for one in d.state.interactions[chat].messages])
    d.session.threads.see(chat)
    await until(lambda: d.state.interactions[chat].unread == 0)
    assert (await d.session.commands.do(Verb.PARK, chat)).ok
    await until(lambda: d.state.interactions[chat].parked)
    assert d.state.agents[d.state.me].in_use.get("chat", 0) == 0
    assert (await d.session.commands.do(Verb.UNPARK, chat)).ok
    await until(lambda: not d.state.interactions[chat].parked)


async def test_who_waits_in_writing_is_pulled_from_their_own(d: TwoCentres) -> None:
    assert (await d.session.commands.set_availability(Availability.NOT_READY, reason="lunch")).ok
    mail = {"from": "a@example.org", "channel": "email", "queue": "Billing", "messages": ["My bill?"]}
    first, second = await d.voice.call(**mail), await d.written.call(**mail)
    assert first == second
    waiting = f"written:{second}"
    await until(
        lambda: any(one.interaction_id == waiting for queue in d.state.queues.values() for one in queue.to_pull)
    )
    assert (await d.session.commands.pull(waiting)).ok
    await until(lambda: waiting in d.state.interactions)
    assert f"voice:{first}" not in d.state.interactions


async def test_nothing_goes_from_one_to_the_other(d: TwoCentres) -> None:
    call, _ = await work(d)
    result = await d.session.commands.do(Verb.BLIND_TRANSFER, call, target="queue:written:Sales")
    assert not result.ok
    assert "another contact centre" in in_words(result.text)
    assert d.state.interactions[call].phase is Phase.ACTIVE
    assert (await d.session.commands.do(Verb.BLIND_TRANSFER, call, target="queue:voice:Sales")).ok


async def test_each_is_wrapped_up_and_called_back_where_it_was(d: TwoCentres) -> None:
    call, chat = await work(d)
    assert (await d.session.commands.do(Verb.END, call)).ok
    await until(lambda: d.state.interactions[call].phase is Phase.WRAP_UP)
    codes = {one.id for one in codes_for(d.state, d.state.interactions[call])}
    assert {one.source for one in codes_for(d.state, d.state.interactions[call])} == {VOICE}
    again = FollowUp("callback", "about the refund", due=d.session.store.now() + 3_600.0)
    d.session.notes.edit(call, follow_ups=(again,))
    done = await d.session.wrap_ups.finish(call, codes=("refund-promised",), note="Promised.")
    assert done.ok, in_words(done.text)
    assert "refund-promised" in codes
    await until(lambda: call not in d.state.interactions)
    assert d.state.interactions[chat].phase is Phase.ACTIVE
    async with asyncio.timeout(10):
        while [one.target for one in await d.session.outbox.items()] != ["crm"]:  # this profile has none
            await spin(disk=True)


async def test_one_dies_in_the_middle_and_the_other_works_on(d: TwoCentres) -> None:
    call, chat = await work(d)
    d.session.notes.edit(chat, note="typed before")
    await d.session.notes.flush()
    await d.written.kill()
    await until(lambda: d.health(WRITTEN) in (Health.STALE, Health.DOWN), 20)
    assert (await d.session.commands.do(Verb.HOLD, call)).ok
    lost = await d.session.commands.do(Verb.PARK, chat)
    assert not lost.ok
    assert "contact centre (written)" in in_words(lost.text)
    assert d.state.interactions[chat].phase is Phase.ACTIVE
    assert d.state.drafts[chat].note == "typed before"

    partly = await d.session.commands.set_availability(Availability.NOT_READY, reason="lunch")
    assert not partly.ok
    assert "contact centre (written) was not told of your availability" in in_words(partly.text).replace("The ", "")
    assert "(voice)" not in in_words(partly.text)
    at_voice = d.state.own[VOICE].agent
    assert at_voice is not None
    assert Availability.NOT_READY in (at_voice.observed, at_voice.next)

    await d.written.start()  # it knows nothing of the chat any more
    d.session.retry()
    await d.live(WRITTEN)
    await until(lambda: chat not in d.state.interactions)
    assert call in d.state.interactions
    again = f"written:{await d.written.call(**CHAT)}"
    assert (await d.session.commands.set_availability(Availability.AVAILABLE)).ok
    await until(lambda: again in d.state.interactions)


async def test_where_the_two_say_different_things_of_me_both_are_said(d: TwoCentres) -> None:
    assert (await d.session.commands.set_availability(Availability.AVAILABLE)).ok
    assert own_apart(d.state) == ()
    await d.written.kill()
    await until(lambda: d.health(WRITTEN) in (Health.STALE, Health.DOWN), 20)
    await d.session.commands.set_availability(Availability.NOT_READY, reason="lunch")
    apart = {Source.of(source).name: agent.observed for source, agent in own_apart(d.state)}
    assert apart == {"voice": Availability.NOT_READY, "written": Availability.AVAILABLE}


async def test_drafts_of_both_are_kept_apart_over_a_restart(tmp_path: Path) -> None:
    async with two_centres(tmp_path / "p.db") as d:
        call, chat = await work(d)
        d.session.notes.edit(call, note="spoken")
        d.session.notes.edit(chat, note="typed")
        await d.session.close()
        await d.written.kill()
        await d.sign_in()
        await d.live(VOICE)
        await until(lambda: call in d.state.interactions)
        assert {one: d.state.drafts[one].note for one in (call, chat)} == {call: "spoken", chat: "typed"}
        assert not await d.session.outbox.items()
