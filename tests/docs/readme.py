"""What the README is made from and checked against: the table of keys, and its blocks of commands.

`python -m tests.docs.readme` writes the table of keys anew.
"""

import re
from pathlib import Path

from desktop.tui.key import show
from desktop.tui.keys import KEYS, PICK

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)
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
                lines.append(f"| {name} | {key.id} | {shown(key.always)} | {shown(key.letters)} | {key.help} |")
                name = ""
    first, last = show(PICK[0]), show(PICK[-1])
    lines.append(
        f"|  |  | `{first}` … `{last}` | `1` … `9` | Pick one of several customers, or one of your contacts. |"
    )
    return "\n".join(lines) + "\n"


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
    README.write_text(TABLE.sub(lambda _: key_table(), README.read_text(encoding="utf-8")), encoding="utf-8")
