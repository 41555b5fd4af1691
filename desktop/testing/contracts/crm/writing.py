"""What a CRM has to keep of what is written to it: it arrives, and once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from desktop.domain.entities.customer import Match, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability, Kind
from desktop.ports.errors import BackendError, OutcomeUnknown, Unavailable
from desktop.testing import fresh
from desktop.testing.contracts.base import Change, error_of, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, resilience
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import CALLER, CrmRig


async def somebody(rig: CrmRig, number: str = "") -> str:
    """A customer with a number, a new one if left out."""
    return await rig.add_customer(fresh.name(), [Address("phone", number or fresh.number())])


def record(key: str, customer_id: str | None, note: str = "They asked for a refund.") -> WrapUpRecord:
    """A wrap-up of a call that ended now."""
    now = time.time()
    return WrapUpRecord(
        key=key,
        interaction_id=f"i-{key[:8]}",
        customer_id=customer_id,
        agent_id="agent-1",
        channel="voice",
        queue="Billing",
        started_at=now - 60,
        ended_at=now,
        codes=("solved",),
        note=note,
        address=CALLER,
    )


async def changes_of(backend: Any, rig: CrmRig, offered: frozenset[Capability]) -> Mapping[str, Change]:
    """Whatever is offered to be written, each for one customer and ready to be done, by its method's name."""
    customer_id, number = await somebody(rig), fresh.number()
    due = time.time() + 86_400
    linked = f"i-{new_key()[:8]}"

    async def has_consent(key: str) -> bool:
        async with rig.opened() as other:
            return any(one.granted for one in (await other.customer(customer_id)).consents if one.topic == "sms")

    async def is_unlinked(key: str) -> bool:
        return await rig.linked(linked) is None

    async def is_linked(key: str) -> bool:
        return await rig.linked(f"i-{key[:8]}") == customer_id

    def counted(count: Callable[[str], Awaitable[int]]) -> Callable[[str], Awaitable[bool]]:
        async def is_there(key: str) -> bool:
            return await count(key) > 0

        return is_there

    found = {
        "log_wrap_up": Change(lambda key: backend.log_wrap_up(record(key, customer_id)), counted(rig.activities)),
    }
    if Capability.CREATE_CUSTOMER in offered:
        found["create_customer"] = Change(
            lambda key: backend.create_customer(f"Ada {key}", [Address("phone", number)], key=key),
            counted(lambda key: rig.customers_named(f"Ada {key}")),
        )
    if Capability.CREATE_CASE in offered:
        found["create_case"] = Change(
            lambda key: backend.create_case(customer_id, f"Case {key}", priority="", text="It leaks.", key=key),
            counted(lambda key: rig.cases_about(customer_id, f"Case {key}")),
        )
    if Capability.TASKS in offered:
        found["create_task"] = Change(
            lambda key: backend.create_task(customer_id, f"Task {key}", due=due, key=key),
            counted(lambda key: rig.tasks_about(customer_id, f"Task {key}")),
        )
    if Capability.CONSENT in offered:
        found["set_consent"] = Change(
            lambda key: backend.set_consent(customer_id, "sms", granted=True, source="on the phone", key=key),
            has_consent,
        )
    if Capability.LINK in offered:
        await backend.link(linked, customer_id, reason="only match", key=new_key())
        found["link"] = Change(
            lambda key: backend.link(f"i-{key[:8]}", customer_id, reason="only match", key=key), is_linked
        )
        found["unlink"] = Change(lambda key: backend.unlink(linked, key=key), is_unlinked)
    return found


