"""All questions a screen or a command may ask about a state, in one place.

Every one is pure and cheap: it reads the state and computes, it stores nothing.
"""

from desktop.domain.select.centres import centre_of, own_apart, own_id
from desktop.domain.select.colleagues import call_way, chat_way, chat_with, colleague, namesakes, why_same
from desktop.domain.select.contacts import (
    call_capabilities,
    calls_of_nobody,
    held_back,
    me,
    me_at_work,
    mine,
    occupancy,
    own,
    phone_call,
    phone_does,
    phone_registered,
    server_now,
    verbs_on_offer,
)
from desktop.domain.select.copyable import Copyable, copyables, copyables_of_customer
from desktop.domain.select.customer import (
    came_from,
    case_of,
    consent_to,
    customer_of,
    entries_of,
    expert_outcomes,
    may_contact,
    names_crm,
    opted_out_at,
    pop,
    possible_customers,
    promise_is_late,
    recorded_against_will,
    recording_refused,
    timeline,
    timeline_of_customer,
    unsettled_pop,
)
from desktop.domain.select.experts import RankedExpert, rank_experts
from desktop.domain.select.merged_customer import FieldValue, differing, said_of
from desktop.domain.select.merged_details import ShownDetails, details_of, past_of
from desktop.domain.select.messages import (
    Recipient,
    held_message,
    held_messages,
    message_draft,
    message_refusal,
    recipients,
    unfinished_messages,
)
from desktop.domain.select.placeholder_values import placeholder_values, placeholder_values_outside
from desktop.domain.select.search import FoundHere, ended_contacts, search_here
from desktop.domain.select.telling_apart import Trait, Traits, telling_apart
from desktop.domain.select.wrap_up_rules import codes_for, codes_of_queue, match_codes, wrap_up_problems
from desktop.domain.state.freshness import known_at
from desktop.domain.state.lifecycle import open_leg

__all__ = [
    "Copyable",
    "FieldValue",
    "FoundHere",
    "RankedExpert",
    "Recipient",
    "ShownDetails",
    "Trait",
    "Traits",
    "call_capabilities",
    "call_way",
    "calls_of_nobody",
    "came_from",
    "case_of",
    "centre_of",
    "chat_way",
    "chat_with",
    "codes_for",
    "codes_of_queue",
    "colleague",
    "consent_to",
    "copyables",
    "copyables_of_customer",
    "customer_of",
    "details_of",
    "differing",
    "ended_contacts",
    "entries_of",
    "expert_outcomes",
    "held_back",
    "held_message",
    "held_messages",
    "known_at",
    "match_codes",
    "may_contact",
    "me",
    "me_at_work",
    "message_draft",
    "message_refusal",
    "mine",
    "names_crm",
    "namesakes",
    "occupancy",
    "open_leg",
    "opted_out_at",
    "own",
    "own_apart",
    "own_id",
    "past_of",
    "phone_call",
    "phone_does",
    "phone_registered",
    "placeholder_values",
    "placeholder_values_outside",
    "pop",
    "possible_customers",
    "promise_is_late",
    "rank_experts",
    "recipients",
    "recorded_against_will",
    "recording_refused",
    "said_of",
    "search_here",
    "server_now",
    "telling_apart",
    "timeline",
    "timeline_of_customer",
    "unfinished_messages",
    "unsettled_pop",
    "verbs_on_offer",
    "why_same",
    "wrap_up_problems",
]
