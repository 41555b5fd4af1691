"""The customer: found, linked, created, and their records."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    # Why nobody was looked up, as it stands on the card.
    "customer.no_crm": mark("this profile has no CRM"),
    "customer.withheld": mark("the number is withheld"),
    "customer.nothing_to_search_by": mark("there is nothing to search by"),
    "customer.searching_for": mark("searching for '{text}'"),
    "customer.without_record": mark("you continued without a record"),
    "customer.not_looked_up": mark("The customer could not be looked up."),
    "customer.no_cases": mark("No cases."),
    "customer.no_timeline": mark("No history."),
    "customer.no_older": mark("Older entries were not loaded."),
    "customer.no_purchases": mark("No purchases."),
    "customer.answer_no_customers": mark("The CRM's answer is not a list of customers."),
    "customer.answer_no_customer": mark("The answer is not a customer."),
    "customer.answer_no_list": mark("The answer is not a list."),
    # What came of a press.
    "customer.search_first": mark("Search for the customer before you create them again."),
    "customer.not_created": mark("No record was created."),
    "customer.perhaps_created": mark("It is not known whether a record was created."),
    "customer.no_name": mark("There is no name."),
    "customer.nowhere_to_create": mark("There is nothing to create it in."),
    "customer.created": mark("A record for {name} was created."),
    "customer.link_not_told": mark("The CRM was not told whom the contact is with, and that could not be kept."),
    # Why somebody is among those found.
    "match.known": mark("known from before"),
    "match.similar_name": mark("similar name, seen here before"),
    "match.linked": mark("linked by you"),
    "match.linked_before": mark("you linked them before"),
    "match.linked_by_previous_agent": mark("linked by the agent before"),
    "match.created": mark("created now"),
    # Why records of several systems are one customer or person.
    "identity.by_hand": mark("you said so"),
    "identity.same_phone": mark("same number"),
    "identity.same_email": mark("same e-mail"),
    "identity.same_handle": mark("same handle"),
    "identity.same_email_phone": mark("same e-mail and number"),
    "identity.same_handle_phone": mark("same handle and number"),
    "identity.same_email_handle": mark("same e-mail and handle"),
    "identity.same_email_handle_phone": mark("same e-mail, handle and number"),
    "identity.same": mark("same {kinds}"),
    # What the desktop itself saw, on the timeline.
    "timeline.inbound": mark("inbound {channel:channel}"),
    "timeline.outbound": mark("outbound {channel:channel}"),
    "timeline.contact_of_queue": mark("{what} ({queue})"),
    "timeline.consult": mark("consulted {name}: {outcome:leg_outcome}"),
    "timeline.transfer": mark("transfer to {name}: {outcome:leg_outcome}"),
    "timeline.conference": mark("conference with {name}: {outcome:leg_outcome}"),
    "timeline.asked_by_chat": mark("asked {name} by chat"),
    "timeline.customer": mark("customer"),
    "timeline.message_queued": mark("queued: {text}"),
    "timeline.message_sent": mark("sent: {text}"),
    "timeline.message_delivered": mark("delivered: {text}"),
    "timeline.message_failed": mark("failed: {text}"),
    "timeline.message_unknown": mark("not known whether it was sent: {text}"),
    "timeline.message_in_outbox": mark("waits in the outbox: {text}"),
    "timeline.message_refused": mark("not sent, in the outbox ({why:clause}): {text}"),
    "timeline.message_failed_because": mark("failed ({why}): {text}"),
}
