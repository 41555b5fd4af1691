"""What a contact centre has to keep of supervising: who sees what, what is done is done once, told and written down."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any

from desktop.domain.entities.floor import HelpState, Reached
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.floor_events import AgentMessaged, AlertAcknowledged, HelpChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound, Rejected, Unsupported
from desktop.testing import fresh
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves
from desktop.testing.rig import absent
from desktop.testing.rigs import ContactCenterRig

C = Capability
WHY = "asked by the contract"


def _knows(note: str, one: Interaction) -> bool:
    """Whether the note of the agent before has come with the contact."""
    return one.previous is not None and one.previous.note == note


class SupervisionContract(ContactCenterWork):
    """Part of `ContactCenterContract`. Where the rig's own principal may not supervise, it has to bring who may."""

    async def waits(self, boss: Any, rig: ContactCenterRig) -> Interaction:
        """A caller who waits, because nobody is there for them."""
        number = fresh.number()
        await rig.call(number)

        async def look() -> Interaction | None:
            for queue in (await self.snapshot(boss)).queues:
                line: Sequence[Interaction] = await boss.waiting(queue.name)
                for one in line:
                    if one.customer.value == number:
                        return one
            return None

        return await until(look, rig.patience, "waiting")

    async def order_of(self, boss: Any, queue: str) -> list[str]:
        """Who waits in a queue, next one first."""
        return [one.id for one in await boss.waiting(queue)]

    # -- looking

    @behaviour
    @proves(C.SUPERVISE)
    async def test_who_waits_is_shown_in_order(self, rig: ContactCenterRig) -> None:
        """Callers wait in the order in which they came, and each can be looked at."""
        async with self.overseeing(rig, C.SUPERVISE) as boss:
            first, second = await self.waits(boss, rig), await self.waits(boss, rig)
            order = await self.order_of(boss, first.queue)
            assert order.index(first.id) < order.index(second.id)
            assert (await boss.interaction(first.id)).customer == first.customer
            assert isinstance(await error_of(lambda: boss.interaction("no-such-interaction")), NotFound)
            assert isinstance(await error_of(lambda: boss.waiting("no-such-queue")), NotFound)

    # -- agents

    async def _seen_by_agent(self, agent: Any, rig: ContactCenterRig, availability: Availability) -> Agent:
        async def look() -> Agent | None:
            me = await self.me(agent)
            return me if availability in (me.observed, me.next) else None

        return await until(look, rig.patience, f"being {availability.value}")

    @behaviour
    @proves(C.SUPERVISE)
    async def test_an_agents_state_is_changed(self, rig: ContactCenterRig) -> None:
        """At once where nothing is in hand, and the agent sees it."""
        async with self.overseeing(rig, C.SUPERVISE) as boss, self.opened(rig) as agent:
            me = await self.available(agent, rig)
            changed = await boss.set_agent_availability(
                me.id, Availability.NOT_READY, reason="", why=WHY, key=new_key()
            )
            assert changed.id == me.id
            seen = await self._seen_by_agent(agent, rig, Availability.NOT_READY)
            assert seen.observed is Availability.NOT_READY

    @behaviour
    @proves(C.SUPERVISE, C.NEXT_AVAILABILITY)
    async def test_an_agents_state_waits_for_their_work(self, rig: ContactCenterRig) -> None:
        """While they talk the call goes on, and afterwards they are so; a centre may pass them over from now on."""
        async with self.overseeing(rig, C.SUPERVISE) as boss, self.opened(rig) as agent:
            talking = await self.talking(agent, rig)
            me = await self.me(agent)
            await boss.set_agent_availability(me.id, Availability.NOT_READY, reason="", why=WHY, key=new_key())
            await self._seen_by_agent(agent, rig, Availability.NOT_READY)
            still = await self.interaction(agent, talking.id)
            assert still is not None
            assert still.phase is Phase.ACTIVE

    @honesty
    @proves(C.SUPERVISE)
    async def test_a_reason_is_demanded(self, rig: ContactCenterRig) -> None:
        """Without one nothing is changed."""
        async with self.overseeing(rig, C.SUPERVISE) as boss, self.opened(rig) as agent:
            me = await self.available(agent, rig)
            error = await error_of(
                lambda: boss.set_agent_availability(me.id, Availability.NOT_READY, reason="", why="", key=new_key())
            )
            assert isinstance(error, Rejected), repr(error)
            assert (await self.me(agent)).observed is Availability.AVAILABLE

    # -- contacts

    @behaviour
    @proves(C.TAKE_OVER)
    async def test_a_conversation_is_taken_over_once(self, rig: ContactCenterRig) -> None:
        """It is the supervisor's, the agent has it no more, and the same key again is the same conversation."""
        async with self.overseeing(rig, C.TAKE_OVER) as boss, self.opened(rig) as agent:
            talking = await self.talking(agent, rig)
            key = new_key()
            taken = await boss.take_over(talking.id, why=WHY, key=key)
            assert taken.agent_id == (await self.me(boss)).id
            assert (await boss.take_over(talking.id, why=WHY, key=key)).id == taken.id

            async def gone() -> bool | None:
                one = await self.interaction(agent, talking.id)
                return True if one is None or one.phase is not Phase.ACTIVE else None

            await until(gone, rig.patience, "the end of the agent's part")
            again = await error_of(lambda: boss.take_over(talking.id, why=WHY, key=new_key()))
            assert isinstance(again, (Conflict, NotFound)), repr(again)

    @behaviour
    @proves(C.TAKE_OVER, C.HANDOVER)
    async def test_what_the_agent_knew_goes_on_with_the_customer(self, rig: ContactCenterRig) -> None:
        """Who has the conversation now is told whose it was, what they wrote and whom they linked it to."""
        async with (
            self.overseeing(rig, C.TAKE_OVER, C.HANDOVER) as boss,
            self.opened(rig, C.HANDOVER) as agent,
        ):
            talking = await self.talking(agent, rig)
            alone = await error_of(lambda: agent.hand_over(talking.id, note="a", customer_id="", key=new_key()))
            assert isinstance(alone, Conflict), repr(alone)
            taken = await boss.take_over(talking.id, why=WHY, key=new_key())
            assert talking.id not in str(taken.attributes), "ids are no answers of the customer's"
            for note in (fresh.text("They wait for "), fresh.text("They wait for more ")):
                key = new_key()
                for _ in range(2):
                    own = await agent.hand_over(talking.id, note=note, customer_id="c-17", key=key)
                    assert own.id == talking.id
                known = await self.becomes(
                    boss, rig, taken.id, partial(_knows, note), "what the agent before had written"
                )
                previous = known.previous
                assert previous is not None
                assert (previous.interaction_id, previous.customer_id) == (talking.id, "c-17")
                assert previous.agent_id == (await self.me(agent)).id

    @behaviour
    @proves(C.TAKE_OVER, C.HANDOVER)
    async def test_what_was_written_goes_on_with_the_customer(self, rig: ContactCenterRig) -> None:
        """The messages of a written contact are those of the new one, too."""
        async with self.overseeing(rig, C.TAKE_OVER, C.HANDOVER) as boss, self.opened(rig) as agent:
            writing = await self.writing(agent, rig)
            taken = await boss.take_over(writing.id, why=WHY, key=new_key())
            assert [one.text for one in taken.messages] == [one.text for one in writing.messages]

    @behaviour
    @proves(C.REASSIGN)
    async def test_an_offer_goes_to_another_agent(self, rig: ContactCenterRig) -> None:
        """What rings at one agent rings at the named one instead."""
        async with self.overseeing(rig, C.REASSIGN, C.SUPERVISE) as boss, self.opened(rig) as agent:
            offered = await self.ringing(agent, rig)
            colleague = await rig.free_colleague()
            await boss.reassign(offered.id, colleague, why=WHY, key=new_key())

            async def there() -> bool | None:
                return (await boss.interaction(offered.id)).agent_id == colleague or None

            await until(there, rig.patience, "the offer at the colleague")
            error = await error_of(lambda: agent.accept(offered.id, key=new_key()))
            assert isinstance(error, (Conflict, NotFound)), repr(error)

    @behaviour
    @proves(C.MOVE)
    async def test_a_caller_is_moved_to_another_queue(self, rig: ContactCenterRig) -> None:
        """They wait there, and where they waited no more."""
        async with self.overseeing(rig, C.MOVE, C.SUPERVISE) as boss:
            one = await self.waits(boss, rig)
            queues = [queue.name for queue in (await self.snapshot(boss)).queues if queue.name != one.queue]
            if not queues:
                absent("there is but one queue")
            assert (await boss.move(one.id, queues[0], why=WHY, key=new_key())).id == one.id

            async def there() -> bool | None:
                return one.id in await self.order_of(boss, queues[0]) or None

            await until(there, rig.patience, "waiting in the other queue")
            assert one.id not in await self.order_of(boss, one.queue)

    @behaviour
    @proves(C.PRIORITY)
    async def test_a_priority_changes_who_is_next(self, rig: ContactCenterRig) -> None:
        """More points are sooner."""
        async with self.overseeing(rig, C.PRIORITY, C.SUPERVISE) as boss:
            first, second = await self.waits(boss, rig), await self.waits(boss, rig)
            await boss.set_priority(second.id, 1000, why=WHY, key=new_key())

            async def overtaken() -> bool | None:
                order = await self.order_of(boss, first.queue)
                return order.index(second.id) < order.index(first.id) or None

            await until(overtaken, rig.patience, "being overtaken")

    @behaviour
    @proves(C.WITHDRAW)
    async def test_a_caller_is_withdrawn(self, rig: ContactCenterRig) -> None:
        """They wait no more."""
        async with self.overseeing(rig, C.WITHDRAW, C.SUPERVISE) as boss:
            one = await self.waits(boss, rig)
            await boss.withdraw(one.id, why=WHY, key=new_key())

            async def gone() -> bool | None:
                return one.id not in await self.order_of(boss, one.queue) or None

            await until(gone, rig.patience, "being withdrawn")

    # -- words

    @behaviour
    @proves(C.HELP)
    async def test_help_is_asked_for_and_answered(self, rig: ContactCenterRig) -> None:
        """The supervisor is told, the agent is told the answer, and one contact has one request at most."""
        async with self.opened(rig, C.HELP) as agent, self.overseeing(rig, C.HELP, number=1) as boss:
            talking = await self.talking(agent, rig)
            text = fresh.text("They shout.")
            async with self.watching(rig, boss, await self.position(boss)) as watch:
                asked = await agent.ask_help(talking.id, text, key=new_key())
                await self.told(watch, lambda event: isinstance(event, HelpChanged) and event.help.text == text, rig)
            assert (await agent.ask_help(talking.id, text, key=new_key())).id == asked.id
            shown = [one for one in (await self.snapshot(boss)).help if one.interaction_id == talking.id]
            assert [(one.id, one.state) for one in shown] == [(asked.id, HelpState.OPEN)]
            answer = fresh.text("I am coming.")
            async with self.watching(rig, agent, await self.position(agent)) as watch:
                await boss.answer_help(asked.id, answer, close=False, key=new_key())
                await self.told(
                    watch, lambda event: isinstance(event, HelpChanged) and event.help.answer == answer, rig
                )
            assert (await agent.answer_help(asked.id, "", close=True, key=new_key())).state is HelpState.CLOSED
            assert asked.id not in {one.id for one in (await self.snapshot(boss)).help}

    @behaviour
    @proves(C.AGENT_MESSAGE)
    async def test_a_line_reaches_the_agent_once_and_is_answered(self, rig: ContactCenterRig) -> None:
        """The agent is told, the same key is one line, and the supervisor gets the answer."""
        async with self.opened(rig, C.AGENT_MESSAGE) as agent, self.overseeing(rig, C.AGENT_MESSAGE, number=1) as boss:
            text, answer, key = fresh.text("Well done."), fresh.text("Thank you."), new_key()
            me = (await self.me(agent)).id
            async with self.watching(rig, agent, await self.position(agent)) as watch:
                for _ in range(2):
                    sent = await boss.message_agent(me, text, key=key)
                await self.told(
                    watch, lambda event: isinstance(event, AgentMessaged) and event.message.text == text, rig
                )
            assert [one.text for one in (await self.snapshot(agent)).agent_messages].count(text) == 1
            await agent.message_agent(sent.by, answer, key=new_key())
            assert answer in [one.text for one in (await self.snapshot(boss)).agent_messages]

    @behaviour
    @proves(C.BROADCAST)
    async def test_a_broadcast_reaches_each_agent_once(self, rig: ContactCenterRig) -> None:
        """Whoever is of the team reads it once, under the same key too; who is not of it is named, and stops nobody."""
        async with self.opened(rig) as agent, self.overseeing(rig, C.BROADCAST) as boss:
            text, key = fresh.text("Billing is down."), new_key()
            me = (await self.me(agent)).id
            for _ in range(2):
                deliveries = await boss.broadcast(["no-such-agent", me], text, key=key)
            assert [one.agent_id for one in deliveries] == ["no-such-agent", me]
            assert deliveries[0].reached is Reached.REFUSED
            assert deliveries[1].reached in (Reached.DELIVERED, Reached.LATER)

            async def read() -> bool | None:
                return text in [one.text for one in (await self.snapshot(agent)).agent_messages] or None

            await until(read, rig.patience, "the message")
            assert [one.text for one in (await self.snapshot(agent)).agent_messages].count(text) == 1

    @honesty
    @proves(C.BROADCAST)
    async def test_a_broadcast_to_nobody_is_refused(self, rig: ContactCenterRig) -> None:
        """So is one without words."""
        async with self.opened(rig) as agent, self.overseeing(rig, C.BROADCAST) as boss:
            me = (await self.me(agent)).id
            for to, text in (((), "hello"), ((me,), ""), (("no-such-agent",), "hello")):
                error = await error_of(partial(boss.broadcast, to, text, key=new_key()))
                assert isinstance(error, (Rejected, NotFound)), repr(error)

    @behaviour
    @proves(C.ACKNOWLEDGE)
    async def test_who_deals_with_an_alert_is_told_to_the_others(self, rig: ContactCenterRig) -> None:
        """Another supervisor is told, and reads it in their snapshot."""
        async with (
            self.overseeing(rig, C.ACKNOWLEDGE) as boss,
            self.overseeing(rig, C.ACKNOWLEDGE, number=1) as other,
        ):
            alert = fresh.text("waiting") + "|Billing"
            async with self.watching(rig, other, await self.position(other)) as watch:
                made = await boss.acknowledge(alert, "on it", key=new_key())
                await self.told(
                    watch,
                    lambda event: isinstance(event, AlertAcknowledged) and event.acknowledgement.alert == alert,
                    rig,
                )
            assert made.by == (await self.me(boss)).id
            assert alert in {one.alert for one in (await self.snapshot(other)).acknowledgements}

    # -- what is kept

    @behaviour
    @proves(C.AUDIT)
    async def test_what_was_done_is_written_down(self, rig: ContactCenterRig) -> None:
        """Who, what, to whom and why, the newest first, and once for one key."""
        async with self.overseeing(rig, C.AUDIT, C.SUPERVISE) as boss, self.opened(rig) as agent:
            me, why, key = await self.available(agent, rig), fresh.text("to talk"), new_key()
            for _ in range(2):
                await boss.set_agent_availability(me.id, Availability.NOT_READY, reason="", why=why, key=key)
            entries = await boss.audit()
            (mine,) = [one for one in entries if one.why == why]
            assert (mine.by, mine.subject, mine.outcome) == ((await self.me(boss)).id, me.id, "done")
            assert all(new.at >= old.at for new, old in pairwise(entries))
            assert len(await boss.audit(limit=1)) == 1

    @behaviour
    @proves(C.SCHEDULE)
    async def test_plans_and_days_are_in_order(self, rig: ContactCenterRig) -> None:
        """Activities and observed stretches do not overlap; nothing was observed of the future."""
        async with self.overseeing(rig, C.SCHEDULE) as boss, self.opened(rig) as agent:
            me = await self.available(agent, rig)
            now = (await boss.snapshot()).at
            day = datetime.fromtimestamp(now, UTC).date()
            for plan in await boss.schedules(day):
                assert all(one.start < one.end for one in plan.activities)
                assert all(one.end <= two.start for one, two in pairwise(plan.activities))
            stretches = await boss.agent_day(me.id, day)
            assert all(one.end <= two.start for one, two in pairwise(stretches))
            assert all(one.start <= one.end <= now + 60 for one in stretches)
            try:
                own = await agent.schedules(day)
            except Unsupported:
                return  # only supervisors are offered it
            assert {plan.agent_id for plan in own} <= {me.id}, "an agent's is their own"
            assert all(one.start <= one.end for one in await agent.agent_day(me.id, day))
