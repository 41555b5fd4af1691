"""How many agents are needed: what a what-if assumes, why there is none, and figures that are out of their range."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark, plural

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "staffing.more": plural("+{n} agent: {before:.0f} → {after:.0f} %", "+{n} agents: {before:.0f} → {after:.0f} %"),
    "staffing.fewer": plural("−{n} agent: {before:.0f} → {after:.0f} %", "−{n} agents: {before:.0f} → {after:.0f} %"),
    "staffing.not_counted": mark("arrivals are not counted yet."),
    "staffing.needs_more_data": mark("needs more data ({minutes:.0f} min so far)."),
    "staffing.no_threshold": mark("the queue has no threshold."),
    "staffing.other_queues": mark("its agents also serve queues that are not shown here."),
    "staffing.no_agents": mark("no agents are working on this queue now."),
    "staffing.slots_unknown": mark("how many contacts an agent takes at once is unknown, or differs between agents."),
    "staffing.few_contacts": plural(
        "only {n} contact in {minutes:.0f} min.", "only {n} contacts in {minutes:.0f} min."
    ),
    "staffing.handle_unknown": mark("fewer than {fewest} contacts finished, so the handle time is unknown."),
    "staffing.overload": mark(
        "more contacts arrive than can be handled, and too few customers gave up to know their patience."
    ),
    "staffing.not_measured": mark("no service level has been measured yet to compare with."),
    "staffing.counts_missing": mark("the service level formula needs counts that are missing."),
    "staffing.does_not_fit": mark(
        "the model gives {model:.0f} % answered in time, but {measured:.0f} % were: it does not fit this queue now."
    ),
    "staffing.goes_on": plural(
        "the last {minutes:.0f} min continue: {n} contact of {handle:.0f} s",
        "the last {minutes:.0f} min continue: {n} contacts of {handle:.0f} s",
    ),
    "staffing.all_go_on": plural(
        "the last {minutes:.0f} min continue: its agents handle {n} contact of all queues, {handle:.0f} s each",
        "the last {minutes:.0f} min continue: its agents handle {n} contacts of all queues, {handle:.0f} s each",
    ),
    "staffing.at_work": plural("{n} agent at work", "{n} agents at work"),
    "staffing.at_work_side_by_side": plural(
        "{n} agent at work, {slots} contacts at once", "{n} agents at work, {slots} contacts at once"
    ),
    "staffing.at_work_on_average": mark("{agents:.1f} agents at work, as on average then"),
    "staffing.no_one_gives_up": mark("no one gives up: too few did today to estimate patience"),
    "staffing.give_up_after": mark("customers give up after {patience:.0f} s on average, as {abandoned} did today"),
    "staffing.one_line": mark("{queues} queues share these agents and wait in one line"),
    "staffing.mixed": mark("agents who serve only some of the queues balance out"),
    "staffing.share_of_queue": mark("{percent:.0f} % of their contacts are of this queue, and of one agent more"),
    "staffing.too_little_history": mark("There is too little history: a forecast needs {days} days of history."),
    "staffing.slots": mark("Contacts at once must be 1 to 100, not {value}."),
    "staffing.efficiency": mark("Efficiency must be above 0 and at most 1, not {value:g}."),
    "staffing.calls": mark("Calls must be 0 or more, not {value:g}."),
    "staffing.per": mark("The period must be above 0 seconds, not {value:g}."),
    "staffing.handle": mark("Handle time must be above 0 seconds, not {value:g}."),
    "staffing.patience": mark("Patience must be above 0 seconds, not {value:g}."),
    "staffing.load": mark("A load of more than {most:,.0f} Erlang is not computed."),
    "staffing.servers": mark("More than {most:,.0f} servers are not computed."),
    "staffing.level": mark("Service level must lie between 0 and 1, not {value:g}."),
    "staffing.occupancy": mark("Occupancy must lie between 0 and 1, not {value:g}."),
    "staffing.abandoned": mark("Abandoned must lie between 0 and 1, not {value:g}."),
    "staffing.threshold": mark("The threshold must be 0 seconds or more, not {value:g}."),
    "staffing.asa": mark("A mean wait must be above 0 seconds, not {value:g}."),
    "staffing.no_target": mark(
        "Nothing is wanted: give a service level, a mean wait, an occupancy or a share abandoned."
    ),
    "staffing.shrinkage": mark("Shrinkage must be 0 or more and below 1, not {value:g}."),
    "staffing.not_computed": mark("The agents needed cannot be computed: {why:clause}."),
    "staffing.beyond": mark("These figures are beyond what can be computed."),
}
