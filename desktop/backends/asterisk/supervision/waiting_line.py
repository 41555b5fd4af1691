"""Who waits in a queue, in the order in which the server will serve them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.contact import known_name, phone_number
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel, Direction, Phase
from desktop.ports.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits: what is told of them, their queue and their channel."""

    interaction: Interaction
    queue: str
    uid: str
    channel: str


class WaitingLine:
    """Asks the server each time; what it answers is what is."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    async def of(self, queue: str) -> Sequence[InLine]:
        """Everybody in a queue of the profile, next one first.

        Raises:
            NotFound: the profile does not name that queue, or the server has none of the name.
        """
        if queue not in self._board.settings.queues or queue not in self._board.floor.figures:
            raise NotFound("You look after no such queue.")
        entries = await (await self._board.link()).listing("QueueStatus", ("Queue", queue))
        waiting = [one for one in entries if one["Event"].lower() == "queueentry"]
        return [self._in_line(one) for one in sorted(waiting, key=lambda one: one.number("Position") or 0)]

    async def find(self, interaction_id: str) -> InLine:
        """One who waits, or rings at an agent's phone, by the id of either.

        Raises:
            NotFound: nobody of that id is there.
            Conflict: they wait no longer.
        """
        contact = self._board.calls.contacts.get(interaction_id)
        if contact is not None and contact.interaction.phase is not Phase.OFFERED:
            raise Conflict("They wait no longer.")
        uid = contact.caller.uid if contact is not None and contact.caller is not None else interaction_id
        entry = self._board.calls.callers.waiting.get(uid)
        if entry is not None:
            for one in await self.of(entry.queue):
                if one.uid == uid:
                    return one
        raise NotFound("They are not there any more.")

    def _in_line(self, entry: Message) -> InLine:
        board, uid, queue = self._board, entry["Uniqueid"], entry["Queue"]
        known = board.calls.callers.waiting.get(uid)
        since = known.waiting.since if known is not None else board.now() - float(entry.number("Wait") or 0)
        rings = next((one.interaction for one in board.calls.offers(uid)), None)
        interaction = Interaction(
            id=uid,
            version=0,
            channel=Channel.VOICE,
            direction=Direction.INBOUND,
            phase=Phase.QUEUED,
            queue=queue,
            customer=phone_number(entry["CallerIDNum"]),
            customer_name=known_name(entry["CallerIDName"]),
            arrived_at=since,
            phase_since=since,
            raw_state=f"position {entry['Position'][:6]}",
        )
        interaction = replace(rings or interaction, id=uid, priority=entry.number("Priority") or 0)
        return InLine(interaction, queue, uid, entry["Channel"])
