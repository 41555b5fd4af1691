"""The tables of keys and every other table of the reference, as Markdown."""

from collections.abc import Iterable, Sequence

from desktop.tui.keys.floor_keys import FLOOR_KEYS
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import KEYS, PICK
from desktop.tui.keys.outbox_keys import OUTBOX_KEYS

GROUPS = ("Contact", "Customer", "Expert", "Wrap-up", "Desk")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what Markdown would act on in a cell is escaped."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell(str(one)) for one in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Text on one line. Outside code, `<` begins no tag; a pipe ends no cell."""
    parts = " ".join(text.split()).split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts).replace("|", "\\|")


def shown(keys: tuple[str, ...]) -> str:
    """Keys as the tables have them."""
    return " or ".join(f"`{show(key)}`" for key in keys)


def key_table() -> str:
    """The keys of the agent's screen by group, each key once."""
    rows: list[Sequence[object]] = []
    for group in GROUPS:
        name = f"**{group}**"
        for key in KEYS:
            if key.group == group:
                rows.append((name, f"`{key.id}`", shown(key.anywhere), shown(key.letters), key.help))
                name = ""
    first, last = show(PICK[0]), show(PICK[-1])
    rows.append(
        ("", "", f"`{first}` … `{last}`", "`1` … `9`", "Pick one of several customers, or one of your contacts.")
    )
    return table(("", "name", "always", "not typing", "does"), rows)


def floor_key_table() -> str:
    """The keys that the supervisor's screen has beside the agent's."""
    rows: list[Sequence[object]] = []
    group = ""
    for key in FLOOR_KEYS:
        rows.append((f"**{key.group}**" if key.group != group else "", f"`{key.id}`", shown(key.letters), key.help))
        group = key.group
    return table(("", "name", "key", "does"), rows)


def outbox_key_table() -> str:
    """The keys of the outbox page, for the selected item."""
    return table(("name", "key", "does"), [(f"`{key.id}`", shown(key.letters), key.help) for key in OUTBOX_KEYS])
