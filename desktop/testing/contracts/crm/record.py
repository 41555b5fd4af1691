"""What a CRM has to keep of the words that are written to it: nothing of a wrap-up, a case or a customer is dropped."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from desktop.domain.entities.customer import FollowUp, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.contracts.crm.writing import CrmWritingContract, record, somebody
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, proves
from desktop.testing.rigs import CrmRig

MANY = 105
"""More entries than the usual page holds, and fewer than may be asked for."""
MANY_CASES = 26
DAY = 86_400.0
MINUTE = 60.0
"""How far a kept beginning may be off: there are CRMs that keep no seconds."""


@dataclass(frozen=True)
class _Told:
    """A wrap-up with something in every field, and by name the ways in which each part may stand on the far side."""

    record: WrapUpRecord
    parts: dict[str, tuple[str, ...]]


def full_record(key: str, customer_id: str | None) -> _Told:
    """A wrap-up of a call an hour ago, nothing of it empty, and no word of it in two places."""
    began = float(int(time.time()) - 3600)
    due = began + 90_000
    code, label, task, case = (fresh.text(word) for word in ("solved", "Solved at once", "Send the form", "Mend it"))
    code = code.replace(" ", "-")
    to, queue, agent = fresh.number(), fresh.text("Queue"), fresh.text("agent").replace(" ", "-")
    name, expert, second = fresh.name(), fresh.text("Ada: answered"), fresh.text("Bob: declined")
    made = WrapUpRecord(
        key=key,
        interaction_id=f"i-{key[:8]}",
        customer_id=customer_id,
        agent_id=agent,
        channel="voice",
        queue=queue,
        started_at=began,
        ended_at=began + 754,
        codes=(code,),
        note=fresh.text("They asked for a refund."),
        follow_ups=(FollowUp("callback", task, due, to), FollowUp("task", case)),
        experts=(expert, second),
        address=fresh.number(),
        agent_name=name,
        code_labels=(label,),
    )
    parts: dict[str, tuple[str, ...]] = {
        "the note": (made.note,),
        "the codes": (code, label),
        "the queue": (queue,),
        "the agent": (agent, name),
        "the customer's address": (made.address,),
        "the first follow-up": (task,),
        "when the follow-up is due": (datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%d %H:%M"), str(int(due))),
        "to whom the follow-up goes": (to,),
        "the second follow-up": (case,),
        "the first expert": (expert,),
        "the second expert": (second,),
    }
    return _Told(made, parts)


class CrmRecordContract(CrmWritingContract):
    """Part of `CrmContract`: what arrives is whole."""

    @behaviour
    @proves(Capability.WRAP_UPS)
    async def test_a_wrap_up_is_read_again_by_its_interaction(self, rig: CrmRig) -> None:
        """Note, codes, agent, times and follow-ups are as they were written; of no other interaction is it told."""
        customer_id = await somebody(rig)
        told = full_record(new_key(), customer_id).record
        async with self.opened(rig, Capability.WRAP_UPS) as backend:
            await backend.log_wrap_up(told)
            await backend.log_wrap_up(record(new_key(), customer_id))

            async def look() -> Sequence[WrapUpRecord] | None:
                found: Sequence[WrapUpRecord] = await backend.wrap_ups(told.interaction_id)
                return found or None

            (kept,) = await until(look, rig.patience, "the wrap-up of the interaction")
            for name in ("interaction_id", "agent_id", "codes", "note", "follow_ups", "experts", "address"):
                assert getattr(kept, name) == getattr(told, name), name
            assert abs(kept.ended_at - told.ended_at) <= MINUTE
            assert list(await backend.wrap_ups("no-such-interaction")) == []

    @behaviour
    @pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
    async def test_a_wrap_up_is_kept_whole(self, rig: CrmRig, known: bool) -> None:
        """Note, codes, queue, agent, times, address, follow-ups and experts are all there on the far side.

        A customer whom nobody knows is no reason to drop any of it.
        """
        key = new_key()
        told = full_record(key, await somebody(rig) if known else None)
        async with self.opened(rig) as backend:
            assert await backend.log_wrap_up(told.record)
        kept = await rig.kept_wrap_up(key)
        lost = [part for part, ways in told.parts.items() if not any(way in kept.words for way in ways)]
        assert lost == [], f"the far side does not have {', '.join(lost)}"
        assert abs(kept.started_at - told.record.started_at) <= MINUTE, "when it began is not kept"
        assert abs(kept.ended_at - kept.started_at - 754) <= 1, "how long it took is not kept"

    @behaviour
    async def test_a_wrap_up_of_nobody_arrives(self, rig: CrmRig) -> None:
        """A caller whom no record fits has a wrap-up too: it is written once, and answered with its id."""
        key = new_key()
        async with self.opened(rig) as backend:
            activity = await backend.log_wrap_up(record(key, None))
        assert activity and isinstance(activity, str)
        assert await rig.activities(key) == 1

    @behaviour
    @proves(Capability.TIMELINE)
    async def test_the_timeline_goes_back_in_time(self, rig: CrmRig) -> None:
        """`before` answers what was earlier, and nothing else; before the first thing there was nothing."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.TIMELINE) as backend:
            for _ in range(2):
                await backend.log_wrap_up(record(new_key(), customer_id))
            entries = await self.timeline_of(backend, rig, customer_id, 2)
            newest = entries[0].at
            earlier = await backend.timeline(customer_id, before=newest)
            assert {one.id for one in earlier} == {one.id for one in entries if one.at < newest}
            assert list(await backend.timeline(customer_id, before=min(one.at for one in entries))) == []

    @behaviour
    @proves(Capability.TIMELINE)
    async def test_more_than_a_page_of_the_timeline_is_read(self, rig: CrmRig) -> None:
        """As many entries as may be asked for come, each once, however many the CRM gives at a time."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.TIMELINE) as backend:
            for number in range(MANY):
                await backend.log_wrap_up(record(new_key(), customer_id, f"Call {number}."))

            async def all_of_them() -> Sequence[TimelineEntry] | None:
                entries: Sequence[TimelineEntry] = await backend.timeline(customer_id, limit=200)
                return entries if len(entries) >= MANY else None

            entries = await until(all_of_them, rig.patience, f"{MANY} entries on the timeline")
            assert len({one.id for one in entries}) == len(entries)
            assert [one.at for one in entries] == sorted((one.at for one in entries), reverse=True)
            assert len(await backend.timeline(customer_id, limit=MANY - 1)) == MANY - 1

    @behaviour
    @proves(Capability.TASKS)
    async def test_a_task_is_kept_whole(self, rig: CrmRig) -> None:
        """When it is due is on the far side, to the day at least."""
        customer_id, text = await somebody(rig), fresh.text("Call them back.")
        due = time.time() + 5 * DAY
        async with self.opened(rig, Capability.TASKS) as backend:
            assert await backend.create_task(customer_id, text, due=due, key=new_key())
        kept = await rig.task_due(customer_id, text)
        assert kept is not None, "when it is due is not kept"
        assert abs(kept - due) <= DAY

    @behaviour
    @proves(Capability.CREATE_CUSTOMER)
    async def test_every_address_of_a_new_customer_is_kept(self, rig: CrmRig) -> None:
        """A number and an e-mail are both in the record, and each of them finds it."""
        number, email = fresh.number(), fresh.email()
        async with self.opened(rig, Capability.CREATE_CUSTOMER) as backend:
            addresses = [Address("phone", number), Address("email", email)]
            made = await backend.create_customer(fresh.name(), addresses, key=new_key())
            for record_of in (made, await backend.customer(made.id)):
                kept = {(one.kind, one.value.casefold()) for one in record_of.addresses}
                assert kept >= {("phone", number), ("email", email)}
            for address in addresses:
                assert (await self.found(backend, rig, address)).customer.id == made.id

    @behaviour
    @proves(Capability.CASES, Capability.CREATE_CASE)
    async def test_a_case_is_kept_whole(self, rig: CrmRig) -> None:
        """Its text is on the far side, and its priority is what was asked for, now and when it is listed."""
        customer_id, subject, text = await somebody(rig), fresh.text("Broken kettle"), fresh.text("It leaks.")
        async with self.opened(rig, Capability.CASES, Capability.CREATE_CASE) as backend:
            made = await backend.create_case(customer_id, subject, priority="high", text=text, key=new_key())
            (listed,) = await backend.cases(customer_id)
        assert text in await rig.case_text(customer_id, subject)
        assert [one.priority.casefold() for one in (made, listed)] == ["high", "high"]

    @behaviour
    @proves(Capability.CASES, Capability.CREATE_CASE)
    async def test_cases_come_newest_first(self, rig: CrmRig) -> None:
        """Each case once, the last one opened at the top, and more than a page of them."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.CASES, Capability.CREATE_CASE) as backend:
            made = [
                (await backend.create_case(customer_id, fresh.text("Case"), priority="", text="", key=new_key())).id
                for _ in range(MANY_CASES)
            ]
            listed = await backend.cases(customer_id)
        assert sorted(one.id for one in listed) == sorted(made)
        assert [one.opened_at for one in listed] == sorted((one.opened_at for one in listed), reverse=True)
