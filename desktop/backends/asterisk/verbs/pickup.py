"""Picking up a caller to another phone: out of the line, or from the agent they talk to.

The phone rings first, and only when it is picked up does the server join the caller to it. So whoever is fetched and
not picked up for stays where they are, and nobody is lost.
"""

from desktop.backends.asterisk.model.contact import FETCH
from desktop.backends.asterisk.settings import interface_name
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.outgoing import channel_id
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.ports.errors import Conflict, Rejected

_RING_SECONDS = 30
_IN_HAND = (Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE)


class Pickup:
    """Take over and reassign."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    async def to_me(self, uid: str, channel: str, key: str) -> Interaction:
        """Ring our own phone for a caller.

        Raises:
            Conflict: we are on another call.
        """
        board, me = self._board, self._board.settings.interface
        fetch = channel_id(f"{FETCH}{uid}~", key)
        known = board.calls.contacts.get(fetch)
        if known is not None:
            return known.interaction
        self._must_be_free(me, "You are on another call.")
        contact = board.calls.fetching(fetch, me, board.now())
        board.calls.fetches(contact)
        try:
            await self._originate(fetch, me, channel, contact.interaction)
        except BaseException:
            board.calls.not_reached(contact, board.now())
            raise
        return contact.interaction

    async def to_agent(self, uid: str, channel: str, agent_id: str, key: str) -> None:
        """Ring an agent's phone for a caller.

        Raises:
            Conflict: the agent is on another call.
        """
        self._must_be_free(agent_id, "That agent is on another call.")
        fetch = channel_id(f"{FETCH}{uid}~", key)
        about = self._board.calls.fetching(fetch, agent_id, self._board.now()).interaction
        await self._originate(fetch, agent_id, channel, about)

    def _must_be_free(self, interface: str, words: str) -> None:
        contacts = self._board.calls.contacts.values()
        if any(one.interaction.agent_id == interface and one.interaction.phase in _IN_HAND for one in contacts):
            raise Conflict(words)

    async def _originate(self, fetch: str, interface: str, channel: str, about: Interaction) -> None:
        if set(channel) & {",", "|", "&"}:
            raise Rejected("That caller's line cannot be named to the telephone system.")
        number = about.customer.value if about.customer.value.lstrip("+").isdigit() else ""
        await self._board.act(
            "Originate",
            ("Channel", interface_name(interface)),
            ("Application", "Bridge"),
            ("Data", f"{channel},x"),  # x: when the one who fetched hangs up the caller goes too
            ("CallerID", f"<{number or 'Fetched'}>"),
            ("Timeout", str(_RING_SECONDS * 1000)),
            ("Async", "true"),
            ("ChannelId", fetch),
        )
