"""What the agent said of records in several systems: that they are one customer or person, or that they are not."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator

from desktop.app.background import Background
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.store import Store
from desktop.domain.entities.identity import IdentityLink, said
from desktop.domain.state.own_events import LinksChanged
from desktop.domain.text.sentence import Sentence

log = logging.getLogger(__name__)


class IdentityLinks:
    """Kept on this machine only; no system is told. Whatever is said can be taken back."""

    def __init__(self, store: Store, local: Callable[[], LocalStore]) -> None:
        """`local` raises StoreError while the disk is not there."""
        self.changed: list[Callable[[], None]] = []
        self._store = store
        self._local = local
        self._links: dict[str, IdentityLink] = {}
        self._order = asyncio.Lock()
        self._writes = Background()

    async def load(self) -> None:
        """Take up what was said in earlier runs.

        Raises:
            StoreError: it cannot be read.
        """
        kept = {link.key: link for link in await self._local().links()}
        self._links = kept | self._links
        if self._links:
            self._tell()

    def of(self, kind: str) -> Iterator[IdentityLink]:
        """What was said of customers, or of people."""
        return (link for link in self._links.values() if link.kind == kind)

    def linked_to(self, kind: str, ids: Collection[str]) -> list[str]:
        """The records said to be one with any of these, without these."""
        return [
            link.second if link.first in ids else link.first
            for link in self.of(kind)
            if link.same and (link.first in ids) != (link.second in ids)
        ]

    def join(self, kind: str, one: str, others: Collection[str]) -> None:
        """A record is the same as these, whatever was said before."""
        first, *rest = others
        for other in rest:
            self.say(kind, one, other, same=None)
        self.say(kind, one, first, same=True)

    def part(self, kind: str, one: str, others: Collection[str]) -> None:
        """A record is none of these, whatever proves it to be."""
        for other in others:
            self.say(kind, one, other, same=False)

    def say(self, kind: str, one: str, other: str, *, same: bool | None) -> None:
        """Say that two records are one (True) or are not (False), or take back what was said (None)."""
        link = said(kind, one, other, same=bool(same))
        if same is None:
            if self._links.pop(link.key, None) is None:
                return
        elif self._links.get(link.key) == link:
            return
        else:
            self._links[link.key] = link
        self._tell()
        self._writes.spawn(self._keep(link, forget=same is None))

    async def close(self) -> None:
        """Finish the writes."""
        await self._writes.finish()

    def _tell(self) -> None:
        self._store.publish(LinksChanged(tuple(self._links.values())))
        for listener in tuple(self.changed):
            listener()

    async def _keep(self, link: IdentityLink, *, forget: bool) -> None:
        async with self._order:
            try:
                if forget:
                    await self._local().forget_link(link)
                else:
                    await self._local().keep_link(link)
            except StoreError as error:
                log.warning("a link between records cannot be kept: %s", error)
                self._store.notice(Sentence("store.links_until_quit", why=error.sentence), "warning")
