"""Tells the directories whose presence is on screen, so that those that must be asked ask for few."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from desktop.app.connections.backend_calls import BackendCalls
from desktop.ports.errors import BackendError
from desktop.ports.presence import PresenceSource

log = logging.getLogger(__name__)

SETTLED = 0.15
"""Seconds of no further change after which a directory hears: every key in the search changes who is on screen."""


class ScreenWatch:
    """One for all directories; a screen calls `look` as often as it likes."""

    def __init__(
        self,
        backend_calls: BackendCalls,
        directories: Mapping[str, PresenceSource],
        records: Callable[[str], Iterable[str]] = lambda person_id: (person_id,),
    ) -> None:
        """`directories`: by the name that their events carry. `records`: the ids of all records of a person."""
        self._backend_calls = backend_calls
        self._directories = directories
        self._records = records
        self._wanted: tuple[str, ...] = ()
        self._told: set[str] = set()
        self._wake = asyncio.Event()

    def look(self, person_ids: Sequence[str]) -> None:
        """These people are on screen now, and nobody else."""
        self._wanted = tuple(dict.fromkeys(one for person_id in person_ids for one in self._records(person_id)))
        if set(self._wanted) != self._told:
            self._wake.set()

    async def run(self) -> None:
        """Tell the directories of each change once it has settled, until cancelled."""
        while True:
            await self._wake.wait()
            while self._wake.is_set():
                self._wake.clear()
                await self._backend_calls.timing.sleep(SETTLED)
            wanted = self._wanted
            if set(wanted) == self._told:
                continue
            self._told = set(wanted)
            # At once: one that hangs must not keep the others from hearing.
            await asyncio.gather(*(self._tell(source, one, wanted) for source, one in self._directories.items()))

    async def _tell(self, source: str, directory: PresenceSource, wanted: Sequence[str]) -> None:
        try:
            await self._backend_calls.ask(lambda: directory.watch(wanted), source, changing=False)
        except BackendError as error:
            log.info("%s was not told who is on screen: %s", source, error.message)
            self._told = set()  # the next look tells it again
