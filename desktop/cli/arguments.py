"""The words of the command line. Only argparse and the closed lists are imported: `--help` must come at once."""

import argparse
from collections.abc import Callable

from desktop.cli.argparse_words import from_our_catalogue, spelled
from desktop.cli.commands.quality_arguments import add_quality
from desktop.cli.commands.report_arguments import add_report
from desktop.cli.commands.supervise_arguments import add_supervise
from desktop.cli.output import FORMATS
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.words import Availability, Verb
from desktop.ports.kinds import Kind
from desktop.words.catalogue import tr
from desktop.words.marks import mark

VERBS = tuple(verb.value for verb in Verb)
SHELLS = ("bash", "zsh", "fish", "tcsh")
LEVELS = ("error", "warning", "info", "debug")
AGENT_VERBS = (*(one.value for one in Availability), "cancel_next")
EPILOG = mark("""\
Without a command the desktop itself starts. Every command but completion, demo and mock writes to stdout, a table on
a terminal and JSON elsewhere (--format), and words to stderr.
Exit codes: 0 done, 1 refused, 2 usage or configuration, 3 unavailable or not signed in, 4 no answer in time,
130 interrupted.""")

Add = Callable[..., argparse.ArgumentParser]


class _Spoken(tuple[str, ...]):
    """Words that a shell completes, and in whose place anything else may stand."""

    __slots__ = ()

    def __contains__(self, word: object) -> bool:
        return True


def _findable(noun: argparse.ArgumentParser, what: str) -> None:
    """`find TEXT` and `show ID`, spelled alike for everything that can be listed."""
    noun.add_argument(
        "action",
        nargs="?",
        choices=_Spoken(("find", "show")),
        metavar="find|show",
        help=tr("find TEXT: only those that it names; show ID: one; all if left out"),
    )
    noun.add_argument("words", nargs="*", metavar="TEXT", help=what)


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(tr("must lie between 0 and 3600 seconds"))
    return value


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if value < 1:
        raise argparse.ArgumentTypeError(tr("must be 1 or more"))
    return value


def _id(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(tr("must not be empty"))
    return text


def _speed(text: str) -> float:
    value = _number(text)
    if not 0.1 <= value <= 100:
        raise argparse.ArgumentTypeError(tr("must lie between 0.1 and 100"))
    return value


def _duration(text: str) -> float:
    unit = {"s": 1.0, "m": 60.0, "h": 3_600.0}.get(text[-1:])
    value = _number(text[:-1]) * unit if unit else _number(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(tr("must be a time above 0: 180, 30m, 1h"))
    return value


def _share(text: str) -> float:
    value = _number(text[:-1]) / 100 if text.endswith("%") else _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(tr("must be a share: 30% or 0.3"))
    return value


def _target(text: str) -> tuple[float, float]:
    percent, seconds = map(_number, text.split("/", 1)) if "/" in text else (-1.0, -1.0)
    if not (0 < percent < 100 and 0 <= seconds < 1e6):
        raise argparse.ArgumentTypeError(tr("must be as 80/20: percent within seconds"))
    return percent / 100, seconds


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("{text} is not a number", text=repr(text))) from None


def parser() -> argparse.ArgumentParser:
    """The parser of all commands. `command` names the one chosen, None for the desktop itself."""
    from_our_catalogue()
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", default=argparse.SUPPRESS, help=tr("which profile of the configuration to use"))
    shared.add_argument("--config", default=argparse.SUPPRESS, metavar="FILE", help=tr("the configuration file"))
    shared.add_argument(
        "--timeout", type=_seconds, default=argparse.SUPPRESS, metavar="SECONDS", help=tr("longest wait (default 8)")
    )
    shared.add_argument(
        "--format",
        choices=FORMATS,
        default=argparse.SUPPRESS,
        help=tr("how answers are written (default: a table on a terminal, json elsewhere)"),
    )
    top = argparse.ArgumentParser(
        prog="agent-desktop",
        description=tr("The contact-centre agent's desktop, in a terminal."),
        epilog=tr(EPILOG),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared],
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help=tr("print the version and exit"))
    top.add_argument(
        "--take-over", action="store_true", help=tr("ask a desktop that is already running to save and quit")
    )
    top.add_argument(
        "--log-level",
        choices=LEVELS,
        default="warning",
        help=tr("how much the desktop writes to its log (default warning); agent-desktop info says where that is"),
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title=tr("commands"))

    def add(name: str, text: str) -> argparse.ArgumentParser:
        # A report has more forms than those of an answer.
        return commands.add_parser(
            name, help=text, description=text, parents=[shared], allow_abbrev=False, conflict_handler="resolve"
        )

    _reading(add)
    _doing(add)
    _writing(add)
    _keeping(add)
    _planning(add)
    add_report(add)
    add_supervise(add)
    add_quality(add)
    _starting(add)
    return top


