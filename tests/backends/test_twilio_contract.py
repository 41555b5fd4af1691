"""The Twilio adapters keep the contracts, against the mock centre in Twilio's dialect."""

from collections.abc import AsyncIterator, Iterator

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from desktop.testing.rigs import ContactCenterRig, MessagingRig
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

from .twilio_rigs import CONTROL, TwilioContactCenterRig, TwilioMessagingContract, TwilioMessagingRig


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    """The mock centre and its face, in a process of their own."""
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


class TestTwilioContactCenter(ContactCenterContract):
    """All that the adapter declares."""

    @pytest.fixture
    async def rig(self, twilio_server: Running) -> AsyncIterator[ContactCenterRig]:
        async with TwilioContactCenterRig(twilio_server) as rig:
            yield rig


class TestTwilioMessaging(TwilioMessagingContract):
    """SMS."""

    @pytest.fixture
    async def rig(self, twilio_server: Running) -> AsyncIterator[MessagingRig]:
        async with TwilioMessagingRig(twilio_server) as rig:
            yield rig
