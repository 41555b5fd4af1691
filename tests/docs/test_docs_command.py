"""`agent-desktop docs` says where the documentation is, or that it is not here."""

import json

import pytest

from desktop.cli import main
from desktop.cli.commands import docs
from tests.docs.pages import DOCS


def test_in_a_clone_it_is_the_folder_of_the_clone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["folder"], said["first"]) == (str(DOCS), "index.md")


def test_where_there_is_none_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(docs, "folder", lambda: None)
    monkeypatch.setattr(docs, "url", lambda: None)
    assert main(["docs"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {"folder": None, "first": None, "url": None}
    assert "the folder docs of the source" in said.err


def test_an_address_alone_is_enough(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(docs, "folder", lambda: None)
    monkeypatch.setattr(docs, "url", lambda: "https://docs.example")
    assert main(["docs"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == "https://docs.example"