def _reading(add: Add) -> None:
    add("state", tr("Everything at a glance: you, your interactions, your queues, what waits to be delivered."))
    _findable(add("agents", tr("The agents of your queues.")), tr("part of a name, team, skill or queue; or an id"))
    queues = add("queues", tr("The queues you serve, with their figures."))
    _findable(queues, tr("part of a name; or the name"))
    queues.add_argument("--metrics", action="store_true", help=tr("every metric with its definition, value and age"))
    queues.add_argument("--formula", help=tr("which service level is meant, by its id; implies --metrics"))
    alerts = add("alerts", tr("What needs a supervisor, by the profile's alert rules."))
    alerts.add_argument("--follow", action="store_true", help=tr("each change as a line, until interrupted"))
    alerts.add_argument("--figures", action="store_true", help=tr("with --follow: new figures of old alerts too"))
    alerts.add_argument("--count", type=_count, help=tr("with --follow: stop after so many"))
    interactions = add("interactions", tr("Your interactions."))
    interactions.add_argument("--phase", help=tr("only those in this phase, e.g. offered"))
    _findable(interactions, tr("part of a name, number, queue or subject; or an id"))
    customer = add("customer", tr("Customers in the CRM."))
    actions = customer.add_subparsers(dest="action", required=True, metavar="find|show")
    find = actions.add_parser("find", help=tr("search by text, phone, e-mail or handle"), allow_abbrev=False)
    how = find.add_mutually_exclusive_group(required=True)
    how.add_argument("text", nargs="?", help=tr("names, companies, addresses, case subjects"))
    how.add_argument("--phone", help=tr("in E.164 form: +442079460958"))
    how.add_argument("--email")
    how.add_argument("--handle")
    find.add_argument("--limit", type=_count, default=10)
    show = actions.add_parser("show", help=tr("one record with its cases and purchases"), allow_abbrev=False)
    show.add_argument("id")
    people = add("people", tr("People of the directory, with their presence."))
    _findable(people, tr("part of a name, title, team or skill; or an id"))
    people.add_argument("--skill", default="")
    case = add("case", tr("Cases of customers in the CRM."))
    actions = case.add_subparsers(dest="action", required=True, metavar="find")
    find = actions.add_parser("find", help=tr("search by subject, id or status"), allow_abbrev=False)
    find.add_argument("text", help=tr("what the case or its customer is called"))
    find.add_argument("--customer", help=tr("only this customer's, by id; else of those whom the text finds"))
    find.add_argument("--limit", type=_count, default=10, help=tr("how many customers are looked through at most"))
    timeline = add("timeline", tr("A customer's history, newest first."))
    timeline.add_argument("customer")
    timeline.add_argument("--limit", type=_count, default=50)
    timeline.add_argument("--before", type=_number, help=tr("only what is older: seconds since 1970"))
    events = add("events", tr("Events as they happen, one JSON document per line."))
    events.add_argument(
        "--follow", action="store_true", help=tr("go on until interrupted; otherwise stop when up to date")
    )
    events.add_argument(
        "--source",
        default="contact_center",
        help=tr("contact_center or presence; of several contact centres contact_center:NAME"),
    )
    events.add_argument("--after", metavar="EPOCH:NUMBER", help=tr("start after this event instead of now"))
    events.add_argument("--type", dest="types", action="append", help=tr("only this type; may be given again"))
    events.add_argument("--count", type=_count, help=tr("stop after so many"))


