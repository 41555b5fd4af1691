"""The pages of the reference are those of the code."""

import re

import pytest

from desktop.config.profile_options import PROFILE_OPTIONS, TOP_KEYS
from desktop.ports.base import Kind
from desktop.words.sentences import SENTENCES
from tests.docs.pages import DOCS, text_of
from tests.docs.reference import MADE, PAGES, SECTION, bundled, made, manifest_of
from tests.docs.tables import floor_key_table, key_table, outbox_key_table


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    assert text_of(DOCS / name) == made(name), "python -m tests.docs writes it anew"
    assert MADE in made(name)


def test_the_tables_of_keys_are_those_of_the_program() -> None:
    text = text_of(DOCS / "reference" / "keys.md")
    assert all(table in text for table in (key_table(), floor_key_table(), outbox_key_table()))


def test_every_key_of_the_configuration_has_a_meaning() -> None:
    for name in (*TOP_KEYS, *(option.name for option in PROFILE_OPTIONS)):
        assert f"option.{name}" in SENTENCES


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in Kind for name in bundled(kind)])
def test_the_options_of_a_backend_are_those_it_has(kind: Kind, name: str) -> None:
    sections = {(one[1], one[2]): one[0] for one in SECTION.finditer(text_of(DOCS / "reference" / "backends.md"))}
    assert (kind.value, name) in sections
    manifest = manifest_of(kind, name)
    if manifest is None:
        pytest.skip(f"{kind.value} {name} needs an extra that is not installed")
    named = re.findall(r"^\| `(\w+)` \|", sections[kind.value, name], re.MULTILINE)
    assert named == [option.name for option in manifest.options]


def test_decisions_are_numbered_without_gaps() -> None:
    found = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert len(found) > 60
    for number, page in enumerate(found, 1):
        assert page.name.startswith(f"{number:03d}-")
        assert text_of(page).startswith(f"# {number}. ")
