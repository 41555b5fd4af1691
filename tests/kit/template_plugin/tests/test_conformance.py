"""The phone book keeps the contract of a CRM."""

from collections.abc import AsyncIterator

import pytest
from phonebook_plugin.rig import PhonebookRig

from desktop.testing.crm_contract import CrmContract


@pytest.fixture
async def rig() -> AsyncIterator[PhonebookRig]:
    async with PhonebookRig() as rig:
        yield rig


class TestPhonebook(CrmContract):
    """All of it, inherited."""
