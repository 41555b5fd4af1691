"""The contact-centre adapter for Asterisk's queues.

The agent's phone carries the calls: it answers and holds, and the server tells us that it did. Everything else goes
over the manager interface, with a user that may read `call,agent` and write `call,agent,originate`; planned callbacks
need `system` besides, because the server's database is behind it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import ClassVar, Self

from desktop.backends.asterisk.model.channels import HELD, MUTED
from desktop.backends.asterisk.model.contact import Contact
from desktop.backends.asterisk.rights import ALL, offered
from desktop.backends.asterisk.settings import OPTIONS, settings
from desktop.backends.asterisk.supervision.supervision import AsteriskSupervision
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.callbacks import Callbacks
from desktop.backends.asterisk.verbs.outgoing import Outgoing
from desktop.backends.asterisk.verbs.recorder import Recorder
from desktop.backends.asterisk.verbs.sign_in import SignIn
from desktop.backends.asterisk.verbs.transfers import Transfers
from desktop.backends.asterisk.verbs.wrap_ups import WrapUps
from desktop.backends.wire.once import Once
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, WrapUpCode
from desktop.domain.entities.words import Availability, OfferEnd, Phase
from desktop.domain.state.events import Change, Envelope
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unsupported

_TONES = re.compile(r"[0-9A-D*#]{1,32}")
_TONE_SECONDS = 0.1
_CALL_REJECTED = "21"


class AsteriskContactCenter(AsteriskSupervision, ContactCenter):
    """One agent at one Asterisk."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="asterisk",
        api=API,
        title="Asterisk queues (AMI)",
        capabilities=ALL,
        options=OPTIONS,
    )

    def __init__(self, board: Switchboard) -> None:
        """Talks by `board`, which it closes."""
        self._transfers = Transfers(board)
        super().__init__(board, Once(), self._transfers)
        self._sign_in = SignIn(board)
        self._wrap_ups = WrapUps(board, self._sign_in)
        self._outgoing = Outgoing(board, self._transfers)
        self._callbacks = Callbacks(board, self._transfers)
        self._recorder = Recorder(board)
        self._calling_back: asyncio.Task[None] | None = None
        self._offered = self.manifest.capabilities
        board.restored = self._wrap_ups.restore
        board.heard.append(self._heard)

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(Switchboard(settings(options), Kind.CONTACT_CENTER.value))

    async def open(self) -> frozenset[Capability]:
        await self._board.link()
        self._offered = offered(self._board.actions, self._board.settings)
        if Capability.CALLBACK in self._offered and self._calling_back is None:
            self._calling_back = self._board.spawn(self._callbacks.run())
        return self._offered

    async def close(self) -> None:
        await self._board.close()

    async def snapshot(self) -> Envelope:
        return await self._board.snapshot()

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return self._board.events(after)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        return await self._once.do(key, lambda: self._sign_in.choose(availability, reason, after_current=after_current))

    async def cancel_next(self, *, key: str) -> Agent:
        return await self._sign_in.cancel_next()

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        contact = await self._mine(interaction_id)
        if contact.interaction.phase in (Phase.CONNECTING, Phase.ACTIVE):
            return contact.interaction
        if contact.interaction.phase is not Phase.OFFERED:
            raise Conflict("The call is not ringing any more.")
        raise Rejected("Answer at your phone.")

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._mine(interaction_id)
            if contact.interaction.phase is not Phase.OFFERED:
                raise Conflict("The call is not ringing any more.")
            contact.ending = OfferEnd.DECLINED
            try:
                await self._board.act("Hangup", ("Channel", contact.agent.name), ("Cause", _CALL_REJECTED))
            except NotFound as error:
                raise Conflict("The call is not ringing any more.", error.detail) from error
            except OutcomeUnknown:
                raise
            except BackendError:
                contact.ending = None  # it rings on, and may end in another way
                raise
            await self._board.until(lambda: contact.interaction.phase is not Phase.OFFERED, "declined")
            return contact.interaction

        return await self._once.do(key, work)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._mine(interaction_id)
            if contact.interaction.phase not in (Phase.ACTIVE, Phase.CONNECTING):
                raise Conflict("The call is over.")
            others = contact.leg() is not None
            if others:  # the agent's hanging up alone would join the customer to whom they were talking about
                await self._transfers.end_others(contact)
            await self._hang_up(contact.agent.name)
            await self._board.until(
                lambda: contact.interaction.phase in (Phase.WRAP_UP, Phase.CLOSED, Phase.QUEUED), "ended"
            )
            if others:
                await self._transfers.end_all(contact)
            return contact.interaction

        return await self._once.do(key, work)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        raise Unsupported("A call carries no text.")

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            await self._board.link()
            return await self._wrap_ups.finish(interaction_id, codes)

        return await self._once.do(key, work)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return self._board.settings.codes

    async def extend_wrap_up(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            await self._board.link()
            return await self._wrap_ups.extend(interaction_id)

        return await self._once.do(key, work)

    async def mute(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            channel = ("Channel", contact.agent.name)
            state = "on" if on else "off"
            # The function needs no more rights than the call itself; the action of that name wants `system`.
            await self._board.act("Setvar", channel, ("Variable", "MUTEAUDIO(in)"), ("Value", state))
            if contact.interaction.muted is not on:
                contact.change(muted=on)
                self._board.tell(Change.UPDATED, contact, "muted" if on else "unmuted")
            await self._remember(contact, MUTED, on)
            return contact.interaction

        return await self._once.do(key, work)

    async def dtmf(self, interaction_id: str, digits: str, *, key: str) -> Interaction:
        self._need(Capability.DTMF)
        if not _TONES.fullmatch(digits):
            raise Rejected("Tones are 0-9, *, #, A-D, at most 32 at once.")

        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            channel = self._hears(contact)
            for position, digit in enumerate(digits):
                if position:
                    await asyncio.sleep(_TONE_SECONDS)
                await self._board.act("PlayDTMF", ("Channel", channel), ("Digit", digit), ("Duration", "100"))
            return contact.interaction

        return await self._once.do(key, work)

    async def pause_recording(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        self._need(Capability.PAUSE_RECORDING)

        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            await self._recorder.pause(contact, on=on)
            return contact.interaction

        return await self._once.do(key, work)

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        self._need(Capability.CONSULT)
        return await self._with_party(key, interaction_id, lambda: self._transfers.consult(interaction_id, target, key))

    async def cancel_leg(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        self._need(Capability.CONSULT)
        return await self._with_party(key, interaction_id, lambda: self._transfers.cancel(interaction_id, leg_id))

    async def swap(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        self._need(Capability.SWAP)
        return await self._with_party(key, interaction_id, lambda: self._transfers.swap(interaction_id, leg_id))

    async def complete_transfer(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        self._need(Capability.WARM_TRANSFER)
        return await self._with_party(key, interaction_id, lambda: self._transfers.complete(interaction_id, leg_id))

    async def conference(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        self._need(Capability.CONFERENCE)
        return await self._with_party(key, interaction_id, lambda: self._transfers.conference(interaction_id, leg_id))

    async def blind_transfer(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        self._need(Capability.BLIND_TRANSFER)
        return await self._with_party(key, interaction_id, lambda: self._transfers.blind(interaction_id, target, key))

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        self._need(Capability.CALLBACK)
        return await self._once.do(key, lambda: self._callbacks.plan(queue, address, at, note, key))

    async def dial(self, address: Address, *, queue: str, key: str) -> Interaction:
        self._need(Capability.DIAL)

        async def work() -> Interaction:
            await self._board.link()
            return await self._outgoing.dial(address, queue, key)

        return await self._once.do(key, work)

    def _need(self, capability: Capability) -> None:
        if capability not in self._offered:
            raise Unsupported(f"This telephone system does not offer {capability.value.replace('_', ' ')} to you.")

    async def _mine(self, interaction_id: str) -> Contact:
        await self._board.link()
        contact = self._board.contact(interaction_id)
        if not self._board.is_mine(contact):
            raise Conflict("That call is another agent's.")
        return contact

    async def _active(self, interaction_id: str) -> Contact:
        contact = await self._mine(interaction_id)
        if contact.interaction.phase is not Phase.ACTIVE:
            raise Conflict("The call is not connected.")
        return contact

    async def _with_party(
        self, key: str, interaction_id: str, work: Callable[[], Awaitable[Interaction]]
    ) -> Interaction:
        async def checked() -> Interaction:
            await self._mine(interaction_id)
            return await work()

        return await self._once.do(key, checked)

    def _hears(self, contact: Contact) -> str:
        """The channel of whom the agent talks to: the expert while the customer waits."""
        leg, branch = contact.leg(), contact.branch
        if leg is not None and branch is not None and contact.interaction.held:
            return branch.channel()
        if contact.caller is None:
            raise Conflict("Nobody is on the line.")
        return contact.caller.name

    async def _hang_up(self, channel: str) -> None:
        try:
            await self._board.act("Hangup", ("Channel", channel))
        except NotFound:
            return  # gone by itself, which is what was wanted

    def _heard(self, change: Change, contact: Contact, reason: str) -> None:
        told_hold = change is Change.UPDATED and reason in {"held", "resumed"} and contact.leg() is None
        if told_hold and self._board.is_mine(contact):
            self._board.spawn(self._remember(contact, HELD, reason == "held"))

    async def _remember(self, contact: Contact, variable: str, on: bool) -> None:
        """Write on the channel what no list of channels tells, for whoever reads it after a restart."""
        try:
            await self._board.act(
                "Setvar", ("Channel", contact.agent.name), ("Variable", variable), ("Value", "1" if on else "0")
            )
        except BackendError:
            return  # the call is over
