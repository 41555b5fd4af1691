"""`customer find`, `customer show` and `timeline`."""

from collections.abc import Awaitable, Sequence

from desktop.cli.connection import Chosen, ask_every, crm_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address
from desktop.ports.base import Kind
from desktop.ports.crm import Crm
from desktop.ports.errors import Unsupported
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


async def _answer(profile: Profile, chosen: Chosen) -> object:
    if chosen["command"] != "timeline" and chosen["action"] == "find":
        return await _found(profile, chosen)
    async with crm_of(profile, chosen["customer"] if chosen["command"] == "timeline" else chosen["id"]) as backend:
        if chosen["command"] == "timeline":
            return await backend.timeline(chosen["customer"], limit=chosen["limit"], before=chosen["before"])
        return {
            "customer": await backend.customer(chosen["id"]),
            "cases": await _if_offered(backend.cases(chosen["id"])),
            "purchases": await _if_offered(backend.purchases(chosen["id"])),
        }


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
