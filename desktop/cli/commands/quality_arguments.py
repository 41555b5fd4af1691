"""The words of `quality`. Only argparse and the catalogue are imported, as in `arguments.py`."""

import argparse
from collections.abc import Callable

from desktop.words.catalogue import tr

LISTS = ("evaluations", "notes", "calibrations")
Add = Callable[..., argparse.ArgumentParser]


def _limit(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1_000:
        raise argparse.ArgumentTypeError(tr("must lie between 1 and 1000"))
    return value


def _weeks(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 520:
        raise argparse.ArgumentTypeError(tr("must lie between 0 and 520"))
    return value


def _moment(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1e11:
        raise argparse.ArgumentTypeError(tr("must be seconds since 1970"))
    return value


def add_quality(add: Add) -> None:
    """Add the command."""
    quality = add(
        "quality",
        tr("Evaluations, calibrations and coaching notes: of your team for supervisors, your own for agents."),
    )
    actions = quality.add_subparsers(dest="action", required=True, metavar="list|show|sample|export")
    listed = actions.add_parser("list", help=tr("one line each, newest first"), allow_abbrev=False)
    listed.add_argument("what", nargs="?", choices=LISTS, default="evaluations", help=tr("default evaluations"))
    listed.add_argument("--agent", default="", help=tr("only of this agent's work"))
    listed.add_argument("--limit", type=_limit, default=200)
    show = actions.add_parser("show", help=tr("one evaluation with its form, answers and score"), allow_abbrev=False)
    show.add_argument("id")
    sample = actions.add_parser(
        "sample", help=tr("supervisors: what is still to be judged in a week, as on the screen"), allow_abbrev=False
    )
    sample.add_argument("--form", help=tr("the form's name, that of its file; the only one if left out"))
    sample.add_argument(
        "--back", type=_weeks, default=0, metavar="WEEKS", help=tr("so many weeks ago instead of this one")
    )
    export = actions.add_parser("export", help=tr("everything there is to read, in full"), allow_abbrev=False)
    export.add_argument("--since", type=_moment, default=0.0, help=tr("handed in from then on: seconds since 1970"))
