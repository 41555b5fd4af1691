"""A supervisor on a real Asterisk: who waits, who works, and everything that is done to it; nobody is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Direction, LegKind, LegPhase, Monitoring, Outcome, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected, Unsupported
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phone, Phones, until
from tests.real.servers.asterisk import Asterisk

WHY = "to help"
SUPER = "PJSIP/super"


@pytest.fixture
async def boss(server: Asterisk, phones: Phones) -> AsyncIterator[Desk]:
    """The desk of a supervisor of the queues support and billing, who takes no calls themself."""
    async with Desk(options(server, SUPER, role="supervisor", queues="support,billing")) as one:
        await phones.get("super")
        yield one


async def _call(desk: Desk, phones: Phones) -> tuple[Interaction, Phone]:
    await desk.become(Availability.AVAILABLE)
    caller = await phones.get("customer")
    await caller.dial("support")
    call = await desk.talk(await phones.get("agent1"))
    await until(lambda: caller.talks, "the caller talks")
    return call, caller


async def _waits(boss: Desk, phones: Phones, name: str = "customer", queue: str = "support") -> Interaction:
    before = {one.interaction_id for one in boss.queues[queue].head}
    await (await phones.get(name)).dial(queue)
    await until(lambda: len(boss.queues[queue].head) == len(before) + 1, f"{name} waits in {queue}")
    return next(one for one in await boss.backend.waiting(queue) if one.id not in before)


async def _written(server: Asterisk, *words: str) -> None:
    log = server.folder / "var" / "log" / "queue_log"
    await until(lambda: any(all(word in line for word in words) for line in log.read_text().splitlines()), f"{words}")


async def test_listening_whispering_and_barging_one_after_the_other(
    server: Asterisk, phones: Phones, desk: Desk, boss: Desk
) -> None:
    assert {Capability.MONITOR, Capability.WHISPER, Capability.BARGE} <= boss.offered
    supervisor = await phones.get("super")
    with pytest.raises(NotFound):
        await boss.backend.monitor(desk.me, Monitoring.LISTEN, why=WHY, key=boss.key())  # signed in nowhere
    await desk.become(Availability.AVAILABLE)
    await until(lambda: boss.observed(desk.me) is Availability.AVAILABLE, "the supervisor sees it")
    with pytest.raises(Conflict):
        await boss.backend.monitor(desk.me, Monitoring.LISTEN, why=WHY, key=boss.key())  # and on no call
    _, caller = await _call(desk, phones)
    key = boss.key()
    monitor = await boss.backend.monitor(desk.me, Monitoring.LISTEN, why=WHY, key=key)
    assert await boss.backend.monitor(desk.me, Monitoring.LISTEN, why=WHY, key=key) == monitor
    await supervisor.answer()
    await desk.see(lambda one: _supervised(one), "the agent is told")
    for mode in (Monitoring.WHISPER, Monitoring.BARGE, Monitoring.LISTEN):
        again = await boss.backend.monitor(desk.me, mode, why=WHY, key=boss.key())
        assert again == monitor and len(supervisor.calls) == 1  # the phone does not ring anew
        await _written(server, "SUPERVISOR", f"|{mode.value}|{SUPER}|{WHY}")
    await boss.backend.end_monitor(monitor, key=boss.key())
    await desk.see(lambda one: not _supervised(one), "the supervisor left")
    await until(lambda: not supervisor.talks, "the supervisor's phone is free")
    await boss.backend.end_monitor(monitor, key=boss.key())
    with pytest.raises(Rejected):
        await boss.backend.end_monitor("no-such", key=boss.key())
    await caller.hang_up()
    await desk.finish((await desk.reach(Phase.WRAP_UP)).id)


@pytest.mark.parametrize(
    ("mode", "agent_hears", "customer_hears"),
    [(Monitoring.LISTEN, False, False), (Monitoring.WHISPER, True, False), (Monitoring.BARGE, True, True)],
)
@pytest.mark.parametrize("changed", [False, True], ids=["at once", "after another mode"])
async def test_who_hears_the_supervisor(
    phones: Phones, desk: Desk, boss: Desk, mode: Monitoring, agent_hears: bool, customer_hears: bool, changed: bool
) -> None:
    call, caller = await _call(desk, phones)
    supervisor, agent = await phones.get("super"), await phones.get("agent1")
    first = mode
    if changed:
        first = Monitoring.LISTEN if mode is not Monitoring.LISTEN else Monitoring.BARGE
    await boss.backend.monitor(desk.me, first, why=WHY, key=boss.key())
    await supervisor.answer()
    await desk.see(_supervised, "the supervisor takes part")
    if changed:
        await boss.backend.monitor(desk.me, mode, why=WHY, key=boss.key())
        await asyncio.sleep(0.5)  # the tone and the change take a moment, which nothing tells
    assert await supervisor.is_heard_by(agent, caller) == (agent_hears, customer_hears)
    await caller.hang_up()
    await desk.finish(call.id)
    await until(lambda: not supervisor.talks, "it ends with the call")


async def test_an_agent_is_offered_none_of_it(desk: Desk) -> None:
    backend, key = desk.backend, desk.key()
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: backend.monitor(desk.me, Monitoring.LISTEN, why=WHY, key=key),
        lambda: backend.end_monitor("agent-desktop-spy-1", key=key),
        lambda: backend.take_over("1.1", why=WHY, key=key),
        lambda: backend.reassign("1.1", desk.me, why=WHY, key=key),
        lambda: backend.move("1.1", "billing", why=WHY, key=key),
        lambda: backend.set_priority("1.1", 1, why=WHY, key=key),
        lambda: backend.withdraw("1.1", why=WHY, key=key),
        lambda: backend.set_agent_availability(desk.me, Availability.OFFLINE, reason="", why=WHY, key=key),
        lambda: backend.waiting("support"),
        lambda: backend.interaction("1.1"),
        lambda: backend.audit(),
    ]
    for act in acts:
        with pytest.raises(Unsupported):
            await act()
    assert Capability.SUPERVISE not in desk.offered


async def test_who_waits_in_the_order_of_the_server(server: Asterisk, phones: Phones, boss: Desk) -> None:
    first = await _waits(boss, phones)
    second = await _waits(boss, phones, "caller2")
    assert [one.id for one in await boss.backend.waiting("support")] == [first.id, second.id]
    assert [one.id for one in await boss.backend.waiting("support", limit=1)] == [first.id]
    assert (first.phase, first.queue, first.customer.value) == (Phase.QUEUED, "support", "1005")
    raised = await boss.backend.set_priority(second.id, 5, why=WHY, key=boss.key())
    assert raised.priority == 5
    assert [(one.id, one.priority) for one in await boss.backend.waiting("support")] == [(second.id, 5), (first.id, 0)]
    lowered = await boss.backend.set_priority(second.id, -5, why=WHY, key=boss.key())
    assert lowered.priority == -5
    assert [one.id for one in await boss.backend.waiting("support")] == [first.id, second.id]
    await _written(server, "SUPERVISOR", f"{second.id}|", f"|priority|{SUPER}|-5: {WHY}")
    for wrong in (lambda: boss.backend.waiting("hasty"), lambda: boss.backend.waiting("no-such")):
        with pytest.raises(NotFound):
            await wrong()
    with pytest.raises(Rejected):
        await boss.backend.set_priority(second.id, 1001, why=WHY, key=boss.key())


async def test_moving_to_another_queue(server: Asterisk, phones: Phones, boss: Desk) -> None:
    one = await _waits(boss, phones)
    key = boss.key()
    moved = await boss.backend.move(one.id, "billing", why="wrong line", key=key)
    assert (moved.id, moved.queue, moved.phase) == (one.id, "billing", Phase.QUEUED)
    assert moved == await boss.backend.move(one.id, "billing", why="wrong line", key=key)
    await until(lambda: not boss.queues["support"].head and boss.queues["billing"].head, "the floor shows it")
    assert (await phones.get("customer")).talks  # the server answered them, and they still wait
    with pytest.raises(NotFound):
        await boss.backend.move(one.id, "no-such", why=WHY, key=boss.key())
    with pytest.raises(Conflict):
        await boss.backend.move(one.id, "billing", why=WHY, key=boss.key())
    with pytest.raises(NotFound):
        await boss.backend.move("1.1", "billing", why=WHY, key=boss.key())
    await _written(server, "SUPERVISOR", f"|move|{SUPER}|to billing: wrong line")


@pytest.mark.parametrize("rings", [False, True], ids=["waits", "rings"])
async def test_withdrawing(server: Asterisk, phones: Phones, desk: Desk, boss: Desk, rings: bool) -> None:
    if rings:
        await desk.become(Availability.AVAILABLE)
        await (await phones.get("customer")).dial("support")
        offer = await desk.offer()
        await until(lambda: boss.work(desk.me) == [(offer.id, Phase.OFFERED)], "the supervisor sees it ring")
        one = await boss.backend.interaction(offer.id)
        assert (one.phase, one.agent_id) == (Phase.OFFERED, desk.me)
    else:
        one = await _waits(boss, phones)
    gone = await boss.backend.withdraw(one.id, why="not for us", key=boss.key())
    assert (gone.phase, gone.outcome, gone.agent_id) == (Phase.CLOSED, Outcome.WITHDRAWN, None)
    await until(lambda: not boss.queues["support"].head, "nobody waits")
    # The dialplan goes on behind the queue; the tests' hangs up.
    await until(lambda: not server.channels(), "the call is over")
    if rings:
        await until(lambda: not desk.interactions, "the offer is taken back")
        assert desk.agent.observed is Availability.AVAILABLE and not desk.agent.missed  # it is not held against them
    with pytest.raises(NotFound):
        await boss.backend.withdraw(one.id, why=WHY, key=boss.key())
    await _written(server, "SUPERVISOR", f"|withdraw|{SUPER}|not for us")


async def test_another_agents_state_also_while_on_a_call(
    server: Asterisk, phones: Phones, desk: Desk, boss: Desk
) -> None:
    call, caller = await _call(desk, phones)
    agent = await boss.backend.set_agent_availability(
        desk.me, Availability.NOT_READY, reason="meeting", why="town hall", key=boss.key()
    )
    assert (agent.observed, agent.reason) == (Availability.NOT_READY, "meeting")
    assert caller.talks and desk.only.phase is Phase.ACTIVE  # the call goes on; no new one comes
    await until(lambda: desk.agent.reason == "meeting", "the agent sees it")
    await caller.hang_up()
    await desk.finish(call.id)
    await until(lambda: desk.agent.reason == "meeting", "it holds after the wrap-up")
    await _written(server, "SUPERVISOR", "PJSIP/agent1|", f"|agent_state|{SUPER}|not_ready meeting: town hall")
    for availability in (Availability.AVAILABLE, Availability.OFFLINE):
        await boss.backend.set_agent_availability(desk.me, availability, reason="", why=WHY, key=boss.key())
        await until(lambda word=availability: desk.agent.observed is word, "the agent sees it")
    with pytest.raises(NotFound):
        await boss.backend.set_agent_availability(desk.me, Availability.AVAILABLE, reason="", why=WHY, key=boss.key())
    with pytest.raises(NotFound):
        await boss.backend.set_agent_availability("PJSIP/x", Availability.OFFLINE, reason="", why=WHY, key=boss.key())


async def test_a_state_given_in_the_course_of_a_wrap_up_holds_after_it(phones: Phones, desk: Desk, boss: Desk) -> None:
    call, caller = await _call(desk, phones)
    await caller.hang_up()
    await desk.reach(Phase.WRAP_UP)
    await until(lambda: boss.work(desk.me) == [(call.id, Phase.WRAP_UP)], "the wrap-up is seen")
    with pytest.raises(Conflict):
        await boss.backend.set_agent_availability(desk.me, Availability.AVAILABLE, reason="", why=WHY, key=boss.key())
    await boss.backend.set_agent_availability(
        desk.me, Availability.NOT_READY, reason="training", why=WHY, key=boss.key()
    )
    await desk.finish(call.id)
    await until(lambda: desk.agent.reason == "training", "it holds after the wrap-up")
    with pytest.raises(Rejected):
        await boss.backend.set_agent_availability(
            desk.me, Availability.NOT_READY, reason="no-such", why=WHY, key=boss.key()
        )


async def test_taking_over_a_conversation(server: Asterisk, phones: Phones, desk: Desk, boss: Desk) -> None:
    call, caller = await _call(desk, phones)
    await until(lambda: boss.work(desk.me) == [(call.id, Phase.ACTIVE)], "the work is seen")
    assert not boss.interactions  # nothing but one's own is told
    key = boss.key()
    mine = await boss.backend.take_over(call.id, why="they asked for me", key=key)
    assert (mine.phase, mine.agent_id, mine.queue) == (Phase.CONNECTING, SUPER, "support")
    assert (await boss.backend.take_over(call.id, why="they asked for me", key=key)).id == mine.id
    supervisor = await phones.get("super")
    await supervisor.ringing()
    assert desk.only.phase is Phase.ACTIVE  # until the supervisor's phone is picked up nothing changes
    await supervisor.answer()
    talking = await boss.reach(Phase.ACTIVE)
    assert talking.direction is Direction.INBOUND and talking.id == mine.id
    wrapping = await desk.reach(Phase.WRAP_UP)
    assert wrapping.outcome is Outcome.TRANSFERRED and "fetched_away" in desk.reasons_of(call.id)
    assert len(supervisor.calls) == 1 and caller.talks and supervisor.talks
    picture = await boss.look()  # found again by the list of channels
    assert [(one.id, one.phase) for one in picture.interactions] == [(mine.id, Phase.ACTIVE)]
    await caller.hang_up()
    await boss.finish((await boss.reach(Phase.WRAP_UP)).id)
    await desk.finish(call.id)
    await _written(server, "SUPERVISOR", f"|take_over|{SUPER}|they asked for me")


async def test_a_take_over_that_is_not_picked_up_changes_nothing(phones: Phones, desk: Desk, boss: Desk) -> None:
    call, caller = await _call(desk, phones)
    await boss.backend.take_over(call.id, why=WHY, key=boss.key())
    await (await (await phones.get("super")).ringing()).reject()
    await until(lambda: not boss.interactions, "it came to nothing")
    assert caller.talks and desk.only.phase is Phase.ACTIVE
    await caller.hang_up()
    await desk.finish(call.id)


async def test_whoever_waits_is_fetched_out_of_the_line(phones: Phones, boss: Desk) -> None:
    one = await _waits(boss, phones)
    await boss.backend.take_over(one.id, why=WHY, key=boss.key())
    await (await phones.get("super")).answer()
    await boss.reach(Phase.ACTIVE)
    await until(lambda: not boss.queues["support"].head, "nobody waits any more")
    caller = await phones.get("customer")
    assert caller.talks
    await (await phones.get("super")).hang_up()
    await until(lambda: not caller.talks, "the caller is not left in silence")
    await boss.finish((await boss.reach(Phase.WRAP_UP)).id)


async def test_reassigning_to_another_agent(server: Asterisk, phones: Phones, desk: Desk, boss: Desk) -> None:
    call, caller = await _call(desk, phones)
    await phones.get("agent2")
    async with Desk(options(server, "PJSIP/agent2")) as other:
        with pytest.raises(NotFound):
            await boss.backend.reassign(call.id, "PJSIP/agent2", why=WHY, key=boss.key())  # signed in nowhere
        await other.become(Availability.AVAILABLE)
        await until(lambda: "PJSIP/agent2" in boss.agents, "the other is there")
        with pytest.raises(Conflict):
            await boss.backend.reassign(call.id, desk.me, why=WHY, key=boss.key())
        before = await boss.backend.reassign(call.id, "PJSIP/agent2", why="speaks French", key=boss.key())
        assert before.agent_id == desk.me  # until the other picks up
        await (await phones.get("agent2")).answer()
        theirs = await other.reach(Phase.ACTIVE)
        assert theirs.agent_id == "PJSIP/agent2" and caller.talks
        await until(lambda: boss.agents["PJSIP/agent2"].in_use["voice"] == 1, "the supervisor sees them at work")
        await caller.hang_up()
        await other.finish((await other.reach(Phase.WRAP_UP)).id)
        await desk.finish(call.id)
        await other.become(Availability.OFFLINE)
    await _written(server, "SUPERVISOR", "PJSIP/agent2|", f"|reassign|{SUPER}|speaks French")


async def test_nothing_is_done_without_a_reason(server: Asterisk, phones: Phones, desk: Desk, boss: Desk) -> None:
    one = await _waits(boss, phones)
    await desk.become(Availability.NOT_READY)
    await until(lambda: desk.me in boss.agents, "the agent is there")
    for why in ("", "  \n", "x" * 301):
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda why=why: boss.backend.withdraw(one.id, why=why, key=boss.key()),
            lambda why=why: boss.backend.move(one.id, "billing", why=why, key=boss.key()),
            lambda why=why: boss.backend.set_priority(one.id, 1, why=why, key=boss.key()),
            lambda why=why: boss.backend.take_over(one.id, why=why, key=boss.key()),
            lambda why=why: boss.backend.set_agent_availability(
                desk.me, Availability.OFFLINE, reason="", why=why, key=boss.key()
            ),
        ]
        for act in acts:
            with pytest.raises(Rejected):
                await act()
    (same,) = await boss.backend.waiting("support")
    assert same.id == one.id and same.priority == 0
    assert desk.agent.observed is Availability.NOT_READY
    await boss.backend.set_priority(one.id, 1, why="a|b\r\nAction: Hangup", key=boss.key())
    await _written(server, "1: a/b  Action: Hangup")  # a line of its own it does not become


async def test_a_reader_of_the_manager_interface_is_refused(server: Asterisk) -> None:
    with pytest.raises(BackendError):
        async with Desk(options(server, SUPER, role="supervisor", user="reader")):
            pass


def _supervised(one: Interaction) -> bool:
    return any(leg.kind is LegKind.SUPERVISOR and leg.phase is LegPhase.ACTIVE for leg in one.legs)
