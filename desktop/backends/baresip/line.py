"""One call on the phone: what the library tells of it, in the desktop's words."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.backends.baresip.address import name_of, number_of
from desktop.backends.baresip.failures import as_ours
from desktop.domain.entities.phone import CallEnd, CallState, PhoneCall
from desktop.domain.entities.words import Direction
from desktop.ports.errors import Conflict

if TYPE_CHECKING:
    from baresip import Call, StackEvent

_STATUS = re.compile(r"\s*([3-6]\d\d)\b")
_BY_STATUS: Mapping[int, CallEnd] = {
    486: CallEnd.BUSY,
    600: CallEnd.BUSY,
    603: CallEnd.DECLINED,
    403: CallEnd.DECLINED,
    408: CallEnd.NO_ANSWER,
    480: CallEnd.NO_ANSWER,
    487: CallEnd.LEFT,
}
_REFRESH_TRIES, _REFRESH_PAUSE = 20, 0.1
_TURNS = frozenset({"CALL_ESTABLISHED", "CALL_CLOSED"})


class Line:
    """A call of the library and the record the desktop sees of it.

    `leaving` is how it will have ended by our own doing, once we asked for that.
    """

    def __init__(
        self,
        call: "Call",
        call_id: str,
        *,
        direction: Direction,
        mutes: bool,
        changed: Callable[["Line"], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`changed` hears of each new record; `mutes`: whether this phone can mute."""
        self.call = call
        self.leaving: CallEnd | None = None
        self._troubles: set[str] = set()
        self._changed = changed
        self._clock = clock
        self.record = PhoneCall(
            call_id,
            number_of(call.peer or ""),
            CallState.RINGING if direction is Direction.INBOUND else CallState.DIALING,
            clock(),
            direction,
            name_of(call.headers.get("From", "")) if direction is Direction.INBOUND else "",
            muted=False if mutes else None,
        )
        call.on(self.hear)

    @property
    def talking(self) -> bool:
        """Whether we and the far side hear each other."""
        return self.record.state is CallState.ACTIVE

    def call_it(self, call_id: str) -> None:
        """Give it the id it goes by."""
        self.record = replace(self.record, id=call_id)

    async def hold(self, on: bool) -> None:
        """Hold or resume, waiting a moment while another negotiation of the same call is under way."""
        for attempt in range(_REFRESH_TRIES):
            try:
                await as_ours(self.call.hold() if on else self.call.resume())
            except Conflict:
                if attempt + 1 == _REFRESH_TRIES or self.record.state is CallState.ENDED:
                    raise
                await asyncio.sleep(_REFRESH_PAUSE)
            else:
                self._become(CallState.HELD if on else CallState.ACTIVE)
                return

    def trouble(self, why: str) -> None:
        """Something is wrong with a call that goes on."""
        if self.record.state is not CallState.ENDED and why not in self._troubles:
            self._troubles.add(why)
            self.record = replace(self.record, why=why)
            self._changed(self)

    def mute(self, on: bool) -> None:
        """We are heard no more, or again."""
        if self.record.muted is not on:
            self.record = replace(self.record, muted=on)
            self._changed(self)

    def hear(self, event: "StackEvent") -> None:
        """Take in what the stack says of this call; nothing that was taken in already changes anything."""
        name = event.event.name
        if name == "CALL_ESTABLISHED":
            self._become(CallState.ACTIVE)
        elif name == "CALL_CLOSED" and self.record.state is not CallState.ENDED:
            text = " ".join((event.text or "").split())[:200]
            end = self._end(text)
            self.record = replace(
                self.record, state=CallState.ENDED, since=self._clock(), ended=end, why="" if self.leaving else text
            )
            self._changed(self)

    def _become(self, state: CallState) -> None:
        if self.record.state not in (state, CallState.ENDED):
            self.record = replace(self.record, state=state, since=self._clock())
            self._changed(self)

    def _end(self, text: str) -> CallEnd:
        if self.leaving is not None:
            return self.leaving
        if "rtp" in text.lower() or "timed out" in text.lower():
            return CallEnd.LOST if self.record.state is not CallState.DIALING else CallEnd.NO_ANSWER
        status = _STATUS.match(text)
        if self.record.state is CallState.DIALING:
            return _BY_STATUS.get(int(status[1]), CallEnd.FAILED) if status else CallEnd.FAILED
        return CallEnd.LEFT


class EarlyTurns:
    """What the stack says while a call is dialled, which hears of itself only when the library has handed it out."""

    def __init__(self) -> None:
        self._dialling = 0
        self._newest: dict[int, StackEvent] = {}  # by the call's handle

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is said within the block."""
        self._dialling += 1
        try:
            yield
        finally:
            self._dialling -= 1
            if not self._dialling:
                self._newest.clear()  # the stack gives handles anew

    def hear(self, event: "StackEvent") -> None:
        """The stack says something of any call."""
        if self._dialling and event.event.name in _TURNS:
            self._newest[event.call] = event

    def tell(self, line: Line) -> None:
        """Say to a call what was said of it."""
        early = self._newest.get(line.call.handle)
        if early is not None:
            line.hear(early)
