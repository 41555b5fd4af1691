"""What a contact centre has to keep of evaluations, calibration and coaching: who reads what, and when."""

from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from desktop.domain.entities.words import Phase
from desktop.domain.reviews.quality import EvaluationDraft
from desktop.domain.reviews.scorecards import Answer, Comment, Form, Question, QuestionKind, Section
from desktop.domain.state.events import Event
from desktop.domain.state.floor_events import CoachingChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, Forbidden, NotFound, Rejected
from desktop.testing import fresh
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves
from desktop.testing.rigs import ContactCenterRig

FORM = Form(
    "contract",
    "Of the contract",
    (
        Section(
            "All of it",
            (
                Question("greeting", "Was there a greeting?"),
                Question("tone", "How was the tone?", QuestionKind.SCALE, weight=3, comment=Comment.WHEN_LOST),
            ),
        ),
    ),
    pass_mark=80,
)
GOOD = (Answer("greeting", "yes"), Answer("tone", "5"))
OTHER = (Answer("greeting", "no"), Answer("tone", "4", "hurried"))
Q = Capability.QUALITY


class QualityContract(ContactCenterWork):
    """Part of `ContactCenterContract`; the rig has to bring supervisors of the agent's team."""

    async def finished(self, backend: Any, rig: ContactCenterRig) -> str:
        """The id of a call that the agent has had, and that is over."""
        done = await self.wrapping_up(backend, rig)
        codes = await self.codes_for(backend, done)
        await backend.wrap_up(done.id, codes=codes, note_given=True, key=new_key())

        async def gone() -> bool | None:
            one = await self.interaction(backend, done.id)
            return True if one is None or one.phase is Phase.CLOSED else None

        await until(gone, rig.patience, "the end of the interaction")
        return done.id

    async def supervisor(self, stack: AsyncExitStack, rig: ContactCenterRig, number: int = 0) -> Any:
        """A supervisor's backend, open until the test is over."""
        backend = rig.make_supervisor(number)
        stack.push_async_callback(backend.close)
        await backend.open()
        return backend

    async def judged(self, agent: Any, boss: Any, rig: ContactCenterRig, *, release: bool = False) -> Any:
        """An evaluation that was handed in."""
        draft = EvaluationDraft(await self.finished(agent, rig), FORM, OTHER, fresh.text("calm"), release)
        return await boss.submit_evaluation(draft, key=new_key())

    @behaviour
    @proves(Q)
    async def test_an_evaluation_is_kept_with_its_form(self, rig: ContactCenterRig) -> None:
        """What was handed in comes back: the very form, the answers, the comments, and whose work it is about."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            made = await self.judged(agent, boss, rig)
            assert made.agent_id == (await self.me(agent)).id
            assert (made.form, made.answers, made.released_at) == (FORM, OTHER, None)
            assert made.reviewer_id == (await self.me(boss)).id
            (kept,) = await boss.evaluations(interaction=made.interaction_id)
            assert kept == made == await boss.evaluation(made.id)

    @behaviour
    @proves(Q)
    async def test_an_agent_reads_what_is_released_and_nothing_before(self, rig: ContactCenterRig) -> None:
        """Until it is released an evaluation does not exist for the agent; from then on it does."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            made = await self.judged(agent, boss, rig)
            assert made.id not in {one.id for one in await agent.evaluations()}
            assert isinstance(await error_of(lambda: agent.evaluation(made.id)), NotFound)
            released = await boss.release_evaluation(made.id, key=new_key())
            assert released.released_at is not None
            assert (await agent.evaluation(made.id)).answers == OTHER
            assert (await agent.read_evaluation(made.id, key=new_key())).read_at is not None

    @behaviour
    @proves(Q)
    async def test_the_agent_is_told_that_there_is_something_to_read(self, rig: ContactCenterRig) -> None:
        """An evaluation that is released, and a note, are told in the agent's stream, with how much there is."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            before = (await self.snapshot(agent)).coaching
            unread = before.unread if before is not None else 0
            async with self.watching(rig, agent, await self.position(agent)) as watch:

                def more(by: int) -> Any:
                    def wanted(event: Event) -> bool:
                        return isinstance(event, CoachingChanged) and event.news.unread == unread + by

                    return wanted

                await self.judged(agent, boss, rig, release=True)
                await self.told(watch, more(1), rig)
                await boss.coach((await self.me(agent)).id, "Well done.", key=new_key())
                await self.told(watch, more(2), rig)
            after = (await self.snapshot(agent)).coaching
            assert after is not None
            assert after.unread == unread + 2

    @behaviour
    @proves(Q)
    async def test_an_agent_may_not_judge(self, rig: ContactCenterRig) -> None:
        """What supervisors do is refused to an agent, by the server."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            made = await self.judged(agent, boss, rig)
            me = (await self.me(agent)).id
            draft = EvaluationDraft(made.interaction_id, replace(FORM, name="mine"), GOOD)
            for call in (
                lambda: agent.submit_evaluation(draft, key=new_key()),
                lambda: agent.release_evaluation(made.id, key=new_key()),
                lambda: agent.calibrations(),
                lambda: agent.coach(me, "Very well done.", key=new_key()),
            ):
                assert isinstance(await error_of(call), Forbidden | NotFound)

    @behaviour
    @proves(Q)
    async def test_answers_that_do_not_fit_are_rejected(self, rig: ContactCenterRig) -> None:
        """One is missing, one is none of the question's, one lacks the comment it needs."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            call = await self.finished(agent, rig)
            for wrong in (GOOD[:1], (Answer("greeting", "perhaps"), GOOD[1]), (GOOD[0], Answer("tone", "4"))):
                draft = EvaluationDraft(call, FORM, wrong)
                call_of = partial(boss.submit_evaluation, draft, key=new_key())
                assert isinstance(await error_of(call_of), Rejected)
            assert await boss.evaluations(interaction=call) == []

    @behaviour
    @proves(Q)
    async def test_a_calibration_is_blind_until_both_are_in(self, rig: ContactCenterRig) -> None:
        """Neither reviewer sees the other's answers before their own are in; the agent never sees any."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            first, second = await self.supervisor(stack, rig), await self.supervisor(stack, rig, 1)
            call = await self.finished(agent, rig)
            begun = await first.start_calibration(call, FORM, (await self.me(second)).id, key=new_key())
            draft = EvaluationDraft(call, FORM, GOOD, release=True, calibration=begun.id)
            mine = await first.submit_evaluation(draft, key=new_key())

            async def seen(by: Any) -> Any:
                return next(one for one in await by.calibrations() if one.id == begun.id)

            blind = await seen(second)
            assert (blind.evaluations, blind.open) == ((), True)
            assert isinstance(await error_of(lambda: second.evaluation(mine.id)), NotFound | Forbidden)
            await second.submit_evaluation(replace(draft, answers=OTHER), key=new_key())
            for by in (first, second):
                both = await seen(by)
                assert {one.answers for one in both.evaluations} == {GOOD, OTHER}
                assert not both.open
            assert mine.id not in {one.id for one in await agent.evaluations()}

    @behaviour
    @proves(Q)
    async def test_a_note_is_acknowledged_with_an_answer(self, rig: ContactCenterRig) -> None:
        """The agent reads a note and answers it, and the supervisor sees both."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            text = fresh.text("Well done.")
            sent = await boss.coach((await self.me(agent)).id, text, key=new_key())
            got = next(one for one in await agent.coaching_notes() if one.id == sent.id)
            assert (got.text, got.acknowledged_at) == (text, None)
            assert (await agent.read_coaching(sent.id, key=new_key())).read_at is not None
            await agent.acknowledge_coaching(sent.id, "Thank you.", key=new_key())
            seen = next(one for one in await boss.coaching_notes() if one.id == sent.id)
            assert (seen.answer, seen.acknowledged_at is not None) == ("Thank you.", True)

    @behaviour
    @proves(Q)
    async def test_who_wrote_a_note_is_told_of_the_answer(self, rig: ContactCenterRig) -> None:
        """An answer in words is told in the stream of who wrote the note, and counts until they have read it."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            before = (await self.snapshot(boss)).coaching
            unread = before.answers if before is not None else 0
            sent = await boss.coach((await self.me(agent)).id, fresh.text("Well done."), key=new_key())
            async with self.watching(rig, boss, await self.position(boss)) as watch:

                def answered(event: Event) -> bool:
                    return isinstance(event, CoachingChanged) and event.news.answers == unread + 1

                await agent.acknowledge_coaching(sent.id, "Thank you.", key=new_key())
                await self.told(watch, answered, rig)
            assert (await boss.read_coaching(sent.id, key=new_key())).answer_read_at is not None
            after = (await self.snapshot(boss)).coaching
            assert after is not None
            assert after.answers == unread

    @behaviour
    @proves(Q)
    async def test_a_note_to_an_evaluation_waits_for_its_release(self, rig: ContactCenterRig) -> None:
        """A note on what the agent cannot read yet cannot be read yet either."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            made = await self.judged(agent, boss, rig)
            note = await boss.coach(made.agent_id, "See the tone.", evaluation=made.id, key=new_key())
            assert note.id not in {one.id for one in await agent.coaching_notes()}
            await boss.release_evaluation(made.id, key=new_key())
            assert note.id in {one.id for one in await agent.coaching_notes()}

    @honesty
    @proves(Q)
    async def test_an_evaluation_is_handed_in_once_under_one_key(self, rig: ContactCenterRig) -> None:
        """The same key again answers the same evaluation; another one for the same work conflicts."""
        async with self.opened(rig, Q) as agent, AsyncExitStack() as stack:
            boss = await self.supervisor(stack, rig)
            call, key = await self.finished(agent, rig), new_key()
            draft = EvaluationDraft(call, FORM, GOOD)
            first = await boss.submit_evaluation(draft, key=key)
            assert (await boss.submit_evaluation(draft, key=key)).id == first.id
            assert len(await boss.evaluations(interaction=call)) == 1
            again = await error_of(lambda: boss.submit_evaluation(draft, key=new_key()))
            assert isinstance(again, Conflict)
