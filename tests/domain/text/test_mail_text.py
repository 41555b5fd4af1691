"""What a mail says and what it quotes; HTML as people read it, however it was made, and in no time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.text.mail_text import LONGEST, MailPart, html_to_text, is_html, mail_parts

QUICK = 1.0
"""Seconds of the processor for a body of a megabyte; a squared run would take minutes."""


def quoted(body: str) -> list[int]:
    return [len(part.lines) for part in mail_parts(body) if part.quoted]


def test_lines_with_the_sign_and_who_wrote_them_are_one_quotation() -> None:
    body = "Thanks.\n\nOn 12 Nov 2026, Maya Okafor wrote:\n> Good afternoon.\n>\n> Maya\n\nPriya"
    assert mail_parts(body) == (
        MailPart(("Thanks.", ""), quoted=False),
        MailPart(("On 12 Nov 2026, Maya Okafor wrote:", "> Good afternoon.", ">", "> Maya"), quoted=True),
        MailPart(("", "Priya"), quoted=False),
    )


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("> one\n> two", [2]),
        ("> one", []),
        ("> one\n\n> two", [3]),
        ("> a\n> b\nyes\n> c\n> d", [2, 2]),
        ("Am 12.11.2026 um 14:03 schrieb Maya Okafor:\n> Guten Tag", [2]),
        ("Le 12 nov. 2026 à 14:03, Maya a écrit :\n> Bonjour", [2]),
        ("On Thu, 12 Nov 2026 at 14:03 Maya Okafor\n<maya@example.org> wrote:\n\n> Hello", [4]),
        ("On Friday I wrote:\nnothing is quoted here", []),
        ("On time, as always.\nBye", []),
        ("Hello\n-----Original Message-----\nFrom: Maya\n\nText", [4]),
        ("5 > 3 and 3 < 5", []),
        ("", []),
    ],
)
def test_what_is_a_quotation(body: str, lines: list[int]) -> None:
    assert quoted(body) == lines


@given(st.lists(st.sampled_from(["", "> a", ">", "On x wrote:", "text", "-- Original Message --", "> > b"])))
def test_no_line_is_lost_and_none_moves(lines: list[str]) -> None:
    parts = mail_parts("\n".join(lines))
    assert [line for part in parts for line in part.lines] == (lines or [""])


@given(st.text())
def test_of_any_text_no_letter_is_lost(text: str) -> None:
    if not is_html(text):
        assert "\n".join(line for part in mail_parts(text) for line in part.lines) == text.replace("\r\n", "\n")


def test_html_is_read_as_people_see_it() -> None:
    html = """<!DOCTYPE html><html><head><title>No</title><style>p { color: red }</style></head><body>
    <p>Dear   Maya,</p><div>I was charged <b>twice</b> &amp; want&nbsp;it back.<br>Thanks</div>
    <ul><li>20871</li><li>20872</li></ul><!-- <p>hidden</p> --><script>alert("<p>no</p>")</script>
    <p>See <a href="https://evil.example/x">your bank</a> or <a href="https://a.example">https://a.example</a></p>
    <blockquote><p>Good afternoon.</p><p>Maya</p></blockquote></body></html>"""
    assert is_html(html)
    assert html_to_text(html).split("\n") == [
        "Dear Maya,",
        "",
        "I was charged twice & want it back.",
        "Thanks",
        "",
        "- 20871",
        "- 20872",
        "",
        "See your bank <https://evil.example/x> or https://a.example",
        "",
        "> Good afternoon.",
        ">",
        "> Maya",
    ]
    assert quoted(html) == [3]


@pytest.mark.parametrize(
    "text", ["a < b", "<3", "I wrote <p> in my page", "<p is no tag", "", "<nobody@example.org> wrote"]
)
def test_text_that_mentions_html_is_text(text: str) -> None:
    assert not is_html(text)
    assert "\n".join(line for part in mail_parts(text) for line in part.lines) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>2 < 3 and 4 > 3</p>", "2 < 3 and 4 > 3"),
        ("<p>open", "open"),
        ("<p>a<b", "a<b"),
        ("<p>a<!-- never closed", "a"),
        ("<p>a<script>never closed", "a"),
        ("</p></div></blockquote>a", "a"),
        ("<a href='javascript:alert(1)'>x</a>", "x"),
        ("<a href=mailto:a@example.org>a@example.org</a>", "a@example.org"),
        ("&#0;&#xD800;&#1114112;&nosuch;", "\ufffd\ufffd\ufffd&nosuch;"),
    ],
)
def test_html_that_is_none(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 200_000,
        "<blockquote>" * 1_000 + "deep" + "</blockquote>" * 1_000,
        "<blockquote><p>x" * 70_000,
        "<p>" + "<" * 1_000_000 + ">",
        "<p>" + "<a " * 330_000,
        "<p>" + "<!--" * 250_000,
        "<p>" + "<style>" * 140_000,
        "<p>" + "<a href='http://x'>" * 50_000 + "</a>" * 30_000,
        "<p>" + "&" * 1_000_000,
        "<p>" + "word " * 200_000 + "</p>",
        "<p>" + "</a>x" * 200_000,
        "\n" * 1_000_000,
        "> " * 500_000,
        ">\n" * 500_000,
        "On \n" * 250_000,
        "On x wrote:\n\n" * 80_000,
        ("On " + "wrote " * 60 + "\n") * 2_700,
        " " * 1_000_000 + "<p>",
        "\udcff\x00\x1b[31m" * 120_000,
    ],
    ids=range(19),
)
def test_a_megabyte_takes_no_time(body: str) -> None:
    began = time.thread_time()
    parts = mail_parts(body + " ")
    assert time.thread_time() - began < QUICK
    assert sum(len(line) + 1 for part in parts for line in part.lines) <= LONGEST + 1


@given(st.text(alphabet="<>!-/ap\"'= &;#x\n"))
def test_any_tags_become_text(html: str) -> None:
    assert isinstance(html_to_text(f"<p>{html}"), str)


def test_a_thousand_deep_is_quoted_five_deep() -> None:
    assert html_to_text("<blockquote>" * 1_000 + "deep" + "</blockquote>" * 1_000) == "> > > > > deep"
