"""Finds text that a widget would read as markup, by the syntax tree.

Run by the tests over `desktop/tui`; `python -m tests.lint.markup_lint PATH…` by hand.

Textual reads a plain string given to most widgets as markup, in which text from outside can name actions of the app.
So where a string may be markup, only these are let through: a literal without a bracket, `Content` that we built,
and calls with `markup=False`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Constructors that read markup, with the positions and names of the arguments they read it from.
_WIDGETS: Final = {
    "Static": ((0,), ("content", "renderable")),
    "Label": ((0,), ("content", "renderable")),
    "Digits": ((), ()),
    "Button": ((0,), ("label",)),
    "Checkbox": ((0,), ("label",)),
    "RadioButton": ((0,), ("label",)),
    "ToggleButton": ((0,), ("label",)),
    "Collapsible": ((), ("title",)),
    "Placeholder": ((0,), ("label",)),
    "Tab": ((0,), ("label",)),
    "Tabs": (tuple(range(9)), ()),
    "TabPane": ((0,), ("title",)),
    "Option": ((0,), ("prompt",)),
    "Selection": ((0,), ("prompt",)),
    "Tree": ((0,), ("label",)),
    "Tooltip": ((0,), ("content",)),
    "Link": ((), ("tooltip",)),
}
# Methods of the same kind, whatever object they are called on.
_METHODS: Final = {
    "update": ((0,), ("content",)),
    "notify": ((), ()),  # the app's own never reads markup; asking for it is found by its keyword
    "add_option": ((0,), ()),
    "add_columns": (tuple(range(9)), ()),
    "add_column": ((0,), ("label",)),
    "add_leaf": ((0,), ("label",)),
    "set_label": ((0,), ("label",)),
    "add_tab": ((0,), ()),
    "with_tooltip": ((0,), ("tooltip",)),
}
_ATTRIBUTES: Final = {"border_title", "border_subtitle", "tooltip", "label"}
_BANNED: Final = {"from_markup", "from_text", "render_markup"}
_CONTENT: Final = {"content", "line", "lines", "Content", "assemble", "styled", "Text"}
_CONTENT_METHODS: Final = {"join", "truncate", "stylize", "pad_left", "pad_right", "append"}
# update() of these is not a widget's.
_MAPPING_NAMES: Final = {"dict", "options", "values", "state", "cache", "hash", "known", "seen"}


@dataclass(frozen=True)
class Finding:
    """One place that must be changed."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


def check_source(source: str, path: str = "<source>", elsewhere: frozenset[str] = frozenset()) -> list[Finding]:
    """The findings in one Python module, by line. `elsewhere`: functions of other modules that give content."""
    tree = ast.parse(source, path)
    return sorted(
        (Finding(path, line, rule) for line, rule in _findings(tree, elsewhere)), key=lambda found: found.line
    )


def check_tree(root: Path) -> list[Finding]:
    """The findings in every module under a folder. Functions and properties of one module count in the others."""
    sources = {path: path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}
    elsewhere = _functions_of_content(sources.values())
    return [found for path, text in sources.items() for found in check_source(text, path.as_posix(), elsewhere)]


def _functions_of_content(sources: Iterable[str]) -> frozenset[str]:
    """Names of functions that are annotated as giving content wherever one of that name is defined."""
    safe: set[str] = set()
    unsafe: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                (safe if _says_content(node.returns) else unsafe).add(node.name)
            elif (
                isinstance(node, ast.AnnAssign) and (name := _name(node.target)) and not _says_content(node.annotation)
            ):
                unsafe.add(name)
    return frozenset(safe - unsafe)


