"""The agent's own phone: does there what the contact centre leaves to it, and tells what nobody may overlook."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeVar

from desktop.app.commands.contact_commands import SPECS, shown
from desktop.app.connections.backend_calls import CHANGE_SECONDS, BackendCalls
from desktop.app.connections.failures import one_line
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.phone import WORKING, CallEnd, CallState, PhoneCall, Registration
from desktop.domain.entities.words import Direction, Phase, Verb
from desktop.domain.select import phone_call, phone_does, phone_registered
from desktop.domain.select.centres import offered_at
from desktop.domain.state.events import Envelope, PhoneCallChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.errors import Conflict, NotFound, Unavailable, Unsupported
from desktop.ports.voice import Voice

T = TypeVar("T")

INVITE_SECONDS = 3.0
"""How long a verb waits for the phone's call: the offer and the call come by two ways, and either may be first."""
SEEN_SECONDS = 5.0
"""How long to wait until the contact centre shows what the phone did."""

_NEEDED = {
    Verb.HOLD: "hold",
    Verb.RESUME: "hold",
    Verb.MUTE: "mute",
    Verb.UNMUTE: "mute",
    Verb.DTMF: "dtmf",
}
_ONLY_WITH_CALL = (Verb.DECLINE, Verb.END)  # which the contact centre can do without the phone, too


