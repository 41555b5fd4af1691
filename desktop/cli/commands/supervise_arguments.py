"""The words of `supervise`. Only argparse and the catalogue are imported, so that --help is fast."""

import argparse
from collections.abc import Callable

from desktop.cli.argparse_words import spelled
from desktop.words.catalogue import tr

# Spelled out so that no import is needed for --help; a test compares them with the domain's verbs.
ACTS = (
    *("listen", "whisper", "barge", "end_monitor", "take_over", "reassign", "move", "priority", "withdraw"),
    *("agent_state", "answer_help", "message", "broadcast", "acknowledge"),
)
AUDIENCES = ("team", "signed_in", "available", "busy", "not_ready")
LOOKS = ("waiting", "interaction", "audit", "schedules", "agent_day")
Add = Callable[..., argparse.ArgumentParser]


def _limit(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 500:
        raise argparse.ArgumentTypeError(tr("must lie between 1 and 500"))
    return value


def _points(text: str) -> int:
    value = int(text)
    if not -1000 <= value <= 1000:
        raise argparse.ArgumentTypeError(tr("must lie between -1000 and 1000"))
    return value


def add_supervise(add: Add) -> None:
    """Add the command."""
    supervise = add(
        "supervise", tr("For supervisors: look after your team's work. Each act is written down with --why.")
    )
    verbs = (*ACTS, *LOOKS)
    supervise.add_argument("verb", type=spelled, choices=verbs, metavar="VERB", help=", ".join(verbs))
    supervise.add_argument(
        "id",
        nargs="?",
        help=tr(
            "what it is about: an agent (listen, whisper, barge, agent_state, message, agent_day), a contact, a"
            " request for help, a monitoring (end_monitor), an alert (acknowledge), a queue (waiting)"
        ),
    )
    supervise.add_argument("--why", default="", help=tr("the reason; demanded for what concerns an agent or a contact"))
    supervise.add_argument("--key", help=tr("idempotency key: repeat with the same one and it is done once"))
    supervise.add_argument("--agent", help=tr("reassign: to whom"))
    supervise.add_argument("--queue", help=tr("move: where to"))
    supervise.add_argument("--points", type=_points, help=tr("priority: -1000 to 1000, more is sooner"))
    supervise.add_argument(
        "--state", choices=("available", "not_ready", "offline"), help=tr("agent_state: what they are")
    )
    supervise.add_argument("--reason", default="", help=tr("agent_state: the reason of not ready"))
    supervise.add_argument("--text", default="", help=tr("answer_help, message, broadcast, acknowledge: what is said"))
    supervise.add_argument(
        "--to",
        choices=AUDIENCES,
        default=AUDIENCES[0],
        help=tr("broadcast: who of the team gets it (default all of it)"),
    )
    supervise.add_argument(
        "--count",
        type=int,
        metavar="N",
        help=tr("broadcast: how many agents get it; without it, or with another number, nothing is sent"),
    )
    supervise.add_argument("--close", action="store_true", help=tr("answer_help: the request is over"))
    supervise.add_argument("--limit", type=_limit, default=50, help=tr("waiting, audit: at most so many (default 50)"))
    supervise.add_argument("--day", metavar="YYYY-MM-DD", help=tr("schedules, agent_day: which day, today if left out"))
