"""Below the screens nothing is written for people, and above nothing past the catalogue."""

import ast

import pytest

from tests.words.catalogues import calls_of_the_catalogue
from tests.words.code import Text, is_prose, modules, texts

BELOW = ("domain", "app", "config")
ABOVE = ("tui", "cli", "demo.py")

NOT_FOR_PEOPLE: dict[str, str] = {
    "tui/textual_patches": "for whoever works on the program: a crash of Textual, a variable of the environment",
    "app/storage/tables/reasons.py": "what earlier versions wrote into the outbox, by which it is known again",
    "app/storage/errors.py: ' has no column ": "SQLite's own words",
    "app/storage/recovery/older_card_numbers.py": "the name of a preference",
    "app/storage/tables/drafts.py: 'Not sent to the customer:'": "what is written into the CRM",
    "app/storage/tables/drafts.py: 'Not known whether this was sent": "what is written into the CRM",
    "app/screen_pop/crm_links.py": "what is written into the CRM",
    "app/screen_pop/pop.py": "what is written into the CRM",
    "tui/terminal/crash.py: '{} {} agent-desktop": "the entry of the log",
}
"""Files, folders or beginnings of strings in them, and why they are no words for people."""


def said_by(*rooms: str) -> list[Text]:
    """The strings of some rooms that read like words for people."""
    found = (one for file, tree in modules(*rooms) for one in texts(file, tree) if is_prose(one.said))
    return [one for one in found if not _excepted(one)]


def _excepted(text: Text) -> bool:
    return f"{text.file}: {text.said!r}".startswith(tuple(NOT_FOR_PEOPLE))


@pytest.mark.parametrize("room", BELOW)
def test_nothing_below_the_screens_is_written_for_people(room: str) -> None:
    assert [str(one) for one in said_by(room)] == []


@pytest.mark.parametrize("room", ABOVE)
def test_nothing_above_is_said_past_the_catalogue(room: str) -> None:
    found = [one for one in said_by(room) if one.said.strip()[:1].isupper()]
    assert [str(one) for one in found] == []


def test_what_the_catalogue_is_given_is_not_put_together_before() -> None:
    """A sentence with its facts already in it is in no catalogue."""
    glued = [
        f"{file}:{call.lineno}"
        for file, tree in modules(".")
        for call in calls_of_the_catalogue(tree)
        for text in call.args[:2]
        if isinstance(text, ast.JoinedStr | ast.BinOp)
    ]
    assert glued == []


def test_nothing_below_knows_the_words() -> None:
    below = (*BELOW, "ports", "backends", "testing")
    importing = [
        f"{file}:{node.lineno}"
        for file, tree in modules(*below)
        for node in ast.walk(tree)
        for name in _imported(node)
        if f"{name}.".startswith("desktop.words.")
    ]
    assert importing == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module is not None:
        return [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('tell("The note was not saved.")', ["The note was not saved."]),
        ('tell(f"The note of {who} was not saved.")', ["The note of {} was not saved."]),
        ('table = {"a": "nobody is waiting here"}', ["nobody is waiting here"]),
        ('raise ProtocolError("The answer is not a customer.")', ["The answer is not a customer."]),
        ('tell(tr("The note was not saved."))', []),
        ('tell(tr("Not saved: {why}.", why="the disk is full"))', ["the disk is full"]),
        ('"""The docstring of a module."""', []),
        ('log.warning("the stream of %s ended early", name)', []),
        ('raise ValueError("no such thing is here")', []),
        ('assert found, "there must be one of them"', []),
        ('run("SELECT the, note FROM drafts WHERE id = ?")', []),
        ('columns = "id, customer_id, body, revision"', []),
        (r'pattern = r"(?P<day>\d+) of the month"', []),
        ('key = "contact_center"', []),
        ('line(("note", "bold $accent"))', []),
    ],
)
def test_what_reads_like_words_for_people(code: str, found: list[str]) -> None:
    tree = ast.parse(code)
    assert [one.said for one in texts("x.py", tree) if is_prose(one.said)] == found
