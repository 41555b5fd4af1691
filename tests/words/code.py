"""The strings in the code of the program, and what each of them is there for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "desktop"
GIVEN_TO_THE_CATALOGUE = frozenset({"tr", "ptr", "ntr", "mark", "pmark", "plural"})
"""The functions that a sentence is given to: they translate it, or mark it to be translated where it is shown."""
FOR_PROGRAMMERS = frozenset(
    {"ValueError", "TypeError", "AssertionError", "KeyError", "IndexError", "LookupError", "RuntimeError"}
    | {"NotImplementedError", "AttributeError", "OverflowError", "TimeoutError"}
)
"""Errors whose words only a programmer or a log sees."""
NO_WORDS = frozenset({"TypeVar", "NewType", "Literal", "cast", "import_module", "getLogger", "execute", "executemany"})
"""Calls whose texts are no words for people."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string in the code; the changing parts of an f-string are `{}`."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.said!r}"


def modules(*rooms: str, naming: frozenset[str] = frozenset({""})) -> Iterator[tuple[str, ast.Module]]:
    """Every module of some rooms of the program in which one of these names stands, by its path there."""
    for room in rooms:
        place = PROGRAM / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            text = path.read_text("utf-8")
            if any(name in text for name in naming):
                yield path.relative_to(PROGRAM).as_posix(), ast.parse(text)


def texts(file: str, tree: ast.Module) -> Iterator[Text]:
    """The strings of a module but for docstrings, logs, errors for programmers and what the catalogue is given."""
    passed = set(map(id, _passed_over(tree)))
    for node in _within(tree, passed):
        if isinstance(node, ast.JoinedStr):
            said = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
            yield Text(file, node.lineno, said)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(file, node.lineno, node.value)


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_prose(said: str, *, words: int = 3) -> bool:
    """Whether a string reads like words for people: so many of them, and neither SQL nor a pattern nor markup."""
    plain = said.replace("{}", " ")
    return len(_WORD.findall(plain)) >= words and " " in plain.strip() and not _MACHINE.search(plain)


_WORD = re.compile(r"(?<![\w$#.\-/])[A-Za-z][a-z'’]+(?![\w/=(_])")
_MACHINE = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA|WHERE|JOIN|GROUP BY|ORDER BY|VALUES|PRIMARY KEY|UNION)\b"
    r"|^\w+(, \w+)+$|\bCOALESCE\(|= ?\?|\(\?[:P<]|\\[dwsb]|^\s*<|/>|%\(\w+\)s|;\s*\w+:|\{\w*:"
)


def _within(tree: ast.AST, passed: set[int]) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in passed:
            continue
        yield node
        waiting += [] if isinstance(node, ast.JoinedStr) else ast.iter_child_nodes(node)
        if isinstance(node, ast.JoinedStr):  # not its own pieces of text, but those of what stands in it
            waiting += [one.value for one in node.values if isinstance(one, ast.FormattedValue)]


def _passed_over(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node
        elif isinstance(node, ast.Assert) and node.msg is not None:
            yield node.msg
        elif isinstance(node, ast.Call) and called(node) in GIVEN_TO_THE_CATALOGUE:
            yield from node.args
        elif isinstance(node, ast.Call) and _says_nothing_to_people(node):
            yield node
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns


def _says_nothing_to_people(call: ast.Call) -> bool:
    name = called(call)
    if name in FOR_PROGRAMMERS | NO_WORDS:
        return True
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in ("log", "_log", "logger", "logging", "re", "warnings")
