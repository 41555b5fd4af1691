"""Calls to customers that the desktop makes."""

import contextlib
import hashlib

from desktop.backends.asterisk.model.channels import OUT
from desktop.backends.asterisk.model.contact import Contact, Line, phone_number
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.transfers import Transfers
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Channel, Direction, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import BackendError, Conflict, Rejected

_RING_SECONDS = 30


def channel_id(prefix: str, key: str) -> str:
    """The id of the channel of one intent. The server refuses a second channel of the same id while the first lives."""
    return prefix + hashlib.sha256(key.encode()).hexdigest()[:24]


class Outgoing:
    """Each call begins at the agent's own phone, which rings first."""

    def __init__(self, board: Switchboard, transfers: Transfers) -> None:
        self._board = board
        self._transfers = transfers
        board.heard.append(self._heard)

    async def dial(self, address: Address, queue: str, key: str) -> Interaction:
        """Ring the agent's phone, and the customer when that is picked up.

        Raises:
            Conflict: the agent is on another call.
            Rejected: the address is no number, or the dialplan does not know it.
        """
        board, settings = self._board, self._board.settings
        if address.kind != "phone" or address.withheld:
            raise Rejected("Only numbers can be dialled.")
        context, extension = await self._transfers.reachable(f"tel:{address.value}")
        if any(one.interaction.phase is not Phase.WRAP_UP for one in self._mine()):
            raise Conflict("You are on another call.")
        uid, at = channel_id(OUT, key), board.now()
        if uid in board.calls.contacts:
            return board.calls.contacts[uid].interaction
        interaction = Interaction(
            id=uid,
            version=0,
            channel=Channel.VOICE,
            direction=Direction.OUTBOUND,
            phase=Phase.CONNECTING,
            queue=queue,
            customer=phone_number(address.value),
            arrived_at=at,
            phase_since=at,
            agent_id=settings.interface,
            wrap_up_rule=settings.rule,
            raw_state="Originate",
        )
        contact = Contact(interaction, uid, Line(uid, uid), None)
        board.calls.dialled_out(contact)
        try:
            await self._originate(uid, extension, ("Context", context), ("Exten", extension), ("Priority", "1"))
        except BaseException:
            board.calls.not_reached(contact, board.now())
            raise
        return contact.interaction

    def _heard(self, change: Change, contact: Contact, reason: str) -> None:
        if change is Change.CLOSED and reason == "not_reached":
            self._board.spawn(self._hang_up(contact.agent.name))

    async def _hang_up(self, channel: str) -> None:
        """A dialplan that plays a tone after a failed call would keep the agent's phone busy."""
        with contextlib.suppress(BackendError):
            await self._board.act("Hangup", ("Channel", channel))

    async def _originate(self, uid: str, caller_id: str, *how: tuple[str, str]) -> None:
        await self._board.act(
            "Originate",
            ("Channel", self._board.settings.interface),
            *how,
            ("CallerID", f"<{caller_id}>"),
            ("Timeout", str(_RING_SECONDS * 1000)),
            ("Async", "true"),
            ("ChannelId", uid),
        )

    def _mine(self) -> list[Contact]:
        me = self._board.settings.interface
        return [one for one in self._board.calls.contacts.values() if one.interaction.agent_id == me]
