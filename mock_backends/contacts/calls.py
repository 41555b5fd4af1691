"""What an agent can do to an interaction of theirs, and what its customer does."""

from collections.abc import Callable, Sequence
from typing import Literal

from mock_backends.channels import CALLS
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.legs import OPEN, Legs
from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, forbidden, invalid, not_found
from mock_backends.http.site import Site
from mock_backends.wire.contact_center import Interaction, OutcomeWord, WrapUpCode


class Calls:
    """Checks who and when, then does."""

    def __init__(self, site: Site, distribution: Distribution, legs: Legs, codes: Sequence[WrapUpCode]) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._distribution = distribution
        self._board = distribution.board
        self._legs = legs
        self._codes = {code.id: code for code in codes}
        self.coded: Callable[[str, Sequence[str]], None] = lambda interaction_id, codes: None

    def owned(self, caller: Principal, interaction_id: str, *phases: str) -> Interaction:
        """An interaction that is the caller's own, in one of the phases.

        :raises Problem: 404 when it is another's, 409 in another phase.
        """
        interaction = self._board.interactions.get(interaction_id)
        if interaction is None or interaction.agent_id != caller.id:
            raise not_found("There is no such interaction.")
        if phases and interaction.phase not in phases:
            raise conflict(f"The interaction is {interaction.phase.replace('_', ' ')}.")
        return interaction

    def offered(self, caller: Principal, interaction_id: str) -> Interaction:
        """An interaction that is or was offered to the caller.

        :raises Problem: 404 when it never was, 409 when the offer has ended or went to another.
        """
        interaction = self._board.interactions.get(interaction_id)
        if interaction is None or caller.id not in self._board.offered_to.get(interaction_id, ()):
            raise not_found("There is no such interaction.")
        if interaction.agent_id != caller.id or interaction.phase == "queued":
            raise conflict("The offer has ended.")
        return interaction

    # -- the agent

    def accept(self, caller: Principal, interaction_id: str) -> Interaction:
        """Take an offer; again by the same agent is no harm."""
        interaction = self.offered(caller, interaction_id)
        if interaction.phase == "closed":
            raise conflict("The interaction is over.")
        if interaction.phase == "offered":
            self._distribution.do(lambda now: self._distribution.router.accept(interaction_id, caller.id, now))
        return interaction

    def decline(self, caller: Principal, interaction_id: str) -> Interaction:
        """Give an offer back."""
        interaction = self.offered(caller, interaction_id)
        if interaction.phase != "offered":
            raise conflict("The offer has ended.")
        self._distribution.do(lambda now: self._distribution.router.decline(interaction_id, caller.id, now))
        return interaction

    def hold(self, interaction: Interaction, *, on: bool) -> Interaction:
        """Hold the customer or come back; twice is no harm. While a leg is open, `swap` and `cancel` do it."""
        self._need_call(interaction)
        if any(
            leg.phase in ("requested", "ringing", "active") and leg.kind not in ("conference", "supervisor")
            for leg in interaction.legs
        ):
            raise conflict("Another party is on the line: swap, or end that leg.")
        if interaction.held is not on:
            router = self._distribution.router
            self._distribution.do(lambda now: (router.hold if on else router.resume)(interaction.id, now))
            interaction.held = on
            interaction.held_since = self._clock.now() if on else None
            self._board.tell("updated", interaction, "held" if on else "resumed")
        return interaction

    def mute(self, interaction: Interaction, *, on: bool) -> Interaction:
        """Mute the agent or not; twice is no harm."""
        self._need_call(interaction)
        if interaction.muted is not on:
            interaction.muted = on
            self._board.tell("updated", interaction, "muted" if on else "unmuted")
        return interaction

    def record(self, interaction: Interaction, *, on: bool) -> Interaction:
        """Go on recording or pause; twice is no harm."""
        self._need_call(interaction)
        if interaction.recording == "none":
            raise conflict("The call is not being recorded.")
        wanted: Literal["active", "paused"] = "active" if on else "paused"
        if interaction.recording != wanted:
            interaction.recording = wanted
            interaction.recording_since = self._clock.now()
            self._board.tell("updated", interaction, "recording_resumed" if on else "recording_paused")
        return interaction

    def park(self, interaction: Interaction, *, on: bool) -> Interaction:
        """Put a written contact aside or take it up again; twice is no harm."""
        if interaction.channel in CALLS:
            raise conflict("A call cannot be parked.")
        if any(leg.phase in OPEN for leg in interaction.legs if leg.kind != "supervisor"):
            raise conflict("It is being transferred.")
        router = self._distribution.router
        self._distribution.do(lambda now: (router.park if on else router.take_up)(interaction.id, now))
        return interaction

    def pull(self, caller: Principal, interaction_id: str) -> Interaction:
        """Take a written contact that waits; again by the same agent is no harm.

        :raises Problem: 404 for what is not in a queue of theirs, 403 where the queue does not allow it, 409 when
            another has it or they have no room.
        """
        interaction = self._board.interactions.get(interaction_id)
        agent = self._board.agents.get(caller.id)
        if interaction is None or agent is None or interaction.queue not in agent.queues:
            raise not_found("There is no such interaction.")
        if interaction.agent_id == caller.id and interaction.phase in ("connecting", "active"):
            return interaction
        if interaction.channel in CALLS or interaction.queue not in self._distribution.figures.pulled:
            if interaction.phase != "queued":  # another's: it is not told that there is one
                raise not_found("There is no such interaction.")
            raise forbidden("What waits in this queue is offered; it cannot be taken from it.")
        if interaction.phase != "queued":
            holder = self._board.agents.get(interaction.agent_id or "")
            if holder is None or interaction.phase in ("wrap_up", "closed"):
                raise conflict("The customer waits no longer.")
            raise conflict("It is offered to you." if holder is agent else f"{holder.name} has it already.")
        self._distribution.do(lambda now: self._distribution.router.pull(interaction_id, caller.id, now), "pulled")
        return interaction

    def dtmf(self, interaction: Interaction) -> Interaction:
        """Send tones."""
        self._need_call(interaction)
        self._board.tell("updated", interaction, "dtmf")
        return interaction

    def end(
        self, interaction: Interaction, reason: str = "agent_ended", outcome: OutcomeWord = "handled"
    ) -> Interaction:
        """End the contact with the customer; wrap-up begins."""
        self._legs.drop_all(interaction)
        interaction.outcome = outcome
        self._distribution.do(lambda now: self._distribution.router.end(interaction.id, now), reason)
        return interaction

    def extend(self, interaction: Interaction) -> Interaction:
        """More time for the wrap-up."""
        rule = interaction.wrap_up_rule
        if interaction.extensions_used >= rule.extensions or interaction.wrap_up_deadline is None:
            raise conflict("The wrap-up cannot be extended any more.")
        agent = interaction.agent_id or ""
        self._distribution.do(
            lambda now: self._distribution.router.extend_wrap_up(interaction.id, agent, rule.extend_seconds, now)
        )
        return interaction

    def wrap_up(self, interaction: Interaction, codes: Sequence[str], *, note_given: bool) -> Interaction:
        """Finish the wrap-up if codes and note are as the queue demands."""
        rule = interaction.wrap_up_rule
        fits = {
            "none": len(codes) == 0,
            "optional_one": len(codes) <= 1,
            "one": len(codes) == 1,
            "many": len(codes) >= 1,
        }[rule.codes]
        if not fits or len(set(codes)) != len(codes):
            raise invalid(f"The queue's rule for codes is: {rule.codes.replace('_', ' ')}.")
        for code in codes:
            known = self._codes.get(code)
            if known is None or (known.queues and interaction.queue not in known.queues):
                raise invalid("There is no such code for this queue.")
        if rule.note_required and not note_given:
            raise invalid("This queue demands a note.")
        agent = interaction.agent_id or ""
        self.coded(interaction.id, codes)
        self._distribution.do(lambda now: self._distribution.router.finish_wrap_up(interaction.id, agent, now))
        return interaction

    # -- the customer

    def customer_leaves(self, interaction: Interaction) -> None:
        """They hang up, wherever they are: waiting, offered, talking or on hold."""
        router = self._distribution.router
        if interaction.phase in ("queued", "offered"):
            self._distribution.do(lambda now: router.abandon(interaction.id, now))
        elif interaction.phase in ("connecting", "active"):
            self.end(interaction, "customer_left")

    def customer_wrote(self, interaction: Interaction) -> None:
        """What is parked comes back."""
        if interaction.parked:
            router = self._distribution.router
            self._distribution.do(lambda now: router.take_up(interaction.id, now, force=True), "customer_wrote")

    @staticmethod
    def _need_call(interaction: Interaction) -> None:
        if interaction.channel not in CALLS:
            raise conflict("Only a call can do this.")
