"""safe() makes any string plain, and content() never reads markup."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.tui.widgets.safe_text import LIMIT, content, line, lines, plain, safe, web_address
from tests.tui.hostile.payloads import PAYLOADS

ANYTHING = st.text(st.characters(), max_size=200) | st.sampled_from(sorted(PAYLOADS.values()))
NASTY = st.text(
    st.sampled_from("\x1b\x9b\x07\t\n\r\u202e\u2066\U000e0041\u0301\u200b\u200d\ud800a漢 👍[]/"), max_size=60
)
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


@given(ANYTHING | NASTY, st.integers(1, 300), st.booleans())
def test_nothing_harmful_remains(text: str, limit: int, newlines: bool) -> None:
    result = safe(text, limit=limit, newlines=newlines)
    assert FORBIDDEN.search(result) is None
    assert newlines or "\n" not in result
    assert len(result) <= limit
    result.encode("utf-8")


@given(ANYTHING | NASTY, st.integers(1, 300), st.booleans())
def test_twice_is_once(text: str, limit: int, newlines: bool) -> None:
    once = safe(text, limit=limit, newlines=newlines)
    assert safe(once, limit=limit, newlines=newlines) == once


@given(NASTY | st.text(st.sampled_from("a\u0301\u0489\u200d"), max_size=30))
def test_a_letter_keeps_four_marks(text: str) -> None:
    run = 0
    for char in safe(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 0
        assert run <= 4


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u1680"), max_size=LIMIT))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("a\x7fb", "a␡b"),
        ("a\x9b2J", "a\ufffd2J"),
        ("one\r\ntwo\nthree", "one␊two␊three"),
        ("a\tb", "a   b"),
        ("\u202eabc", "\ufffdabc"),
        ("soft\xadhyphen", "soft-hyphen"),
        ("e\u0301", "e\u0301"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
    ],
)
def test_what_becomes_of_it(text: str, result: str) -> None:
    assert safe(text) == result


def test_newlines_are_kept_on_request() -> None:
    assert safe("one\r\ntwo\n\x1bthree", newlines=True) == "one\ntwo\n␛three"


def test_what_is_over_the_limit_ends_in_an_ellipsis() -> None:
    assert safe("x" * 11, limit=10) == "x" * 9 + "…"
    assert safe("x" * 10, limit=10) == "x" * 10
    assert safe("\u0301" * 10_000_000, limit=10) == "\u0301" * 4 + "…"


@given(ANYTHING | NASTY)
def test_content_is_never_markup(text: str) -> None:
    assert content(text).plain == safe(text)
    assert content(text).spans == []
    assert [span.style for span in content(text, "bold").spans] in ([], ["bold"])


@given(st.lists(ANYTHING | NASTY, max_size=5))
def test_pieces_stay_apart(texts: list[str]) -> None:
    built = line(*((text, "bold") for text in texts))
    assert built.plain == "".join(safe(text) for text in texts)
    assert lines(*texts).plain == "\n".join(safe(text) for text in texts)


def test_text_of_a_piece() -> None:
    assert plain("a\x1b") == plain(("a\x1b", "bold")) == plain(content("a\x1b")) == "a␛"


@pytest.mark.parametrize("text", ["https://crm.example.com/c/1?a=b#c", "http://crm.local:8069/web", " https://a.org "])
def test_a_link_to_a_host_is_taken_as_it_is(text: str) -> None:
    assert web_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example@evil.example/",
        "https://bank.example:pw@evil.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://пример.example/",
        "https://a.example/\x1b[2J",
        "https://a.example/ b",
        "https://a.example/" + "x" * 2_000,
        "",
    ],
)
def test_what_looks_like_another_host_or_is_none_is_no_link(text: str) -> None:
    assert web_address(text) == ""
