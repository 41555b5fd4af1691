"""What is known of messages sent and received, whatever order the reports come in."""

from itertools import permutations

from desktop.domain.entities.customer import Consent, Customer
from desktop.domain.entities.message import InboundMessage, SentMessage, further
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.reduce.reducer import reduce
from desktop.domain.select import consent_to, opted_out_at, timeline
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived, MessagingSnapshot
from desktop.domain.state.state import AppState
from desktop.words.catalogue import in_words
from tests.domain.domain_records import interaction, linked

NUMBER = "+493012345678"


def sent(state: DeliveryState, at: float, **more: str) -> SentMessage:
    return SentMessage("m1", at, state, Channel.SMS, **more)


def inbound(text: str, at: float = 5.0, sender: str = NUMBER, key: str = "in1") -> InboundMessage:
    return InboundMessage(key, at, Channel.SMS, Address("phone", sender), text)


def after(*events: object) -> AppState:
    return reduce(AppState(), [Envelope("messaging", event, 1.0) for event in events])  # type: ignore[arg-type]


def test_a_message_never_goes_back_whatever_the_order() -> None:
    reports = [
        sent(DeliveryState.QUEUED, 1, to=NUMBER, text="hello"),
        sent(DeliveryState.SENT, 2),
        sent(DeliveryState.FAILED, 3, detail="absent"),
        sent(DeliveryState.DELIVERED, 4),
    ]
    for order in permutations(reports):
        (known,) = after(*map(DeliveryChanged, order)).sent.values()
        assert (known.state, known.to, known.text) == (DeliveryState.DELIVERED, NUMBER, "hello")
    assert further(reports[2], reports[1]).detail == "absent"


def test_the_same_message_is_there_once_and_a_snapshot_takes_nothing_away() -> None:
    state = after(MessageReceived(inbound("one")), MessageReceived(inbound("one")), MessagingSnapshot())
    assert [one.text for one in state.received.values()] == ["one"]
    again = reduce(state, [Envelope("messaging", MessagingSnapshot(received=(inbound("one"),)), 2.0)])
    assert again.received is state.received


def test_only_the_word_alone_is_an_opt_out() -> None:
    for text in ("STOP", " stop. ", '"Stop!"', "Unsubscribe"):
        assert inbound(text).opts_out
    for text in ("please stop by at nine", "don't stop", "", "STOPP"):
        assert not inbound(text).opts_out
    state = after(MessageReceived(inbound("STOP")), MessageReceived(inbound("thanks", 9.0, key="in2")))
    assert opted_out_at(state, Channel.SMS, NUMBER) == 5.0
    assert opted_out_at(state, Channel.EMAIL, NUMBER) is None
    assert opted_out_at(state, Channel.SMS, "+491") is None


def test_an_older_yes_ends_with_stop_and_a_newer_one_counts_again() -> None:
    stopped = after(MessageReceived(inbound("STOP")))  # at 5

    def consented(state: AppState, *consents: Consent) -> bool:
        eve = Customer("c1", "Eve", consents=consents)
        return consent_to(state, eve, Channel.SMS, NUMBER) is not None

    for consents, before, now in (
        ((), False, False),
        ((Consent("sms", True),), True, False),
        ((Consent("sms", True, 4.0),), True, False),
        ((Consent("sms", True, 6.0),), True, True),
        ((Consent("sms", True, 6.0), Consent("sms", False, 7.0)), False, False),
        ((Consent("sms", None, 9.0),), False, False),
        ((Consent("email", True, 9.0),), False, False),
    ):
        assert consented(AppState(), *consents) is before, consents
        assert consented(stopped, *consents) is now, consents


def test_the_customers_timeline_shows_both_directions() -> None:
    contact = interaction(id="i1", customer=Address("email", "eve@example.org"))
    eve = Customer("c1", "Eve", addresses=(Address("phone", NUMBER),))
    state = reduce(
        AppState(interactions={"i1": contact}, pops={"i1": linked(eve)}),
        [
            Envelope("messaging", event, 1.0)
            for event in (
                MessageReceived(inbound("where is it?")),
                MessageReceived(inbound("not hers", sender="+4911", key="in2")),
                DeliveryChanged(sent(DeliveryState.FAILED, 6.0, to=NUMBER, text="on its way", detail="absent")),
            )
        ],
    )
    shown = {entry.id: in_words(entry.summary) for entry in timeline(state, contact) if entry.channel == "sms"}
    assert shown == {"in:in1": "where is it?", "out:m1": "failed (absent): on its way"}
