"""Backends that are broken in one way each, and the tests of the contract that have to find it. `python -m pytest` runs
this file in a process of its own, started by `test_broken.py`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest

from desktop.domain.entities.customer import Match, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant, Interaction
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.phone import CallState
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Envelope, Gap, Heartbeat, InteractionChanged, PhoneCallChanged
from desktop.ports.assist import Article
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Unavailable,
    Unsupported,
)
from desktop.ports.messaging import OutgoingMessage
from desktop.testing.contracts import resilience
from desktop.testing.contracts.assist import AssistContract
from desktop.testing.contracts.contact_center import ContactCenterContract
from desktop.testing.contracts.crm import CrmContract
from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.contracts.presence import PresenceContract
from desktop.testing.contracts.voice import VoiceContract
from desktop.testing.rig import Fault

from .links import Links, LinksRig
from .reference.assist import ReferenceAssist, ReferenceAssistRig
from .reference.contact_center import ReferenceContactCenter, ReferenceContactCenterRig
from .reference.crm import ReferenceCrm, ReferenceCrmRig
from .reference.messaging import ReferenceMessaging, ReferenceMessagingRig
from .reference.presence import ReferencePresence, ReferencePresenceRig
from .reference.voice import ReferenceVoice, ReferenceVoiceRig
from .signs_in import SignsIn, SignsInRig

T = TypeVar("T")


@dataclass(frozen=True)
class Broken:
    """A backend, and the names of the tests that it must fail."""

    backend: type[Backend]
    fails: frozenset[str]


BROKEN: list[Broken] = []


def fails(*tests: str) -> Callable[[type[T]], type[T]]:
    """Note a broken backend."""

    def note(backend: type[T]) -> type[T]:
        BROKEN.append(Broken(backend, frozenset(tests)))  # type: ignore[arg-type]
        return backend

    return note


def declaring(backend: type[Backend], *more: Capability, without: Capability | None = None) -> Any:
    """The manifest with other capabilities."""
    return replace(backend.manifest, capabilities=(backend.manifest.capabilities | set(more)) - {without})


# -- CRM

EVERY_CHANGE = (
    *(f"test_changing_fails_in_the_right_way[{fault.value}]" for fault in resilience.EXPECTED_OF_CHANGES),
    "test_a_silent_server_hangs_nothing[change]",
    "test_nothing_blocks_the_loop[change]",
    "test_secrets_are_never_told",
    "test_what_is_not_allowed_is_no_failed_sign_in[change]",
)
"""What cannot be tried where a change that is declared cannot be made."""


@fails(
    "test_a_customer_is_found_by_handle",
    "test_a_customer_is_found_by[phone]",
    "test_a_customer_is_found_by[email]",
    "test_a_match_really_carries_the_number",
)
class FilterIgnored(ReferenceCrm):
    """The server ignores the filter, and nobody looks."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.withheld:
            return ()
        found = await self.ask(lambda: list(self.line.customers.values()))
        return [Match(self.told(one), address.kind, "same address", True) for one in found[:limit]]


@fails(
    "test_a_customer_is_found_by_handle",
    "test_a_match_really_carries_the_number",
    "test_a_number_is_found_however_it_is_written[{0[0]} ({0[1]}) {0[2]}-{0[3]}]",
    "test_a_number_is_found_however_it_is_written[{0[0]} {0[1]} {0[2]} {0[3]}]",
    "test_an_email_is_found_in_any_case[lower]",
    "test_an_email_is_found_in_any_case[mixed]",
)
class NothingVerified(ReferenceCrm):
    """Matches are right, and not said to be."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        return [replace(one, verified=False) for one in await super().find(address, limit=limit)]


@fails("test_a_withheld_number_finds_nobody")
class WithheldIsAnything(ReferenceCrm):
    """A number that is not known matches everybody."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if not address.withheld:
            return await super().find(address, limit=limit)
        return [Match(self.told(one), "phone", "no number") for one in self.line.customers.values()]


