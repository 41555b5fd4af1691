"""The conformance kit's contract, kept by a Matrix account on a real Synapse."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from tests.real.matrix.rig import MatrixRig
from tests.real.servers.synapse import Synapse


@pytest.fixture
async def rig(synapse: Synapse) -> AsyncIterator[MatrixRig]:
    async with MatrixRig(synapse) as one:
        yield one


class TestMatrix(ContactCenterContract):
    """Conversations, availability, bad days."""
