"""What figures, formulas and counts are called, by their ids in the domain."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import mark, pmark

FIGURES: Final[Mapping[str, str]] = {
    "waiting": pmark("figure", "waiting"),
    "longest_wait": pmark("figure", "longest wait"),
    "estimated_wait": pmark("figure", "estimated wait"),
    "estimates_within": pmark("figure", "estimates that held"),
    "estimate_bias": pmark("figure", "estimates' mean error"),
    "estimate_error": pmark("figure", "estimates' mean absolute error"),
    "service_level": pmark("figure", "service level"),
    "service_level_of_centre": pmark("figure", "service level, centre's own"),
    "offered": pmark("figure", "offered"),
    "answered": pmark("figure", "answered"),
    "abandoned": pmark("figure", "abandoned"),
    "callbacks": pmark("figure", "callbacks"),
    "flow_outs": pmark("figure", "flow-outs"),
    "missed": pmark("figure", "missed offers"),
    "declined": pmark("figure", "declined offers"),
    "handled": pmark("figure", "handled"),
    "answer_rate": pmark("figure", "answer rate"),
    "abandon_rate": pmark("figure", "abandon rate"),
    "abandon_rate_of_settled": pmark("figure", "abandon rate of settled"),
    "abandon_rate_less_short": pmark("figure", "abandon rate, short ones out"),
    "asa": pmark("figure", "ASA"),
    "average_wait": pmark("figure", "average wait of all"),
    "average_abandon": pmark("figure", "average time to abandon"),
    "longest_wait_today": pmark("figure", "longest wait today"),
    "aht": pmark("figure", "AHT"),
    "aht_without_wrap_up": pmark("figure", "AHT without wrap-up"),
    "average_talk": pmark("figure", "average talk"),
    "average_hold": pmark("figure", "average hold"),
    "average_wrap_up": pmark("figure", "average wrap-up"),
    "occupancy": pmark("figure", "occupancy"),
    "occupancy_of_capacity": pmark("figure", "occupancy of capacity"),
    "agents_available": pmark("figure", "agents available"),
    "agents_busy": pmark("figure", "agents busy"),
    "agents_signed_in": pmark("figure", "agents signed in"),
    "agent_time_in_state": pmark("figure", "in state"),
    "agent_missed": pmark("figure", "missed offers"),
    "agent_out_of_adherence": pmark("figure", "out of adherence"),
    "work_ringing": pmark("figure", "ringing"),
    "work_talking": pmark("figure", "talking"),
    "work_on_hold": pmark("figure", "on hold"),
    "work_wrap_up": pmark("figure", "in wrap-up"),
    "work_overdue": pmark("figure", "past its deadline"),
    "source_down": pmark("figure", "not reachable"),
    "source_silent": pmark("figure", "silent"),
}
"""Every metric of a queue, and what else an alert can be about."""

DEFINITIONS: Final[Mapping[str, str]] = {
    "waiting": mark(
        "Customers in the queue now. Whether one still counts while an agent is being rung is the centre's own way."
    ),
    "longest_wait": mark(
        "How long the one who has been in the queue longest has been in it; 0 when nobody waits."
        " Moving to another queue starts it again."
    ),
    "estimated_wait": mark("How long somebody who comes now will wait, as the contact centre estimates."),
    "estimates_within": mark(
        "Of the customers answered since midnight, those whose wait lay in the interval estimated on arrival."
    ),
    "estimate_bias": mark(
        "Actual minus estimated wait, averaged over the answered since midnight: above 0 means estimated too short."
    ),
    "estimate_error": mark(
        "How far the actual wait lay from the estimated one, averaged over the answered since midnight."
    ),
    "service_level": mark("The share dealt with in time, by the formula that is named with it."),
    "service_level_of_centre": mark("What the contact centre itself says, by its own formula."),
    "offered": mark("Entries into the queue, moves in too."),
    "answered": mark("Customers an agent answered."),
    "abandoned": mark("Customers who gave up; callbacks and moves are not among them."),
    "callbacks": mark("Left the line to be called back."),
    "flow_outs": mark("Moved to another queue."),
    "missed": mark("Offers that nobody answered."),
    "declined": mark("Offers that an agent declined."),
    "handled": mark("Conversations that ended."),
    "answer_rate": mark("Answered ÷ (answered + abandoned)."),
    "abandon_rate": mark("Abandoned ÷ offered; those who still wait are among the offered."),
    "abandon_rate_of_settled": mark("Abandoned ÷ (answered + abandoned)."),
    "abandon_rate_less_short": mark("(Abandoned − short abandons) ÷ (offered − short abandons)."),
    "asa": mark("Average speed of answer: waiting time of the answered, ringing included, ÷ answered."),
    "average_wait": mark("Waiting time of the answered and the abandoned ÷ both."),
    "average_abandon": mark("Waiting time of the abandoned ÷ abandoned."),
    "longest_wait_today": mark("The longest wait since midnight, whoever is still waiting included."),
    "aht": mark("Average handling time: talk + hold + wrap-up ÷ handled."),
    "aht_without_wrap_up": mark("Talk + hold ÷ handled."),
    "average_talk": mark("Talk without hold ÷ handled."),
    "average_hold": mark("Hold ÷ handled."),
    "average_wrap_up": mark("Wrap-up time ÷ wrap-ups that ended."),
    "occupancy": mark(
        "Time with a contact in hand ÷ (that + available time with none); three chats at once count as one."
    ),
    "occupancy_of_capacity": mark(
        "Capacity in use over time ÷ (time with a contact in hand + available time); one chat of three counts a third."
    ),
    "agents_available": mark("Agents who can take a contact of this queue now."),
    "agents_busy": mark("Agents of this queue with a contact in hand."),
    "agents_signed_in": mark("Agents of this queue who are signed in."),
}
"""What each metric of a queue means, in a sentence."""

FORMULAS: Final[Mapping[str, str]] = {
    "answered_in_time_of_all": mark("of all who left"),
    "answered_in_time_flow_outs_against": mark("abandons and flow-outs count against"),
    "answered_in_time_abandons_against": mark("abandons count against"),
    "answered_in_time_of_offered_less_short": mark("of offered, short abandons excluded"),
    "answered_in_time_less_short_abandons": mark("abandons count against, short excluded"),
    "answered_in_time_of_offered_less_quick": mark("of offered, abandons in time excluded"),
    "answered_in_time_abandons_ignored": mark("abandons in time ignored"),
    "left_in_time_of_offered": mark("all who left in time, of offered"),
    "answered_in_time_abandons_for": mark("abandons in time count in favour"),
    "answered_in_time_of_answered": mark("of answered"),
}
"""Which service level a formula makes, in a few words."""

VENDORS: Final[Mapping[str, str]] = {
    "vonage": "Vonage",
    "genesys_with_flow_outs": mark("Genesys with flow-outs"),
    "genesys": "Genesys",
    "vonage_without_breakouts": mark("Vonage without breakouts"),
    "ucce_abandons_count_against": mark("UCCE abandons count against"),
    "talkdesk_contacts": mark("Talkdesk contacts"),
    "genesys_without_short_abandons": mark("Genesys without short abandons"),
    "cxengage": "CxEngage",
    "ucce_abandons_ignored": mark("UCCE abandons ignored"),
    "amazon_connect": "Amazon Connect",
    "asterisk_sl2": "Asterisk SL2",
    "ucce_abandons_count_for": mark("UCCE abandons count for"),
    "asterisk_sl": "Asterisk SL",
    "wazo": "Wazo",
    "twilio_flex": "Twilio Flex",
    "genesys_without_abandons": mark("Genesys without abandons"),
}
"""Whose service level a formula is."""

COUNTS: Final[Mapping[str, str]] = {
    "offered": pmark("count", "offered"),
    "answered": pmark("count", "answered"),
    "answered_within": pmark("count", "answered in time"),
    "abandoned": pmark("count", "abandoned"),
    "abandoned_within": pmark("count", "abandoned in time"),
    "short_abandons": pmark("count", "short abandons"),
    "callbacks": pmark("count", "callbacks"),
    "callbacks_within": pmark("count", "callbacks in time"),
    "flow_outs": pmark("count", "flow-outs"),
    "flow_outs_within": pmark("count", "flow-outs in time"),
    "handled": pmark("count", "handled"),
    "wrapped_up": pmark("count", "wrapped up"),
    "wait_seconds": pmark("count", "waiting time of the answered"),
    "abandon_seconds": pmark("count", "waiting time of the abandoned"),
    "talk_seconds": pmark("count", "talk"),
    "hold_seconds": pmark("count", "hold"),
    "wrap_up_seconds": pmark("count", "wrap-up"),
    "staff.idle": pmark("count", "idle time"),
    "staff.engaged": pmark("count", "engaged time"),
    "staff.load": pmark("count", "capacity in use over time"),
}
"""What a count is called in the arithmetic of a figure."""