@fails(
    "test_a_wrap_up_is_written_once",
    "test_a_wrap_up_at_the_same_time_is_written_once",
    "test_a_receipt_that_got_lost_is_no_second_wrap_up",
)
class KeyThrownAway(ReferenceCrm):
    """The key of a record goes nowhere."""

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        return await self.ask(lambda: self.write(record), changing=True)


@fails(
    "test_a_wrap_up_is_written_once",
    "test_a_wrap_up_at_the_same_time_is_written_once",
    "test_a_receipt_that_got_lost_is_no_second_wrap_up",
)
class KeyForgottenAtRestart(ReferenceCrm):
    """The key is remembered on this side only."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.known: dict[str, str] = {}

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        if record.key not in self.known:
            self.known[record.key] = await self.ask(lambda: self.write(record), changing=True)
        return self.known[record.key]


@fails("test_more_than_a_page_of_the_timeline_is_read", "test_a_wrap_up_is_on_the_timeline")
class OldestFirst(ReferenceCrm):
    """The timeline is the wrong way round."""

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        return list(reversed(await super().timeline(customer_id, limit=limit, before=before)))


@fails(*EVERY_CHANGE, "test_the_manifest_agrees_with_the_methods", "test_a_link_is_made_and_taken_back")
class ClaimsToLink(ReferenceCrm):
    """Declares what it does not do."""

    manifest = declaring(ReferenceCrm, Capability.LINK)


@fails("test_the_manifest_agrees_with_the_methods", "test_what_is_not_offered_is_refused[timeline]")
class HidesItsTimeline(ReferenceCrm):
    """Does what it does not declare."""

    manifest = declaring(ReferenceCrm, without=Capability.TIMELINE)


@fails("test_no_more_is_offered_than_declared")
class OffersMore(ReferenceCrm):
    """`open` answers what the manifest knows nothing of."""

    async def open(self) -> frozenset[Capability]:
        return await super().open() | {Capability.KNOWLEDGE}


@fails("test_reading_fails_in_the_right_way[garbage]", "test_it_works_again_when_the_fault_is_over[garbage]")
class GarbageIsNobody(ReferenceCrm):
    """What cannot be read is taken for "no match"; from then on nobody is asked any more."""

    gave_up = False

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if self.gave_up:
            raise ProtocolError("It was garbage once.")
        try:
            return await super().find(address, limit=limit)
        except ProtocolError:
            self.gave_up = True
            return ()


@fails(
    "test_opening_fails_in_the_right_way[rate_limited]",
    "test_reading_fails_in_the_right_way[rate_limited]",
    "test_changing_fails_in_the_right_way[rate_limited]",
)
class OwnIdeaOfWaiting(ReferenceCrm):
    """Waits a second, whatever the server asked for."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return RateLimited(told.message, 1.0) if isinstance(told, RateLimited) else told


@fails(
    "test_opening_fails_in_the_right_way[unauthorized]",
    "test_reading_fails_in_the_right_way[unauthorized]",
    "test_changing_fails_in_the_right_way[unauthorized]",
)
class RetriesAWrongPassword(ReferenceCrm):
    """Refused credentials look like an outage."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return Unavailable(told.message) if type(told) is AuthFailed else told


@fails("test_secrets_are_never_told")
class TellsTheToken(ReferenceCrm):
    """The token is in the words for the log."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return AuthFailed(told.message, f"Bearer {self.token}") if type(told) is AuthFailed else told


@fails(
    "test_a_silent_server_hangs_nothing[open]",
    "test_a_silent_server_hangs_nothing[read]",
    "test_a_silent_server_hangs_nothing[change]",
)
class CannotBeStopped(ReferenceCrm):
    """A call goes on when it was given up."""

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        work = asyncio.ensure_future(super().ask(do, changing=changing))
        while True:
            try:
                await asyncio.wait({work}, timeout=1.0)
            except asyncio.CancelledError:
                continue
            return await work if work.done() else (await asyncio.wait_for(work, 0.0))


