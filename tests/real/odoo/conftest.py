"""One Odoo for all tests of this folder, and the adapter as each of its users."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from desktop.backends.odoo.crm import OdooCrm
from tests.real.conftest import started
from tests.real.servers.odoo import DATABASE, Odoo

Connect = Callable[..., OdooCrm]


@pytest.fixture(scope="session")
def odoo() -> Iterator[Odoo]:
    with started(Odoo()) as server:
        yield server


@pytest.fixture
async def connect(odoo: Odoo) -> AsyncIterator[Connect]:
    """Makes adapters, as the agent unless another user is named; they are closed at the end."""
    made: list[OdooCrm] = []

    def make(user: str = "agent", **options: str) -> OdooCrm:
        known = {"url": odoo.url, "database": DATABASE, "api_key": odoo.keys[user]}
        made.append(OdooCrm.create(known | options))
        return made[-1]

    yield make
    for crm in made:
        await crm.close()
