"""What is there for those who work on it: tasks, hooks, the workflow. They can be read, and name what exists."""

import ast
import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from desktop.cli.arguments import parser
from mock_backends.__main__ import parser as mock_parser
from tests.docs.pages import DOCS, ROOT, block_with, text_of

YAML = [ROOT / ".pre-commit-config.yaml", *sorted((ROOT / ".github").rglob("*.yml"))]


def _sessions() -> set[str]:
    tree = ast.parse((ROOT / "noxfile.py").read_text())
    marked = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.decorator_list]
    assert all(ast.get_docstring(one) for one in marked)
    return {one.name for one in marked}


@pytest.mark.parametrize("file", YAML, ids=lambda file: file.name)
def test_a_file_for_machines_can_be_read(file: Path) -> None:
    assert yaml.safe_load(file.read_text())


def test_the_container_for_developers_can_be_read() -> None:
    assert "postCreateCommand" in json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


def test_the_tasks_are_those_that_are_named() -> None:
    contributing = text_of(ROOT / "CONTRIBUTING.md")
    assert set(re.findall(r"^\| `nox -s (\w+)` \|", contributing, re.MULTILINE)) == _sessions()
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert set(re.findall(r"nox -s (\w+)", workflow)) == {"lint", "docs", "tests", "build"} <= _sessions()


def test_the_workflow_has_every_python_of_the_metadata() -> None:
    known = set(re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text()))
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert set(jobs["tests"]["strategy"]["matrix"]["python"]) == known
    assert known >= {"3.11", "3.14"}


def test_hooks_run_what_the_lint_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["ruff", "ruff-format", "mypy", "imports"]
    lint = (ROOT / "noxfile.py").read_text()
    for tool in ('"ruff", "check"', '"ruff", "format", "--check"', '"mypy"', '"lint-imports"'):
        assert tool in lint


def test_reports_by_timetable_ask_for_what_there_is() -> None:
    crontab = block_with(DOCS / "how-to" / "reports.md", "cron", "agent-desktop")
    unit = text_of(ROOT / "packaging" / "agent-desktop-report.service")
    (started,) = re.findall(r"^ExecStart=/bin/sh -c 'exec (.*)'$", unit, re.MULTILINE)
    commands = [line.split(None, 5)[5] for line in crontab.splitlines()] + [started]
    assert len(commands) == 3
    for command in commands:
        program, *words = shlex.split(re.sub(r"\$+\([^)]*\)", "DAY", command))
        assert program.endswith("agent-desktop")
        given = parser().parse_args(words)
        assert (given.command, given.action) == ("report", "intervals")


def test_the_service_and_the_container_start_what_there_is(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text_of(ROOT / "packaging" / "agent-desktop-mocks.service"))
    program, _, words = unit["Service"]["ExecStart"].partition(" mock ")
    assert program.endswith("/agent-desktop")
    served = mock_parser().parse_args(words.split())
    container = text_of(ROOT / "packaging" / "Containerfile")
    (words,) = re.findall(r"^CMD (\[.*\])$", container, re.MULTILINE)
    assert mock_parser().parse_args(json.loads(words)).port == served.port == 47_000
    for copied in re.findall(r"/src/(\S+\.lock)", container):
        assert (ROOT / copied).exists()
