"""Odoo keeps the contract of a CRM."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.crm import CrmContract
from desktop.testing.rigs import CrmRig
from tests.real.odoo.rig import OdooRig
from tests.real.servers.odoo import Odoo

ABOUT_BLACKLISTS = {
    CrmContract.test_consent_is_recorded.__name__,
    CrmContract.test_a_consent_says_since_when_and_from_where.__name__,
    CrmContract.test_changing_fails_in_the_right_way.__name__,
}


@pytest.fixture
async def rig(odoo: Odoo, request: pytest.FixtureRequest) -> AsyncIterator[CrmRig]:
    """As the agent with few rights; only who may write Odoo's blacklists can prove consent."""
    async with OdooRig(odoo, "admin" if request.function.__name__ in ABOUT_BLACKLISTS else "agent") as rig:
        yield rig


class TestOdoo(CrmContract):
    """All of it; what the agent may not do is refused."""
