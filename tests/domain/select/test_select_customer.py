"""Questions about the customer of an interaction."""

import pytest

from desktop.domain.entities.customer import (
    Case,
    Consent,
    Customer,
    CustomerDetails,
    CustomerPromise,
    Match,
    Purchase,
    Record,
    TimelineEntry,
)
from desktop.domain.entities.person import ChatLine, Person
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, Older, Outcome, PopAnswer
from desktop.domain.select import (
    case_of,
    customer_of,
    details_of,
    entries_of,
    expert_outcomes,
    may_contact,
    past_of,
    pop,
    promise_is_late,
    timeline,
)
from desktop.words.catalogue import in_words
from tests.domain.domain_records import interaction, leg, linked, state

EVE = Customer("c1", "Eve")


def test_the_customer_is_the_one_that_was_chosen() -> None:
    known = state(interaction(), pops={"i1": linked(EVE), "i2": ScreenPop(PopAnswer.MANY, 0.0)})
    assert customer_of(known, "i1") is EVE
    assert customer_of(known, "i2") is None
    assert customer_of(known, "i3") is None
    assert pop(known, "i3") is None


@pytest.mark.parametrize(
    ("promise", "late"),
    [
        (CustomerPromise("refund", 99.0), True),
        (CustomerPromise("refund", 100.0), False),
        (CustomerPromise("refund", None), False),
        (CustomerPromise("refund", 99.0, kept=True), False),
        (CustomerPromise("refund", 99.0, kept=False), False),
    ],
)
def test_only_an_open_promise_can_be_late(promise: CustomerPromise, late: bool) -> None:
    assert promise_is_late(promise, 100.0) is late


def test_the_newest_answer_about_consent_counts_and_never_asked_is_not_no() -> None:
    consents = (Consent("sms", False, 20.0), Consent("sms", True, 10.0), Consent("email", None), Consent("sms", True))
    customer = Customer("c1", "Eve", consents=consents)
    assert may_contact(customer, "sms") is False
    assert may_contact(customer, "email") is None
    assert may_contact(customer, "whatsapp") is None


def test_whom_the_customer_was_handed_to_took_over_and_who_left_before_did_not() -> None:
    left = leg(phase=LegPhase.COMPLETED, target_name="Noor Haddad", since=10.0)
    taker = leg(id="l2", phase=LegPhase.COMPLETED, since=20.0)
    called_off = leg(id="l3", phase=LegPhase.CANCELLED, target_name="Eve", since=15.0)
    legs = (taker, left, called_off)
    assert expert_outcomes(interaction(legs=legs, outcome=Outcome.TRANSFERRED)) == (
        "consulted Priya Nair: took over",
        "consulted Noor Haddad: done",
        "consulted Eve: called off",
    )
    assert expert_outcomes(interaction(legs=legs))[0] == "consulted Priya Nair: done"


def test_the_timeline_joins_this_contact_the_experts_and_the_crm() -> None:
    item = interaction(subject="Charged twice", legs=(leg(phase=LegPhase.FAILED, failure=LegFailure.NO_ANSWER),))
    lines = (
        ChatLine("m0", "p1", 50.0, True, "yesterday"),
        ChatLine("m1", "p1", 120.0, True, "Free for a refund?"),
        ChatLine("m2", "p1", 121.0, False, "In five"),
        ChatLine("m3", "p1", 125.0, False, "Ring me"),
    )
    known = state(
        item,
        pops={"i1": linked(EVE)},
        details={"c1": CustomerDetails(timeline=(TimelineEntry("t1", 10.0, "email", "Invoice"),))},
        people={"p1": Person("p1", "Priya Nair")},
        chats={"p1": lines, "p2": (ChatLine("m9", "p2", 130.0, False, "hello?"),)},
    )
    entries = timeline(known, item)
    assert [in_words(entry.summary) for entry in entries] == [
        "asked Priya Nair by chat",
        "consulted Priya Nair: no answer",
        "Charged twice (Billing)",
        "Invoice",
    ]
    assert entries[0].detail == "Free for a refund?\nRing me"
    assert len(timeline(state(item), item)) == 2


