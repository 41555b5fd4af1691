"""Private parts of Textual are used in one room only, and no name of ours hides one of them by accident."""

import ast
import importlib
import inspect
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROOM = Path("desktop/tui/textual_patches")
MODULES = sorted(
    path.relative_to(ROOT)
    for path in (ROOT / "desktop/tui").rglob("*.py")
    if ROOM not in path.relative_to(ROOT).parents
)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def private_imports(tree: ast.AST) -> set[str]:
    """What a module imports from Textual under a private name, or from a private module of it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("textual.")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "textual":
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if any(map(is_private, name.split(".")))}


def names_of_self(tree: ast.AST) -> set[str]:
    """Private names that are read or set on `self`, `cls` or `super()`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in SELF
    }


SELF = ("self", "cls", "super()")


def names_of_others(tree: ast.AST) -> set[str]:
    """Private names that are read or set on anything else."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) not in (*SELF, "os")
    }


@cache
def privates_of(kind: type) -> frozenset[str]:
    """The private names of a class, but not of those above it: what its source defines, and what it keeps in `self`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    targets = [t for node in body if isinstance(node, ast.Assign | ast.AnnAssign) for t in targets_of(node)]
    defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset({*filter(is_private, defined), *names_of_self(tree)})


def targets_of(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def is_textuals(kind: type) -> bool:
    return kind.__module__.split(".")[0] == "textual"


def classes_of(module: Any) -> list[type]:
    """Those a module makes, within classes too."""
    found, waiting = [], [module]
    while waiting:
        for kind in vars(waiting.pop()).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__ and kind not in found:
                found.append(kind)
                waiting.append(kind)
    return found


@cache
def all_privates() -> frozenset[str]:
    """Private names of the classes of Textual that ours stand on."""
    from textual.app import App
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.widgets import Input, Static, TextArea

    kinds = {kind for one in (App, Screen, Driver, Input, Static, TextArea) for kind in one.__mro__}
    return frozenset().union(*map(privates_of, filter(is_textuals, kinds)))


def privates_used(kind: type) -> set[str]:
    """Private names of Textual that a class of ours uses or hides."""
    theirs = frozenset().union(*(privates_of(base) for base in kind.__mro__ if is_textuals(base)))
    return theirs & privates_of(kind)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_nothing_private_of_textual_is_used_outside_its_room(path: Path) -> None:
    tree = ast.parse((ROOT / path).read_text())
    assert private_imports(tree) == set()
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    kinds = classes_of(module)
    assert {f"{kind.__name__}.{name}" for kind in kinds for name in privates_used(kind)} == set()
    own = frozenset().union(*map(privates_of, kinds))
    assert (names_of_others(tree) & all_privates()) - own == set()


def test_what_it_looks_for_is_found() -> None:
    from textual.widget import Widget

    class Planted(Widget):
        def _on_idle(self) -> None:
            self._dirty_regions = None

    assert privates_used(Planted) == {"_on_idle", "_dirty_regions"}
    source = (
        "from textual._compositor import Compositor\nfrom textual.widget import _BorderTitle\napp._driver.write('')"
    )
    tree = ast.parse(source)
    assert private_imports(tree) == {"textual._compositor.Compositor", "textual.widget._BorderTitle"}
    assert names_of_others(tree) & all_privates() == {"_driver"}