def _findings(tree: ast.Module, elsewhere: frozenset[str]) -> Iterator[tuple[int, str]]:
    safe_names = _names_of_content(tree, elsewhere)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _check_call(node, safe_names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in _ATTRIBUTES and node.value is not None:
                    value = node.value
                    if not (_is_none(value) or _is_safe(value, safe_names)):
                        yield node.lineno, f"{target.attr} is set to what may be read as markup; use content(…)"
        elif isinstance(node, ast.FunctionDef) and node.name == "render" and _name(node.returns) == "str":
            yield node.lineno, "render() returns a string, which is read as markup; return content(…)"


def _check_call(node: ast.Call, safe_names: set[str]) -> Iterator[tuple[int, str]]:
    name = _called(node)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    markup = keywords.get("markup")
    if name in _BANNED:
        yield node.lineno, f"{name}() reads markup"
    if markup is not None and not (isinstance(markup, ast.Constant) and markup.value is False):
        yield node.lineno, f"{name}(markup=…) is not the literal False"
    if name in ("Markdown", "MarkdownViewer"):
        links = keywords.get("open_links")
        if not (isinstance(links, ast.Constant) and links.value is False):
            yield node.lineno, f"{name} without open_links=False opens whatever link it is given"
    if isinstance(markup, ast.Constant) and markup.value is False:
        return
    known = _WIDGETS.get(name) if isinstance(node.func, ast.Name) else None
    if isinstance(node.func, ast.Attribute):
        known = None if _is_mapping(node.func.value) else _METHODS.get(name) or _WIDGETS.get(name)
    if known is not None:
        positions, names = known
        values = [node.args[i] for i in positions if i < len(node.args)]
        values += [keywords[each] for each in names if each in keywords]
        for value in values:
            if not _is_safe(value, safe_names):
                yield value.lineno, f"{name}() is given what may be read as markup; use content(…)"
    if (tip := keywords.get("tooltip")) is not None and not (_is_none(tip) or _is_safe(tip, safe_names)):
        yield tip.lineno, "tooltip is given what may be read as markup; use content(…)"


def _is_safe(value: ast.expr, safe_names: set[str]) -> bool:
    if isinstance(value, ast.Constant):
        return not isinstance(value.value, str) or "[" not in value.value
    if isinstance(value, ast.Call):
        name = _called(value)
        if name in _CONTENT or name in safe_names or name in _WIDGETS:
            return True
        return (
            name in _CONTENT_METHODS
            and isinstance(value.func, ast.Attribute)
            and _is_safe(value.func.value, safe_names)
            and not isinstance(value.func.value, ast.Constant)
        )
    if isinstance(value, ast.IfExp):
        return _is_safe(value.body, safe_names) and _is_safe(value.orelse, safe_names)
    if isinstance(value, ast.Name):
        return value.id in safe_names
    if isinstance(value, ast.Attribute):
        return value.attr in safe_names
    return isinstance(value, ast.NamedExpr) and _is_safe(value.value, safe_names)


def _names_of_content(tree: ast.Module, elsewhere: frozenset[str]) -> set[str]:
    """Functions, parameters, variables and attributes annotated as Content, or only ever assigned from content."""
    safe = set(elsewhere)
    unsafe: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            (safe if _says_content(node.returns) else unsafe).add(node.name)
        elif isinstance(node, ast.arg):
            (safe if _says_content(node.annotation) else unsafe).add(node.arg)
        elif isinstance(node, ast.AnnAssign) and (name := _name(node.target)):
            (safe if _says_content(node.annotation) else unsafe).add(name)
        elif isinstance(node, ast.For | ast.comprehension):
            unsafe.update(name for part in ast.walk(node.target) if (name := _name(part)))
    # An assignment may use a name that a later pass finds safe, so this is repeated until nothing is added.
    assigned = [
        (name, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if (name := _name(target))
    ]
    while True:
        known = safe - unsafe
        more = {name for name, _ in assigned} - unsafe
        more = {name for name in more if all(_is_safe(value, known) for each, value in assigned if each == name)}
        if more <= known:
            return known - {name for name, value in assigned if not _is_safe(value, known)}
        safe |= more


def _says_content(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation).strip("\"'") in ("Content", "Content | None", "Text")


def _name(target: ast.AST | None) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    return target.attr if isinstance(target, ast.Attribute) else None


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Subscript):
        return _name(node.func.value) or ""
    return _name(node.func) or ""


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_mapping(value: ast.expr) -> bool:
    """Whether `value.update(…)` is that of a dict or a set, as far as its name and form tell."""
    if isinstance(value, ast.Dict | ast.Set):
        return True
    if isinstance(value, ast.Call):
        return _called(value) in ("vars", "dict", "set")
    return (_name(value) or "").strip("_").split("_")[-1] in _MAPPING_NAMES


if __name__ == "__main__":
    found = [each for argument in sys.argv[1:] for each in check_tree(Path(argument))]
    print("\n".join(map(str, found)))
    sys.exit(bool(found))