@pytest.mark.parametrize("failure", LegFailure)
def test_every_ending_of_a_leg_is_told(failure: LegFailure) -> None:
    legs = (
        leg(phase=LegPhase.FAILED, failure=failure),
        leg(id="l2", kind=LegKind.TRANSFER, phase=LegPhase.COMPLETED, target_name="", target="queue:Sales"),
        leg(id="l3", kind=LegKind.SUPERVISOR),
        leg(id="l4", kind=LegKind.CONFERENCE, phase=LegPhase.ACTIVE),
    )
    assert expert_outcomes(interaction(legs=legs)) == (
        f"consulted Priya Nair: {failure.value.replace('_', ' ')}",
        "transfer to queue:Sales: done",
        "conference with Priya Nair: talking",
    )


def test_purchases_have_their_place_on_the_timeline_each_once() -> None:
    bought = (Purchase("o1", 20.0, "Router", "129.00 EUR"), Purchase("o2", 5.0, "SIM", "15.00 EUR"))
    told = (TimelineEntry("t1", 30.0, "email", "Invoice"), TimelineEntry("o2", 5.0, "purchase", "SIM"))
    known = state(pops={"i1": linked(EVE)}, details={"c1": CustomerDetails(timeline=told, purchases=bought)})
    item = interaction()
    assert [entry.id for entry in timeline(known, item)] == ["contact:i1", "t1", "o1", "o2"]
    assert [entry.id for entry in past_of(details_of(known, linked(EVE).match))] == ["t1", "o1", "o2"]


def test_what_happened_before_a_gap_is_shown_once_the_gap_is_closed() -> None:
    """Of two CRMs, one of which has more to tell: what is older than its last entry would look like all there was."""
    shop, mail = (Customer(f"{name}:1", "Eve", source=f"crm:{name}") for name in ("shop", "mail"))
    match = Match(shop, "phone", "same number", records=(Record(shop), Record(mail)))
    entries = {
        shop.id: (TimelineEntry("s1", 90.0, "note", "A"), TimelineEntry("s2", 50.0, "note", "B")),
        mail.id: (TimelineEntry("m1", 80.0, "note", "C"), TimelineEntry("m2", 10.0, "note", "D")),
    }

    def shown(of_shop: Older, of_mail: Older) -> tuple[list[str], Older]:
        older = {shop.id: of_shop, mail.id: of_mail}
        details = {one: CustomerDetails(timeline=entries[one], purchases=(), older=older[one]) for one in entries}
        known = details_of(state(details=details), match)
        return [entry.id for entry in past_of(known)], known.older

    assert shown(Older.NONE, Older.NONE) == (["s1", "m1", "s2", "m2"], Older.NONE)
    assert shown(Older.MORE, Older.NONE) == (["s1", "m1", "s2"], Older.MORE)
    assert shown(Older.LOADING, Older.MORE) == (["s1", "m1", "s2"], Older.LOADING)
    assert shown(Older.FAILED, Older.NONE) == (["s1", "m1", "s2", "m2"], Older.FAILED), "what is known is not held back"


def test_what_belongs_to_a_case() -> None:
    case = Case("88", "Charged twice", "open", 0.0)
    entries = (
        TimelineEntry("t1", 9.0, "email", "Where is it?", case_id="88"),
        TimelineEntry("t2", 8.0, "note", "See #88."),
        TimelineEntry("t3", 7.0, "note", "See #881 and #88b."),
        TimelineEntry("88", 6.0, "case", "Charged twice"),
        TimelineEntry("t4", 5.0, "note", "See #88.", case_id="90"),
        TimelineEntry("t5", 4.0, "note", "See #88.", source="crm:mail"),
        Purchase("88", 3.0, "#88", ""),
    )
    assert [entry.id for entry in entries_of(case, entries)] == ["t1", "t2", "88"]
    assert case_of(entries[0], [case]) is case
    assert case_of(entries[2], [case]) is None
