"""Everything the agent can do now: with a deadline, once, and in words when it fails. Nothing here is ever queued."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from desktop.app.asking import CHANGE_SECONDS, Asking
from desktop.app.call_control import NOT_DONE, NOT_KNOWN, REPEATABLE, call_for, shown, took_effect
from desktop.app.failures import error_class, explain
from desktop.app.intents import Intents
from desktop.app.phone import Phone
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.events import AgentChanged, Change, ChatReceived, InteractionChanged, PendingChanged
from desktop.domain.lifecycle import verbs
from desktop.domain.model import Agent, Interaction
from desktop.domain.person import ChatLine
from desktop.domain.select import call_capabilities, call_way, chat_way
from desktop.domain.words import Availability, Verb
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import (
    BackendError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Unavailable,
    Unsupported,
)
from desktop.ports.presence import PresenceSource

T = TypeVar("T")
log = logging.getLogger(__name__)

CONTACT_CENTER = "contact_center"
PRESENCE = "presence"
LOOK_SECONDS = 5.0
TELL_LOSER_SECONDS = 0.8
_UNDECIDED = (OutcomeUnknown, Unavailable, RateLimited)  # the same press again must carry the same key
_HAVE_STATES = (Verb.ACCEPT, Verb.END, Verb.HOLD, Verb.RESUME, Verb.MUTE, Verb.UNMUTE)  # what is so is done


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What became of a press. `error` is the class of what went wrong, "" when ok; "ignored" for a double press."""

    ok: bool
    text: str = ""
    error: str = ""


IGNORED = ActionResult(False, "", "ignored")


