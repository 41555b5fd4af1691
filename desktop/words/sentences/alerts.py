"""Alerts: what they say, that they ended, and what is wrong with the rules they go by."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark, plural

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "alert.above": mark("{name}: {figure:figure} {value}, above {limit}"),
    "alert.below": mark("{name}: {figure:figure} {value}, below {limit}"),
    "alert.not_back_above": mark("{name}: {figure:figure} {value}, not back above {limit} yet"),
    "alert.not_back_below": mark("{name}: {figure:figure} {value}, not back below {limit} yet"),
    "alert.soon_above": mark("{name}: {figure:figure} {value}, at this rate above {limit} in {minutes} min"),
    "alert.soon_below": mark("{name}: {figure:figure} {value}, at this rate below {limit} in {minutes} min"),
    "alert.longer": mark("{name}: {figure:figure} for {value:span}, longer than {limit}"),
    "alert.longer_in_state": mark("{name}: {state:availability} for {value:span}, longer than {limit}"),
    "alert.longer_in_state_for_reason": mark(
        "{name}: {state:availability} ({reason}) for {value:span}, longer than {limit}"
    ),
    "alert.by_formula": mark("({formula:formula})"),
    "alert.over_last": mark("(last {window:span})"),
    "alert.by_formula_over_last": mark("({formula:formula}, last {window:span})"),
    "alert.ended": mark("Alert ended: {alert}"),
    "alert.two_ended": mark("2 alerts ended: {first}; {second}"),
    "alert.several_ended": plural(
        "{all} alerts ended: {first}; {second} and {n} more", "{all} alerts ended: {first}; {second} and {n} more"
    ),
    "alert.rules_unreadable": mark("The alert rules could not be read, so there are no alerts."),
}
