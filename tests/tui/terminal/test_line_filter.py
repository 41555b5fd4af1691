"""The control filter changes nothing but what must go."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from desktop.tui.terminal.line_filter import ControlFilter
from tests.tui.hostile.payloads import PAYLOADS, leaks

BLACK = Color(0, 0, 0)
TEXTS = st.text(st.characters(), max_size=100) | st.sampled_from(sorted(PAYLOADS.values()))


def filtered(*segments: Segment) -> list[Segment]:
    return ControlFilter().apply(list(segments), BLACK)


@given(TEXTS)
def test_nothing_leaks_and_the_width_stays(text: str) -> None:
    (result,) = filtered(Segment(text))
    assert leaks(result.text.encode()) == []
    assert cell_len(result.text) == cell_len(text)


def test_plain_lines_are_handed_back_as_they_are() -> None:
    segments = [Segment("Priya Natarajan", Style(bold=True)), Segment(" 漢字 👍🏽")]
    assert ControlFilter().apply(segments, BLACK) is segments


def test_style_and_meta_survive() -> None:
    style = Style(bold=True, meta={"row": 3})
    (result,) = filtered(Segment("a\x1bb", style))
    assert result.text == "ab"
    assert result.style is not None
    assert result.style.bold
    assert result.style.meta == {"row": 3}


def test_only_web_links_remain() -> None:
    for link in ("file:///etc/passwd", "ssh:x", "javascript:x", "http://a\x1b\\b", "https://a b", "https://é"):
        (result,) = filtered(Segment("x", Style(link=link, bold=True)))
        assert result.style is not None
        assert result.style.link is None
        assert result.style.bold
    (kept,) = filtered(Segment("x", Style(link="https://crm.example/c/1")))
    assert kept.style is not None
    assert kept.style.link == "https://crm.example/c/1"


def test_control_segments_are_not_passed() -> None:
    (result,) = filtered(Segment("\x1b[2J", None, [(1,)]))
    assert result.text == "[2J"
