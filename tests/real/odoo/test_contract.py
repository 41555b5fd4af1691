"""Odoo keeps the contract of a CRM, as the agent with few rights and as one who may write the blacklists."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.crm_contract import CrmContract
from desktop.testing.rigs import CrmRig
from tests.real.odoo.rig import OdooRig
from tests.real.servers.odoo import Odoo


@pytest.fixture(params=["agent", "admin"])
async def rig(odoo: Odoo, request: pytest.FixtureRequest) -> AsyncIterator[CrmRig]:
    async with OdooRig(odoo, request.param) as rig:
        yield rig


class TestOdoo(CrmContract):
    """All of it; what the agent may not do is refused."""
