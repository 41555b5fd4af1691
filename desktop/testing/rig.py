"""What every rig is: fresh backends, faults on demand, and an honest word for what it cannot do."""

import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import ClassVar, Generic, NoReturn, Self, TypeVar

import pytest

from desktop.ports.base import Backend

B = TypeVar("B", bound=Backend)

NOT_PROVEN = "not proven: "
NOT_APPLICABLE = "does not apply: "

RETRY_AFTER = 7
"""Seconds that `Fault.RATE_LIMITED` asks for."""


class Fault(StrEnum):
    """What can go wrong between a backend and its server."""

    HANG = "hang"  # connections are taken and nothing is ever answered
    SERVER_ERROR = "server_error"  # the server fails: HTTP 500
    RATE_LIMITED = "rate_limited"  # too many requests: HTTP 429 with `Retry-After: 7`
    UNAUTHORIZED = "unauthorized"  # our credentials are not accepted: HTTP 401, a refused login
    FORBIDDEN = "forbidden"  # signed in, and not allowed to do this: HTTP 403
    GARBAGE = "garbage"  # an answer that nobody can read
    DROPPED = "dropped"  # the connection ends before there is an answer; open ones end at once
    REFUSED = "refused"  # nobody accepts connections; open ones end at once
    ANSWER_LOST = "answer_lost"  # the server does what it was asked, and the answer never arrives
    GATEWAY_TIMEOUT = "gateway_timeout"  # the server does what it was asked, and a gateway between says HTTP 504


def absent(reason: str) -> NoReturn:
    """Say that something cannot be done here. The test that wanted it counts as not proven, with this reason."""
    pytest.skip(NOT_PROVEN + reason)


def does_not_apply(reason: str) -> NoReturn:
    """Say that a test asks for what this backend does not claim. It counts neither for nor against it.

    Only the contract itself may say so; said by a rig or an author's test it is not proven, like anything left out.
    """
    asked_by = str(sys._getframe(1).f_globals.get("__name__", ""))
    pytest.skip((NOT_APPLICABLE if asked_by.startswith("desktop.testing.") else NOT_PROVEN) + reason)


class Rig(ABC, Generic[B]):
    """One backend under test and its far side. Write one for your backend and give it to the contract as fixture `rig`.

    A rig is used for one test: `start` brings the far side into a plain state, `stop` gives everything back. Whatever
    the far side cannot be made to do, leave as it is: the methods here and in `rigs.py` then declare it absent.
    """

    label: ClassVar[str] = "shape-only"
    """Against what it tests: `real`, `vendor-judged` or `shape-only` (see `tier.py`)."""

    secrets: tuple[str, ...] = ()
    """Every credential the backends were made with: none may appear in an error, a repr or a log."""

    patience: float = 10.0
    """Longest wait, in seconds, for something to be seen that was made to happen."""

    connected: ClassVar[bool] = False
    """True when the backend speaks over one lasting connection (AMI, XMPP), whose loss is all that a call notices."""

    polls: ClassVar[bool] = False
    """True when `events` asks again and again instead of listening, so that there is no stream to drop."""

    inside: ClassVar[bool] = False
    """True when the events come out of this very program (a phone's own stack), so that no server can lose them."""

    local: ClassVar[bool] = False
    """True when who has a contact is decided in a file of this machine, so that no answer about it can get lost."""

    gateway: ClassVar[bool] = False
    """True when something between could answer in the server's place, as over HTTP."""

    signs_in: ClassVar[bool | None] = None
    """Whether the backend fetches a token that expires. Left out, it is so where an option is a `client_secret` or a
    `refresh_token`."""

    forgets_keys: str = ""
    """Why the far side cannot remember a key across two backend instances; empty when it does."""

    @abstractmethod
    def make(self) -> B:
        """A fresh backend, not opened, each time for the same principal on the same far side."""

    async def start(self) -> None:
        """Make the far side ready for one test."""

    async def stop(self) -> None:
        """Give everything back; no fault stays in force."""

    async def fault(self, fault: Fault) -> None:
        """From now on this goes wrong, for backends made before and after. One fault at a time."""
        absent(f"this rig cannot cause {fault.value}")

    async def lose_answer(self, number: int) -> None:
        """The answer to the `number`-th request from now on gets lost, and so do all after it; 1 is the next one."""
        absent("this rig cannot lose the answer to one request of several")

    async def time_out(self, number: int) -> None:
        """As `lose_answer`, but a gateway answers with HTTP 504 in the place of each answer."""
        absent("this rig has no gateway that answers in the server's place")

    async def expire(self) -> None:
        """What the backends signed in with is refused with the next request; signing in anew works."""
        absent("this rig cannot let a sign-in expire")

    async def heal(self) -> None:
        """Nothing goes wrong any more."""

    async def drop_streams(self) -> None:
        """End the open event streams (or the lasting connection) once; a new one can be opened at once."""
        absent("this rig cannot drop an event stream")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[B]:
        """A fresh backend, open for the block."""
        backend = self.make()
        try:
            await backend.open()
            yield backend
        finally:
            await backend.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