@fails("test_what_is_not_allowed_is_no_failed_sign_in[read]", "test_what_is_not_allowed_is_no_failed_sign_in[change]")
class RefusedIsNotSignedIn(ReferenceCrm):
    """Whoever may not do something is told to sign in again."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return AuthFailed(told.message) if isinstance(told, Forbidden) else told


@fails("test_what_is_not_allowed_is_no_failed_sign_in[change]")
class RefusedChangeIsNotSignedIn(ReferenceMessaging):
    """What may not be sent makes all that waits for this sender rest."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return AuthFailed(told.message) if changing and isinstance(told, Forbidden) else told


# -- presence


@fails("test_presence_is_shown_in_our_words[do_not_disturb]")
class BusyIsBusy(ReferencePresence):
    """Do-not-disturb is shown as busy."""

    def told(self, presence: Presence) -> Presence:
        quiet = presence.state is PresenceState.DO_NOT_DISTURB
        return replace(presence, state=PresenceState.BUSY) if quiet else presence


@fails("test_a_person_is_found_by_skill", "test_the_class_keeps_to_the_port")
class KnowsNoSkill(ReferencePresence):
    """A method of the port lacks a parameter."""

    async def people(self, text: str = "") -> Sequence[Person]:  # type: ignore[override]
        return await super().people(text)


@fails("test_an_unknown_position_is_a_gap")
class GoesOnAnyway(ReferencePresence):
    """A position of another life of the server is taken as if it were of this one."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if not isinstance(one.event, Gap):
                yield one


@fails("test_what_was_missed_is_told_or_a_gap_is", "test_replay_tells_what_was_missed")
class BeginsWithTheNext(ReferencePresence):
    """Whoever comes back hears what happens from now on, and nothing of what was missed."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        known = after is not None and after[0] == "life-1"
        async for one in super().events(("life-1", len(self.line.events)) if known else after):
            yield one


@fails("test_a_line_is_written_once", "test_a_line_whose_answer_got_lost")
class WritesTwice(ReferencePresence):
    """A chat line goes out as often as it is asked for."""

    async def chat(self, person_id: str, text: str, *, key: str) -> Any:
        return await super().chat(person_id, text, key=f"{key} {self.line.new_id()}")


# -- messaging


@fails("test_nothing_goes_out_without_consent")
class AsksNobody(ReferenceMessaging):
    """Sends whether the customer agreed or not."""

    def check(self, message: OutgoingMessage) -> None:
        if message.channel in self.channels:
            return
        super().check(message)


@fails(
    "test_changing_fails_in_the_right_way[dropped]",
    "test_changing_fails_in_the_right_way[answer_lost]",
    "test_changing_fails_in_the_right_way[gateway_timeout]",
    "test_a_receipt_that_got_lost_is_no_second_message",
)
class SureItFailed(ReferenceMessaging):
    """No answer is told as "not done"."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return Unavailable(told.message) if isinstance(told, OutcomeUnknown) else told


@fails("test_a_quiet_stream_gives_signs_of_life")
class SilentWhenQuiet(ReferenceMessaging):
    """Says nothing while nothing happens."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if not isinstance(one.event, Heartbeat):
                yield one


# -- assist


@fails("test_the_best_comes_first")
class NewestFirst(ReferenceAssist):
    """Suggests in the order of the shelf."""

    def ordered(self, articles: list[Article]) -> list[Article]:
        return articles


@fails("test_an_article_is_whole")
class PerCent(ReferenceAssist):
    """Scores from 0 to 100."""

    def score(self, share: float) -> float:
        return 100 * share


# -- voice


@fails("test_a_caller_who_goes_is_gone[True]", "test_a_caller_who_goes_is_gone[False]")
class EndsInSilence(ReferenceVoice):
    """The stream never says that a call is over."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if not (isinstance(one.event, PhoneCallChanged) and one.event.call.state is CallState.ENDED):
                yield one


@fails("test_tones_are_sent_once")
class PressesAgain(ReferenceVoice):
    """Tones sound as often as they are asked for."""

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        await super().dtmf(call_id, digits, key=f"{key} {self.line.new_id()}")


@fails("test_a_dropped_stream_is_noticed")
class HangsOn(ReferenceVoice):
    """A stream whose connection is gone beats on, and nothing comes any more."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        try:
            async for one in super().events(after):
                yield one
        except Unavailable:
            if self.line.fault is not None:
                raise
            while not self.closed:
                await asyncio.sleep(0.02)
                yield Envelope("voice", Heartbeat(self.line.now, len(self.line.events)), self.line.now)


# -- contact centre


@fails("test_an_offer_ends_for_its_own_reason[abandoned]")
class EverybodyMissed(ReferenceContactCenter):
    """A customer who went is told as an agent who did not answer."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            folded = isinstance(one.event, InteractionChanged) and one.event.reason == "abandoned"
            yield replace(one, event=replace(one.event, reason="missed")) if folded else one  # type: ignore[type-var]


@fails("test_accepting_twice_is_accepting_once")
class SecondAcceptFails(ReferenceContactCenter):
    """An accept under its key again is an error."""

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        return await super().accept(interaction_id, key=f"{key} {self.line.new_id()}")


@fails("test_no_act_whose_answer_got_lost_is_told_as_not_done", "test_hold_and_resume")
class HoldsNobody(ReferenceContactCenter):
    """Says that the customer is held, and does nothing."""

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return replace(self.line.work[interaction_id], held=on)


@fails("test_a_line_is_sent_once")
class HidesItsChats(ReferenceContactCenter):
    """Says that it has calls only, before a far side where customers write."""

    async def snapshot(self) -> Envelope:
        told = await super().snapshot()
        agents = tuple(replace(one, capacity={"voice": 1}) for one in told.event.agents)  # type: ignore[union-attr]
        return replace(told, event=replace(told.event, agents=agents))  # type: ignore[arg-type]

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        raise Unsupported("A call carries no text.")


@fails("test_numbers_have_no_holes")
class CountsByTwo(ReferenceContactCenter):
    """Numbers its events with holes in between."""

    def envelope(self, event: Any) -> Envelope:
        told = super().envelope(event)
        return replace(told, seq=None if told.seq is None else 2 * told.seq)

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after and (after[0], after[1] // 2)):
            yield one if one.seq is None else replace(one, seq=2 * one.seq)


@fails(
    "test_closing_is_always_possible",
    "test_a_silent_server_hangs_nothing[read]",
    "test_a_silent_server_hangs_nothing[change]",
    "test_a_stream_can_be_left_at_any_time",
)
class ClosesOnce(ReferenceContactCenter):
    """A second close is an error."""

    async def close(self) -> None:
        if self.closed:
            raise RuntimeError("it is closed")
        await super().close()


# -- how they are run

_KINDS: tuple[tuple[type[Any], type[Any], type[Any]], ...] = (
    (ReferenceContactCenter, ContactCenterContract, ReferenceContactCenterRig),
    (Links, CrmContract, LinksRig),
    (SignsIn, CrmContract, SignsInRig),
    (ReferenceCrm, CrmContract, ReferenceCrmRig),
    (ReferencePresence, PresenceContract, ReferencePresenceRig),
    (ReferenceMessaging, MessagingContract, ReferenceMessagingRig),
    (ReferenceAssist, AssistContract, ReferenceAssistRig),
    (ReferenceVoice, VoiceContract, ReferenceVoiceRig),
)


def _suite(backend: type[Backend]) -> type:
    contract, make = next((contract, make) for port, contract, make in _KINDS if issubclass(backend, port))

    @pytest.fixture
    async def rig(self: object) -> AsyncIterator[Any]:
        async with make(backend) as made:
            yield made

    return type(f"Test{backend.__name__}", (contract,), {"rig": rig, "__module__": backend.__module__})


def suites(module: str) -> dict[str, type]:
    """The contracts of the broken backends of a module, by the name under which pytest finds them there."""
    return {f"Test{one.backend.__name__}": _suite(one.backend) for one in BROKEN if one.backend.__module__ == module}


globals().update(suites(__name__))
