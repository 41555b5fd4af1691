"""The conformance kit's rig: a real Asterisk, real phones, and a proxy between the adapter and the server."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.testing.fault_proxy import FaultProxy, Mode
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import CALLER, ContactCenterRig
from tests.real.asterisk.desk import options
from tests.real.asterisk.phones import Phone, Phones, until
from tests.real.servers.asterisk import AMI_SECRET, Asterisk

_MODES = {
    Fault.HANG: Mode.HANG,
    Fault.GARBAGE: Mode.GARBAGE,
    Fault.DROPPED: Mode.CUT,
    Fault.REFUSED: Mode.REFUSE,
    Fault.ANSWER_LOST: Mode.LOSE_ANSWER,
}


class AsteriskRig(ContactCenterRig):
    """An agent, and a supervisor whose phone is picked up when it rings."""

    label = "real"
    connected = True
    secrets = (AMI_SECRET,)
    expert = "tel:1050"
    queue = "billing"

    def __init__(self, server: Asterisk) -> None:
        self._server = server
        self._proxy = FaultProxy("127.0.0.1", server.ami)
        self._phones = Phones(server)
        self._tasks: list[asyncio.Task[Any]] = []

    def make(self) -> AsteriskContactCenter:
        return AsteriskContactCenter.create(self._options("PJSIP/agent1"))

    def make_supervisor(self, number: int = 0) -> AsteriskContactCenter:
        if number:
            absent("there is one supervisor")
        self._spawn(self._answers("super"))
        return AsteriskContactCenter.create(self._options("PJSIP/super", role="supervisor"))

    async def start(self) -> None:
        await self._proxy.start()
        await self._phones.__aenter__()
        for name in ("agent1", "agent2", "expert", "customer", "super"):
            await self._phones.get(name)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.heal()
        await self._proxy.stop()
        try:
            await self._phones.__aexit__()
            await until(lambda: not self._server.channels(), "every channel ends")
        finally:
            self._server.cli("channel request hangup all")
            for queue in ("contract", "billing"):
                self._server.cli(f"queue remove member PJSIP/agent1 from {queue}")
            for name in ("agent2", "expert"):
                self._server.cli(f"queue remove member PJSIP/{name} from billing")
            self._server.cli("database deltree agent-desktop-callback")

    async def fault(self, fault: Fault) -> None:
        if fault is Fault.UNAUTHORIZED:
            self._server.set_secret("another secret")
        elif fault in _MODES:
            await self._proxy.set(_MODES[fault])
        else:
            absent(f"the manager interface has no {fault.value}")

    async def heal(self) -> None:
        self._server.set_secret(AMI_SECRET)
        await self._proxy.set(Mode.PASS)

    async def drop_streams(self) -> None:
        await self._proxy.drop()

    async def call(self, number: str = CALLER) -> None:
        await (await self._phones.get("customer")).dial(f"call{number}")

    async def hang_up(self, interaction_id: str) -> None:
        await (await self._phones.get("customer")).hang_up()

    async def answer_phone(self, interaction_id: str) -> None:
        await (await self._phones.get("agent1")).answer()

    async def colleague_on_a_call(self) -> str:
        self._server.cli("queue add member PJSIP/agent2 to billing")
        colleague, caller = await self._phones.get("agent2"), await self._phones.get("caller2")
        await caller.dial("billing")
        await colleague.answer()
        await until(lambda: colleague.talks, "the colleague talks")
        return "PJSIP/agent2"

    async def free_colleague(self) -> str:
        self._server.cli("queue add member PJSIP/expert to billing")
        self._spawn(self._answers("expert"))
        return "PJSIP/expert"

    def reachable(self) -> str:
        return CALLER

    async def let_expire(self, interaction_id: str) -> None:
        return  # the queue's own time-out does it

    async def rescind(self, interaction_id: str) -> None:
        await (await self._phones.get("agent2")).answer()

    async def expert_answers(self) -> None:
        self._spawn(self._answers("expert"))

    async def expert_is_busy(self) -> None:
        self._spawn(_reject(await self._phones.get("expert")))

    async def expert_hangs_up(self) -> None:
        await (await self._phones.get("expert")).hang_up()

    async def tones(self, interaction_id: str) -> str:
        return (await self._phones.get("customer")).digits

    async def records(self, interaction_id: str) -> bool:
        customer, agent = await self._phones.get("customer"), await self._phones.get("agent1")
        return await customer.is_recorded(self._server, interaction_id.rpartition("-")[0], agent)

    async def callbacks(self) -> int:
        return self._server.cli("database show agent-desktop-callback").count("/agent-desktop-callback/")

    def _options(self, interface: str, **changes: str) -> dict[str, str]:
        chosen = {"port": str(self._proxy.port), "user": "trusted", "queues": "contract,billing"}
        return options(self._server, interface, **(chosen | changes))

    async def _answers(self, name: str) -> None:
        await _answer(await self._phones.get(name))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))


async def _answer(phone: Phone) -> None:
    with contextlib.suppress(AssertionError):
        await phone.answer()


async def _reject(phone: Phone) -> None:
    while True:
        for call in phone.rings:
            await call.reject()
        await asyncio.sleep(0.02)
