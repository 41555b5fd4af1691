"""`customer find`, `customer show`, `case find` and `timeline`."""

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager

from desktop.cli.connection import Chosen, ask_every, crm_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.entities.customer import Case, Match
from desktop.domain.entities.model import Address
from desktop.domain.select.search import fits
from desktop.domain.text.folding import fold
from desktop.ports.base import Kind
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound, Unsupported
from desktop.words.catalogue import tr


def _address(chosen: Chosen) -> Address | None:
    if chosen["phone"] is not None:
        if not chosen["phone"].startswith("+"):
            raise CommandError(tr("A number starts with + and its country, like +442079460958."), Exit.USAGE)
        return Address("phone", "+" + "".join(c for c in chosen["phone"] if c.isdecimal() and c.isascii()))
    for kind in ("email", "handle"):
        if chosen[kind] is not None:
            return Address(kind, chosen[kind])
    return None


async def _if_offered(part: Awaitable[object]) -> object:
    """What the CRM says, None where it does not offer that part."""
    try:
        return await part
    except Unsupported:
        return None


async def _found(profile: Profile, chosen: Chosen) -> object:
    """What every CRM found."""
    address = _address(chosen)

    async def ask(crm: Crm) -> Sequence[Match]:
        if address is None:
            return await crm.search(chosen["text"], limit=chosen["limit"])
        return await crm.find(address, limit=chosen["limit"])

    return await ask_every(profile, Kind.CRM, ask)


async def _cases(profile: Profile, chosen: Chosen) -> object:
    """The cases that a text names: of one customer, or of those whom every CRM finds by the same text."""
    words = fold(chosen["text"]).split()

    def fit(case: Case, customer: str) -> bool:
        return fits(words, case.subject, case.id, case.status, customer)

    async def of(crm: Crm, customer_id: str, name: str) -> list[dict[str, object]]:
        return [
            {"customer": {"id": customer_id, "name": name}, "case": case}
            for case in await crm.cases(customer_id)
            if fit(case, name)
        ]

    async def ask(crm: Crm) -> list[dict[str, object]]:
        found = await crm.search(chosen["text"], limit=chosen["limit"])
        return [one for match in found for one in await of(crm, match.customer.id, match.customer.name)]

    if chosen["customer"] is None:
        return await ask_every(profile, Kind.CRM, ask)
    async with crm_of(profile, chosen["customer"]) as crm:
        with _named(chosen["customer"]):
            return await of(crm, chosen["customer"], (await crm.customer(chosen["customer"])).name)


@contextmanager
def _named(customer_id: str) -> Iterator[None]:
    """A refusal because nobody has the id names the id."""
    try:
        yield
    except NotFound as error:
        raise CommandError(tr("There is no customer {id}.", id=repr(customer_id)), Exit.REFUSED) from error


async def _answer(profile: Profile, chosen: Chosen) -> object:
    if chosen["command"] == "case":
        return await _cases(profile, chosen)
    if chosen["command"] != "timeline" and chosen["action"] == "find":
        return await _found(profile, chosen)
    customer_id = chosen["customer"] if chosen["command"] == "timeline" else chosen["id"]
    with _named(customer_id):
        return await _of_one(profile, chosen, customer_id)


async def _of_one(profile: Profile, chosen: Chosen, customer_id: str) -> object:
    async with crm_of(profile, customer_id) as backend:
        if chosen["command"] == "timeline":
            return await backend.timeline(customer_id, limit=chosen["limit"], before=chosen["before"])
        return {
            "customer": await backend.customer(customer_id),
            "cases": await _if_offered(backend.cases(customer_id)),
            "purchases": await _if_offered(backend.purchases(customer_id)),
        }


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
