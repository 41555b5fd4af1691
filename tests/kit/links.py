"""A CRM that knows whose an interaction is, and keeps its contract."""

from dataclasses import replace
from typing import Any

from desktop.ports.base import Capability

from .reference.crm import CrmLine, ReferenceCrm, ReferenceCrmRig


class LinksLine(CrmLine):
    """The far side."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, tuple[str, str]] = {}


class Links(ReferenceCrm):
    """Keeps with whom an interaction is, and why."""

    manifest = replace(ReferenceCrm.manifest, capabilities=ReferenceCrm.manifest.capabilities | {Capability.LINK})
    line: LinksLine

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        await self.ask(lambda: self.line.links.update({interaction_id: (customer_id, reason)}), changing=True)

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        await self.ask(lambda: self.line.links.pop(interaction_id, None), changing=True)


class LinksRig(ReferenceCrmRig):
    """Its far side."""

    line: LinksLine

    def __init__(self, backend: type[Any] = Links) -> None:
        super().__init__(backend)
        made = LinksLine()
        made.name = self.line.name
        self.line = made.every[made.name] = made

    async def linked(self, interaction_id: str) -> str | None:
        return self.line.links.get(interaction_id, (None, ""))[0]

    async def link_reason(self, interaction_id: str) -> str:
        return self.line.links[interaction_id][1]
