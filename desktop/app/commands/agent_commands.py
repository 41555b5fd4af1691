"""Everything the agent can do now: with a deadline, once, and in words when it fails. Nothing here is ever queued."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager

from desktop.app.commands.colleague_chat import ColleagueChat
from desktop.app.commands.command_result import IGNORED, CommandResult, failed
from desktop.app.commands.contact_commands import SPECS, Arguments, not_done, shown
from desktop.app.commands.own_state import OwnState
from desktop.app.commands.phone import Phone
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.commands.unknown_outcome import LOOK_SECONDS, look_up_contact
from desktop.app.connections.failures import note_safety
from desktop.app.timing import first_of
from desktop.domain.entities.model import Address, Interaction, Reply
from desktop.domain.entities.words import Availability, ContactEnd, Direction, Phase, Verb
from desktop.domain.select import call_capabilities, call_way
from desktop.domain.select.centres import centre_of
from desktop.domain.state.available_verbs import verbs
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, ProtocolError, Unsupported
from desktop.ports.presence import PresenceSource

SEE_SECONDS = 2.0
"""How long a contact that was made here is waited for, until it is looked for."""


class AgentCommands:
    """What the agent asks of the contact centre and of colleagues."""

    def __init__(
        self,
        runner: CommandRunner,
        directories: Mapping[str, PresenceSource],
        phone: Phone | None = None,
    ) -> None:
        """`directories` by source; `phone` does what the contact centre leaves to it."""
        self.asked: list[Callable[[str, str], None]] = []  # (person id, interaction id or "") after an expert was asked
        self.leaving: Callable[[str], Awaitable[CommandResult | None]] = _nothing_left
        """Does what must be done before a contact goes; what it answers, other than None, keeps the contact here."""
        self._runner = runner
        self._store = runner.store
        self._phone = phone
        self.own_state = OwnState(runner)
        self._chat = ColleagueChat(runner, directories, self._tell_written_to)

    async def do(self, verb: Verb, interaction_id: str, *, key: str = "", **arguments: str) -> CommandResult:
        """Carry out a verb.

        Args:
            key: under which it goes out, where that is kept on disk; "" for one of this run.
            arguments: `leg_id` for leg verbs (the open leg when left out), `target` for consult and blind_transfer,
                `digits` for dtmf, `text` for send_message, `reason` for decline; for callback `at` (seconds since
                the epoch), and `to`, `queue`, `note` where they differ from the interaction's.
        """
        return await self._do(verb, interaction_id, key, arguments, None)

    async def send(self, interaction_id: str, reply: Reply, *, key: str) -> CommandResult:
        """Send a reply that has more than its text, or files instead of one."""
        return await self._do(Verb.SEND_MESSAGE, interaction_id, key, {"text": reply.text}, reply)

    def sending(self, interaction_id: str) -> AbstractContextManager[None]:
        """Show a reply as being sent from the moment it leaves its field: it goes to disk before it goes out."""
        return self._runner.shown(Verb.SEND_MESSAGE.value, interaction_id)

    async def _do(
        self, verb: Verb, interaction_id: str, key: str, arguments: dict[str, str], reply: Reply | None
    ) -> CommandResult:
        if SPECS[verb].contact_leaves or verb is Verb.PARK:
            kept_here = await self.leaving(interaction_id)
            if kept_here is not None:
                return kept_here
        interaction = self._store.drain().interactions.get(interaction_id)
        if interaction is None:
            return self._failed(verb, interaction_id, NotFound(Sentence("command.no_longer_yours")))
        asked = arguments.get("target", "")
        if asked:
            arguments["target"] = call_way(self._store.state, asked, interaction_id)
        spec, words = SPECS[verb], tuple(sorted(arguments.items()))
        # The same tone twice is meant, the same anything else is a double press.
        tone = object() if verb is Verb.DTMF else None
        slot: Hashable = tone or (interaction_id, verb, key or (words if spec.repeatable else ()))
        if self._runner.is_under_way(slot):
            return IGNORED
        state = self._store.state
        if verb not in verbs(interaction, call_capabilities(state, interaction_id), state.me):
            if spec.is_state and spec.seen(interaction, interaction, state.me):
                return IGNORED  # pressed again before the screen showed that it is done
            return self._failed(verb, interaction_id, Conflict(shown(interaction, state.me)))
        version = 0 if verb is Verb.SEND_MESSAGE else interaction.version
        intent: Hashable = tone or (interaction_id, verb, key or words, version)
        phone = self._phone if self._phone is not None and self._phone.carries(verb, interaction) else None
        try:
            given = spec.arguments(interaction, arguments) if reply is None else arguments
        except BackendError as error:
            return self._failed(verb, interaction_id, error, phone.source if phone is not None else "")
        if phone is not None:
            result = await self._runner.run(self._on_phone(phone, verb, interaction, given, slot))
        else:
            result = await self._runner.run(self._at_centre(verb, interaction, given, slot, intent, key, reply))
        if result.ok and verb is Verb.CONSULT:
            self._tell_asked(asked, interaction_id)
        return result

    def _at_centre(
        self,
        verb: Verb,
        interaction: Interaction,
        given: Arguments,
        slot: Hashable,
        intent: Hashable,
        key: str,
        reply: Reply | None,
    ) -> Request[object]:
        spec = SPECS[verb]

        def call(key: str) -> Awaitable[object]:
            if reply is not None:
                return self._runner.contact_center.send_reply(interaction.id, reply, key=key)
            return spec.send(self._runner.contact_center, interaction.id, given, key)

        return Request(
            verb=verb.value,
            intent=intent,
            call=call,
            take=lambda answer: self._take(verb, interaction, answer),
            refused=lambda error: self._failed(verb, interaction.id, error),
            look_up=lambda error: self._look_up(verb, interaction, error),
            subject=interaction.id,
            slot=slot,
            line=interaction.id if spec.repeatable else None,
            key=key,
        )

    def _on_phone(
        self, phone: Phone, verb: Verb, interaction: Interaction, given: Arguments, slot: Hashable
    ) -> Request[Sentence]:
        return Request(
            verb=verb.value,
            intent=object(),  # no key outlives the phone
            call=lambda key: phone.carry_out(verb, interaction, given, key),
            take=lambda text: text,
            refused=lambda error: self._failed(verb, interaction.id, error, phone.source),
            subject=interaction.id,
            source=phone.source,
            seconds=None,
            slot=slot,
            line=interaction.id if SPECS[verb].repeatable else None,
        )

    async def dial(self, number: str) -> CommandResult:
        """Call a customer, in a contact of one's own; answers once that is in sight.

        Args:
            number: in E.164.
        """
        before, made = frozenset(self._store.drain().interactions), list[str]()

        def take(answer: Interaction) -> Sentence:
            made.append(answer.id)
            return NOTHING

        async def look_up(error: OutcomeUnknown) -> CommandResult:
            if not await self._runner.snapshot.see(LOOK_SECONDS):
                return failed(error, Sentence("dial.not_known"))
            fresh = (one for key, one in self._store.drain().interactions.items() if key not in before)
            if any(one.direction is Direction.OUTBOUND and one.customer.value == number for one in fresh):
                return CommandResult(True, NOTHING)
            return failed(error, Sentence("dial.not_made"))

        result = await self._runner.run(
            Request(
                verb="dial",
                intent=("dial", number),
                call=lambda key: self._runner.contact_center.dial(Address("phone", number), queue="", key=key),
                take=take,
                refused=lambda error: failed(error, Sentence("dial.not_made")),
                look_up=look_up,
                slot="dial",
            )
        )
        if made and not await self._in_sight(made[0]):
            await self._runner.snapshot.see(LOOK_SECONDS)
        return result

    async def pull(self, interaction_id: str) -> CommandResult:
        """Take a written contact that waits in a queue; answers once it is in sight."""

        def take(answer: object) -> Sentence:
            if not isinstance(answer, Interaction) or answer.id != interaction_id:
                raise ProtocolError(Sentence("answer.about_another"))
            return NOTHING

        async def look_up(error: OutcomeUnknown) -> CommandResult:
            if not await self._runner.snapshot.see(LOOK_SECONDS):
                return failed(error, Sentence("pull.not_known"))
            if interaction_id in self._store.drain().interactions:
                return CommandResult(True, NOTHING)
            return failed(error, Sentence("pull.not_done"))

        result = await self._runner.run(
            Request(
                verb="pull",
                intent=("pull", interaction_id),
                call=lambda key: self._runner.contact_center.pull(interaction_id, key=key),
                take=take,
                refused=lambda error: failed(error, Sentence("pull.not_done")),
                look_up=look_up,
                subject=interaction_id,
                slot=("pull", interaction_id),
            )
        )
        if result.ok and not await self._in_sight(interaction_id):
            await self._runner.snapshot.see(LOOK_SECONDS)
        return result

    async def _in_sight(self, interaction_id: str) -> bool:
        """Wait for what only the stream brings: a new contact. Says whether it came."""
        came = asyncio.Event()

        def look(_: AppState, state: AppState) -> None:
            if interaction_id in state.interactions:
                came.set()

        self._store.listeners.append(look)
        try:
            look(self._store.state, self._store.drain())
            await first_of(came.wait(), self._runner.backend_calls.timing.sleep(SEE_SECONDS))
        finally:
            self._store.listeners.remove(look)
        return came.is_set()

    async def answer_call(self, call_id: str) -> CommandResult:
        """Pick up a call on the phone that is no contact."""
        return await self._phone_only(call_id, "answer", Sentence("phone.not_answered"))

    async def hang_up_call(self, call_id: str) -> CommandResult:
        """Reject or end a call on the phone that is no contact."""
        return await self._phone_only(call_id, "hang up", Sentence("phone.not_ended"))

    async def _phone_only(self, call_id: str, what: str, not_done: Sentence) -> CommandResult:
        phone = self._phone
        if phone is None:
            return failed(Unsupported(Sentence("profile.none")), not_done, "voice")
        act = phone.answer if what == "answer" else phone.hang_up
        return await self._runner.run(
            Request(
                verb=what,
                intent=object(),
                call=lambda _: act(call_id),
                take=lambda _: NOTHING,
                refused=lambda error: failed(error, not_done, phone.source),
                source=phone.source,
                seconds=None,
                slot=("phone", call_id, what),
            )
        )

    async def close_contact(self, interaction: Interaction, *, codes: Sequence[str], note_given: bool) -> CommandResult:
        """Finish the wrap-up at the contact centre; the note must be safe before."""
        told = tuple(codes)
        return await self._runner.run(
            Request(
                verb=Verb.WRAP_UP.value,
                intent=(interaction.id, Verb.WRAP_UP, told, note_given),
                call=lambda key: self._runner.contact_center.wrap_up(
                    interaction.id, codes=told, note_given=note_given, key=key
                ),
                take=lambda answer: self._take(Verb.WRAP_UP, interaction, answer),
                refused=lambda error: self._failed(Verb.WRAP_UP, interaction.id, error),
                look_up=lambda error: self._look_up(Verb.WRAP_UP, interaction, error),
                subject=interaction.id,
            )
        )

    async def set_availability(
        self, availability: Availability, *, reason: str = "", after_current: bool = False
    ) -> CommandResult:
        """Ask for an availability. Of several presses in a row the newest wins, whatever became of the older ones."""
        return await self.own_state.set_availability(availability, reason=reason, after_current=after_current)

    async def cancel_next(self) -> CommandResult:
        """Forget the availability asked for after the current contact."""
        return await self.own_state.cancel_next()

    async def chat(self, person_id: str, text: str) -> CommandResult:
        """Write to a colleague, through the first directory that knows them and can."""
        return await self._chat.write(person_id, text)

    def _failed(self, verb: Verb, interaction_id: str, error: BackendError, source: str = "") -> CommandResult:
        source = source or centre_of(self._store.state, interaction_id)
        return failed(error, not_done(verb), source, safe=self._safety(verb, interaction_id, error))

    def _safety(self, verb: Verb, interaction_id: str, error: BackendError) -> Sentence:
        """Of the note, where the contact goes, or has gone."""
        leaves = SPECS[verb].contact_leaves or isinstance(error, NotFound)
        return note_safety(self._store.state, interaction_id) if leaves else NOTHING

    async def _look_up(self, verb: Verb, before: Interaction, error: OutcomeUnknown) -> CommandResult:
        safe = self._safety(verb, before.id, error)
        return await look_up_contact(self._runner.snapshot, self._store, verb, before, error, safe)

    def _take(self, verb: Verb, asked: Interaction, answer: object) -> Sentence:
        if not isinstance(answer, SPECS[verb].answers):
            raise ProtocolError(Sentence("answer.not_about_contact"), type(answer).__name__)
        if isinstance(answer, Interaction):
            if answer.id != asked.id:
                raise ProtocolError(Sentence("answer.about_another"))
            ended = verb is Verb.END and answer.phase is Phase.WRAP_UP  # the event that says so may come later: no news
            change, reason = (Change.WRAP_UP, ContactEnd.AGENT_ENDED.value) if ended else (Change.UPDATED, "")
            self._store.publish(InteractionChanged(change, answer, reason), centre_of(self._store.state, asked.id))
        return NOTHING

    def _tell_written_to(self, person_id: str) -> None:
        self._tell_asked(f"person:{person_id}", "")

    def _tell_asked(self, target: str, interaction_id: str) -> None:
        kind, _, person_id = target.partition(":")
        if kind == "person" and person_id:
            for listener in tuple(self.asked):
                listener(person_id, interaction_id)


async def _nothing_left(_: str) -> None:
    return