def _doing(add: Add) -> None:
    do = add("do", tr("Act on an interaction, or on your own availability."))
    verbs = (*VERBS, *AGENT_VERBS, "chat", "dial", "pull", "ask_help", "answer_supervisor", "save_file")
    do.add_argument("verb", type=spelled, choices=verbs, metavar="VERB", help=", ".join(verbs))
    do.add_argument("id", nargs="?", help=tr("the interaction; for chat the person, for answer_supervisor who wrote"))
    do.add_argument("--key", help=tr("idempotency key: repeat with the same one and it is done once"))
    do.add_argument("--leg", help=tr("which leg; the open one if left out"))
    do.add_argument("--target", help=tr("person:ID, agent:ID, tel:+NUMBER, or queue:NAME for a blind transfer"))
    do.add_argument("--digits", help=tr("tones: 0-9 * # A-D"))
    do.add_argument("--text", help=tr("what to write"))
    do.add_argument(
        "--file",
        dest="files",
        metavar="FILE",
        action="append",
        default=[],
        help=tr("send_message: a file to send along; may be given again"),
    )
    do.add_argument("--subject", default="", help=tr("send_message: the subject of an e-mail"))
    do.add_argument(
        "--to", action="append", default=[], help=tr("send_message: an e-mail's recipient; may be given again")
    )
    do.add_argument("--cc", action="append", default=[], help=tr("send_message: who gets a copy; may be given again"))
    do.add_argument("--message", help=tr("save_file: the id of the message"))
    do.add_argument("--attachment", help=tr("save_file: the id of the file in it; the only one if left out"))
    do.add_argument("--reason", default="", help=tr("why: for decline and not_ready"))
    do.add_argument("--after-current", action="store_true", help=tr("availability: after the current contact"))
    do.add_argument("--code", dest="codes", action="append", default=[], help=tr("wrap-up code; may be given again"))
    do.add_argument("--note", default="", help=tr("the note of a wrap-up or callback"))
    do.add_argument("--note-file", metavar="FILE", help=tr("read the note from a file, or from stdin with -"))
    do.add_argument("--customer", help=tr("wrap_up: the customer's id; looked up by the address if left out"))
    do.add_argument("--queue", help=tr("callback: the queue, the interaction's own if left out; dial: on whose behalf"))
    do.add_argument("--phone", help=tr("callback: the number, the customer's own if left out; dial: whom to call"))
    do.add_argument("--at", type=_number, help=tr("callback: when, seconds since 1970"))


def _writing(add: Add) -> None:
    message = add("message", tr("Write to a customer without a contact, and see what became of a message."))
    actions = message.add_subparsers(dest="action", required=True, metavar="send|status")
    send = actions.add_parser("send", help=tr("send one, if the customer agreed to it"), allow_abbrev=False)
    send.add_argument("customer", type=_id, help=tr("the customer's id"))
    send.add_argument("--channel", choices=tuple(MESSAGE_KINDS), default="sms", help=tr("how (default sms)"))
    send.add_argument("--to", metavar="ADDRESS", help=tr("which address on their card; the first if left out"))
    send.add_argument("--subject", default="", help=tr("the subject of an e-mail"))
    words = send.add_mutually_exclusive_group(required=True)
    words.add_argument("--text", help=tr("what to write"))
    words.add_argument("--template", metavar="NAME", help=tr("the canned reply with this name, filled in"))
    send.add_argument("--key", help=tr("idempotency key: repeat with the same one and it is done once"))
    status = actions.add_parser("status", help=tr("the state of a message"), allow_abbrev=False)
    status.add_argument("id", type=_id, help=tr("the id that send printed"))


def _keeping(add: Add) -> None:
    outbox = add("outbox", tr("Records on their way to the CRM: list, show, retry or drop them."))
    actions = outbox.add_subparsers(dest="action", required=True, metavar="list|show|retry|drop")
    listed = actions.add_parser("list", help=tr("what is waiting or needs attention"), allow_abbrev=False)
    listed.add_argument("--all", action="store_true", help=tr("what was delivered too"))
    show = actions.add_parser("show", help=tr("one record with its text"), allow_abbrev=False)
    show.add_argument("key")
    retry = actions.add_parser(
        "retry",
        help=tr("send it now and say what became of it; 1 when something is still not delivered"),
        allow_abbrev=False,
    )
    retry.add_argument(
        "key",
        nargs="?",
        help=tr(
            "which record (1: refused again, 3: it waits); everything that is not delivered, parked too, if left out"
        ),
    )
    drop = actions.add_parser("drop", help=tr("discard one that needs attention, for good"), allow_abbrev=False)
    drop.add_argument("key")
    erase = add("erase", tr("Erase everything that this machine keeps about one customer."))
    erase.add_argument("customer", type=_id, metavar="CUSTOMER", help=tr("the customer's id"))
    erase.add_argument(
        "--address",
        action="append",
        default=[],
        metavar="ADDRESS",
        help=tr("a number or e-mail address of theirs that this machine may not know; may be given again"),
    )
    erase.add_argument("--unsent", action="store_true", help=tr("notes and records that were never sent too"))
    add("info", tr("Where things are and what is installed, for bug reports."))
    add("docs", tr("Where the documentation is: the folder on this machine, the address on the web."))
    completion = add("completion", tr("The script by which your shell completes the words of this command."))
    completion.add_argument("shell", choices=SHELLS)
    config = add("config", tr("Profiles: show, check or create one; the schema of the file."))
    actions = config.add_subparsers(dest="action", required=True, metavar="show|check|init|schema")
    actions.add_parser("show", help=tr("every value and where it came from; secrets hidden"), allow_abbrev=False)
    actions.add_parser("check", help=tr("open each backend and say what works"), allow_abbrev=False)
    init = actions.add_parser("init", help=tr("make a profile, with questions"), allow_abbrev=False)
    init.add_argument("name", help=tr("the name of the new profile"))
    actions.add_parser(
        "schema", help=tr("the file as a JSON Schema, for editors that complete and check it"), allow_abbrev=False
    )
    backends = add("backends", tr("The installed plug-ins."))
    backends.add_argument("action", nargs="?", choices=("list", "show", "check", "new"), default="list")
    backends.add_argument(
        "kind", nargs="?", choices=[kind.value for kind in Kind], help=tr("the kind, for show, check and new")
    )
    backends.add_argument("name", nargs="?", help=tr("the name, for show, check and new"))
    backends.add_argument("--markdown", action="store_true", help=tr("check: a report for people instead of JSON"))
    backends.add_argument("--open", action="store_true", help=tr("check: open it too, as the profile is set"))
    backends.add_argument(
        "--into", default=".", metavar="FOLDER", help=tr("new: where the folder NAME is made (default: here)")
    )


