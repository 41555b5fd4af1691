"""The conformance kit's contract, kept by numbers of a real Kannel."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from tests.real.servers.kannel import Kannel
from tests.real.sms.rig import SmsRig


@pytest.fixture
async def rig(kannel: Kannel, tmp_path: Path) -> AsyncIterator[SmsRig]:
    async with SmsRig(kannel, tmp_path / "sms") as one:
        yield one


class TestKannelNumbers(ContactCenterContract):
    """Texts, availability, bad days."""
