"""Odoo's HTML as text and the other way round, whatever somebody wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.wire.html_text import LONGEST, clean, to_html, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a <b>bold</b> word", "a bold word"),
        ("  lots \n of\t\u00a0space  ", "lots of space"),
        ("5 &lt; 6 &amp;amp; &#x41; &#0; &bogus;", "5 < 6 &amp; A \ufffd &bogus;"),
        ("<script>alert('<p>x</p>')</script>after", "after"),
        ("<style>p{}</style><title>t</title>after<SCRIPT>x", "after"),
        ("<script>a</style>b</script>c", "c"),
        ("<img src=x onerror=alert(1)>seen<!-- not seen -->", "seen"),
        ("<a href='javascript:x'>link</a>", "link"),
        ("<p>broken <b", "broken <b"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
    ],
)
def test_what_a_reader_sees(html: str, text: str) -> None:
    assert to_text(html) == text


@given(st.text())
def test_text_comes_back_as_it_went(text: str) -> None:
    lines = (" ".join(line.split()) for line in clean(text).splitlines())
    assert to_text(to_html(text)) == "\n".join(line for line in lines if line)


@given(st.text(alphabet="<>/!-pscrit &;#x\"'\x00", max_size=200))
def test_nothing_breaks_it(html: str) -> None:
    assert "\x00" not in to_text(html)


@pytest.mark.parametrize("piece", ["<", "<!--", "<p ", "&#", "<script>", "<a '", "<p>", " \n"])
def test_a_long_text_is_cut(piece: str) -> None:
    """It would not end within this suite's life if its time grew with the square of the length."""
    assert len(to_text(piece * 500_000)) <= LONGEST
