"""What a company directory is to the desktop."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence

from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Envelope
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import Unsupported


class PresenceSource(Backend):
    """Who works here and whether they are free, always with the time of the observation."""

    @abstractmethod
    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        """Directory entries whose name, title, team or skill contains `text`, or who have `skill`."""

    @abstractmethod
    async def snapshot(self) -> Envelope:
        """Everybody and their presence, as one `PresenceSnapshot`."""

    @abstractmethod
    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """As `ContactCenter.events`, with `PresenceChanged`, `PersonChanged` and `ChatReceived`."""

    async def watch(self, person_ids: Sequence[str]) -> None:
        """Hear whose presence is on screen from now on, each time that changes.

        A directory that must be asked for each presence asks for these people's only; one that pushes has nothing to
        do, which is the default. Returns at once: nobody waits for what comes of it.
        """

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        """Set the agent's own presence.

        Args:
            activity: words for colleagues, or nothing.
            key: idempotency key.
            in_call: whether it is because of a call, for directories that have a word of their own for that.
        """
        raise Unsupported(Sentence("port.no_presence_set"), Capability.SET_OWN)

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        """Write to a person; what they answer comes as `ChatReceived`."""
        raise Unsupported(Sentence("port.no_chat"), Capability.CHAT)
