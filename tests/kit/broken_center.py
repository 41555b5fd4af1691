"""Contact centres that are broken in one way each; see `broken.py`."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from desktop.domain.entities.model import Address, Agent, Interaction, WrapUpCode
from desktop.domain.entities.words import Availability, Channel, Direction, Phase
from desktop.domain.state.events import AgentChanged, Change, ContactCenterSnapshot, Envelope, InteractionChanged
from desktop.ports.errors import Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable

from .broken import fails, suites
from .reference.contact_center import ReferenceContactCenter


@fails("test_availability_is_set")
class DropsTheReason(ReferenceContactCenter):
    """Why an agent is not ready is lost."""

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        return await super().set_availability(availability, reason="", after_current=after_current, key=key)


@fails("test_availability_is_told")
class KeepsAvailabilityQuiet(ReferenceContactCenter):
    """The stream tells of every agent that they are not ready."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if isinstance(one.event, AgentChanged):
                yield replace(one, event=AgentChanged(replace(one.event.agent, observed=Availability.NOT_READY)))
            else:
                yield one


@fails("test_no_act_whose_answer_got_lost_is_told_as_not_done")
class SureItDidNotHold(ReferenceContactCenter):
    """A lost answer to one act is told as not done."""

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        try:
            return await super().hold(interaction_id, on=on, key=key)
        except OutcomeUnknown as error:
            raise Unavailable(error.message) from None


@fails("test_no_act_whose_answer_got_lost_is_told_as_not_done")
class SureItIsNotOver(ReferenceContactCenter):
    """A lost answer to the last act is told as a refusal."""

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        try:
            return await super().wrap_up(interaction_id, codes=codes, note_given=note_given, key=key)
        except OutcomeUnknown as error:
            raise Rejected(error.message) from None


@fails("test_the_snapshot_shows_me")
class ShowsMeTwice(ReferenceContactCenter):
    """The agent is among the agents twice."""

    def shown(self) -> ContactCenterSnapshot:
        shown = super().shown()
        return replace(shown, agents=(*shown.agents, *(one for one in shown.agents if one.id == shown.me)))


@fails("test_codes_have_names")
class CodesWithoutLabels(ReferenceContactCenter):
    """What a code means is lost."""

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return [replace(one, label="") for one in await super().wrap_up_codes()]


@fails("test_a_call_is_offered")
class HidesTheQueue(ReferenceContactCenter):
    """For whom a call is lost."""

    def told(self, one: Interaction) -> Interaction:
        return replace(one, queue="")


@fails("test_a_call_is_offered")
class HidesTheKindOfNumber(ReferenceContactCenter):
    """A caller's number is shown as a name."""

    def told(self, one: Interaction) -> Interaction:
        return replace(one, customer=Address("handle", one.customer.value))


@fails("test_a_declined_offer_ends_as_declined")
class DeclinedIsMissed(ReferenceContactCenter):
    """Who declines is said to have missed the call."""

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        def work() -> Interaction:
            return self.line.end_offer(self.mine(interaction_id, Phase.OFFERED).id, "missed")

        return await self.ask(lambda: self.line.once(key, work), changing=True)


@fails("test_an_offer_that_ended_cannot_be_accepted")
class AcceptsWhatIsGone(ReferenceContactCenter):
    """A call that nobody has can be accepted."""

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        try:
            return await super().accept(interaction_id, key=key)
        except (Conflict, NotFound):
            return Interaction(  # looks like one
                interaction_id,
                1,
                Channel.VOICE,
                Direction.INBOUND,
                Phase.ACTIVE,
                "Billing",
                Address("phone", "+442079460958"),
                1.0,
                1.0,
                "me",
            )


@fails("test_a_call_ends_in_wrap_up[agent]", "test_a_call_ends_in_wrap_up[customer]")
class NeverLetsGo(ReferenceContactCenter):
    """A customer who is gone is shown as connected."""

    def told(self, one: Interaction) -> Interaction:
        return replace(one, customer_connected=True)


@fails("test_a_wrap_up_closes_the_interaction", "test_no_act_whose_answer_got_lost_is_told_as_not_done")
class NeverCloses(ReferenceContactCenter):
    """A wrap-up that was finished is still to be done."""

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        return self.line.work[interaction_id]


@fails("test_a_line_is_sent_once")
class SaysItAgain(ReferenceContactCenter):
    """A line goes out as often as it is asked for."""

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await super().send_message(interaction_id, text, key=f"{key} {self.line.new_id()}")


@fails(
    "test_an_offer_ends_for_its_own_reason[abandoned]",
    "test_an_offer_ends_for_its_own_reason[missed]",
    "test_an_offer_ends_for_its_own_reason[rescinded]",
    "test_a_declined_offer_ends_as_declined",
)
class NeverSaysWhy(ReferenceContactCenter):
    """An offer ends, and nobody knows why."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            ended = isinstance(one.event, InteractionChanged) and one.event.change is Change.OFFER_ENDED
            yield replace(one, event=replace(one.event, reason="")) if ended else one  # type: ignore[type-var]


@fails("test_nothing_blocks_the_loop[change]")
class SleepsOnTheLoop(ReferenceContactCenter):
    """Changes the availability without letting go of the loop."""

    slow = True

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        if self.slow:
            time.sleep(0.8)
        return await super().set_availability(availability, reason=reason, after_current=after_current, key=key)


globals().update(suites(__name__))
