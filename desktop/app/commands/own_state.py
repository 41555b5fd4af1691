"""The agent's own state at the contact centre: asked for, and the newest choice wins."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from desktop.app.commands.command_result import CONTACT_CENTER, IGNORED, CommandResult, failed
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.commands.unknown_outcome import LOOK_SECONDS, TELL_LOSER_SECONDS
from desktop.app.connections.contact_centers import TakesAvailability, worst
from desktop.app.connections.failures import error_class
from desktop.domain.entities.model import Agent, AvailabilityChoice
from desktop.domain.entities.words import Availability, Health
from desktop.domain.select.centres import centres, signed_in_at
from desktop.domain.state.events import AgentChanged
from desktop.domain.state.own_events import AvailabilityAwaited
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence, sentences
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError, Unavailable, Unsupported


class OwnState:
    """Asks for one availability at a time."""

    def __init__(self, runner: CommandRunner) -> None:
        self.must_prove = False  # the machine slept: what we believe of our own state is old
        self._runner = runner
        self._store = runner.store
        self._newest_choice: tuple[object, ...] | None = None
        self._choices = 0
        self._moved = asyncio.Event()
        self._store.listeners.append(self._listen)

    async def set_availability(
        self, availability: Availability, *, reason: str = "", after_current: bool = False
    ) -> CommandResult:
        """Ask for an availability. Of several presses in a row the newest wins, whatever became of the older ones.

        While the contact centre is still being signed in to, it is asked for once that is done; when that fails, the
        choice is given up and the answer says so, for nobody is made available later than they meant.
        """
        choice = (availability, reason, after_current)
        try:
            asked = self._runner.own_at
        except BackendError as error:
            return failed(error, Sentence("state.not_changed"))
        if self._is_signing_in:
            refused = await self._signed_in(AvailabilityChoice(availability, reason))
            if refused is not None:
                return refused
        if availability is Availability.AVAILABLE and self.must_prove:
            try:
                await self._runner.backend_calls.ask(
                    lambda: self._runner.snapshot.refresh(""), CONTACT_CENTER, seconds=LOOK_SECONDS, changing=False
                )
            except BackendError as error:
                return failed(error, Sentence("state.slept"))
            self.must_prove = False
        return await self._choose(
            choice,
            asked,
            lambda at, key: at.set_availability(availability, reason=reason, after_current=after_current, key=key),
            Sentence("state.not_changed"),
            Sentence("state.outcome_unknown"),
        )

    @property
    def _is_signing_in(self) -> bool:
        """Whether it is not known yet who is signed in, and nothing has failed so far."""
        state = self._store.drain()
        untold = [state.health.get(one) for one in centres(state) if not signed_in_at(state, one)]
        return any(known is None or known.health is not Health.DOWN for known in untold)

    async def _signed_in(self, choice: AvailabilityChoice) -> CommandResult | None:
        """Wait until it is decided whether the sign-in works; None when it does and this is still what is wanted."""
        self._choices += 1
        number = self._choices
        self._moved.set()  # whoever waits with an older choice gives it up
        self._store.publish(AvailabilityAwaited(choice))
        try:
            while self._is_signing_in and number == self._choices:
                self._moved.clear()
                await self._moved.wait()
        finally:
            if number == self._choices:
                self._store.publish(AvailabilityAwaited(None))
        if number != self._choices:
            return IGNORED
        state = self._store.drain()
        if state.me:
            return None
        known = state.health.get(centres(state)[0])
        why = Unavailable(known.why if known is not None else NOTHING)
        not_done = Sentence("state.not_signed_in")
        return failed(why, not_done, safe=Sentence("state.choose_again"))

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.me != old.me or new.own is not old.own or new.health is not old.health:
            self._moved.set()

    async def cancel_next(self) -> CommandResult:
        """Forget the availability asked for after the current contact."""
        try:
            asked = self._runner.own_at
        except BackendError as error:
            return failed(error, Sentence("state.nothing_cancelled"))
        return await self._choose(
            ("cancel_next",),
            asked,
            lambda at, key: at.cancel_next(key=key),
            Sentence("state.next_not_cancelled"),
            Sentence("state.next_not_known"),
        )

    async def _choose(
        self,
        choice: tuple[object, ...],
        asked: Mapping[str, TakesAvailability],
        call: Callable[[TakesAvailability, str], Awaitable[Agent]],
        not_done: Sentence,
        not_known: Sentence,
    ) -> CommandResult:
        if choice == self._newest_choice:
            return IGNORED
        self._choices += 1
        number, self._newest_choice = self._choices, choice

        untold: dict[str, BackendError] = {}

        async def tell(source: str, at: TakesAvailability, key: str) -> None:
            try:
                agent: object = await self._runner.backend_calls.ask(lambda: call(at, key), source)
                if not isinstance(agent, Agent):
                    raise ProtocolError(Sentence("answer.not_about_you"), type(agent).__name__)
                self._store.publish(AgentChanged(agent), source)
            except BackendError as error:
                untold[source] = error

        async def tell_each(key: str) -> None:
            """What one contact centre refuses, or cannot do, keeps no other from hearing of it."""
            untold.clear()
            await asyncio.gather(*(tell(source, at, key) for source, at in asked.items()))
            able = [source for source, error in untold.items() if not isinstance(error, Unsupported)]
            if able or len(untold) == len(asked):
                raise worst(list(untold.values()))

        def refused(error: BackendError, not_done: Sentence = not_done) -> CommandResult:
            if len(asked) == 1:
                return failed(error, not_done)
            each = (
                failed(why, Sentence("state.not_told", source=one), one).text for one, why in sorted(untold.items())
            )
            return CommandResult(False, sentences(*each), error_class(error).__name__)

        async def look_up(error: OutcomeUnknown) -> CommandResult:
            await self._runner.snapshot.see(TELL_LOSER_SECONDS)
            return refused(error, not_known)

        def outdated() -> CommandResult | None:
            newest = number == self._choices
            return None if newest else CommandResult(False, Sentence("state.newer_choice"), "ignored")

        try:
            return await self._runner.run(
                Request(
                    verb="set_availability",
                    intent=choice,
                    call=tell_each,
                    take=lambda _: NOTHING,
                    refused=refused,
                    look_up=look_up,
                    subject="",
                    seconds=None,
                    slot=("choice", number),
                    line="choice",
                    outdated=outdated,
                )
            )
        finally:
            if number == self._choices:
                self._newest_choice = None
