"""The kit's contracts with the vendor's specification in between: each request and answer of them is judged."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar

import pytest

from desktop.testing.contracts.contact_center import ContactCenterContract
from desktop.testing.fault_proxy import FaultProxy
from desktop.testing.rig import Fault
from desktop.testing.rigs import ContactCenterRig, MessagingRig
from mock_backends.launcher import Running
from tests.backends.twilio_rigs import (
    TwilioContactCenterRig,
    TwilioMessagingContract,
    TwilioMessagingRig,
    TwilioRig,
)
from tests.real.twilio.judged import Judged


class JudgedRig(TwilioRig[Any]):
    """Mix in: REST goes through the judges, each with a fault proxy of its own; the worker channel as before."""

    label: ClassVar[str] = "vendor-judged"
    patience = 20.0

    def __init__(self, running: Running, judged: Judged) -> None:
        super().__init__(running)
        self._judges = [FaultProxy("127.0.0.1", one.port) for one in judged.judges]

    async def start(self) -> None:
        for proxy in self._judges:
            await proxy.start()
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        for proxy in self._judges:
            await proxy.stop()

    def options(self, **more: str) -> dict[str, str]:
        task_router, api, conversations = (proxy.url for proxy in self._judges)
        judged = {"taskrouter_url": task_router, "api_url": api, "conversations_url": conversations}
        return super().options(**judged, **more)

    async def _each(self, proxies: list[FaultProxy], act: str, *given: Any) -> None:
        mine = self.proxy
        for self.proxy in proxies:
            await getattr(super(), act)(*given)
        self.proxy = mine

    async def fault(self, fault: Fault) -> None:
        await self._each([self.proxy, *self._judges], "fault", fault)

    async def heal(self) -> None:
        await self._each([self.proxy, *self._judges], "heal")


class JudgedContactCenterRig(JudgedRig, TwilioContactCenterRig):
    """TaskRouter, conferences and conversations, judged; the vendor has no document of the files' server."""


class JudgedMessagingRig(JudgedRig, TwilioMessagingRig):
    """SMS, judged."""


@pytest.fixture(autouse=True)
def nothing_is_complained_of(judged: Judged) -> Iterator[None]:
    """After each test: no request and no answer has broken the specification."""
    before = len(judged.complaints())
    yield
    assert judged.complaints()[before:] == []


class TestTwilioContactCenter(ContactCenterContract):
    """All that the adapter declares."""

    @pytest.fixture
    async def rig(self, twilio_server: Running, judged: Judged) -> AsyncIterator[ContactCenterRig]:
        async with JudgedContactCenterRig(twilio_server, judged) as rig:
            yield rig


class TestTwilioMessaging(TwilioMessagingContract):
    """SMS."""

    @pytest.fixture
    async def rig(self, twilio_server: Running, judged: Judged) -> AsyncIterator[MessagingRig]:
        async with JudgedMessagingRig(twilio_server, judged) as rig:
            yield rig
