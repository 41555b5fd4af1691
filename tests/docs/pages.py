"""The README, the architecture and the pages of docs/, as the tests read them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?) *$", re.MULTILINE)


def pages() -> list[Path]:
    """Every page of the site."""
    return sorted(DOCS.rglob("*.md"))


@cache
def text_of(page: Path) -> str:
    """What stands on a page."""
    return page.read_text(encoding="utf-8")


@cache
def everything() -> str:
    """The README and all pages, for tests that ask whether something is said anywhere."""
    return "\n".join(map(text_of, (README, *pages())))


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language, without their indent."""
    found = []
    for block in BLOCK.finditer(text_of(page)):
        if block["language"] == language:
            lines = block["text"].splitlines(keepends=True)
            found.append("".join(line.removeprefix(block["indent"]) for line in lines))
    return found


def block_with(page: Path, language: str, words: str) -> str:
    """The one code block of a page that has these words."""
    (found,) = (block for block in blocks(page, language) if words in block)
    return found


def without_code(text: str) -> str:
    """A page without its blocks of code, in which nothing is a link or a heading."""
    return BLOCK.sub("", text)


def links(page: Path) -> list[tuple[bool, str]]:
    """Where a page points to: whether it is a picture, and the target."""
    return [(bool(mark), target) for mark, target in LINK.findall(without_code(text_of(page)))]


def anchors(page: Path) -> set[str]:
    """The headings of a page as a link names them."""
    found = HEADING.findall(without_code(text_of(page)))
    return {re.sub(r"[^\w -]", "", one.lower()).strip().replace(" ", "-") for one in found}
