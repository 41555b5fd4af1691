"""The pages of the reference that are made from the code. `python -m tests.docs` writes them anew."""

import argparse
import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from pathlib import Path

from desktop.cli.arguments import EPILOG, parser
from desktop.cli.exits import Exit
from desktop.config.alert_rules import OPTIONS
from desktop.config.profile_options import PROFILE_OPTIONS, TOP_KEYS
from desktop.config.toml_file import PREFIX
from desktop.domain.alerts.rules import WATCHED
from desktop.domain.entities import model, phone, words
from desktop.domain.entities.alert import About
from desktop.domain.entities.customer import (
    Case,
    Consent,
    Customer,
    CustomerPromise,
    FollowUp,
    Match,
    Purchase,
    TimelineEntry,
    WrapUpRecord,
)
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.phone import PhoneCall, PhoneRegistration
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS
from desktop.domain.text.sentence import Sentence
from desktop.ports import errors, registry
from desktop.ports.assist import Article
from desktop.ports.base import API, OLDEST_API, Backend, Capability, Kind, Manifest
from desktop.ports.deadlines import HOST
from desktop.ports.kinds import KINDS
from desktop.ports.messaging import MessageReceipt, OutgoingMessage
from desktop.testing.statics import METHODS, PORTS
from desktop.words.catalogue import in_words, term
from desktop.words.figures import definition, known_as
from desktop.words.terms import SOURCES
from mock_backends.__main__ import parser as mock_parser
from tests.docs.pages import DOCS, ROOT
from tests.docs.tables import floor_key_table, key_table, outbox_key_table, table

