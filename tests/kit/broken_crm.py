"""CRMs that are broken in one way each; see `broken.py`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.ports.errors import BackendError, OutcomeUnknown, Rejected, Unavailable
from desktop.testing.rig import Fault

from .broken import fails, suites
from .links import Links
from .looks_up_first import LooksUpFirst
from .reference.crm import ReferenceCrm
from .signs_in import SignsIn

T = TypeVar("T")
NOT_DONE = tuple(
    f"test_changing_fails_in_the_right_way[{one}]" for one in ("dropped", "answer_lost", "gateway_timeout")
)
READ_AGAIN = "test_a_wrap_up_is_read_again_by_its_interaction"
NOT_WHOLE = ("test_a_wrap_up_is_kept_whole[known]", "test_a_wrap_up_is_kept_whole[unknown]")


@fails(NOT_WHOLE[1], "test_a_wrap_up_of_nobody_arrives")
class NobodyIsAnError(ReferenceCrm):
    """A wrap-up without a customer runs into an exception."""

    def write(self, record: WrapUpRecord) -> str:
        assert record.customer_id is not None
        return super().write(record)


class Drops(ReferenceCrm):
    """Writes down a part of a wrap-up."""

    dropped: ClassVar[dict[str, Any]]

    def write(self, record: WrapUpRecord) -> str:
        return super().write(replace(record, **self.dropped))


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsTheCodes(Drops):
    """What came of it is lost."""

    dropped: ClassVar[dict[str, Any]] = {"codes": (), "code_labels": ()}


@fails(*NOT_WHOLE)
class DropsTheQueue(Drops):
    """Where it came from is lost."""

    dropped: ClassVar[dict[str, Any]] = {"queue": ""}


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsTheAgent(Drops):
    """Whose work it was is lost."""

    dropped: ClassVar[dict[str, Any]] = {"agent_id": "", "agent_name": ""}


@fails(*NOT_WHOLE, READ_AGAIN)
class WritesItsOwnTime(Drops):
    """When it was is taken for when it was written."""

    dropped: ClassVar[dict[str, Any]] = {"started_at": 1_000.0, "ended_at": 1_754.0}


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsTheDuration(ReferenceCrm):
    """How long it took is lost."""

    def write(self, record: WrapUpRecord) -> str:
        return super().write(replace(record, ended_at=record.started_at))


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsTheAddress(Drops):
    """How the customer reached us is lost."""

    dropped: ClassVar[dict[str, Any]] = {"address": ""}


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsFollowUps(Drops):
    """What was promised is lost."""

    dropped: ClassVar[dict[str, Any]] = {"follow_ups": ()}


@fails(*NOT_WHOLE, READ_AGAIN)
class KeepsOneFollowUp(ReferenceCrm):
    """All promises but the first are lost."""

    def write(self, record: WrapUpRecord) -> str:
        return super().write(replace(record, follow_ups=record.follow_ups[:1]))


@fails(*NOT_WHOLE, READ_AGAIN)
class ForgetsTheHour(ReferenceCrm):
    """When and to whom something was promised is lost."""

    def write(self, record: WrapUpRecord) -> str:
        plans = tuple(replace(one, due=None, to="") for one in record.follow_ups)
        return super().write(replace(record, follow_ups=plans))


@fails(*NOT_WHOLE, READ_AGAIN)
class DropsExperts(Drops):
    """Who helped is lost."""

    dropped: ClassVar[dict[str, Any]] = {"experts": ()}


@fails("test_a_wrap_up_is_read_again_by_its_interaction")
class TellsOfEveryInteraction(ReferenceCrm):
    """Whichever interaction is asked for, all that was ever written is told."""

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        return await self.ask(lambda: [record for record, _ in self.line.written])


@fails("test_a_wrap_up_is_read_again_by_its_interaction")
class ReadsNoNote(ReferenceCrm):
    """What is read again is without the note."""

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        return [replace(one, note="") for one in await super().wrap_ups(interaction_id)]


@fails("test_the_timeline_goes_back_in_time")
class IgnoresBefore(ReferenceCrm):
    """Whoever asks for more gets the same again."""

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        return await super().timeline(customer_id, limit=limit)


@fails("test_a_search_keeps_to_its_limit", "test_more_than_a_page_is_found")
class SearchHasNoLimit(ReferenceCrm):
    """Everything that fits, always."""

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        return await super().search(text, limit=1_000)


@fails("test_everybody_with_one_number_is_found", "test_more_than_a_page_is_found")
class FindHasNoLimit(ReferenceCrm):
    """Everybody who fits, always."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        return await super().find(address, limit=1_000)


@fails("test_an_email_is_found_in_any_case[lower]", "test_an_email_is_found_in_any_case[mixed]")
class MindsCapitals(ReferenceCrm):
    """An e-mail is found as it is written and in no other way."""

    def bare(self, address: Address) -> tuple[str, str]:
        return (address.kind, address.value) if address.kind == "email" else super().bare(address)


@fails(
    "test_a_number_is_found_however_it_is_written[{0[0]} {0[1]} {0[2]} {0[3]}]",
    "test_a_number_is_found_however_it_is_written[{0[0]} ({0[1]}) {0[2]}-{0[3]}]",
)
class MindsSpaces(ReferenceCrm):
    """A number is found in E.164 and in no other way."""

    def bare(self, address: Address) -> tuple[str, str]:
        return (address.kind, address.value) if address.kind == "phone" else super().bare(address)


@fails("test_every_address_of_a_new_customer_is_kept")
class KeepsTheFirstAddress(ReferenceCrm):
    """Of a new customer's addresses one is written."""

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        return await super().create_customer(name, addresses[:1], key=key)


@fails("test_a_case_is_kept_whole")
class DropsTheTextOfACase(ReferenceCrm):
    """What a case is about is lost."""

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        return await super().create_case(customer_id, subject, priority=priority, text="", key=key)


@fails("test_a_case_is_kept_whole")
class DropsThePriority(ReferenceCrm):
    """Every case is as urgent as any other."""

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        return await super().create_case(customer_id, subject, priority="", text=text, key=key)


@fails("test_cases_come_newest_first")
class OldestCaseFirst(ReferenceCrm):
    """What is open longest stands at the top."""

    async def cases(self, customer_id: str) -> Sequence[Case]:
        return list(reversed(await super().cases(customer_id)))


@fails("test_nothing_blocks_the_loop[read]")
class SleepsOnTheLoop(ReferenceCrm):
    """Waits for its server without letting go of the loop."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        time.sleep(0.8)
        return await super().find(address, limit=limit)


@fails("test_nothing_blocks_the_loop[read]")
class SleepsOverTheTimeline(ReferenceCrm):
    """Waits on the loop for one of its lists only."""

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        time.sleep(0.8)
        return await super().timeline(customer_id, limit=limit, before=before)


@fails(*NOT_DONE)
class SureOfItsCases(ReferenceCrm):
    """A lost answer is told as not done for one of the changes only."""

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        try:
            return await super().create_case(customer_id, subject, priority=priority, text=text, key=key)
        except OutcomeUnknown as error:
            raise Unavailable(error.message) from None


@fails("test_changing_fails_in_the_right_way[gateway_timeout]")
class TakesAGatewayForTheServer(ReferenceCrm):
    """What a gateway says who waited too long is taken for the server's refusal."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return Rejected(told.message) if fault is Fault.GATEWAY_TIMEOUT and changing else told


@fails("test_changing_fails_in_the_right_way[gateway_timeout]")
class TakesAGatewayForAnOutage(ReferenceCrm):
    """What a gateway says who waited too long is taken for not done."""

    def error(self, fault: Fault, changing: bool) -> BackendError:
        told = super().error(fault, changing)
        return Unavailable(told.message) if fault is Fault.GATEWAY_TIMEOUT else told


@fails("test_secrets_are_never_told")
class TellsTheTokenOfATask(ReferenceCrm):
    """The token is in what one failed change says for the log."""

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        try:
            return await super().create_task(customer_id, text, due=due, key=key)
        except OutcomeUnknown as error:
            raise OutcomeUnknown(error.message, f"asked as {self.token}") from None


@fails("test_an_expired_sign_in_is_renewed")
class NeverSignsInAnew(SignsIn):
    """A token that has expired is the end."""

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        return await ReferenceCrm.ask(self, do, changing=changing)


@fails("test_an_expired_sign_in_is_renewed")
class SignsInAnewForReadsOnly(SignsIn):
    """A change that meets an expired token is not made."""

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        return await (ReferenceCrm.ask(self, do, changing=True) if changing else super().ask(do))


@fails("test_more_than_a_page_of_the_timeline_is_read")
class ReadsOnePageOfTheTimeline(ReferenceCrm):
    """What is on the second page is not there."""

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        return await super().timeline(customer_id, limit=min(limit, 100), before=before)


@fails("test_more_than_a_page_is_found")
class FindsOnePage(ReferenceCrm):
    """Of the many with one number a page is found."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        return await super().find(address, limit=min(limit, 20))


@fails("test_more_than_a_page_is_found")
class SearchesOnePage(ReferenceCrm):
    """Of the many with one name a page is found."""

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        return await super().search(text, limit=min(limit, 20))


@fails("test_cases_come_newest_first")
class ListsOnePageOfCases(ReferenceCrm):
    """Older cases are not there."""

    async def cases(self, customer_id: str) -> Sequence[Case]:
        return (await super().cases(customer_id))[:25]


@fails("test_a_customer_is_found_by_handle")
class ShowsHandlesAndFindsNone(ReferenceCrm):
    """Whoever writes from a handle is nobody."""

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        return () if address.kind == "handle" else await super().find(address, limit=limit)


@fails("test_a_task_is_kept_whole")
class ForgetsTheDate(ReferenceCrm):
    """A task is to be done some time."""

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        return await super().create_task(customer_id, text, due=None, key=key)


class ForgetsOfAConsent(ReferenceCrm):
    """Drops a part of what is known of a consent."""

    dropped: ClassVar[dict[str, Any]]

    def told(self, customer: Customer) -> Customer:
        told = super().told(customer)
        return replace(told, consents=tuple(replace(one, **self.dropped) for one in told.consents))


@fails("test_a_consent_says_since_when_and_from_where")
class ConsentWithoutATime(ForgetsOfAConsent):
    """Since when somebody agreed is not known."""

    dropped: ClassVar[dict[str, Any]] = {"at": None}


@fails("test_a_consent_says_since_when_and_from_where")
class ConsentFromNowhere(ForgetsOfAConsent):
    """How somebody agreed is not known."""

    dropped: ClassVar[dict[str, Any]] = {"source": ""}


@fails("test_a_consent_says_since_when_and_from_where")
class ConsentFromSomewhereElse(ForgetsOfAConsent):
    """How somebody agreed is called the same for everybody."""

    dropped: ClassVar[dict[str, Any]] = {"source": "CRM"}


@fails("test_purchases_are_listed")
class PricesNothing(ReferenceCrm):
    """What was bought cost nothing."""

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        return [replace(one, amount="") for one in await super().purchases(customer_id)]


@fails("test_purchases_are_listed")
class KnowsNoCurrency(ReferenceCrm):
    """What was bought cost so much of something."""

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        return [replace(one, amount="25.00") for one in await super().purchases(customer_id)]


@fails("test_a_link_is_made_and_taken_back")
class LinksForNoReason(Links):
    """Why it is theirs is lost."""

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        await super().link(interaction_id, customer_id, reason="", key=key)


@fails("test_a_link_is_made_and_taken_back")
class NeverUnlinks(Links):
    """A link that is taken back stays."""

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        await self.ask(lambda: None, changing=True)


@fails(*NOT_DONE)
class SureItUnlinkedNothing(Links):
    """A lost answer to taking back is told as not done."""

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        try:
            await super().unlink(interaction_id, key=key)
        except OutcomeUnknown as error:
            raise Unavailable(error.message) from None


@fails(*NOT_DONE)
class TakesEverythingForALookUp(LooksUpFirst):
    """A lost answer to the writing itself is told as not done, too."""

    async def ask(self, do: Callable[[], T], *, changing: bool = False) -> T:
        try:
            return await super().ask(do, changing=changing)
        except OutcomeUnknown as error:
            raise Unavailable(error.message, Fault.ANSWER_LOST.value) from None


globals().update(suites(__name__))