class Actions:
    """What the agent asks of the contact centre and of colleagues."""

    def __init__(
        self,
        store: Store,
        asking: Asking,
        contact_center: ContactCenter | None,
        directories: Mapping[str, PresenceSource],
        refresh: Callable[[], Awaitable[None]],
        phone: Phone | None = None,
    ) -> None:
        """`refresh` puts a fresh snapshot of the contact centre into the store; `phone` does what that leaves to it."""
        self.must_prove = False  # the machine slept: what we believe of our own state is old
        self.asked: list[Callable[[str, str], None]] = []  # (person id, interaction id or "") after an expert was asked
        self._store = store
        self._asking = asking
        self._contact_center = contact_center
        self._directories = directories
        self._refresh = refresh
        self._phone = phone
        self._intents = Intents()
        self._pending: dict[str, Counter[str]] = {}
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._agent_lock = asyncio.Lock()
        self._newest_choice: tuple[object, ...] | None = None
        self._choices = 0
        self._looks: set[asyncio.Future[None]] = set()

    async def do(self, verb: Verb, interaction_id: str, **arguments: str) -> ActionResult:
        """Carry out a verb.

        Args:
            arguments: `leg_id` for leg verbs (the open leg when left out), `target` for consult and blind_transfer,
                `digits` for dtmf, `text` for send_message, `reason` for decline; for callback `at` (seconds since
                the epoch), and `to`, `queue`, `note` where they differ from the interaction's.
        """
        interaction = self._store.drain().interactions.get(interaction_id)
        if interaction is None:
            return _failed(NotFound("It has left this desk."), NOT_DONE[verb])
        if self._contact_center is None:
            return _failed(self._absent(), NOT_DONE[verb])
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
                return _failed(Conflict(shown(interaction, state.me)), NOT_DONE[verb])
            version = 0 if verb is Verb.SEND_MESSAGE else interaction.version
            intent: Hashable = (interaction_id, verb, words, version) if verb is not Verb.DTMF else object()
            try:
                work = self._work(verb, interaction, arguments, intent)
            except BackendError as error:
                return _failed(error, NOT_DONE[verb])
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
        self._mark(interaction.id, verb.value, 1)
        try:
            answer = await self._asking.ask(call, CONTACT_CENTER, seconds=CHANGE_SECONDS)
            if isinstance(answer, Interaction):
                self._take_interaction(interaction, answer)
            elif verb is not Verb.CALLBACK:
                raise ProtocolError("The answer is not about the contact.", type(answer).__name__)
        except OutcomeUnknown as error:
            return await self._look(verb, interaction, error)
        except BackendError as error:
            if not isinstance(error, _UNDECIDED):
                self._intents.answered(intent)
            if isinstance(error, Conflict | NotFound):
                await self._see(TELL_LOSER_SECONDS)
            log.info("%s of %s: %s: %s", verb, interaction.id, type(error).__name__, error.detail)
            return _failed(error, NOT_DONE[verb])
        finally:
            self._mark(interaction.id, verb.value, -1)
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
        self._mark(interaction.id, verb.value, 1)
        try:
            text = await phone.carry_out(verb, interaction, arguments, self._intents.key(intent))
        except BackendError as error:
            if isinstance(error, Conflict | NotFound):
                await self._see(TELL_LOSER_SECONDS)
            log.info("%s of %s on the phone: %s: %s", verb, interaction.id, type(error).__name__, error.detail)
            return _failed(error, NOT_DONE[verb], phone.source)
        finally:
            self._mark(interaction.id, verb.value, -1)
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
            return _failed(Unsupported("This profile names none."), not_done, "voice")
        slot = ("phone", call_id, what)
        if not self._intents.begin(slot):
            return IGNORED
        try:
            await (phone.answer(call_id) if what == "answer" else phone.hang_up(call_id))
        except BackendError as error:
            return _failed(error, not_done, phone.source)
        finally:
            self._intents.end(slot)
        return ActionResult(True)

    async def close_contact(self, interaction: Interaction, *, codes: Sequence[str], note_given: bool) -> ActionResult:
        """Finish the wrap-up at the contact centre; the note must be safe before."""
        contact_center = self._contact_center
        if contact_center is None:
            return _failed(self._absent(), NOT_DONE[Verb.WRAP_UP])
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
        choice = (availability, reason, after_current)
        contact_center = self._contact_center
        if contact_center is None:
            return _failed(self._absent(), "Your availability was not changed.")
        if availability is Availability.AVAILABLE and self.must_prove:
            try:
                await self._asking.ask(self._refresh, CONTACT_CENTER, seconds=LOOK_SECONDS, changing=False)
            except BackendError as error:
                return _failed(error, "You were not made available: this machine slept, and nothing is known since.")
            self.must_prove = False
        return await self._choose(
            choice,
            lambda key: contact_center.set_availability(
                availability, reason=reason, after_current=after_current, key=key
            ),
            "Your availability was not changed.",
        )

    async def cancel_next(self) -> ActionResult:
        """Forget the availability asked for after the current contact."""
        contact_center = self._contact_center
        if contact_center is None:
            return _failed(self._absent(), "Nothing was cancelled.")
        return await self._choose(
            ("cancel_next",), lambda key: contact_center.cancel_next(key=key), "What comes next was not cancelled."
        )

    async def chat(self, person_id: str, text: str) -> ActionResult:
        """Write to a colleague, through the first directory that knows them and can."""
        not_sent = "The message was not sent."
        person_id, source = chat_way(self._store.state, person_id)
        directory = self._directories.get(source)
        if directory is None:
            return _failed(Unsupported("This profile names none."), not_sent, PRESENCE)
        intent = ("chat", person_id, text)
        if not self._intents.begin(intent):
            return IGNORED
        try:
            async with self._order.setdefault(f"chat {person_id}", asyncio.Lock()):
                key = self._intents.key(intent)
                line = await self._asking.ask(lambda: directory.chat(person_id, text, key=key), source)
            if not isinstance(line, ChatLine):
                raise ProtocolError("The answer is not a line of chat.", type(line).__name__)
        except BackendError as error:
            if not isinstance(error, _UNDECIDED):
                self._intents.answered(intent)
            return _failed(error, not_sent, source, safe="What you typed is still here.")
        finally:
            self._intents.end(intent)
        self._intents.answered(intent)
        self._store.say(ChatReceived(line), source)
        self._tell_asked(f"person:{person_id}", "")
        return ActionResult(True)

    def _absent(self) -> BackendError:
        """Why there is no contact centre: its plug-in cannot be loaded, or the profile names none."""
        broken = self._asking.closed.get(CONTACT_CENTER)
        return Unavailable(broken) if broken else Unsupported("This profile names none.")

    async def _choose(
        self, choice: tuple[object, ...], call: Callable[[str], Awaitable[Agent]], not_done: str
    ) -> ActionResult:
        if choice == self._newest_choice:
            return IGNORED
        self._choices += 1
        number, self._newest_choice = self._choices, choice
        self._mark("", "set_availability", 1)
        try:
            async with self._agent_lock:
                if number != self._choices:
                    return ActionResult(False, "A newer choice took its place.", "ignored")
                key = self._intents.key(choice)
                agent = await self._asking.ask(lambda: call(key), CONTACT_CENTER)
                if not isinstance(agent, Agent):
                    raise ProtocolError("The answer is not about you.", type(agent).__name__)
                self._intents.answered(choice)
                self._store.say(AgentChanged(agent), CONTACT_CENTER)
                return ActionResult(True)
        except BackendError as error:
            if not isinstance(error, _UNDECIDED):
                self._intents.answered(choice)
            if isinstance(error, Conflict | NotFound | OutcomeUnknown):
                await self._see(TELL_LOSER_SECONDS)
            return _failed(error, not_done)
        finally:
            self._mark("", "set_availability", -1)
            if number == self._choices:
                self._newest_choice = None

    async def _look(self, verb: Verb, before: Interaction, error: OutcomeUnknown) -> ActionResult:
        """Nobody knows what became of it: look, and say what is there."""
        unknown = NOT_KNOWN.get(verb, f"It is not known whether it was done: {verb.value.replace('_', ' ')}.")
        if not await self._see(LOOK_SECONDS):
            failure = explain(error, unknown, source=CONTACT_CENTER)
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

    async def _see(self, seconds: float) -> bool:
        """Fetch a snapshot, but wait no longer than that for it; it goes on in the background."""
        look = asyncio.ensure_future(self._refresh())
        self._looks.add(look)
        look.add_done_callback(self._looked)
        await first_of(asyncio.shield(look), self._asking.timing.sleep(seconds))
        self._store.drain()
        return look.done() and not look.cancelled() and look.exception() is None

    def _looked(self, look: "asyncio.Future[None]") -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None:
            log.info("could not look at the contact centre: %s", error)

    def _take_interaction(self, asked: Interaction, answer: Interaction) -> None:
        if answer.id != asked.id:
            raise ProtocolError("The answer is about another contact.")
        self._store.say(InteractionChanged(Change.UPDATED, answer), CONTACT_CENTER)

    def _mark(self, interaction_id: str, what: str, by: int) -> None:
        counts = self._pending.setdefault(interaction_id, Counter())
        counts[what] += by
        verbs_now = frozenset((+counts).keys())
        if not verbs_now:
            del self._pending[interaction_id]
        self._store.say(PendingChanged(interaction_id, verbs_now))

    def _tell_asked(self, target: str, interaction_id: str) -> None:
        kind, _, person_id = target.partition(":")
        if kind == "person" and person_id:
            for listener in tuple(self.asked):
                listener(person_id, interaction_id)


def _failed(
    error: BackendError,
    not_done: str,
    source: str = CONTACT_CENTER,
    *,
    safe: str = "Your notes are safe here.",
) -> ActionResult:
    return ActionResult(False, explain(error, not_done, source=source, safe=safe).text, error_class(error).__name__)
