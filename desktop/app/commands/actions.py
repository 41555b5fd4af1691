"""Everything the agent can do now: with a deadline, once, and in words when it fails. Nothing here is ever queued."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from desktop.app.commands.action_result import CONTACT_CENTER, IGNORED, UNDECIDED, ActionResult, absent, failed
from desktop.app.commands.call_control import NOT_DONE, NOT_KNOWN, REPEATABLE, call_for, shown, took_effect
from desktop.app.commands.colleague_chat import ColleagueChat
from desktop.app.commands.fresh_snapshot import LOOK_SECONDS, TELL_LOSER_SECONDS, FreshSnapshot
from desktop.app.commands.intents import Intents
from desktop.app.commands.own_state import OwnState
from desktop.app.commands.pending_verbs import PendingVerbs
from desktop.app.commands.phone import Phone
from desktop.app.connections.backend_calls import CHANGE_SECONDS, BackendCalls
from desktop.app.connections.failures import explain, note_safety
from desktop.app.store import Store
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, ContactEnd, Phase, Verb
from desktop.domain.select import call_capabilities, call_way
from desktop.domain.state.available_verbs import verbs
from desktop.domain.state.events import Change, InteractionChanged
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, ProtocolError, Unsupported
from desktop.ports.presence import PresenceSource

log = logging.getLogger(__name__)

_HAVE_STATES = (  # what is so is done
    *(Verb.ACCEPT, Verb.END, Verb.HOLD, Verb.RESUME, Verb.MUTE, Verb.UNMUTE),
    *(Verb.PAUSE_RECORDING, Verb.RESUME_RECORDING),
)
_CONTACT_LEAVES = (Verb.END, Verb.WRAP_UP, Verb.COMPLETE_TRANSFER, Verb.BLIND_TRANSFER)


class Actions:
    """What the agent asks of the contact centre and of colleagues."""

    def __init__(
        self,
        store: Store,
        asking: BackendCalls,
        contact_center: ContactCenter | None,
        directories: Mapping[str, PresenceSource],
        refresh: Callable[[], Awaitable[None]],
        phone: Phone | None = None,
    ) -> None:
        """`refresh` puts a fresh snapshot of the contact centre into the store; `phone` does what that leaves to it."""
        self.asked: list[Callable[[str, str], None]] = []  # (person id, interaction id or "") after an expert was asked
        self._store = store
        self._backend_calls = asking
        self._contact_center = contact_center
        self._phone = phone
        self._intents = Intents()
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._glance = FreshSnapshot(store, asking, refresh)
        self._pending = PendingVerbs(store)
        self.own_state = OwnState(store, asking, contact_center, self._glance, self._pending, self._intents)
        self._chat = ColleagueChat(store, asking, directories, self._intents, self._tell_written_to)

    async def do(self, verb: Verb, interaction_id: str, **arguments: str) -> ActionResult:
        """Carry out a verb.

        Args:
            arguments: `leg_id` for leg verbs (the open leg when left out), `target` for consult and blind_transfer,
                `digits` for dtmf, `text` for send_message, `reason` for decline; for callback `at` (seconds since
                the epoch), and `to`, `queue`, `note` where they differ from the interaction's.
        """
        interaction = self._store.drain().interactions.get(interaction_id)
        if interaction is None:
            return self._failed(verb, interaction_id, NotFound("It has left this desk."))
        if self._contact_center is None:
            return self._failed(verb, interaction_id, absent(self._backend_calls))
        asked = arguments.get("target", "")
        if asked:
            arguments["target"] = call_way(self._store.state, asked)
        words = tuple(sorted(arguments.items()))
        slot: Hashable = (interaction_id, verb, words if verb in REPEATABLE else ())
        if verb is not Verb.DTMF and not self._intents.begin(slot):
            return IGNORED  # the same tone twice is meant, the same anything else is a double press
        try:
            state = self._store.state
            if verb not in verbs(interaction, call_capabilities(state), state.me):
                if verb in _HAVE_STATES and took_effect(verb, interaction, interaction, state.me):
                    return IGNORED  # pressed again before the screen showed that it is done
                return self._failed(verb, interaction_id, Conflict(shown(interaction, state.me)))
            version = 0 if verb is Verb.SEND_MESSAGE else interaction.version
            intent: Hashable = (interaction_id, verb, words, version) if verb is not Verb.DTMF else object()
            try:
                work = self._work(verb, interaction, arguments, intent)
            except BackendError as error:
                return self._failed(verb, interaction_id, error)
            if verb in REPEATABLE:
                async with self._order.setdefault(interaction_id, asyncio.Lock()):
                    result = await work()
            else:
                result = await work()
        finally:
            self._intents.end(slot)
        if result.ok and verb is Verb.CONSULT:
            self._tell_asked(asked, interaction_id)
        return result

    async def carry_out(
        self, verb: Verb, interaction: Interaction, call: Callable[[], Awaitable[object]], intent: Hashable
    ) -> ActionResult:
        """Send one call about an interaction, show it as pending meanwhile, and say what became of it."""
        self._pending.mark(interaction.id, verb.value, 1)
        try:
            answer = await self._backend_calls.ask(call, CONTACT_CENTER, seconds=CHANGE_SECONDS)
            if isinstance(answer, Interaction):
                self._take_interaction(verb, interaction, answer)
            elif verb is not Verb.CALLBACK:
                raise ProtocolError("The answer is not about the contact.", type(answer).__name__)
        except OutcomeUnknown as error:
            return await self._look(verb, interaction, error)
        except BackendError as error:
            if not isinstance(error, UNDECIDED):
                self._intents.answered(intent)
            if isinstance(error, Conflict | NotFound):
                await self._glance.see(TELL_LOSER_SECONDS)
            log.info("%s of %s: %s: %s", verb, interaction.id, type(error).__name__, error.detail)
            return self._failed(verb, interaction.id, error)
        finally:
            self._pending.mark(interaction.id, verb.value, -1)
        self._intents.answered(intent)
        return ActionResult(True)

    def _work(
        self, verb: Verb, interaction: Interaction, arguments: Mapping[str, str], intent: Hashable
    ) -> Callable[[], Coroutine[Any, Any, ActionResult]]:
        """The verb at whoever does it: the contact centre, or the phone for it. Raises BackendError."""
        if self._contact_center is None:
            raise Unsupported("This profile names none.")
        key = self._intents.key(intent)
        phone = self._phone
        if phone is not None and phone.carries(verb, interaction):
            return lambda: self._on_phone(phone, verb, interaction, arguments, intent)
        call = call_for(self._contact_center, verb, interaction, arguments, key)
        return lambda: self.carry_out(verb, interaction, call, intent)

    async def _on_phone(
        self, phone: Phone, verb: Verb, interaction: Interaction, arguments: Mapping[str, str], intent: Hashable
    ) -> ActionResult:
        self._pending.mark(interaction.id, verb.value, 1)
        try:
            text = await phone.carry_out(verb, interaction, arguments, self._intents.key(intent))
        except BackendError as error:
            if isinstance(error, Conflict | NotFound):
                await self._glance.see(TELL_LOSER_SECONDS)
            log.info("%s of %s on the phone: %s: %s", verb, interaction.id, type(error).__name__, error.detail)
            return self._failed(verb, interaction.id, error, phone.source)
        finally:
            self._pending.mark(interaction.id, verb.value, -1)
            self._intents.answered(intent)
        return ActionResult(True, text)

    async def answer_call(self, call_id: str) -> ActionResult:
        """Pick up a call on the phone that is no contact."""
        return await self._phone_only(call_id, "answer", "The call was not answered.")

    async def hang_up_call(self, call_id: str) -> ActionResult:
        """Reject or end a call on the phone that is no contact."""
        return await self._phone_only(call_id, "hang up", "The call was not ended.")

    async def _phone_only(self, call_id: str, what: str, not_done: str) -> ActionResult:
        phone = self._phone
        if phone is None:
            return failed(Unsupported("This profile names none."), not_done, "voice")
        slot = ("phone", call_id, what)
        if not self._intents.begin(slot):
            return IGNORED
        try:
            await (phone.answer(call_id) if what == "answer" else phone.hang_up(call_id))
        except BackendError as error:
            return failed(error, not_done, phone.source)
        finally:
            self._intents.end(slot)
        return ActionResult(True)

    async def close_contact(self, interaction: Interaction, *, codes: Sequence[str], note_given: bool) -> ActionResult:
        """Finish the wrap-up at the contact centre; the note must be safe before."""
        contact_center = self._contact_center
        if contact_center is None:
            return self._failed(Verb.WRAP_UP, interaction.id, absent(self._backend_calls))
        intent = (interaction.id, Verb.WRAP_UP, tuple(codes), note_given)
        key = self._intents.key(intent)
        return await self.carry_out(
            Verb.WRAP_UP,
            interaction,
            lambda: contact_center.wrap_up(interaction.id, codes=tuple(codes), note_given=note_given, key=key),
            intent,
        )

    async def set_availability(
        self, availability: Availability, *, reason: str = "", after_current: bool = False
    ) -> ActionResult:
        """Ask for an availability. Of several presses in a row the newest wins, whatever became of the older ones."""
        return await self.own_state.set_availability(availability, reason=reason, after_current=after_current)

    async def cancel_next(self) -> ActionResult:
        """Forget the availability asked for after the current contact."""
        return await self.own_state.cancel_next()

    async def chat(self, person_id: str, text: str) -> ActionResult:
        """Write to a colleague, through the first directory that knows them and can."""
        return await self._chat.write(person_id, text)

    def _failed(
        self, verb: Verb, interaction_id: str, error: BackendError, source: str = CONTACT_CENTER
    ) -> ActionResult:
        return failed(error, NOT_DONE[verb], source, safe=self._safety(verb, interaction_id, error))

    def _safety(self, verb: Verb, interaction_id: str, error: BackendError) -> str:
        """Of the note, where the contact goes, or has gone."""
        leaves = verb in _CONTACT_LEAVES or isinstance(error, NotFound)
        return note_safety(self._store.state, interaction_id) if leaves else ""

    async def _look(self, verb: Verb, before: Interaction, error: OutcomeUnknown) -> ActionResult:
        """Nobody knows what became of it: look, and say what is there."""
        unknown = NOT_KNOWN.get(verb, f"It is not known whether it was done: {verb.value.replace('_', ' ')}.")
        if not await self._glance.see(LOOK_SECONDS):
            failure = explain(error, unknown, source=CONTACT_CENTER, safe=self._safety(verb, before.id, error))
            return ActionResult(False, failure.text, OutcomeUnknown.__name__)
        state = self._store.drain()
        after = state.interactions.get(before.id)
        seen = shown(after, state.me)
        done = took_effect(verb, before, after, state.me)
        if done:
            return ActionResult(True, f"The contact centre answered late, but it was done. {seen}")
        first = NOT_DONE[verb] if done is False else unknown
        press = "Press again if you still want it." if done is False else "Look before you press again."
        return ActionResult(
            False, f"{first} The contact centre did not answer in time. {seen} {press}", OutcomeUnknown.__name__
        )

    def _take_interaction(self, verb: Verb, asked: Interaction, answer: Interaction) -> None:
        if answer.id != asked.id:
            raise ProtocolError("The answer is about another contact.")
        ended = verb is Verb.END and answer.phase is Phase.WRAP_UP  # the event that says so may come later, as no news
        change, reason = (Change.WRAP_UP, ContactEnd.AGENT_ENDED.value) if ended else (Change.UPDATED, "")
        self._store.publish(InteractionChanged(change, answer, reason), CONTACT_CENTER)

    def _tell_written_to(self, person_id: str) -> None:
        self._tell_asked(f"person:{person_id}", "")

    def _tell_asked(self, target: str, interaction_id: str) -> None:
        kind, _, person_id = target.partition(":")
        if kind == "person" and person_id:
            for listener in tuple(self.asked):
                listener(person_id, interaction_id)
