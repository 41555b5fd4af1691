"""Questions about the customer of an interaction."""

import pytest

from desktop.domain.entities.customer import Consent, Customer, CustomerDetails, CustomerPromise, TimelineEntry
from desktop.domain.entities.person import ChatLine, Person
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, Outcome, PopAnswer
from desktop.domain.select import customer_of, expert_outcomes, may_contact, pop, promise_is_late, timeline
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
