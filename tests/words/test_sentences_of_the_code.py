"""What the code says below the screens is in the catalogue, which has nothing that the code does not say."""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from desktop.domain.text.sentence import VERBATIM
from desktop.words import sentences
from desktop.words.marks import Plural
from desktop.words.sentences import SENTENCES
from tests.words.code import PROGRAM, called, modules

ROOMS = [name for _, name, _ in pkgutil.iter_modules(sentences.__path__)]
NOT_THE_CATALOGUE = sorted(one.name for one in PROGRAM.iterdir() if one.name != "words" and one.suffix in ("", ".py"))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that the code makes."""

    where: str
    id: str
    facts: frozenset[str] | None  # None where the code gathers them first

    def __str__(self) -> str:
        return f"{self.where} {self.id}"


def made() -> Iterator[Said]:
    """Every `Sentence("…", …)` whose name stands in the call."""
    for file, tree in modules(*NOT_THE_CATALOGUE, naming=frozenset({"Sentence"})):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "Sentence" and node.args:
                names = {one.arg for one in node.keywords}
                facts = None if None in names else frozenset(filter(None, names))
                for name in _either(node.args[0]):
                    yield Said(f"{file}:{node.lineno}", name, facts)


def _either(node: ast.expr) -> Iterator[str]:
    """The names that an argument may be: `"a"`, or `"a" if x else "b"`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _either(node.body)
        yield from _either(node.orelse)


def placeholders(text: str) -> set[str]:
    """The facts that a sentence names; the keys are not the caller's."""
    return {name for _, name, spec, _ in Formatter().parse(text) if name is not None and spec != "key"}


def wanted(name: str) -> set[str]:
    """The facts that must be given for a sentence of the catalogue."""
    known = SENTENCES[name]
    if isinstance(known, Plural):
        return placeholders(known.one) | placeholders(known.several) | {"n"}
    return placeholders(known)


def test_what_the_code_says_is_in_the_catalogue_and_has_its_facts() -> None:
    said = set(made())
    assert len(said) > 100
    assert [str(one) for one in said if one.id not in SENTENCES.keys() | {"", VERBATIM}] == []
    known = [one for one in said if one.id in SENTENCES and one.facts is not None]
    assert [str(one) for one in known if one.facts is not None and not wanted(one.id) <= one.facts] == []


def test_every_sentence_of_the_catalogue_is_said() -> None:
    names: set[str] = set()
    made_up: set[str] = set()
    for _, tree in modules(*NOT_THE_CATALOGUE, naming=frozenset({"Sentence"})):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pieces = (
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z_]+" for one in node.values
                )
                made_up.add("".join(pieces))
    patterns = [re.compile(one) for one in made_up if re.match(r"[a-z_]+\\\.", one)]
    unsaid = [one for one in SENTENCES if one not in names and not any(made.fullmatch(one) for made in patterns)]
    assert unsaid == []


def test_every_room_is_in_the_catalogue() -> None:
    rooms = [importlib.import_module(f"{sentences.__name__}.{room}").SENTENCES for room in ROOMS]
    every = [name for room in rooms for name in room]
    assert [name for name, count in Counter(every).items() if count > 1] == []
    assert set(every) == SENTENCES.keys()


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_stands_twice_in_a_room(room: str) -> None:
    tree = ast.parse((Path(next(iter(sentences.__path__))) / f"{room}.py").read_text("utf-8"))
    tables = (node for node in ast.walk(tree) if isinstance(node, ast.Dict))
    names = [str(key.value) for table in tables for key in table.keys if isinstance(key, ast.Constant)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*(\.[a-z0-9_]+)+", name)] == []
