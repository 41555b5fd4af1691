"""The site: every link leads somewhere inside it, and it is built strictly."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.pages import ARCHITECTURE, DOCS, README, ROOT, anchors, links, pages, text_of

OTHERS = [README, ARCHITECTURE, *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]
PICTURES = ROOT / "screenshots"


@pytest.mark.parametrize("page", [*OTHERS, *pages()], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for _, target in links(page):
        if target.startswith("https://"):
            continue
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if heading:
            assert heading in anchors(found), target


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_no_page_of_the_site_points_out_of_it_except_by_https(page: Path) -> None:
    for picture, target in links(page):
        if target.startswith("https://"):
            continue
        found = (page.parent / target.partition("#")[0]).resolve() if target[0] != "#" else page
        assert found.is_relative_to(PICTURES if picture else DOCS), target


def test_every_page_is_reached_from_the_first() -> None:
    seen, wanted = set(), [DOCS / "index.md"]
    while wanted:
        page = wanted.pop()
        if page not in seen:
            seen.add(page)
            inside = [target.partition("#")[0] for picture, target in links(page) if not picture]
            wanted += [(page.parent / path).resolve() for path in inside if path.endswith(".md") and ":" not in path]
    assert set(pages()) - seen == set()


def test_every_page_has_its_place_in_the_site() -> None:
    named = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    there = {str(page.relative_to(DOCS)) for page in pages()}
    assert named == {name for name in there if not re.match(r"decisions/\d", name)}


def test_every_picture_is_shown() -> None:
    shown = {Path(target).name for page in (README, *pages()) for picture, target in links(page) if picture}
    assert shown == {path.name for path in PICTURES.glob("*.svg")}


def test_every_page_begins_with_one_title() -> None:
    for page in pages():
        assert text_of(page).startswith("# "), page


def test_the_site_is_built_strictly_and_fetches_nothing(tmp_path: Path) -> None:
    if find_spec("mkdocs") is None or find_spec("material") is None:
        pytest.skip("mkdocs-material is not installed; pip install '.[docs]', or nox -s docs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "screenshots").glob("*.svg")} == {
        path.name for path in PICTURES.glob("*.svg")
    }
    fetched = re.compile(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="?(?:https?:)?//')
    for page in tmp_path.rglob("*.html"):
        assert not fetched.search(page.read_text(encoding="utf-8")), page
