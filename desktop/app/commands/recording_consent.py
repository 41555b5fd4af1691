"""Recording and the customer's word on it: paused once by itself where it was refused, and never resumed unsaid."""

from collections.abc import Callable, Coroutine
from typing import Any

from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.connections.failures import one_line
from desktop.app.store import Store
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase, Recording, RecordingConsent, Verb
from desktop.domain.news import notices
from desktop.domain.select import customer_of, mine, recorded_against_will, verbs_on_offer
from desktop.domain.state.own_events import PolicyDeclared
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence


class RecordingPolicy:
    """Follows the agent's own calls. What it cannot do the screen still says, loudly."""

    def __init__(
        self,
        store: Store,
        commands: AgentCommands,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        policy: RecordingConsent,
    ) -> None:
        """`spawn` runs a coroutine beside everything else."""
        self._store = store
        self._commands = commands
        self._spawn = spawn
        self._policy = policy
        self._tried: set[str] = set()  # calls paused by itself: an agent who resumes one has a reason
        store.publish(PolicyDeclared(policy))
        store.listeners.append(self._listen)

    def _listen(self, old: AppState, new: AppState) -> None:
        calls = new.interactions is not old.interactions or new.pending is not old.pending
        if not (calls or new.pops is not old.pops or new.capabilities is not old.capabilities):
            return
        self._tried &= new.interactions.keys()
        for interaction in mine(new):
            if interaction.phase is Phase.ACTIVE:
                self._see(old, new, interaction)

    def _see(self, old: AppState, new: AppState, now: Interaction) -> None:
        before = old.interactions.get(now.id)
        resumes = Verb.RESUME_RECORDING.value
        by_us = resumes in old.pending.get(now.id, ()) or resumes in new.pending.get(now.id, ())
        if before is not None and before.recording is Recording.PAUSED and now.recording is not Recording.PAUSED:
            if now.recording is Recording.ACTIVE and not by_us:
                self._store.notice(self._of("again", now), "warning")
            elif now.recording is not Recording.ACTIVE:
                self._store.notice(self._of("pause_ended", now))
        if self._policy is not RecordingConsent.PAUSE or now.id in self._tried:
            return
        if recorded_against_will(new, now) and Verb.PAUSE_RECORDING in verbs_on_offer(new, now):
            self._tried.add(now.id)
            self._spawn(self._pause(now))

    async def _pause(self, interaction: Interaction) -> None:
        result = await self._commands.do(Verb.PAUSE_RECORDING, interaction.id)
        if result.ok:
            self._store.notice(self._of("paused", interaction), "warning", notices.recording(interaction.id))
        elif result.text:
            self._store.notice(self._of("refused", interaction) + result.text, "error")

    def _of(self, what: str, interaction: Interaction) -> Sentence:
        """Something about the recording of a customer, who may have no name."""
        customer = customer_of(self._store.state, interaction.id)
        who = one_line((customer.name if customer is not None else "") or interaction.customer_name)
        return Sentence(f"recording.{what}", who=who) if who else Sentence(f"recording.{what}_unnamed")
