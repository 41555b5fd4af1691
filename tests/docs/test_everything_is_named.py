"""The documentation names whatever the code has."""

import argparse
import re
from collections.abc import Iterator

import pytest

from desktop.cli.arguments import parser
from desktop.cli.exits import Exit
from desktop.config.profile_options import PROFILE_KEYS
from desktop.domain.entities.words import Verb
from desktop.ports import registry
from desktop.ports.base import Kind
from mock_backends.__main__ import TOKENS_VARIABLE
from mock_backends.__main__ import parser as mock_parser
from mock_backends.play.scenario import names
from tests.docs.pages import DOCS, ROOT, everything, text_of
from tests.docs.reference import bundled


def options(found: argparse.ArgumentParser) -> Iterator[str]:
    """Every word a parser and its sub-parsers understand."""
    for action in found._actions:
        if action.help == argparse.SUPPRESS:
            continue
        yield from (word for word in action.option_strings if word not in ("-h", "--help"))
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield name
                yield from options(inner)
        elif action.choices is not None:
            yield from (str(choice) for choice in action.choices)


@pytest.mark.parametrize("word", sorted({*options(parser()), *options(mock_parser())}))
def test_every_word_of_the_command_line_is_named(word: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", everything())


def test_every_command_has_its_place_in_the_guide_to_scripts_or_another() -> None:
    guides = "\n".join(text_of(page) for page in (DOCS / "how-to").glob("*.md"))
    commands = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert {name for name in commands if not re.search(rf"`(?:agent-desktop )?{name}\b", guides)} == set()


@pytest.mark.parametrize("scenario", names())
def test_every_scenario_is_explained(scenario: str) -> None:
    assert f"| `{scenario}` |" in text_of(DOCS / "how-to" / "demo.md")


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_explained(code: Exit) -> None:
    assert re.search(rf"^\| `{int(code)}` \| [a-z]", text_of(DOCS / "reference" / "errors.md"), re.MULTILINE)


def test_every_variable_is_named() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "desktop" / "config").glob("*.py"))
    own = {f"AGENT_DESKTOP_{name}" for name in re.findall(r'PREFIX \+ "([A-Z]+)"', source)}
    assert own == {"AGENT_DESKTOP_CONFIG", "AGENT_DESKTOP_PROFILE"}
    kinds = {kind.value for kind in Kind}
    values = {*PROFILE_KEYS, *re.findall(r'_profile_value\("(\w+)"', source)} - kinds
    of_profile = {f"AGENT_DESKTOP_{key.upper()}" for key in values}
    of_kinds = {f"AGENT_DESKTOP_{kind.upper()}_…" for kind in kinds}
    for name in own | of_profile | of_kinds | {TOKENS_VARIABLE, "NO_COLOR"}:
        assert f"`{name}`" in text_of(DOCS / "reference" / "profile.md")


def test_every_verb_is_named() -> None:
    text = text_of(DOCS / "how-to" / "json-commands.md")
    assert {verb.value for verb in Verb if f"`{verb.value}`" not in text} == set()


@pytest.mark.parametrize(("kind", "backend"), [(kind, name) for kind in Kind for name in bundled(kind)])
def test_every_bundled_backend_is_in_the_table_of_systems(kind: Kind, backend: str) -> None:
    text = text_of(DOCS / "reference" / "systems.md")
    assert ("all but voice and assist: `mock`" if backend == "mock" else f"| {kind.value} `{backend}`") in text


def test_the_table_of_systems_has_no_other() -> None:
    known = {f"{kind.value} `{name}`" for kind in Kind for name in registry.names(kind)}
    rows = re.findall(r"^\| [^|]+ \| (\w+ `\w+`) \|", text_of(DOCS / "reference" / "systems.md"), re.MULTILINE)
    assert rows and set(rows) <= known


def test_every_bench_that_is_quoted_exists() -> None:
    quoted = set(re.findall(r"tests\.bench\.(bench_\w+)`", text_of(DOCS / "figures.md")))
    assert len(quoted) > 8
    assert all((ROOT / "tests" / "bench" / f"{name}.py").exists() for name in quoted)
    paths = re.findall(r"`python -m pytest --real (tests/\S+)`", text_of(DOCS / "figures.md"))
    assert paths and all((ROOT / path).exists() for path in paths)


def test_the_figures_of_the_contracts_are_those_of_the_systems() -> None:
    systems = dict(re.findall(r"\| (\w+ `\w+`) \|[^|]*\|[^|]*\| (\d+/\d+)", text_of(DOCS / "reference" / "systems.md")))
    figures = text_of(DOCS / "figures.md")
    assert len(systems) == 13
    for passed in systems.values():
        assert passed.replace("/", " of ") in figures
