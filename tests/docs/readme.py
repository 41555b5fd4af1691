"""What the README is made from and checked against: the table of keys, and its blocks of commands.

`python -m tests.docs.readme` writes the tables of keys anew.
"""

import re
from pathlib import Path

from desktop.tui.keys.floor_keys import FLOOR_KEYS
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import KEYS, PICK
from desktop.tui.keys.outbox_keys import OUTBOX_KEYS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)
FLOOR_TABLE = re.compile(r"(?<=<!-- floor keys -->\n).*?(?=<!-- /floor keys -->)", re.DOTALL)
OUTBOX_TABLE = re.compile(r"(?<=<!-- outbox keys -->\n).*?(?=<!-- /outbox keys -->)", re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
GROUPS = ("Contact", "Customer", "Expert", "Wrap-up", "Desk")


def shown(keys: tuple[str, ...]) -> str:
    """Keys as the table has them."""
    return " or ".join(f"`{show(key)}`" for key in keys)


def key_table() -> str:
    """The table of keys, by group, each key once."""
    lines = ["| | name | always | not typing | does |", "|---|---|---|---|---|"]
    for group in GROUPS:
        name = f"**{group}**"
        for key in KEYS:
            if key.group == group:
                lines.append(f"| {name} | {key.id} | {shown(key.anywhere)} | {shown(key.letters)} | {key.help} |")
                name = ""
    first, last = show(PICK[0]), show(PICK[-1])
    lines.append(
        f"|  |  | `{first}` … `{last}` | `1` … `9` | Pick one of several customers, or one of your contacts. |"
    )
    return "\n".join(lines) + "\n"


def floor_key_table() -> str:
    """The table of the keys that the supervisor's screen has beside the agent's."""
    lines = ["| | key | does |", "|---|---|---|"]
    group = ""
    for key in FLOOR_KEYS:
        lines.append(f"| {f'**{key.group}**' if key.group != group else ''} | {shown(key.letters)} | {key.help} |")
        group = key.group
    return "\n".join(lines) + "\n"


def outbox_key_table() -> str:
    """The table of the keys on the outbox page, for the selected item."""
    lines = ["| name | key | does |", "|---|---|---|"]
    lines += [f"| {key.id} | {shown(key.letters)} | {key.help} |" for key in OUTBOX_KEYS]
    return "\n".join(lines) + "\n"


def with_tables(text: str) -> str:
    """The README with its tables as the keys are now."""
    text = OUTBOX_TABLE.sub(lambda _: outbox_key_table(), text)
    return FLOOR_TABLE.sub(lambda _: floor_key_table(), TABLE.sub(lambda _: key_table(), text))


def blocks(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return [text for found, text in BLOCK.findall(README.read_text(encoding="utf-8")) if found == language]


def commands() -> tuple[str, str]:
    """The line that starts the demo and the line that runs the tests."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    (demo,) = (line for line in lines if line.startswith("python3 -m venv ") and line.endswith(" demo"))
    (tests,) = (line for line in lines if line.startswith("python3 -m venv ") and line.endswith(" -m pytest -n auto"))
    return demo, tests


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
