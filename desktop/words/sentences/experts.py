"""What speaks for an expert, and against."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "experts.available": mark("available"),
    "experts.idle": mark("available, idle"),
    "experts.away": mark("away"),
    "experts.busy": mark("busy"),
    "experts.in_call": mark("in a call"),
    "experts.in_meeting": mark("in a meeting"),
    "experts.do_not_disturb": mark("do not disturb"),
    "experts.offline": mark("offline"),
    "experts.unknown": mark("presence unknown"),
    "experts.spelled_like_it": mark("similar spelling"),
    "experts.skill": mark("{skill} {level} of {highest}"),
    "experts.helped": mark("helped {helped} of {asked} times"),
    "experts.free_seconds": mark("free in {n} s"),
    "experts.free_minutes": mark("free in {n} min"),
    "experts.free_hours": mark("free in {n} h"),
    "experts.free_days": mark("free in {n} d"),
    "experts.seen_seconds": mark("seen {n} s ago"),
    "experts.seen_minutes": mark("seen {n} min ago"),
    "experts.seen_hours": mark("seen {n} h ago"),
    "experts.seen_days": mark("seen {n} d ago"),
}
