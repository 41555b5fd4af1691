"""What a contact centre has to keep of its past: what was is told whole, once, and to those who may know."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from desktop.domain.entities.history import IntervalQuery, PastInteraction, PastQuery, WeekQuery
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Outcome, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound, Rejected, Unsupported
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves
from desktop.testing.rig import does_not_apply
from desktop.testing.rigs import ContactCenterRig

HISTORY, SEARCH, RECORDINGS = Capability.HISTORY, Capability.HISTORY_SEARCH, Capability.RECORDINGS
HOSTILE = ("'", '"', "%", "_", "*", "\\", "a' OR '1'='1", "--", "{}", "$word0", "\u202e", "\x00", "x" * 250, "é\u0301")
HOUR = 3_600.0
_ADDED = ("offered", "answered", "abandoned", "handled", "talk_seconds")


class HistoryContract(ContactCenterWork):
    """Part of `ContactCenterContract`. Where the rig's own principal may not look back, it has to bring who may."""

    async def had(self, agent: Any, rig: ContactCenterRig) -> Interaction:
        """A call that the agent had, and that is over."""
        done = await self.wrapping_up(agent, rig)
        codes = await self.codes_for(agent, done)
        await agent.wrap_up(done.id, codes=codes, note_given=True, key=new_key())

        async def gone() -> bool | None:
            one = await self.interaction(agent, done.id)
            return True if one is None or one.phase is Phase.CLOSED else None

        await until(gone, rig.patience, "the end of the interaction")
        return done

    async def lately(self, boss: Any, **wanted: Any) -> PastQuery:
        """The last hours."""
        now = (await boss.snapshot()).at
        return PastQuery(now - 6 * HOUR, now + HOUR, **wanted)

    async def remembered(self, boss: Any, rig: ContactCenterRig, call: Interaction) -> PastInteraction:
        """A call as the past has it."""
        query = await self.lately(boss, customer=call.customer.value)

        async def look() -> PastInteraction | None:
            page = await boss.past_interactions(query)
            return page.interactions[0] if page.interactions else None

        return await until(look, rig.patience, "being remembered")

    @behaviour
    @proves(HISTORY)
    async def test_a_call_that_is_over_is_remembered(self, rig: ContactCenterRig) -> None:
        """Who, where, how long and how it ended, with times that agree with one another."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY) as boss:
            call = await self.had(agent, rig)
            kept = await self.remembered(boss, rig, call)
            assert (kept.queue, kept.agent_id, kept.outcome) == (call.queue, call.agent_id, Outcome.HANDLED)
            assert kept.customer == call.customer.value
            assert kept.answered_at is not None
            assert kept.arrived_at <= kept.answered_at <= kept.ended_at
            assert abs(kept.wait_seconds - (kept.answered_at - kept.arrived_at)) <= 1.0
            assert abs(kept.talk_seconds + kept.hold_seconds - (kept.ended_at - kept.answered_at)) <= 1.0

    @behaviour
    @proves(HISTORY)
    async def test_what_happened_is_told_in_order(self, rig: ContactCenterRig) -> None:
        """One interaction has its steps, oldest first, and is the one that the page has."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY) as boss:
            kept = await self.remembered(boss, rig, await self.had(agent, rig))
            detail = await boss.past_interaction(kept.id)
            assert detail.interaction == kept
            times = [step.at for step in detail.steps]
            assert len(times) >= 2
            assert times == sorted(times)
            assert all(step.what for step in detail.steps)
            assert kept.agent_id in {step.agent_id for step in detail.steps}

    @behaviour
    @proves(HISTORY)
    async def test_pages_have_everything_once_newest_first(self, rig: ContactCenterRig) -> None:
        """Page by page it is the same as in one, though calls arrived since the first page."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY) as boss:
            for _ in range(3):
                await self.remembered(boss, rig, await self.had(agent, rig))
            query = await self.lately(boss, limit=1_000)
            whole = await boss.past_interactions(query)
            found: list[PastInteraction] = []
            cursor = ""
            for turn in range(len(whole.interactions) + 2):
                page = await boss.past_interactions(replace(query, limit=2, cursor=cursor))
                found += page.interactions
                cursor = page.cursor
                if not turn:
                    await self.remembered(boss, rig, await self.had(agent, rig))
                if not cursor:
                    break
            ids = [one.id for one in found]
            assert len(set(ids)) == len(ids)
            assert set(ids) >= {one.id for one in whole.interactions}
            arrivals = [one.arrived_at for one in found]
            assert arrivals == sorted(arrivals, reverse=True)

    @behaviour
    @proves(HISTORY)
    async def test_filters_leave_out_what_does_not_fit(self, rig: ContactCenterRig) -> None:
        """By customer, queue and agent; a word that nothing has fits nothing, and not everything."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY) as boss:
            call = await self.had(agent, rig)
            kept = await self.remembered(boss, rig, call)
            query = await self.lately(boss)
            for fits in (
                replace(query, queues=(kept.queue,), agents=(kept.agent_id,), customer=kept.customer),
                replace(query, outcomes=(kept.outcome,), channels=(kept.channel,), customer=kept.customer),
            ):
                assert kept.id in {one.id for one in (await boss.past_interactions(fits)).interactions}
            for nothing in (
                replace(query, queues=("no-such-queue",)),
                replace(query, agents=("no-such-agent",)),
                replace(query, customer="+440000000"),
                replace(query, longer_than=1e8),
            ):
                assert (await boss.past_interactions(nothing)).interactions == ()

    @behaviour
    @proves(HISTORY, SEARCH)
    async def test_a_call_is_found_by_words_in_it(self, rig: ContactCenterRig) -> None:
        """By any part of the customer's address, in any case; not where one of the words is missing."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY, SEARCH) as boss:
            call = await self.had(agent, rig)
            kept = await self.remembered(boss, rig, call)
            query = await self.lately(boss, limit=1_000)
            part = kept.customer[-7:]
            for text in (part, f"  {part.upper()} ", f"{part} {kept.customer[:4]}"):
                page = await boss.past_interactions(replace(query, text=text))
                assert kept.id in {one.id for one in page.interactions}, text
            for text in (f"{part} no-such-word", "no-such-word"):
                page = await boss.past_interactions(replace(query, text=text))
                assert page.interactions == (), text

    @honesty
    @proves(HISTORY, SEARCH)
    async def test_any_words_can_be_searched_for(self, rig: ContactCenterRig) -> None:
        """What is typed is no pattern and no command: it is found where it stands, or refused."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY, SEARCH) as boss:
            await self.remembered(boss, rig, await self.had(agent, rig))
            query = await self.lately(boss, limit=1_000)
            for text in HOSTILE:
                try:
                    page = await boss.past_interactions(replace(query, text=text))
                except Rejected:
                    continue
                texts = [f"{one.customer} {one.customer_name}" for one in page.interactions]
                assert all(text in one for one in texts), f"{text!r} finds what it is not part of"

    @honesty
    @proves(HISTORY)
    async def test_words_are_refused_where_they_are_not_searched_for(self, rig: ContactCenterRig) -> None:
        """A centre that does not offer to search says so, instead of telling of everything as if it were found."""
        async with self.overseeing(rig, HISTORY) as boss:
            if SEARCH in boss.manifest.capabilities:
                does_not_apply(f"{SEARCH.value} is offered")
            error = await error_of(lambda: boss.past_interactions(PastQuery(0.0, HOUR, text="hello")))
            assert isinstance(error, Unsupported), repr(error)

    @behaviour
    @proves(HISTORY, RECORDINGS)
    async def test_a_recording_is_opened_with_a_link(self, rig: ContactCenterRig) -> None:
        """A recorded call says so, for how long, and where it is heard; what there is not is not found."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY, RECORDINGS) as boss:
            kept = await self.remembered(boss, rig, await self.had(agent, rig))
            detail = await boss.past_interaction(kept.id)
            for one in detail.recordings:
                assert one.seconds > 0
                assert kept.arrived_at <= one.began_at <= kept.ended_at + 1.0
                link = await boss.open_recording(kept.id, one.id, key=new_key())
                assert link.url.startswith(("http://", "https://")), link.url
                assert link.expires_at > detail.interaction.ended_at
            assert detail.recordings, "the rig's calls are recorded"
            for which in ((kept.id, "no-such-recording"), ("no-such-interaction", detail.recordings[0].id)):
                error = await error_of(partial(boss.open_recording, *which, key=new_key()))
                assert isinstance(error, NotFound), repr(error)

    @behaviour
    @proves(HISTORY, RECORDINGS, Capability.AUDIT)
    async def test_who_opened_a_recording_is_written_down(self, rig: ContactCenterRig) -> None:
        """Once an intent, with whoever asked for it."""
        async with (
            self.opened(rig) as agent,
            self.overseeing(rig, HISTORY, RECORDINGS, Capability.AUDIT) as boss,
        ):
            kept = await self.remembered(boss, rig, await self.had(agent, rig))
            recording = (await boss.past_interaction(kept.id)).recordings[0]
            key = new_key()
            for _ in range(2):
                await boss.open_recording(kept.id, recording.id, key=key)
            entries = [one for one in await boss.audit() if one.subject == kept.id and one.outcome == "done"]
            assert [one.by for one in entries] == [(await self.me(boss)).id]

    @behaviour
    @proves(HISTORY)
    async def test_a_call_is_counted_in_its_interval_once(self, rig: ContactCenterRig) -> None:
        """Its queue has one more answered than before, whatever the width of the intervals."""
        async with self.opened(rig) as agent, self.overseeing(rig, HISTORY) as boss:
            call = await self.had(agent, rig)
            at = (await self.remembered(boss, rig, call)).arrived_at
            query = IntervalQuery(at // HOUR * HOUR - HOUR, at + 2 * HOUR, 900.0, (call.queue,))

            async def answered(width: float) -> int:
                return sum(one.counts.answered or 0 for one in await boss.intervals(replace(query, width=width)))

            before = await answered(900.0)
            await self.had(agent, rig)

            async def more() -> bool | None:
                return await answered(900.0) == before + 1 or None

            await until(more, rig.patience, "being counted")
            assert await answered(HOUR) == before + 1

    @honesty
    @proves(HISTORY)
    async def test_sums_do_not_depend_on_how_they_are_cut(self, rig: ContactCenterRig) -> None:
        """Quarters, half hours, hours and queues add up to the same; intervals come oldest first and do not overlap."""
        async with self.overseeing(rig, HISTORY) as boss:
            now = (await boss.snapshot()).at
            until_hour = now // HOUR * HOUR - HOUR  # nothing counts there any more
            query = IntervalQuery(until_hour - 48 * HOUR, until_hour, 900.0)
            whole = await boss.intervals(query)
            for other in (replace(query, width=1_800.0), replace(query, width=HOUR), replace(query, by_queue=True)):
                found = await boss.intervals(other)
                for name in _ADDED:
                    sums = [sum(getattr(one.counts, name) or 0 for one in some) for some in (whole, found)]
                    assert abs(sums[0] - sums[1]) < 1e-3, name
                begins = [(one.counts.since, one.queue) for one in found]
                assert begins == sorted(begins) or other.by_queue
                assert len(set(begins)) == len(begins)
                assert all(query.since <= one.counts.since < one.counts.until for one in found)

    @honesty
    @proves(HISTORY)
    async def test_the_week_is_what_its_half_hours_are(self, rig: ContactCenterRig) -> None:
        """Each half hour of the week holds what was counted then by the centre's clock, added up over the weeks."""
        async with self.overseeing(rig, HISTORY) as boss:
            snapshot = await boss.snapshot()
            zone = ZoneInfo(snapshot.event.zone or "UTC")
            end = snapshot.at // HOUR * HOUR - HOUR
            begin = max(end - 15 * 24 * HOUR, 0.0)
            wanted: dict[tuple[int, int, str], float] = {}
            for one in await boss.intervals(IntervalQuery(begin, end, 900.0)):
                clock = datetime.fromtimestamp(one.counts.since, zone)
                slot = clock.hour * 2 + clock.minute // 30
                for name in _ADDED:
                    place = (clock.weekday(), slot, name)
                    wanted[place] = wanted.get(place, 0) + (getattr(one.counts, name) or 0)
            cells = await boss.week(WeekQuery(begin, end))
            told = {(one.weekday, one.slot, name): getattr(one.counts, name) or 0 for one in cells for name in _ADDED}
            assert len(told) == len(cells) * len(_ADDED), "a half hour comes twice"
            assert told.keys() == wanted.keys()
            assert all(abs(told[place] - wanted[place]) < 1e-3 for place in wanted)

    @honesty
    @proves(HISTORY)
    async def test_what_cannot_be_asked_is_refused(self, rig: ContactCenterRig) -> None:
        """A period upside down, far too many intervals, an interaction that nobody had."""
        async with self.overseeing(rig, HISTORY) as boss:
            for query in (IntervalQuery(2 * HOUR, HOUR), IntervalQuery(0.0, 900.0 * 200_000, 900.0)):
                error = await error_of(partial(boss.intervals, query))
                assert isinstance(error, Rejected), repr(error)
            error = await error_of(lambda: boss.week(WeekQuery(2 * HOUR, HOUR)))
            assert isinstance(error, Rejected), repr(error)
            error = await error_of(lambda: boss.past_interaction("no-such-interaction"))
            assert isinstance(error, NotFound), repr(error)
