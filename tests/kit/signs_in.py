"""A CRM that signs in for tokens that expire, and keeps its contract."""

from collections.abc import Callable
from typing import Any, TypeVar

from desktop.ports.errors import AuthFailed
from desktop.testing.rig import Fault

from .reference.crm import ReferenceCrm, ReferenceCrmRig

T = TypeVar("T")


class SignsIn(ReferenceCrm):
    """Asks again, once, when it was not accepted."""

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        try:
            return await super().ask(do, changing=changing)
        except AuthFailed as error:
            if type(error) is not AuthFailed:
                raise
            return await super().ask(do, changing=changing)


class SignsInRig(ReferenceCrmRig):
    """Its far side."""

    signs_in = True

    def __init__(self, backend: type[Any] = SignsIn) -> None:
        super().__init__(backend)

    async def expire(self) -> None:
        self.line.fault, self.line.times = Fault.UNAUTHORIZED, 1
