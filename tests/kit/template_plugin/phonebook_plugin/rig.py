"""The rig: how the conformance kit gets at the phone book. `HttpRig` causes the faults, by a proxy in front of it."""

import json
from collections.abc import Sequence

from desktop.domain.entities.model import Address
from desktop.ports.crm import Crm
from desktop.testing.http_rig import HttpRig
from desktop.testing.rigs import CrmRig, KeptWrapUp
from phonebook_plugin import PhonebookCrm
from phonebook_plugin.server import TOKEN, Phonebook


class PhonebookRig(HttpRig[Crm], CrmRig):
    """A phone book of its own for every test."""

    label = "shape-only"  # "real" once it is the real server that is started here
    secrets = (TOKEN,)

    async def start(self) -> None:
        self.server = Phonebook()
        self.server_url = self.server.url
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        self.server.shutdown()
        self.server.server_close()

    def make(self) -> Crm:
        return PhonebookCrm.create({"url": self.proxy.url, "token": TOKEN})

    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        person = {"id": f"p{len(self.server.people)}", "name": name}
        self.server.people[person["id"]] = {**person, "addresses": [[one.kind, one.value] for one in addresses]}
        return person["id"]

    async def activities(self, key: str) -> int:
        return len([one for one in self.server.calls if one == key])

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        record = self.server.calls[key]["record"]
        return KeptWrapUp(json.dumps(record, ensure_ascii=False), record["started_at"], record["ended_at"])
