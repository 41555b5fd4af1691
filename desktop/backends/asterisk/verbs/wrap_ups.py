"""Wrap-up, which the server does not know: a pause with a reason, and a record beside it that outlives this program.

The record is a global variable of the server. It lives as long as the queues' members do (until the server restarts).
"""

import asyncio
import contextlib
import json
import logging
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from desktop.backends.asterisk.model.contact import Contact, Line
from desktop.backends.asterisk.model.members import WRAP_UP
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.sign_in import SignIn
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Availability, Channel, Direction, Outcome, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 5.0


class WrapUps:
    """Begins wrap-ups when calls end, keeps them over a restart of the desktop, and ends them."""

    def __init__(self, board: Switchboard, sign_in: SignIn) -> None:
        self._board = board
        self._sign_in = sign_in
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()  # the agent and the timer may both end one; more time may be asked for meanwhile
        self._variable = "AGENT_DESKTOP_" + re.sub(r"[^A-Za-z0-9]", "_", board.settings.interface)
        board.heard.append(self._heard)

    async def restore(self) -> None:
        """Find the wrap-up that was under way when the desktop or the connection ended."""
        board = self._board
        paused = [one for one in board.floor.mine() if one.paused and one.reason == WRAP_UP]
        running = [
            one
            for one in board.calls.contacts.values()
            if one.interaction.phase is Phase.WRAP_UP and one.interaction.agent_id == board.settings.interface
        ]
        if running and not paused:
            await self._sign_in.pause_for_wrap_up()  # the link was lost before it could be said
        for one in running:
            await self._write(one)  # nor may that have been said, or the server has forgotten it
        if running or not paused:
            return
        found = _read(await board.ask(self._variable), board)
        if found is None:
            return  # the agent is shown as not ready, and gets out of it by choosing something else
        contact, after, reason = found
        board.calls.contacts[contact.interaction.id] = contact
        board.tell(Change.WRAP_UP, contact, "restored")
        self._sign_in.wrapping_up(after, reason)
        board.tell_floor("wrap_up")
        self._set_timer(contact)

    async def finish(self, interaction_id: str, codes: Sequence[str], why: str = "") -> Interaction:
        """End the wrap-up; the agent becomes what they were before, or what they asked for since.

        Raises:
            Conflict: it is not in wrap-up.
            Rejected: a code is unknown.
        """
        async with self._turn:
            return await self._finish(interaction_id, codes, why)

    async def _finish(self, interaction_id: str, codes: Sequence[str], why: str) -> Interaction:
        board = self._board
        contact = board.contact(interaction_id)
        if contact.interaction.phase is not Phase.WRAP_UP:
            raise Conflict("The contact is not in wrap-up.")
        unknown = set(codes) - {one.id for one in board.settings.codes}
        if unknown:
            raise Rejected(f"There is no wrap-up code {sorted(unknown)[0][:40]!r}.")
        if codes and contact.caller is not None and contact.interaction.queue:
            # The server's own record of the queue, where its reports look.
            await board.act(
                "QueueLog",
                ("Queue", contact.interaction.queue),
                ("Event", "WRAPUP"),
                ("Uniqueid", contact.caller.uid),
                ("Interface", board.settings.interface),
                ("Message", "|".join(codes)),
            )
        await self._sign_in.wrapped_up()
        with contextlib.suppress(Rejected):
            await board.act("Setvar", ("Variable", self._variable), ("Value", ""))
        timer = self._timers.pop(interaction_id, None)
        if timer is not None and timer is not asyncio.current_task():
            timer.cancel()
        outcome = contact.interaction.outcome or Outcome.HANDLED
        contact.move(Phase.CLOSED, board.now(), outcome=outcome, wrap_up_deadline=None)
        board.calls.forget(contact)
        answer = board.tell(Change.CLOSED, contact, why or "wrapped_up")
        board.tell_floor("wrapped_up")
        return answer

    async def extend(self, interaction_id: str) -> Interaction:
        """Give more time, as often as the rule has it.

        Raises:
            Conflict: it is not in wrap-up, or there is no more time to be had.
        """
        async with self._turn:
            contact = self._board.contact(interaction_id)
            now = contact.interaction
            deadline, rule = now.wrap_up_deadline, now.wrap_up_rule
            if now.phase is not Phase.WRAP_UP or deadline is None or now.extensions_used >= rule.extensions:
                raise Conflict("There is no more time for this wrap-up.")
            contact.change(wrap_up_deadline=deadline + rule.extend_seconds, extensions_used=now.extensions_used + 1)
            self._set_timer(contact)
            answer = self._board.tell(Change.WRAP_UP, contact, "extended")
            await self._write(contact)
            return answer

    def _heard(self, change: Change, contact: Contact, reason: str) -> None:
        if change is Change.WRAP_UP and self._board.is_mine(contact):
            self._board.spawn(self._begin(contact))
        elif change is Change.WRAP_UP:
            # Another desktop's to end, of which only their pause tells.
            self._board.floor.finished[contact.interaction.agent_id or ""] = contact.interaction
            contact.move(Phase.CLOSED, self._board.now())
            self._board.calls.forget(contact)
            self._board.tell(Change.CLOSED, contact, reason)
        elif change is Change.CLOSED:
            self._board.tell_floor(reason)

    async def _begin(self, contact: Contact) -> None:
        board, seconds = self._board, self._board.settings.rule.seconds
        if seconds:
            ended = contact.interaction.ended_at or board.now()
            contact.change(wrap_up_deadline=ended + seconds)
        self._set_timer(contact)  # first: it ends in time whatever fails below
        try:
            await self._sign_in.pause_for_wrap_up()
        finally:
            if contact.interaction.id in board.calls.contacts:
                board.tell(Change.UPDATED, contact, "wrap_up")
                board.tell_floor("wrap_up")
        if contact.interaction.id in board.calls.contacts:
            await self._write(contact)

    def _set_timer(self, contact: Contact) -> None:
        key, deadline = contact.interaction.id, contact.interaction.wrap_up_deadline
        old = self._timers.pop(key, None)
        if old is not None:
            old.cancel()
        if deadline is not None:
            self._timers[key] = self._board.spawn(self._expire(key, deadline - self._board.now()))

    async def _expire(self, interaction_id: str, seconds: float) -> None:
        pause = max(seconds, 0.0)
        while True:
            await asyncio.sleep(pause)
            try:
                await self.finish(interaction_id, (), "timeout")
            except (NotFound, Conflict):
                return  # the agent was quicker
            except BackendError as error:
                log.warning("asterisk: a wrap-up could not be ended in time: %s", error.detail)
                pause = _AGAIN_SECONDS
            else:
                return

    async def _write(self, contact: Contact) -> None:
        now = contact.interaction
        after, reason = self._sign_in.after
        record = {
            "id": now.id,
            "caller": contact.caller.uid if contact.caller is not None else "",
            "queue": now.queue,
            "number": now.customer.value,
            "name": now.customer_name[:40],
            "direction": now.direction.value,
            "arrived": now.arrived_at,
            "answered": now.answered_at,
            "ended": now.ended_at,
            "deadline": now.wrap_up_deadline,
            "extensions": now.extensions_used,
            "outcome": now.outcome.value if now.outcome is not None else "",
            "after": after.value,
            "reason": reason,
        }
        text = urlsafe_b64encode(json.dumps(record).encode()).decode()
        await self._board.act("Setvar", ("Variable", self._variable), ("Value", text))


