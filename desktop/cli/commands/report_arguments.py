"""The words of `report`. Only argparse and the catalogue are imported, as in `arguments.py`."""

import argparse
from collections.abc import Callable

from desktop.words.catalogue import tr

WIDTHS = {"15m": 900.0, "30m": 1_800.0, "1h": 3_600.0, "day": 86_400.0, "week": 604_800.0}
FORMULAS = (
    "answered_in_time_of_all",
    "answered_in_time_flow_outs_against",
    "answered_in_time_abandons_against",
    "answered_in_time_of_offered_less_short",
    "answered_in_time_less_short_abandons",
    "answered_in_time_of_offered_less_quick",
    "answered_in_time_abandons_ignored",
    "left_in_time_of_offered",
    "answered_in_time_abandons_for",
    "answered_in_time_of_answered",
)
"""Spelled out so that no import is needed for --help; a test compares them with the domain's formulas."""
Add = Callable[..., argparse.ArgumentParser]


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1e9:
        raise argparse.ArgumentTypeError(tr("must be 0 or more seconds"))
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(tr("must lie between 1 and 1,000,000"))
    return value


def add_report(add: Add) -> None:
    """Add the command."""
    report = add(
        "report",
        tr("The past of your team, for supervisors: counts by interval, and what happened to contacts."),
    )
    actions = report.add_subparsers(
        dest="action", required=True, metavar="intervals|interactions|interaction|recording"
    )
    intervals = actions.add_parser("intervals", help=tr("counts and figures by interval"), allow_abbrev=False)
    _period(intervals)
    intervals.add_argument("--width", choices=tuple(WIDTHS), default="30m", help=tr("of an interval (default 30m)"))
    intervals.add_argument("--by-queue", action="store_true", help=tr("each queue has its own intervals"))
    intervals.add_argument(
        "--formula",
        choices=FORMULAS,
        default=FORMULAS[2],
        metavar="NAME",
        help=tr("of service level: {formulas}", formulas=FORMULAS),
    )
    intervals.add_argument("--title", default="", help=tr("what an HTML report is headed by"))
    _output(intervals, ("json", "csv", "parquet", "html"))
    interactions = actions.add_parser(
        "interactions", help=tr("finished interactions, newest first"), allow_abbrev=False
    )
    _period(interactions)
    narrowing = {
        "agent": tr("only this agent, by id; may be given again"),
        "outcome": tr("only this outcome, such as abandoned; may be given again"),
        "code": tr("only this wrap-up code, by id; may be given again"),
    }
    for name, what in narrowing.items():
        interactions.add_argument(f"--{name}", dest=f"{name}s", action="append", default=[], help=what)
    interactions.add_argument(
        "--text",
        default="",
        help=tr("only with these words in the customer's name or number, the subject, a message or the note"),
    )
    interactions.add_argument("--customer", default="", help=tr("only this number or address, exactly"))
    interactions.add_argument(
        "--longer-than", type=_seconds, metavar="SECONDS", help=tr("only who waited at least so long")
    )
    interactions.add_argument("--limit", type=_count, default=10_000, help=tr("at most so many (default 10000)"))
    _output(interactions, ("json", "csv", "parquet"))
    one = actions.add_parser("interaction", help=tr("one of them, with everything that happened"), allow_abbrev=False)
    one.add_argument("id")
    heard = tr("where a recording of one of them can be heard; goes into the audit log")
    recording = actions.add_parser("recording", help=heard, allow_abbrev=False)
    recording.add_argument("id", help=tr("of the interaction"))
    recording.add_argument("recording", nargs="?", default="", help=tr("which one (default the first)"))
    recording.add_argument("--key", help=tr("idempotency key: repeat with the same one and it is done once"))


def _period(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--since",
        metavar="DAY",
        help=tr("first day, 2026-11-14, today or yesterday, by the centre's clock (default a week ago)"),
    )
    to.add_argument("--until", metavar="DAY", help=tr("the day at whose beginning it ends (default tomorrow)"))
    to.add_argument(
        "--queue", dest="queues", action="append", default=[], help=tr("only this queue; may be given again")
    )
    to.add_argument(
        "--channel", dest="channels", action="append", default=[], help=tr("only this channel; may be given again")
    )


def _output(to: argparse.ArgumentParser, forms: tuple[str, ...]) -> None:
    to.add_argument("--format", choices=forms, help=tr("default: as the file is called, else json"))
    to.add_argument("--output", metavar="FILE", help=tr("write there instead of stdout; only you can read it"))
    to.add_argument("--force", action="store_true", help=tr("overwrite what is there already"))