def _planning(add: Add) -> None:
    staffing = add("staffing", tr("How many agents are needed: calculated, for a live queue, or forecast."))
    actions = staffing.add_subparsers(dest="action", required=True, metavar="need|what-if|forecast")
    need = actions.add_parser("need", help=tr("agents for a load of work; asks no server"), allow_abbrev=False)
    need.add_argument("--calls", type=_number, required=True, help=tr("contacts that come in each --per"))
    need.add_argument("--per", type=_duration, default=1_800.0, metavar="TIME", help=tr("30m (default), 1h, 900s"))
    need.add_argument(
        "--aht", type=_duration, required=True, metavar="TIME", help=tr("handling time with wrap-up: 180, 3m")
    )
    what_if = actions.add_parser("what-if", help=tr("what one agent more or fewer would make"), allow_abbrev=False)
    what_if.add_argument("--queue", required=True)
    what_if.add_argument("--formula", help=tr("which service level is meant; the id of a formula"))
    forecast = actions.add_parser("forecast", help=tr("contacts and agents by the half hour"), allow_abbrev=False)
    forecast.add_argument(
        "--queue", dest="queues", action="append", default=[], help=tr("all if left out; may be repeated")
    )
    forecast.add_argument("--span", choices=("today", "week"), default="today", help=tr("the rest of today, or 7 days"))
    for one in (need, forecast):
        one.add_argument(
            "--target", type=_target, metavar="PERCENT/SECONDS", help=tr("80/20: 80 %% within 20 s (default)")
        )
        one.add_argument("--asa", type=_duration, metavar="TIME", help=tr("mean wait at most"))
        one.add_argument("--occupancy", type=_share, metavar="SHARE", help=tr("time busy at most: 85%% or 0.85"))
        one.add_argument("--abandoned", type=_share, metavar="SHARE", help=tr("customers who give up at most"))
        one.add_argument("--patience", type=_duration, metavar="TIME", help=tr("until customers give up, on average"))
        one.add_argument(
            "--shrinkage", type=_share, default=0.0, metavar="SHARE", help=tr("breaks, illness …: 30%% or 0.3")
        )
        one.add_argument("--concurrency", type=_count, metavar="N", help=tr("contacts an agent has in hand at once"))
        one.add_argument("--efficiency", type=_share, metavar="SHARE", help=tr("of work side by side, if slower: 0.8"))


def _starting(add: Add) -> None:
    demo = add("demo", tr("The desktop with mock servers; no configuration needed."))
    demo.add_argument(
        "--scenario",
        help=tr(
            "what happens (default first_call; for a supervisor: supervisor); `agent-desktop mock --help` lists all"
        ),
    )
    demo.add_argument("--speed", type=_speed, default=1.0, help=tr("how fast time goes by there (default 1)"))
    demo.add_argument("--role", choices=("agent", "supervisor"), default="agent", help=tr("whose desk (default agent)"))
    demo.add_argument("--seed", type=int, default=1, help=tr("the same seed makes the same calls (default 1)"))
    mock = add("mock", tr("The mock servers alone; `agent-desktop mock --help` says how."))
    mock.add_argument("rest", nargs="...", help=tr("handed on as it is"))
