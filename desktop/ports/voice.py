"""What a softphone is to the desktop, where the contact centre does not carry the call."""

from abc import abstractmethod
from collections.abc import AsyncIterator

from desktop.domain.state.events import Envelope
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import Unsupported


def _refuse(capability: Capability) -> Unsupported:
    return Unsupported(Sentence("port.phone_lacks", capability=capability.value.replace("_", " ")))


class Voice(Backend):
    """The agent's phone. `open` registers it; `close` unregisters it and frees its ports.

    Calls are named by their SIP Call-ID, so that the contact centre and the phone mean the same one. What a method
    brought about is told by `events`; returning means that the phone did its part, not that the far side answered.

    Only what starts something new or adds to it takes an idempotency key. The others set a state: what is already so
    is done, silently, however often it is asked for. And no key could outlive the phone, which ends with the desktop
    and its calls with it.

    Every method raises NotFound for a call that has ended, and Conflict for one that is in no state for it.
    """

    @abstractmethod
    async def snapshot(self) -> Envelope:
        """Registration and calls, as one `PhoneSnapshot` numbered with the last event it includes."""

    @abstractmethod
    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """As `ContactCenter.events`, with `PhoneCallChanged` and `PhoneRegistrationChanged`."""

    @abstractmethod
    async def answer(self, call_id: str) -> None:
        """Pick up."""

    @abstractmethod
    async def reject(self, call_id: str) -> None:
        """Send away a call that rings here."""

    @abstractmethod
    async def hang_up(self, call_id: str) -> None:
        """Put down, in whatever state it is; a call that has ended already is no error."""

    async def hold(self, call_id: str, *, on: bool) -> None:
        """Hold (`on`) or resume."""
        raise _refuse(Capability.HOLD)

    async def mute(self, call_id: str, *, on: bool) -> None:
        """Let the far side hear nothing of us (`on`), or let it hear us again."""
        raise _refuse(Capability.MUTE)

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        """Send tones: 0-9, *, #, A-D. Returns when they are on their way. Raises Rejected for anything else."""
        raise _refuse(Capability.DTMF)

    async def dial(self, number: str, *, key: str) -> str:
        """Call a number or a SIP address; answers the call's id. Raises Rejected for what cannot be dialled."""
        raise _refuse(Capability.DIAL)

    async def transfer(self, call_id: str, target: str) -> None:
        """Hand the far side over without talking first: to a number, or to another call of this phone as `call:ID`.

        Returns when the far side said that it is there; our call has ended then. When it fails ours stays, and this
        raises Rejected with the far side's reason.
        """
        raise _refuse(Capability.TRANSFER)
