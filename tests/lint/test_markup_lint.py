"""No screen reads text from outside as markup, and the check that says so finds every way of doing it."""

import textwrap
from pathlib import Path

import pytest

from tests.lint.markup_lint import check_source, check_tree

ROOT = Path(__file__).parents[2]

VIOLATIONS = {
    "string variable": "Static(name)",
    "attribute": "Label(customer.name)",
    "f-string": 'Static(f"hello {name}")',
    "literal with a tag": 'Static("[b]hello[/b]")',
    "by keyword": "Static(content=name)",
    "concatenation": 'Label("hello " + name)',
    "format": 'Label("{}".format(name))',
    "made safe but still markup": "Static(safe(name))",
    "through a module": "widgets.Static(name)",
    "button": "Button(name)",
    "option": "Option(name)",
    "tab pane": "TabPane(name)",
    "tree": "Tree(name)",
    "collapsible": "Collapsible(title=name)",
    "update": "self.query_one(Static).update(name)",
    "update of a name": "status.update(f'{name}')",
    "border title": "self.border_title = name",
    "border subtitle": 'pane.border_subtitle = f"{name}"',
    "annotated border title": "self.border_title: str = name",
    "tooltip attribute": "button.tooltip = name",
    "tooltip argument": "Widget(tooltip=name)",
    "markup asked for": "Static(content(name), markup=True)",
    "markup decided elsewhere": "Static(content(name), markup=flag)",
    "notification with markup": "self.notify(name, markup=True)",
    "log with markup": "RichLog(markup=True)",
    "content from markup": "Static(Content.from_markup(name))",
    "text from markup": "x = Text.from_markup(name)",
    "content by default markup": "x = Content.from_text(name)",
    "Markdown": "Markdown(text)",
    "Markdown that opens links": "Markdown(text, open_links=True)",
    "one branch": "Static(content(name) if name else name)",
    "method of a string": 'Static("x".join(names))',
    "shadowed variable": "text = content(name)\ntext = name\nStatic(text)",
    "parameter": "def f(text: str):\n    Static(text)",
    "loop variable": "for title in names:\n    Static(title)",
    "render": "class W(Widget):\n    def render(self) -> str:\n        return self.name",
}

ALLOWED = {
    "content": "Static(content(name))",
    "content helpers": 'Static(line(("x", "bold"), name))\nStatic(lines(a, b))\nStatic(Content(name))',
    "literal": 'Static("Nobody waits.")\nStatic("")\nStatic()',
    "no markup": "Static(name, markup=False)\nLabel(f'{name}', markup=False)",
    "variable made of content": "text = content(name)\nStatic(text)\nself.query_one(Static).update(text)",
    "typed parameter": "def f(text: Content):\n    Static(text)",
    "typed function": "def title() -> Content:\n    return content(name)\nStatic(title())\nw.border_title = title()",
    "border title": 'self.border_title = content(name)\nself.border_title = None\nself.border_title = "Work"',
    "notification": 'self.notify(f"hello {name}")\nself.notify(name, markup=False)',
    "Markdown": "Markdown(text, open_links=False)",
    "both branches": "Static(content(a) if a else Content(b))",
    "truncated": "Static(content(name).truncate(3))",
    "updates of mappings": "self._cache.update(other)\n{}.update(x)\nvars(m).update(a=b)\noptions.update(x)",
    "render": "class W(Widget):\n    def render(self) -> Content:\n        return content(self.name)",
}


@pytest.mark.parametrize("source", VIOLATIONS.values(), ids=VIOLATIONS)
def test_planted_violations_are_found(source: str) -> None:
    assert check_source(textwrap.dedent(source))


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED)
def test_what_is_allowed_passes(source: str) -> None:
    assert check_source(source) == []


def test_a_finding_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "pane.py").write_text("x = 1\nStatic(name)\n")
    (found,) = check_tree(tmp_path)
    assert (
        str(found)
        == f"{(tmp_path / 'pane.py').as_posix()}:2: Static() is given what may be read as markup; use content(…)"
    )


def test_a_function_of_another_module_counts_where_every_one_of_its_name_gives_content(tmp_path: Path) -> None:
    (tmp_path / "faces.py").write_text("def heading() -> Content: ...\ndef age() -> Content: ...\n")
    (tmp_path / "page.py").write_text("Static(faces.heading())\nStatic(faces.age())\n")
    (tmp_path / "words.py").write_text("def age() -> str: ...\n")
    assert [found.line for found in check_tree(tmp_path)] == [2]


def test_the_tree_is_clean() -> None:
    assert [str(found) for found in check_tree(ROOT / "desktop" / "tui")] == []
