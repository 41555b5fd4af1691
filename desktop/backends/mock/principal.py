"""Who we are at the bundled mock contact centre, and what of it we are offered: the server's word."""

from desktop.backends.wire.http import Http
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.words import Role
from desktop.ports.base import Capability
from desktop.ports.supervision import refuse

SUPERVISORS = frozenset(
    {
        Capability.SUPERVISE,
        Capability.TAKE_OVER,
        Capability.REASSIGN,
        Capability.MOVE,
        Capability.PRIORITY,
        Capability.WITHDRAW,
        Capability.ACKNOWLEDGE,
        Capability.AUDIT,
        Capability.MONITOR,
        Capability.WHISPER,
        Capability.BARGE,
        Capability.HISTORY,
        Capability.HISTORY_SEARCH,
        Capability.RECORDINGS,
        Capability.BROADCAST,
    }
)
"""What the server lets only supervisors do."""


class MockPrincipal:
    """What the parts of the mock contact centre have in common: a connection, and a principal behind its token."""

    _http: Http
    _offered: frozenset[Capability] = frozenset(Capability)  # until the server has said who we are

    async def _allowed(self, most: frozenset[Capability]) -> frozenset[Capability]:
        """What of `most` this principal may do, by the server's word on who they are."""
        role = read(Role, member(await self._http.get("/v1/me"), "role"))
        self._offered = most if role is Role.SUPERVISOR else most - SUPERVISORS
        return self._offered

    def _need(self, capability: Capability) -> None:
        """Raises Unsupported for what this principal is not offered."""
        if capability not in self._offered:
            raise refuse(capability)
