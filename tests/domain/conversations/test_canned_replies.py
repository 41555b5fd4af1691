"""Which canned replies fit, how they are found, and what is put into them: text from outside stays text."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.conversations.canned_replies import (
    CannedReply,
    Placeholder,
    filled,
    first_gap,
    fitting,
    matching,
    placeholders,
)
from desktop.domain.entities.words import Channel

REFUND = CannedReply("Refund on its way", "The refund was sent today. Grüße", frozenset({Channel.EMAIL}))
MOMENT = CannedReply("One moment", "Please wait.", queues=frozenset({"Billing"}))
ANREDE = CannedReply("Anrede", "Guten Tag {customer.name},", language="de")
EVERY = (REFUND, MOMENT, ANREDE)


def gap(one: Placeholder) -> str:
    return f"[{one}?]"


def test_channel_and_queue_decide_what_fits() -> None:
    assert fitting(EVERY, Channel.CHAT, "billing", "") == (MOMENT, ANREDE)
    assert fitting(EVERY, Channel.EMAIL, "Support", "") == (REFUND, ANREDE)


def test_the_customers_language_comes_first_and_hides_nothing() -> None:
    assert fitting(EVERY, Channel.EMAIL, "Billing", "de-AT") == (ANREDE, REFUND, MOMENT)
    assert fitting(EVERY, Channel.EMAIL, "Billing", "en") == (REFUND, MOMENT, ANREDE)


def test_any_word_of_name_or_text_finds_it_by_name_first() -> None:
    assert matching(EVERY, "") == EVERY
    assert matching(EVERY, "tod ref") == (REFUND,)
    assert matching(EVERY, "GRUSSE") == (REFUND,), "accents do not count"
    assert matching(EVERY, "efund") == ()
    both = (CannedReply("A", "moment"), MOMENT)
    assert matching(both, "mom") == (MOMENT, both[0])


def test_only_placeholders_are_filled() -> None:
    values = {Placeholder.CUSTOMER_NAME: "Priya {case.id}", Placeholder.CASE_ID: ""}
    text = "{customer.name} {case.id} {} {x} {{customer.name}} {customer.nmae}"
    assert filled(text, values, gap) == "Priya {case.id} [case.id?] {} {x} {Priya {case.id}} {customer.nmae}"
    assert placeholders(text) == ("customer.name", "case.id", "customer.nmae")


@given(st.text())
def test_a_name_is_never_interpreted(name: str) -> None:
    values = {Placeholder.CUSTOMER_NAME: name}
    assert filled("<{customer.name}>", values, gap) == f"<{name or '[customer.name?]'}>"


def test_the_first_gap_is_found() -> None:
    assert first_gap("no gap [really?]", ["[a?]", "[b?]"]) is None
    assert first_gap("x [b?] [a?]", ["[a?]", "[b?]"]) == (2, 6)
