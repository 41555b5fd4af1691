"""What a CRM has to keep. What is written to it is in `writing.py` and `record.py`."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound, Rejected
from desktop.testing import fresh
from desktop.testing.contracts.base import Call, Change, error_of, until
from desktop.testing.contracts.crm.record import CrmRecordContract
from desktop.testing.contracts.crm.writing import changes_of, somebody
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, shape
from desktop.testing.rig import does_not_apply
from desktop.testing.rigs import CALLER, CrmRig

MOST_FOUND = 50
"""The highest limit of `find` and `search`."""
HOSTILE = (
    "",
    " ",
    "'",
    '"',
    "%",
    "*",
    "a' OR 1=1 --",
    "[x",
    "\\",
    "../..",
    "\u202e",
    "x" * 2_000,
    "é\u0301",
    "(",
    "{}",
)


def _is_a_sum(amount: str) -> bool:
    """Whether it holds a figure, and a currency beside it."""
    return any(c.isdigit() for c in amount) and any(c.isalpha() or unicodedata.category(c) == "Sc" for c in amount)


class CrmContract(CrmRecordContract):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    async def reads(self, backend: Any, rig: CrmRig) -> Mapping[str, Call]:
        customer_id, number = await somebody(rig), fresh.number()
        optional: dict[Capability, tuple[str, Call]] = {
            Capability.TIMELINE: ("timeline", lambda: backend.timeline(customer_id)),
            Capability.CASES: ("cases", lambda: backend.cases(customer_id)),
            Capability.PURCHASES: ("purchases", lambda: backend.purchases(customer_id)),
            Capability.WRAP_UPS: ("wrap_ups", lambda: backend.wrap_ups("no-such-interaction")),
        }
        return {
            "find": lambda: backend.find(Address("phone", number)),
            "search": lambda: backend.search("Ada"),
            "customer": lambda: backend.customer(customer_id),
            **dict(one for capability, one in optional.items() if capability in self.offered),
        }

    async def changes(self, backend: Any, rig: CrmRig) -> Mapping[str, Change]:
        return await changes_of(backend, rig, self.offered)

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        key = new_key()
        calls: dict[Capability, Sequence[Call]] = {
            Capability.TIMELINE: [lambda: backend.timeline("1")],
            Capability.WRAP_UPS: [lambda: backend.wrap_ups("no-such-interaction")],
            Capability.CASES: [lambda: backend.cases("1")],
            Capability.PURCHASES: [lambda: backend.purchases("1")],
            Capability.CREATE_CUSTOMER: [lambda: backend.create_customer("X", [Address("phone", CALLER)], key=key)],
            Capability.CREATE_CASE: [lambda: backend.create_case("1", "x", priority="", text="", key=key)],
            Capability.TASKS: [lambda: backend.create_task("1", "x", due=None, key=key)],
            Capability.CONSENT: [lambda: backend.set_consent("1", "sms", granted=True, source="x", key=key)],
            Capability.LINK: [
                lambda: backend.link("i", "1", reason="x", key=key),
                lambda: backend.unlink("i", key=key),
            ],
        }
        return calls[capability]

    # -- shape

    @shape
    async def test_a_customer_is_whole(self, rig: CrmRig) -> None:
        """A record has the id it was asked by, its name and its addresses, and says where it is from and how old."""
        name, number, email = fresh.name(), fresh.number(), fresh.email()
        customer_id = await rig.add_customer(name, [Address("phone", number), Address("email", email)])
        async with self.opened(rig) as backend:
            customer = await backend.customer(customer_id)
        assert isinstance(customer, Customer)
        assert (customer.id, customer.name) == (customer_id, name)
        assert Address("phone", number) in customer.addresses, "numbers are told in E.164"
        assert any(one.kind == "email" and one.value.casefold() == email for one in customer.addresses)
        assert customer.source, "a record says which CRM it is from"
        assert customer.fetched_at is not None, "a record says how old it is"

    @shape
    async def test_matches_say_why(self, rig: CrmRig) -> None:
        """A match names the key that matched, and a reason for people."""
        number = fresh.number()
        await somebody(rig, number)
        async with self.opened(rig) as backend:
            match = await self.found(backend, rig, Address("phone", number))
        assert isinstance(match, Match)
        assert match.matched_on == "phone"
        assert isinstance(match.reason, str)
        assert match.reason.strip()

    # -- behaviour

    @behaviour
    @pytest.mark.parametrize("kind", ["phone", "email"])
    async def test_a_customer_is_found_by(self, rig: CrmRig, kind: str) -> None:
        """One record carries the address, and it alone is found; nobody is found for an address nobody carries."""
        make = {"phone": fresh.number, "email": fresh.email}[kind]
        ours = make()
        customer_id = await rig.add_customer(fresh.name(), [Address(kind, ours)])
        await rig.add_customer(fresh.name(), [Address(kind, make())])
        async with self.opened(rig) as backend:
            await self.found(backend, rig, Address(kind, ours))
            matches = await backend.find(Address(kind, ours))
            nobody = await backend.find(Address(kind, make()))
        assert [one.customer.id for one in matches] == [customer_id]
        assert list(nobody) == []

    @behaviour
    @pytest.mark.parametrize("stored", [str.lower, str.title], ids=["lower", "mixed"])
    async def test_an_email_is_found_in_any_case(self, rig: CrmRig, stored: Callable[[str], str]) -> None:
        """Nobody minds capitals in an e-mail address, neither in the record nor in what is asked for."""
        email = fresh.email()
        customer_id = await rig.add_customer(fresh.name(), [Address("email", stored(email))])
        async with self.opened(rig) as backend:
            for asked in (email, email.upper()):
                match = await self.found(backend, rig, Address("email", asked))
                assert (match.customer.id, match.verified) == (customer_id, True)

    @behaviour
    @pytest.mark.parametrize("written", ["{0[0]} {0[1]} {0[2]} {0[3]}", "{0[0]} ({0[1]}) {0[2]}-{0[3]}"])
    async def test_a_number_is_found_however_it_is_written(self, rig: CrmRig, written: str) -> None:
        """People type numbers with spaces, brackets and dashes; the caller's own is E.164, and finds them all."""
        number = fresh.number()
        parts = (number[:3], number[3:5], number[5:9], number[9:])
        customer_id = await rig.add_customer(fresh.name(), [Address("phone", written.format(parts))])
        async with self.opened(rig) as backend:
            match = await self.found(backend, rig, Address("phone", number))
        assert (match.customer.id, match.verified) == (customer_id, True)

    @behaviour
    async def test_everybody_with_one_number_is_found(self, rig: CrmRig) -> None:
        """Two records with the same number are two matches, and `limit` keeps it to one."""
        number = fresh.number()
        ids = {await somebody(rig, number) for _ in range(2)}
        async with self.opened(rig) as backend:

            async def both() -> set[str] | None:
                found = {one.customer.id for one in await backend.find(Address("phone", number))}
                return found if len(found) >= 2 else None

            assert await until(both, rig.patience, "two matches") == ids
            assert len(await backend.find(Address("phone", number), limit=1)) == 1

    @behaviour
    async def test_a_customer_is_found_by_handle(self, rig: CrmRig) -> None:
        """Where records show handles, a handle finds who has it. The rig leaves out what its CRM does not keep."""
        handle, other = fresh.name().split()[1].lower(), fresh.name().split()[1].lower()
        customer_id = await rig.add_customer(
            fresh.name(), [Address("phone", fresh.number()), Address("handle", handle)]
        )
        async with self.opened(rig) as backend:
            shown = (await backend.customer(customer_id)).addresses
            if not any(one.kind == "handle" for one in shown):
                does_not_apply("this CRM shows no handles")
            match = await self.found(backend, rig, Address("handle", handle))
            assert (match.customer.id, match.matched_on, match.verified) == (customer_id, "handle", True)
            assert list(await backend.find(Address("handle", other))) == []

    @behaviour
    async def test_more_than_a_page_is_found(self, rig: CrmRig) -> None:
        """Fifty of the many who share a number and a name are found, as many as may be asked for."""
        name, number = fresh.name(), fresh.number()
        ids = {await rig.add_customer(name, [Address("phone", number)]) for _ in range(MOST_FOUND + 1)}
        async with self.opened(rig) as backend:
            for what, ask in (
                ("find", lambda: backend.find(Address("phone", number), limit=MOST_FOUND)),
                ("search", lambda: backend.search(name.split()[1], limit=MOST_FOUND)),
            ):

                async def all_of_them(ask: Callable[[], Any] = ask) -> set[str] | None:
                    matches = await ask()
                    found = {one.customer.id for one in matches}
                    assert len(found) == len(matches), "somebody is found twice"
                    return found if len(found) >= MOST_FOUND else None

                found = await until(all_of_them, rig.patience, f"{MOST_FOUND} matches of {what}")
                assert found <= ids
                assert len(found) == MOST_FOUND

    @behaviour
    async def test_a_customer_is_found_by_name(self, rig: CrmRig) -> None:
        """Free text finds a record by a part of its name."""
        name = fresh.name()
        customer_id = await rig.add_customer(name, [Address("phone", fresh.number())])
        async with self.opened(rig) as backend:

            async def look() -> list[str] | None:
                return [one.customer.id for one in await backend.search(name.split()[1])] or None

            assert await until(look, rig.patience, "a match for the name") == [customer_id]

    @behaviour
    async def test_a_search_keeps_to_its_limit(self, rig: CrmRig) -> None:
        """Two records share a name, both are found, and `limit` keeps it to one."""
        name = fresh.name()
        ids = {await rig.add_customer(name, [Address("phone", fresh.number())]) for _ in range(2)}
        async with self.opened(rig) as backend:

            async def both() -> set[str] | None:
                found = {one.customer.id for one in await backend.search(name.split()[1])}
                return found if len(found) >= 2 else None

            assert await until(both, rig.patience, "two matches for the name") == ids
            assert len(await backend.search(name.split()[1], limit=1)) == 1

    @behaviour
    async def test_any_text_can_be_searched(self, rig: CrmRig) -> None:
        """Whatever is typed is answered with matches or refused with Rejected; nothing breaks."""
        async with self.opened(rig) as backend:
            for text in HOSTILE:
                try:
                    assert isinstance(await backend.search(text), Sequence)
                except Rejected:
                    continue

    @behaviour
    async def test_who_is_not_there_is_not_found(self, rig: CrmRig) -> None:
        """An id that nobody has raises NotFound; one that is no id at all may be refused with Rejected."""
        async with self.opened(rig) as backend:
            assert isinstance(await error_of(lambda: backend.customer("999999999")), NotFound)
            for odd in ("../1", "", "1/2", "a b"):
                error = await error_of(partial(backend.customer, odd))
                assert isinstance(error, (NotFound, Rejected)), repr(error)

    @behaviour
    @proves(Capability.PURCHASES)
    async def test_purchases_are_listed(self, rig: CrmRig) -> None:
        """What was bought on the far side is listed, newest first; nothing is for somebody who bought nothing."""
        async with self.opened(rig, Capability.PURCHASES) as backend:
            customer_id, item = await rig.buyer()
            listed = await backend.purchases(customer_id)
            assert item in [one.item for one in listed]
            assert [one.at for one in listed] == sorted((one.at for one in listed), reverse=True)
            told = {one.amount for one in listed if not _is_a_sum(one.amount)}
            assert told == set(), "what it cost is a figure with its currency"
            assert list(await backend.purchases(await somebody(rig))) == []

    # -- honesty

    @honesty
    async def test_a_match_really_carries_the_number(self, rig: CrmRig) -> None:
        """`verified` is said of a record that carries the number, and of no other."""
        number = fresh.number()
        await somebody(rig, number)
        await somebody(rig)
        async with self.opened(rig) as backend:
            assert (await self.found(backend, rig, Address("phone", number))).verified
            for asked in (number, fresh.number()):
                for match in await backend.find(Address("phone", asked)):
                    carried = Address("phone", asked) in match.customer.addresses
                    assert match.verified == carried, f"{match.customer.name} for {asked}"

    @honesty
    async def test_a_withheld_number_finds_nobody(self, rig: CrmRig) -> None:
        """A caller who hides the number matches no record, least of all those without one."""
        await rig.add_customer(fresh.name(), [Address("email", fresh.email())])
        async with self.opened(rig) as backend:
            assert list(await backend.find(Address("phone", "", withheld=True))) == []
