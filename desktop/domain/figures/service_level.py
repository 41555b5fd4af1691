"""Service level by name. Every vendor means another thing by the word; here each of them is one formula.

Definitions are the vendors' published ones, as of 2026: Amazon Connect "Historical metrics definitions", Genesys Cloud
"Service level", Talkdesk "Service level metrics", Twilio Flex, Asterisk `app_queue` (ServicelevelPerf and
ServicelevelPerf2), Wazo agent statistics, CxEngage, Vonage Contact Centre, Cisco Unified Contact Center Enterprise
"Service level types". "In time" is within the threshold of the counts.
"""

from dataclasses import dataclass

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.ratio import Ratio

_ANSWERED = ("answered_within",)
_SETTLED = ("answered", "abandoned")


@dataclass(frozen=True, slots=True)
class Formula:
    """One meaning of service level: its id, what it is at which vendors, and the arithmetic."""

    id: str
    known_as: tuple[str, ...]
    ratio: Ratio

    def is_of(self, vendor: str) -> bool:
        """Whether a vendor means this one, by their name or a part of it, in any case."""
        typed = vendor.casefold().replace(" ", "_")
        return bool(typed) and any(typed in name for name in self.known_as)

    def value(self, counts: Counts) -> float | None:
        """0..1, None when a count it needs is unknown or nobody has left the queue yet."""
        return self.ratio.value(counts)


def _named(*formulas: Formula) -> dict[str, Formula]:
    return {formula.id: formula for formula in formulas}


FORMULAS = _named(
    Formula(
        "answered_in_time_of_all",
        ("vonage",),
        Ratio(_ANSWERED, ("answered", "abandoned", "callbacks", "flow_outs")),
    ),
    Formula(
        "answered_in_time_flow_outs_against",
        ("genesys_with_flow_outs",),
        Ratio(_ANSWERED, ("answered", "abandoned", "flow_outs")),
    ),
    Formula(
        "answered_in_time_abandons_against",
        ("genesys", "vonage_without_breakouts", "ucce_abandons_count_against"),
        Ratio(_ANSWERED, _SETTLED),
    ),
    Formula(
        "answered_in_time_of_offered_less_short",
        ("talkdesk_contacts",),
        Ratio(_ANSWERED, ("offered",), of_less=("short_abandons",)),
    ),
    Formula(
        "answered_in_time_less_short_abandons",
        ("genesys_without_short_abandons",),
        Ratio(_ANSWERED, _SETTLED, of_less=("short_abandons",)),
    ),
    Formula(
        "answered_in_time_of_offered_less_quick",
        ("cxengage",),
        Ratio(_ANSWERED, ("offered",), of_less=("abandoned_within",)),
    ),
    Formula(
        "answered_in_time_abandons_ignored",
        ("ucce_abandons_ignored",),
        Ratio(_ANSWERED, _SETTLED, of_less=("abandoned_within",)),
    ),
    Formula(
        "left_in_time_of_offered",
        ("amazon_connect",),
        Ratio(("answered_within", "abandoned_within", "callbacks_within"), ("offered",)),
    ),
    Formula(
        "answered_in_time_abandons_for",
        ("asterisk_sl2", "ucce_abandons_count_for"),
        Ratio(("answered_within", "abandoned_within"), _SETTLED),
    ),
    Formula(
        "answered_in_time_of_answered",
        ("asterisk_sl", "wazo", "twilio_flex", "genesys_without_abandons"),
        Ratio(_ANSWERED, ("answered",)),
    ),
)
"""By id, in the order of the compare view."""

DEFAULT_FORMULA = FORMULAS["answered_in_time_abandons_against"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the compare view: `value` 0..1 or None."""

    formula: Formula
    value: float | None


def compare(counts: Counts) -> tuple[Compared, ...]:
    """What every formula makes of the same counts."""
    return tuple(Compared(one, one.value(counts)) for one in FORMULAS.values())
