"""A CRM that asks before it writes, and keeps its contract: only what failed before the write is Unavailable."""

from desktop.domain.entities.customer import WrapUpRecord

from .reference.crm import ReferenceCrm


class LooksUpFirst(ReferenceCrm):
    """Looks the customer up before it writes. Keeps its contract: only the look-up is told as Unavailable."""

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        await self.ask(lambda: None)
        return await super().log_wrap_up(record)
