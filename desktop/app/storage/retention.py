"""Deletes in the background what has been kept on this machine for long enough."""

import logging

from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_file import LocalFile
from desktop.app.timing import Timing

log = logging.getLogger(__name__)

EVERY = 3600.0


class RetentionWatch:
    """Purges the profile's file once it has been taken up, and then once an hour."""

    def __init__(self, timing: Timing, file: LocalFile) -> None:
        self._timing = timing
        self._file = file

    async def run(self) -> None:
        """Purge until cancelled."""
        await self._file.taken_up.wait()
        while True:
            await self._purge()
            await self._timing.sleep(EVERY)

    async def _purge(self) -> None:
        try:
            purged = await self._file.opened().purge(self._timing.clock())
        except Exception as error:
            # Whatever it is, nothing of the agent's is lost by it, and the next hour tries again.
            why = error if isinstance(error, StoreError) else type(error).__name__
            log.warning("what was kept for long enough could not be deleted: %s", why)
        else:
            log.info("deleted by age: %s", purged)