class Phone:
    """Carries out verbs on the phone. What an interaction is then is still said by the contact centre alone."""

    def __init__(self, store: Store, backend_calls: BackendCalls, voice: Voice | None, source: str = "voice") -> None:
        self.source = source
        self._store = store
        self._backend_calls = backend_calls
        self._voice = voice
        store.taps.append(self._tap)
        store.listeners.append(self._listen)

    def carries(self, verb: Verb, interaction: Interaction) -> bool:
        """Whether the verb is the phone's to do."""
        state = self._store.state
        if self._voice is None or not phone_does(state, interaction.id, _NEEDED.get(verb, "")):
            return False
        if _NEEDED.get(verb) in offered_at(state, interaction.id):
            return False  # what the contact centre does itself it also shows; of a phone's own mute it knows nothing
        if verb in _ONLY_WITH_CALL:
            return phone_call(state, interaction) is not None
        return verb is Verb.ACCEPT or verb in _NEEDED

    async def carry_out(self, verb: Verb, interaction: Interaction, arguments: Mapping[str, str], key: str) -> Sentence:
        """Do it on the phone and wait, for a bounded time, until the contact centre shows it.

        Returns:
            What to say when the phone did it and the contact centre does not show it yet; nothing when it does.

        Raises:
            Conflict: the interaction moved on, or its call is not on the phone.
            Unavailable: the phone is not registered or not there.
            BackendError: whatever the phone raised.
        """
        digits = arguments.get("digits", "").strip()
        call = await self._call(interaction)
        await self._ask(verb, call.id, digits, key)
        if verb is Verb.DTMF:
            return NOTHING
        me = self._store.state.me

        def settled(state: AppState) -> bool | None:
            after = state.interactions.get(interaction.id)
            if SPECS[verb].seen(interaction, after, me):
                return True
            gone = after is None or after.agent_id != me or after.phase not in WORKING
            return False if gone else None

        seen = await self._until(settled, SEEN_SECONDS)
        if seen is False:
            raise Conflict(shown(self._store.state.interactions.get(interaction.id), me))
        return NOTHING if seen else Sentence("phone.not_shown_yet")

    async def answer(self, call_id: str) -> None:
        """Pick up a call that is no contact. Raises BackendError."""
        self._known(call_id)
        await self._ask(Verb.ACCEPT, call_id)

    async def hang_up(self, call_id: str) -> None:
        """Reject or end a call that is no contact. Raises BackendError."""
        ringing = self._known(call_id).state is CallState.RINGING
        await self._ask(Verb.DECLINE if ringing else Verb.END, call_id)

    def _known(self, call_id: str) -> PhoneCall:
        call = self._store.drain().phone_calls.get(call_id)
        if call is None:
            raise NotFound(Sentence("phone.has_ended"))
        return call

    async def _call(self, interaction: Interaction) -> PhoneCall:
        """The call of the interaction, waited for while it is on its way."""

        def found(state: AppState) -> PhoneCall | bool | None:
            now = state.interactions.get(interaction.id)
            if now is None or now.agent_id != state.me or now.phase not in WORKING:
                return False
            return phone_call(state, now)

        # Nothing new can reach a phone that is not registered; what is on it already goes on.
        registered = phone_registered(self._store.state)
        call = found(self._store.drain()) or await self._until(found, INVITE_SECONDS if registered else 0.0)
        if isinstance(call, PhoneCall):
            return call
        state = self._store.state
        if call is False:
            raise Conflict(shown(state.interactions.get(interaction.id), state.me))
        if not phone_registered(state):
            health = state.health.get(self.source)
            if health is not None and health.why:
                raise Unavailable(Sentence("phone.not_registered_because", why=health.why))
            raise Unavailable(Sentence("phone.not_registered"))
        on_its_way = interaction.phase is Phase.OFFERED
        raise Conflict(Sentence("phone.call_not_there_yet" if on_its_way else "phone.call_not_there"))

    async def _ask(self, verb: Verb, call_id: str, digits: str = "", key: str = "") -> None:
        voice = self._voice
        if voice is None:
            raise Unsupported(Sentence("phone.none"))
        call: Callable[[], Awaitable[None]]
        match verb:
            case Verb.ACCEPT:
                call = partial(voice.answer, call_id)
            case Verb.DECLINE:
                call = partial(voice.reject, call_id)
            case Verb.HOLD | Verb.RESUME:
                call = partial(voice.hold, call_id, on=verb is Verb.HOLD)
            case Verb.MUTE | Verb.UNMUTE:
                call = partial(voice.mute, call_id, on=verb is Verb.MUTE)
            case Verb.DTMF:
                call = partial(voice.dtmf, call_id, digits, key=key)
            case _:
                call = partial(voice.hang_up, call_id)
        await self._backend_calls.ask(call, self.source, seconds=CHANGE_SECONDS)

    async def _until(self, test: Callable[[AppState], T | None], seconds: float) -> T | None:
        """What `test` makes of the first state it has an answer for; None when there is none in time."""
        answer = test(self._store.drain())
        if answer is not None or seconds <= 0:
            return answer
        came: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def look(_: AppState, new: AppState) -> None:
            seen = test(new)
            if seen is not None and not came.done():
                came.set_result(seen)

        self._store.listeners.append(look)
        try:
            await first_of(came, self._backend_calls.timing.sleep(seconds))
        finally:
            self._store.listeners.remove(look)
        return came.result() if came.done() and not came.cancelled() else None

    # What nobody may overlook

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.phone is old.phone or new.phone is None:
            return
        was = old.phone.state if old.phone is not None else None
        now = new.phone.state
        if now is Registration.UNREGISTERED and was is not Registration.UNREGISTERED:
            why = one_line(new.phone.why, 80)
            told = Sentence("phone.unreachable_because", why=why) if why else Sentence("phone.unreachable")
            self._store.notice(told + Sentence("phone.tried_again"), "error")
        elif now is Registration.REGISTERED and was is Registration.UNREGISTERED:
            self._store.notice(Sentence("phone.registered_again"))

    def _tap(self, envelope: Envelope) -> None:
        """Say what is wrong with a call, and that one rang in vain which no contact would tell of."""
        event = envelope.event
        if not isinstance(event, PhoneCallChanged):
            return
        before = self._store.state.phone_calls.get(event.call.id)
        if event.call.state is not CallState.ENDED:
            if event.call.why and (before is None or before.why != event.call.why):
                told = Sentence("phone.says", why=one_line(event.call.why))
                self._store.notice(told + Sentence("phone.call_goes_on"), "error")
            return
        if event.call.ended not in (CallEnd.LEFT, CallEnd.NO_ANSWER):
            return
        if before is None or before.state is not CallState.RINGING or before.interaction_id:
            return
        if before.direction is Direction.INBOUND:
            who = one_line(" ".join(part for part in (before.name, before.number) if part), 80)
            self._store.notice(Sentence("phone.missed", who=who) if who else Sentence("phone.missed_withheld"))