class CrmWritingContract(ResilienceContract[CrmRig]):
    """Wrap-ups, and whatever else is offered to be written."""

    kind = Kind.CRM

    async def found(self, backend: Any, rig: CrmRig, address: Address) -> Match:
        """The one match for an address that is there, once an index that lags has it."""

        async def look() -> Match | None:
            matches: Sequence[Match] = await backend.find(address)
            return matches[0] if matches else None

        return await until(look, rig.patience, f"a match for {address.kind}")

    async def timeline_of(self, backend: Any, rig: CrmRig, customer_id: str, most: int) -> Sequence[TimelineEntry]:
        """The timeline, once it has that many entries."""

        async def look() -> Sequence[TimelineEntry] | None:
            entries: Sequence[TimelineEntry] = await backend.timeline(customer_id)
            return entries if len(entries) >= most else None

        return await until(look, rig.patience, f"{most} entries on the timeline")

    @behaviour
    async def test_a_wrap_up_arrives(self, rig: CrmRig) -> None:
        """A wrap-up is answered with the id of one activity on the far side."""
        customer_id = await somebody(rig)
        key = new_key()
        async with self.opened(rig) as backend:
            activity = await backend.log_wrap_up(record(key, customer_id))
        assert activity and isinstance(activity, str)
        assert await rig.activities(key) == 1

    @behaviour
    @proves(Capability.TIMELINE)
    async def test_a_wrap_up_is_on_the_timeline(self, rig: CrmRig) -> None:
        """What was written is read again, newest first, no more than `limit`."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.TIMELINE) as backend:
            notes = [fresh.text("They asked for a refund."), fresh.text("They called again.")]
            for note in notes:
                await backend.log_wrap_up(record(new_key(), customer_id, note))

            entries = await self.timeline_of(backend, rig, customer_id, len(notes))
            told = " ".join(f"{one.summary} {one.detail}" for one in entries)
            assert [note for note in notes if note not in told] == []
            assert [one.at for one in entries] == sorted((one.at for one in entries), reverse=True)
            assert len({one.id for one in entries}) == len(entries)
            assert len(await backend.timeline(customer_id, limit=1)) == 1

    @behaviour
    @proves(Capability.CREATE_CUSTOMER)
    async def test_a_customer_is_created(self, rig: CrmRig) -> None:
        """A new record has the name and the number, and is found by it."""
        async with self.opened(rig, Capability.CREATE_CUSTOMER) as backend:
            name, number = fresh.name(), fresh.number()
            made = await backend.create_customer(name, [Address("phone", number)], key=new_key())
            assert made.name == name
            assert (await self.found(backend, rig, Address("phone", number))).customer.id == made.id

    @behaviour
    @proves(Capability.CASES, Capability.CREATE_CASE)
    async def test_a_case_is_opened(self, rig: CrmRig) -> None:
        """A new case is open and is listed."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.CASES, Capability.CREATE_CASE) as backend:
            made = await backend.create_case(customer_id, "Broken kettle", priority="", text="It leaks.", key=new_key())
            listed = await backend.cases(customer_id)
        assert (made.subject, made.is_open) == ("Broken kettle", True)
        assert [one.id for one in listed] == [made.id]

    @behaviour
    @proves(Capability.CONSENT)
    async def test_consent_is_recorded(self, rig: CrmRig) -> None:
        """What the customer allowed, and took back, is what the record says afterwards."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.CONSENT) as backend:
            for granted in (True, False):
                await backend.set_consent(customer_id, "sms", granted=granted, source="on the phone", key=new_key())
                consents = (await backend.customer(customer_id)).consents
                assert [one.granted for one in consents if one.topic == "sms"] == [granted]

    @behaviour
    @proves(Capability.CONSENT)
    async def test_a_consent_says_since_when_and_from_where(self, rig: CrmRig) -> None:
        """An answer that cannot be shown to be one is none: its time is told, and what was said of its source kept."""
        customer_id, source = await somebody(rig), fresh.text("on the phone")
        async with self.opened(rig, Capability.CONSENT) as backend:
            if rig.forgets_consent:
                absent(rig.forgets_consent)
            await backend.set_consent(customer_id, "sms", granted=True, source=source, key=new_key())
            (kept,) = [one for one in (await backend.customer(customer_id)).consents if one.topic == "sms"]
        assert kept.at is not None, "since when is not told"
        assert kept.source.strip(), "from where is not told"
        assert source in f"{kept.source}\n{await rig.consent_words(customer_id)}", "the source is not kept"

    @behaviour
    @proves(Capability.LINK)
    async def test_a_link_is_made_and_taken_back(self, rig: CrmRig) -> None:
        """The far side knows with whom an interaction is, until the link is undone."""
        customer_id = await somebody(rig)
        async with self.opened(rig, Capability.LINK) as backend:
            interaction = f"i-{new_key()[:8]}"
            await backend.link(interaction, customer_id, reason="only match", key=new_key())
            assert await rig.linked(interaction) == customer_id
            assert await rig.link_reason(interaction) == "only match"
            await backend.unlink(interaction, key=new_key())
            assert await rig.linked(interaction) is None

    @honesty
    async def test_a_wrap_up_is_written_once(self, rig: CrmRig) -> None:
        """The same key is one activity: asked twice, and at the same time, and by another instance after a restart."""
        customer_id = await somebody(rig)
        key = new_key()
        written = record(key, customer_id)
        async with self.opened(rig) as backend:
            first = await backend.log_wrap_up(written)
            assert await backend.log_wrap_up(written) == first
        if rig.forgets_keys:
            absent(rig.forgets_keys)
        async with self.opened(rig) as restarted:
            assert await restarted.log_wrap_up(written) == first
        assert await rig.activities(key) == 1

    @honesty
    async def test_a_wrap_up_at_the_same_time_is_written_once(self, rig: CrmRig) -> None:
        """Two processes that deliver the same record at once leave one activity; one of them may be told to wait."""
        customer_id = await somebody(rig)
        key = new_key()
        written = record(key, customer_id)
        async with self.opened(rig) as one, self.opened(rig) as two:
            told = await asyncio.gather(
                *(backend.log_wrap_up(written) for backend in (one, two)), return_exceptions=True
            )
        for answer in told:
            assert isinstance(answer, (str, BackendError)), repr(answer)
        assert any(isinstance(answer, str) for answer in told)
        assert await rig.activities(key) == 1

    @honesty
    @proves(Capability.CREATE_CUSTOMER)
    async def test_a_customer_is_created_once(self, rig: CrmRig) -> None:
        """The same key is one record, from another instance too."""
        name, addresses = fresh.name(), [Address("phone", fresh.number())]
        await self._once(
            rig, Capability.CREATE_CUSTOMER, lambda backend, key: backend.create_customer(name, addresses, key=key)
        )
        assert await rig.customers_named(name) == 1

    @honesty
    @proves(Capability.CREATE_CASE)
    async def test_a_case_is_opened_once(self, rig: CrmRig) -> None:
        """The same key is one case, from another instance too."""
        customer_id = await somebody(rig)
        await self._once(
            rig,
            Capability.CREATE_CASE,
            lambda backend, key: backend.create_case(customer_id, "Only one", priority="", text="x", key=key),
        )
        assert await rig.cases_about(customer_id, "Only one") == 1

    @honesty
    @proves(Capability.TASKS)
    async def test_a_task_is_made_once(self, rig: CrmRig) -> None:
        """The same key is one task, at the same time and from another instance too."""
        customer_id, text, key = await somebody(rig), fresh.text("Call them back."), new_key()
        due = time.time() + 86_400
        async with self.opened(rig, Capability.TASKS) as one, self.opened(rig, Capability.TASKS) as two:
            first = await one.create_task(customer_id, text, due=due, key=key)
            assert first and isinstance(first, str)
            again = await asyncio.gather(
                *(each.create_task(customer_id, text, due=due, key=key) for each in (one, two))
            )
        assert set(again) == {first}
        assert await rig.tasks_about(customer_id, text) == 1

    async def _once(self, rig: CrmRig, capability: Capability, make: Callable[[Any, str], Awaitable[Any]]) -> None:
        key = new_key()
        async with self.opened(rig, capability) as backend:
            first = await make(backend, key)
            assert (await make(backend, key)).id == first.id
        if rig.forgets_keys:
            absent(rig.forgets_keys)
        async with self.opened(rig, capability) as restarted:
            assert (await make(restarted, key)).id == first.id

    @resilience
    async def test_a_receipt_that_got_lost_is_no_second_wrap_up(self, rig: CrmRig) -> None:
        """The CRM wrote it and the answer was lost; delivered again under its key it is still one activity."""
        customer_id = await somebody(rig)
        key = new_key()
        written = record(key, customer_id)
        async with self.opened(rig) as backend:
            await rig.fault(Fault.ANSWER_LOST)
            error = await error_of(lambda: backend.log_wrap_up(written))
            await rig.heal()
            looked_up = isinstance(error, Unavailable) and await rig.activities(key) == 0
            assert looked_up or isinstance(error, OutcomeUnknown), repr(error)
        if rig.forgets_keys:
            absent(rig.forgets_keys)
        async with self.opened(rig) as backend:
            assert await backend.log_wrap_up(written)
        assert await rig.activities(key) == 1
