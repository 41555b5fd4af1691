"""SMS numbers for the contract: a real Kannel, behind a proxy that spoils what it says."""

import asyncio
import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from desktop.backends.kannel.contact_center import KannelContactCenter
from desktop.backends.kannel.settings import settings
from desktop.domain.entities.model import OutgoingFile
from desktop.ports.contact_center import ContactCenter
from desktop.testing import fresh
from desktop.testing.http_rig import HttpRig
from desktop.testing.rig import absent
from desktop.testing.rigs import CALLER, ContactCenterRig
from tests.real.servers.kannel import PASSWORD, SECRET, USER, Kannel

OURS = "1500"


def options(kannel: Kannel, folder: Path, agent: str = "maya", **changes: str) -> dict[str, str]:
    """A profile of an agent."""
    known = {"url": kannel.url, "username": USER, "password": PASSWORD, "listen": kannel.listen, "secret": SECRET}
    known |= {"folder": str(folder), "agent": agent, "codes": "order=Order; bug=Fault"}
    return known | changes


def a_text(sender: str, text: str) -> str:
    """A customer's text, as `Kannel.write_to_us` wants it."""
    return f"{sender} {OURS} data {quote(text, safe='')}"


class SmsRig(HttpRig[ContactCenter], ContactCenterRig):
    """One agent, with a folder that is new for each test."""

    label = "real"
    secrets = (PASSWORD, SECRET)
    queue = "SMS"
    polls: ClassVar[bool] = True  # Kannel calls us: there is no stream that could be dropped
    local: ClassVar[bool] = True

    def __init__(self, kannel: Kannel, folder: Path) -> None:
        self._kannel, self._folder = kannel, folder
        self.server_url = kannel.url
        self._newest = ""

    def make(self) -> KannelContactCenter:
        known = options(self._kannel, self._folder, url=self.proxy.url, offer_seconds="6")
        return KannelContactCenter.create(known)

    async def call(self, number: str = CALLER) -> None:
        self._newest = number
        await self._arrives("Hello?")

    async def write(self, text: str) -> None:
        self._newest = self.new_customer()
        await self._arrives(text)

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        await self._arrives(text)

    async def hang_up(self, interaction_id: str) -> None:
        await self._arrives("STOP")

    async def colleague_pulls(self, interaction_id: str) -> None:
        colleague = KannelContactCenter.create(options(self._kannel, self._folder, "noor"))
        try:
            await colleague.open()
            await colleague.pull(interaction_id, key=fresh.new_key())
        finally:
            await colleague.close()

    async def let_expire(self, interaction_id: str) -> None:
        """Its time runs out by itself."""

    async def rescind(self, interaction_id: str) -> None:
        """A colleague's desktop, whose clock is late, takes the offer for one that was left behind."""
        known = settings(options(self._kannel, self._folder, "noor"))
        colleague = KannelContactCenter(known, clock=lambda: time.time() + 600)
        try:
            await colleague.open()
            await colleague.pull(interaction_id, key=fresh.new_key())
        finally:
            await colleague.close()

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        absent("a number knows no supervisors")

    async def _arrives(self, text: str) -> None:
        await asyncio.to_thread(self._kannel.write_to_us, a_text(self._newest, text))
