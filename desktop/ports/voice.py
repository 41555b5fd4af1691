"""What a softphone is to the desktop, where the contact centre does not carry the call. No bundled backend yet."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.model import Instant
from desktop.ports.base import Backend


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A call on the agent's own phone."""

    id: str
    number: str
    state: str  # ringing | active | held
    since: Instant


class Voice(Backend):
    """The agent's phone."""

    @abstractmethod
    async def calls(self) -> Sequence[PhoneCall]:
        """What is on the phone now."""

    @abstractmethod
    async def answer(self, call_id: str) -> None:
        """Pick up."""

    @abstractmethod
    async def reject(self, call_id: str) -> None:
        """Send away."""

    @abstractmethod
    async def hang_up(self, call_id: str) -> None:
        """Put down."""