MADE = "<!-- Made from the code by `python -m tests.docs`. Change the code, not this page. -->\n\n"
SECTION = re.compile(r"^## (\w+) (\w+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
SHARED = ("profile", "config", "timeout")
LINKS = {
    "tables of keys": "[tables of keys](keys.md)",
    "what holds for all rules for alerts": "what holds for [all rules](alert-rules.md#for-all-rules)",
    "rules for alerts;": "[rules for alerts](alert-rules.md);",
}


def meaning(name: str) -> str:
    """What a key of the configuration means, with its links."""
    text = in_words(Sentence(f"option.{name}"))
    return next((text.replace(words, link) for words, link in LINKS.items() if words in text), text)


def keys() -> str:
    """Keys of the desk, the floor and the outbox."""
    return f"""\
# Keys

Function keys, and `alt` with a letter, work everywhere, also while you type. Single letters work when no field has the
keyboard. The name is what a key is called in the [configuration file](profile.md), where you can give it other keys.
`F1` shows the keys of the page you are on.

## On your desk

{key_table()}
## On the floor

For supervisors, beside the keys above.

{floor_key_table()}
## On the outbox page

For the selected item.

{outbox_key_table()}"""


def command_line() -> str:
    """Every command with its words."""
    top = parser()
    (commands,) = (one for one in top._actions if isinstance(one, argparse._SubParsersAction))
    shared = [one for one in top._actions if one.dest in SHARED]
    own = [one for one in top._actions if one.dest not in (*SHARED, "help", "command")]
    parts = [
        "# Command line\n\n"
        "`agent-desktop` alone starts the desktop for a profile. Every command but `completion`, `demo` and `mock`"
        " writes JSON to standard output and words to standard error; `report` writes other forms too, if asked."
        " `--help` after any command explains it. The [exit codes](errors.md#exit-codes) are the same everywhere.\n",
        "Every command takes these:\n",
        _words(shared),
        "The desktop itself takes these too:\n",
        _words(own),
    ]
    for name, inner in commands.choices.items():
        if name == "mock":
            inner = mock_parser()
        parts += _command(f"agent-desktop {name}", inner, str(inner.description or ""))
    return "\n".join(parts)


def _command(name: str, inner: argparse.ArgumentParser, about: str) -> Iterator[str]:
    yield f"## `{name}`\n" if name.count(" ") == 1 else f"### `{name}`\n"
    if about:
        yield f"{about}\n"
    found = [one for one in inner._actions if one.dest not in (*SHARED, "help") and one.help != argparse.SUPPRESS]
    plain = [one for one in found if not isinstance(one, argparse._SubParsersAction)]
    if plain:
        yield _words(plain)
    for one in found:
        if isinstance(one, argparse._SubParsersAction):
            helps = {choice.dest: str(choice.help or "") for choice in one._choices_actions}
            for word, deeper in one.choices.items():
                text = helps.get(word, "")
                yield from _command(f"{name} {word}", deeper, f"{text[:1].upper()}{text[1:]}." if text else "")


def _words(actions: list[argparse.Action]) -> str:
    return table(("", ""), [(_word(one), _help(one)) for one in actions])


def _word(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return f"`{value}`" + ("" if action.required else " (optional)")
    takes = action.nargs != 0
    return " or ".join(f"`{one} {value}`" if takes else f"`{one}`" for one in action.option_strings)


def _help(action: argparse.Action) -> str:
    text = re.sub(r"`([^`]*)`", r"`\1`", str(action.help or "").replace("%%", "%"))
    if action.choices is not None and not isinstance(action, argparse._SubParsersAction):
        missing = [str(one) for one in action.choices if str(one) not in text]
        if missing:
            choices = "one of " + ", ".join(f"`{one}`" for one in action.choices)
            text = f"{text}: {choices}" if text else choices
    return text


def profile() -> str:
    """The configuration file and the variables."""
    values = {option.name: ", ".join(f"`{one}`" for one in option.words) for option in PROFILE_OPTIONS}
    plain = [option.name for option in PROFILE_OPTIONS]
    several = ", ".join(f"`{kind.value}`" for kind in Kind if KINDS[kind].several)
    once = " and ".join(f"`{kind.value}`" for kind in Kind if not KINDS[kind].several)
    variables = [
        (f"`{PREFIX}CONFIG`", "the configuration file"),
        (f"`{PREFIX}PROFILE`", "the profile, as `--profile`"),
        *((f"`{PREFIX}{key.upper()}`", f"as `{key}` in the file") for key in (*plain, "theme")),
        *(
            (
                f"`{PREFIX}{kind.value.upper()}_…`",
                f"`BACKEND`, and each option of the {SOURCES[kind]}'s backend in capitals",
            )
            for kind in Kind
        ),
        ("`AGENT_DESKTOP_MOCK_TOKENS`", "tokens for the [mock servers](../how-to/mock-servers.md)"),
        (
            "`AGENT_DESKTOP_PLAIN`",
            "turns off parts that stand in for Textual's own, to find a fault: `all`, or names joined by commas",
        ),
        ("`NO_COLOR`", "set to anything: no colours; every sign has its word"),
    ]
    return f"""\
# Profile and environment

[Profiles](../how-to/profiles.md) shows how one is made. This page lists every key of `config.toml`.

## Top of the file

{table(("key", "means"), [(f"`{key}`", meaning(key)) for key in TOP_KEYS])}
## In a profile

Keys of `[profiles.NAME]`.

{
        table(
            ("key", "values", "if left out", "means"),
            [
                (f"`{one.name}`", values[one.name], f"`{one.default}`" if one.words else "", meaning(one.name))
                for one in PROFILE_OPTIONS
            ],
        )
    }
## Kinds of backend

Each is a table of the profile, `[profiles.NAME.KIND]`, with `backend` and the [options of that backend](backends.md).
Several are allowed of {several}: each in double brackets and with a `name`. There is one of {once}. Only
`contact_center` is needed. Nothing uses `assist` yet.

{
        table(
            ("kind", "is the", "several"),
            [(f"`{kind.value}`", SOURCES[kind], "yes" if KINDS[kind].several else "no") for kind in Kind],
        )
    }
## Environment

A variable is stronger than the file. Variables are enough without any file.

{table(("variable", "means"), variables)}"""


def backends() -> str:
    """Every bundled backend with its options. One whose extra is not installed here keeps what was known of it."""
    kept = {(found[1], found[2]): found[0] for found in SECTION.finditer(_committed("reference/backends.md"))}
    parts = [
        "# Options of the backends\n\n"
        "What is bundled. `agent-desktop backends` lists what is installed, plug-ins of your own among it, and"
        " `agent-desktop backends show KIND NAME` prints the same as JSON.\n\n"
        "A secret, here `token`, never stands in the profile as it is. It comes from `token_file` (a file that only you"
        " can read, mode 0600), from the system's keyring with `token_keyring = true`, or from the environment. Each"
        " option is also a variable: `AGENT_DESKTOP_CRM_URL` is the `url` of the CRM.\n"
    ]
    for kind in Kind:
        for name in bundled(kind):
            manifest = manifest_of(kind, name)
            parts.append(_backend(manifest) if manifest is not None else kept.get((kind.value, name), ""))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def bundled(kind: Kind) -> list[str]:
    """The backends of a kind that come with the desktop."""
    return [name for name in registry.names(kind) if registry.owner(kind, name).startswith("agent-desktop ")]


def manifest_of(kind: Kind, name: str) -> Manifest | None:
    """What a bundled backend says of itself; None where its extra is not installed."""
    try:
        return registry.load(kind, name).manifest
    except registry.PluginBrokenError:
        return None


def _backend(manifest: Manifest) -> str:
    rows = [
        (
            f"`{one.name}`",
            one.kind,
            "required" if one.required else f"`{one.default}`" if one.default else "",
            one.help,
        )
        for one in manifest.options
    ]
    can = ", ".join(f"`{one.value}`" for one in Capability if one in manifest.capabilities) or "what the port demands"
    return (
        f"## {manifest.kind.value} {manifest.name}\n\n{manifest.title}. At most it can: {can}.\n\n"
        f"{table(('option', 'kind', 'if left out', 'means'), rows)}"
    )


def ports() -> str:
    """Kinds, methods, capabilities and deadlines."""
    waits = dict(re.findall(r"^ {4}(\w+): (.*?)(?=^ {4}\w+: |\Z)", inspect.getdoc(type(HOST)) or "", re.M | re.S))
    parts = [
        "# Ports and capabilities\n\nWhat a backend implements, for"
        f" [authors of plug-ins](../how-to/write-a-plug-in.md). The ports have number {API}; plug-ins for {OLDEST_API}"
        " are still loaded, with a warning. Signatures and what a method may raise stand in `desktop/ports`.\n\n"
        "## Deadlines\n\nHow many seconds the desktop waits. A plug-in reads them as `self.deadlines`.\n",
        table(
            ("deadline", "seconds", "for"),
            [(f"`{one.name}`", f"{getattr(HOST, one.name):g}", waits.get(one.name, "")) for one in fields(HOST)],
        ),
    ]
    for kind in Kind:
        port = PORTS[kind]
        switched: dict[str, list[str]] = {}
        for capability, methods in METHODS[kind].items():
            for method in methods:
                switched.setdefault(method, []).append(f"`{capability.value}`")
        rows = [
            (f"`{name}`", "always" if must else ", ".join(switched.get(name, ())), first)
            for name, must, first in _methods(port)
        ]
        parts += [f"## {port.__name__}\n\nKind `{kind.value}`. {_doc(port)}\n", table(("method", "needed", ""), rows)]
    return "\n".join(parts)


def _doc(thing: object) -> str:
    """The first paragraph of what stands in its docstring."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n", 1)[0].split())


def _methods(port: type) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it must be implemented, and what it does, in the order of the source, its optional parts last."""
    seen: set[str] = set()
    for one in port.__mro__:
        if one in Backend.__mro__ and one is not port:
            continue
        for node in ast.parse(textwrap.dedent(inspect.getsource(one))).body[0].body:  # type: ignore[attr-defined]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                if node.name in seen or not (doc := ast.get_docstring(node)):
                    continue
                seen.add(node.name)
                must = any(getattr(mark, "id", "") == "abstractmethod" for mark in node.decorator_list)
                yield node.name, must, " ".join(doc.split("\n\n", 1)[0].split())


ENTITIES: Mapping[str, tuple[type, ...]] = {
    "CRM": (
        Customer,
        model.Address,
        Consent,
        CustomerPromise,
        Match,
        Case,
        TimelineEntry,
        Purchase,
        WrapUpRecord,
        FollowUp,
    ),
    "Contact centre": (
        *(model.Interaction, model.Message, model.Attachment, model.Reply, model.OutgoingFile, model.Leg),
        *(model.Previous, model.WrapUpRule, model.WrapUpCode, model.Agent, model.AvailabilityChoice),
        *(model.NotReadyReason, model.QueueStats, model.Waiting),
    ),
    "Directory": (Person, Presence),
    "Messages": (OutgoingMessage, MessageReceipt),
    "Knowledge": (Article,),
    "Phone": (PhoneCall, PhoneRegistration),
}
"""What backends of each kind give and take."""


def entities() -> str:
    """The records of the ports with their fields, and the closed lists of words that they hold."""
    parts = [
        "# Records of the ports\n\nWhat a [plug-in](../how-to/write-a-plug-in.md) gives and is given: frozen data"
        " classes of `desktop.domain.entities` and, for messages and articles, of `desktop.ports`. A field with a"
        " default may be left out. An `Instant` is seconds since the epoch, UTC, as a float. Words that are listed"
        " are what the desktop knows; where a comment allows the system's own word, that is shown as it is.\n"
    ]
    lists: dict[str, type[StrEnum]] = {}
    for about, classes in ENTITIES.items():
        parts.append(f"## {about}\n")
        for one in classes:
            source = _source(one)
            rows = []
            for field in fields(one):
                kind, comment = source[field.name]
                for name in re.findall(r"\w+", f"{kind} {comment}"):
                    found = getattr(words, name, None) or getattr(phone, name, None)
                    if inspect.isclass(found) and issubclass(found, StrEnum):
                        lists[name] = found
                rows.append((f"`{field.name}`", f"`{kind}`", _default(field), comment))
            doc = " ".join((inspect.getdoc(one) or "").split())
            parts.append(f"### {one.__name__}\n\n{doc}\n\n{table(('field', 'type', 'default', ''), rows)}")
    parts.append("## Closed lists\n")
    rows = [(f"`{name}`", ", ".join(f"`{word.value}`" for word in lists[name])) for name in sorted(lists)]
    parts.append(table(("name", "words"), rows))
    return "\n".join(parts)


def _source(one: type) -> dict[str, tuple[str, str]]:
    """Of each field of a class its type and the comment behind it, as they stand in the source."""
    found: dict[str, tuple[str, str]] = {}
    for line in inspect.getsource(one).splitlines():
        if known := re.fullmatch(r"    (\w+): ([^=#]+?)(?: = [^#]*?)?(?:\s*# (.*))?", line):
            found[known[1]] = (known[2].strip('"'), known[3] or "")
    return found


def _default(field: "Field[object]") -> str:
    if field.default is not MISSING:
        word = field.default.value if isinstance(field.default, StrEnum) else field.default
        return f"`{word!r}`"
    return "" if field.default_factory is MISSING else "empty"


def errors_page() -> str:
    """Exit codes, and the classes of errors."""
    said = dict(re.findall(r"\b(\d+) ([^,.]+)", EPILOG.partition("Exit codes: ")[2]))
    found = [
        one
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, errors.BackendError) and one is not errors.BackendError
    ]
    return f"""\
# Errors and exit codes

## Exit codes

{table(("code", "means"), [(f"`{int(code)}`", " ".join(said.get(str(int(code)), "").split())) for code in Exit])}
An interrupted command ends within two seconds, whatever hangs.

## Errors of a backend

The class of an error is the next step of the desktop. A plug-in raises these and no others.

{table(("class", "next step"), [(f"`{one.__name__}`", _doc(one)) for one in found])}"""


def wire() -> str:
    """The contract of the mock servers, which is a page of its own beside their code."""
    text = (ROOT / "mock_backends" / "WIRE.md").read_text(encoding="utf-8")
    return text.replace("`openapi/", "`mock_backends/openapi/")


def alert_rules() -> str:
    """Options of a rule, what it can watch, and the rules that are bundled."""
    bundled_rules = (ROOT / "desktop" / "config" / "alerts.toml").read_text(encoding="utf-8")
    rules = bundled_rules[bundled_rules.index("\n[[alerts]]") + 1 :]
    names = {About.QUEUE: "a queue", About.AGENT: "an agent", About.WORK: "a contact", About.SOURCE: "a system"}
    others = _described(bundled_rules, "or one of these:\n", "\n#\n# For all rules")
    rows = [
        (f"`{one.id}`", names[one.about], one.unit.value, others.get(one.id) or definition(one.id))
        for one in WATCHED.values()
    ]
    options = _described(bundled_rules, "# Options:\n", "\n#\n# Times are")
    assert options.keys() == set(OPTIONS)
    return f"""\
# Alert rules

[Alerts](../how-to/alerts.md) shows how to use them. Rules are tables `[[alerts]]` in the configuration file, or in
`alerts.toml` beside it. A rule with the name of an earlier one changes only what it gives.

## Options of a rule

{table(("option", "means"), [(f"`{name}`", meaning) for name, meaning in options.items()])}
Times are written `"90 s"`, `"2 min"`, `"1 h 30 min"` or as seconds; shares `"80 %"` or `0.8`.

## What a rule can watch

{table(("watch", "of", "unit", "is"), rows)}
## For all rules

```toml
[alerting]
bundled = false                     # none of the bundled rules
max_age = "1 min"                   # older figures are unknown: they neither raise an alert nor end one
fits.meal = ["not_ready:lunch"]     # what fits an activity of a schedule (work, break, meal, meeting, training):
                                    # available, engaged, offline, not_ready, not_ready:REASON
```

## Bundled rules

```toml
{rules.rstrip()}
```
"""


def _described(rules: str, after: str, before: str) -> dict[str, str]:
    """What the head of the bundled file describes between two places, by name."""
    found: dict[str, str] = {}
    name = ""
    for line in rules[rules.index(after) : rules.index(before)].splitlines()[1:]:
        begins = re.match(r"#   (\w+) +(.*)", line)
        name = begins[1] if begins else name
        found[name] = begins[2] if begins else f"{found[name]} {line.lstrip('# ')}"
    return found


def metrics() -> str:
    """Every figure, and what service level means to whom."""
    figures = [(f"`{one.id}`", term("figure", one.id), one.unit.value, definition(one.id)) for one in METRICS.values()]
    formulas = [
        (f"`{one.id}`", term("formula", one.id), ", ".join(known_as(one)),
         f"`{_sum(one.ratio.over, one.ratio.over_less)}`"
         f" of `{_sum(one.ratio.of, one.ratio.of_less)}`")
        for one in FORMULAS.values()
    ]  # fmt: skip
    return f"""\
# Figures and formulas

`agent-desktop queues --metrics` prints each figure with its value and its age; `D` on the floor defines them.

## Figures of a queue

{table(("id", "on the screen", "unit", "is"), figures)}
## Service level

Vendors mean different things by service level, so each meaning is a formula with a name. Unless you say otherwise it is
`{DEFAULT_FORMULA.id}`. Over several queues each customer counts by the threshold of their own queue.

{table(("id", "on the screen", "as in", "counts"), formulas)}"""


def _sum(plus: tuple[str, ...], less: tuple[str, ...]) -> str:
    return " + ".join(plus) + "".join(f" - {one}" for one in less)


def decisions() -> str:
    """The index of the decisions."""
    lines = [
        "# Decisions\n",
        "One page a decision: what was decided, why, and what would change our mind."
        " A new one takes the next number.\n",
    ]
    for page in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        number, _, words = title.partition(". ")
        lines.append(f"- [{int(number):03d}. {words}]({page.name})")
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "reference/keys.md": keys,
    "reference/command-line.md": command_line,
    "reference/profile.md": profile,
    "reference/backends.md": backends,
    "reference/ports.md": ports,
    "reference/entities.md": entities,
    "reference/errors.md": errors_page,
    "reference/wire.md": wire,
    "reference/alert-rules.md": alert_rules,
    "reference/metrics.md": metrics,
    "decisions/index.md": decisions,
}


def made(name: str) -> str:
    """A page as the code is now."""
    head, _, rest = PAGES[name]().partition("\n\n")
    return f"{head}\n\n{MADE}{rest}"


def _committed(name: str) -> str:
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(folder: Path = DOCS) -> list[str]:
    """Write every page, and say which of them changed."""
    changed = []
    for name in PAGES:
        path = folder / name
        text = made(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed
