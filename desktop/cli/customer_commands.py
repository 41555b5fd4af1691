"""`customer find`, `customer show` and `timeline`."""

from collections.abc import Awaitable

from desktop.cli.connection import Chosen, crm, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.model import Address
from desktop.ports.errors import Unsupported


def _address(chosen: Chosen) -> Address | None:
    if chosen["phone"] is not None:
        if not chosen["phone"].startswith("+"):
            raise CommandError("A number starts with + and its country, like +442079460958.", Exit.USAGE)
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


async def _answer(profile: Profile, chosen: Chosen) -> object:
    async with crm(profile) as backend:
        if chosen["command"] == "timeline":
            return await backend.timeline(chosen["customer"], limit=chosen["limit"], before=chosen["before"])
        if chosen["action"] == "show":
            return {
                "customer": await backend.customer(chosen["id"]),
                "cases": await _if_offered(backend.cases(chosen["id"])),
                "purchases": await _if_offered(backend.purchases(chosen["id"])),
            }
        address = _address(chosen)
        if address is None:
            return await backend.search(chosen["text"], limit=chosen["limit"])
        return await backend.find(address, limit=chosen["limit"])


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