def _read(text: str, board: Switchboard) -> tuple[Contact, Availability, str] | None:
    """The contact of a record, and what the agent becomes after it, with the reason; None when it cannot be read."""
    try:
        record = json.loads(urlsafe_b64decode(text.encode())) if text else None
        if record is None:
            return None
        interaction = Interaction(
            id=str(record["id"]),
            version=0,
            channel=Channel.VOICE,
            direction=Direction(record["direction"]),
            phase=Phase.WRAP_UP,
            queue=str(record["queue"]),
            customer=Address("phone", str(record["number"]), withheld=not record["number"]),
            customer_name=str(record["name"]),
            arrived_at=float(record["arrived"]),
            phase_since=float(record["ended"]),
            agent_id=board.settings.interface,
            answered_at=None if record["answered"] is None else float(record["answered"]),
            ended_at=float(record["ended"]),
            wrap_up_deadline=None if record["deadline"] is None else float(record["deadline"]),
            wrap_up_rule=board.settings.rule,
            extensions_used=int(record["extensions"]),
            customer_connected=False,
            outcome=Outcome(record["outcome"]) if record["outcome"] else None,
            raw_state="wrap-up",
        )
        contact = Contact(interaction, "", Line("", ""), Line(str(record["caller"]), ""))
        after, reason = Availability(record["after"]), str(record["reason"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        log.warning("asterisk: the record of a wrap-up cannot be read")
        return None
    return contact, after, reason
