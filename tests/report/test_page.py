"""The page of a report: it says what it shows, in the language in force, and runs nothing."""

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from desktop.app.history.report.report import Report
from desktop.app.history.week_map import week_map
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval, WeekCell
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.report.page import MOST_BARS, page
from desktop.report.plots import Plot, Series, heat_map, nice, nice_span, picture
from desktop.words import catalogue
from desktop.words.catalogue import term
from tests.app.history.test_report import BEGIN, DAYS, counts


class Reader(HTMLParser):
    """Notes every tag and attribute, and that each is closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data + " "


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def report(intervals: list[Counts], **how: Any) -> Report:
    told = [Interval("", one) for one in intervals]
    until = BEGIN + 7 * 86_400
    kept: dict[str, Any] = {
        "title": "Team Billing", "since": BEGIN, "until": until, "width": 1_800.0, "as_of": BEGIN + 60.0,
        "formula": DEFAULT_FORMULA, "days": DAYS, "intervals": told, "queues": [("Billing", counts())],
        "week": week_map([WeekCell(0, n % 48, one) for n, one in enumerate(intervals)], DAYS, BEGIN, until), **how,
    }  # fmt: skip
    return Report(**kept)


ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e</svg>{{x}}"


def test_hostile_names_do_nothing_on_the_page() -> None:
    plain_page = read(page(report([counts()])))
    attacked = read(page(report([counts()], title=ATTACK, narrowed=ATTACK, queues=[(ATTACK, counts())])))
    assert attacked.tags == plain_page.tags  # what came from outside made no tag
    assert attacked.text.count("<script>alert(1)</script>") == 4  # title, heading, narrowed, queue
    assert "\u202e" not in attacked.text


def test_the_page_runs_nothing_and_fetches_nothing() -> None:
    html = page(report([counts(BEGIN + 1_800.0 * n) for n in range(60)]))
    found = read(html)
    assert not {"script", "link", "iframe", "img", "object", "form", "a"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "href")]
    assert not re.search(r"url\(|@import|https?://", html)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes


def test_the_page_says_what_it_shows() -> None:
    """Period, age, zone, formula by name, figures of all, of each queue, of each interval, of other formulas."""
    found = read(page(report([counts(), counts(BEGIN + 1_800, offered=30)], narrowed="Billing, voice"))).text
    for words in (
        "Mon 16 Nov 2026 – Sun 22 Nov 2026", "as of Mon 16 Nov 2026 00:01:00", "Europe/London", "Billing, voice",
        term("formula", DEFAULT_FORMULA.id), "60.0\u00a0%", "0:15", "2:05", "75.0\u00a0%", "Mon 16 Nov 00:30",
        "Amazon Connect", "20 s",
        "average speed of answer", "by half hour",
    ):  # fmt: skip
        assert words in found, words


def test_pages_of_nothing_of_much_and_of_the_unknown() -> None:
    assert "No data for this period" in page(report([]))
    many = read(page(report([counts(BEGIN + 900.0 * n) for n in range(MOST_BARS + 500)], width=900.0)))
    assert "Choose wider intervals" in many.text and "the first 800 of 900" in many.text
    unknown = read(page(report([Counts(BEGIN, BEGIN + 1_800)], queues=[("Billing", Counts(BEGIN, BEGIN + 1_800))])))
    assert "—" in unknown.text and "0.0\u00a0%" not in unknown.text and "nan" not in unknown.text.lower()


numbers = st.lists(st.none() | st.floats(0, 1e7), min_size=1, max_size=30)


@given(numbers, numbers, st.none() | st.just(1.0))
def test_every_picture_is_sound(bars: list[float | None], line: list[float | None], top: float | None) -> None:
    """Well-formed, with nothing outside its frame."""
    length = min(len(bars), len(line))
    names = [f"<{n}>" for n in range(length)]
    drawn = picture(
        Plot(
            "a & b", names, [(0, "<0>")], [Series("x", "blue", bars[:length])], [Series("y", "ink", line[:length])], top
        )
    )
    root = ElementTree.fromstring(drawn)
    for rect in root.iter("rect"):
        assert 0 <= float(rect.attrib["y"]) <= 240 and float(rect.attrib["height"]) >= 0
        assert float(rect.attrib["y"]) + float(rect.attrib["height"]) <= 241
    cells = [[*line, *[None] * 48][:48]] * 7
    ElementTree.fromstring(heat_map("a & b", cells, str, style="h", low=0.0, high=1.0))


@given(st.floats(0, 1e9))
def test_axes_end_above_their_highest_value(value: float) -> None:
    assert nice(value) >= value and nice(value) <= max(4.0, 2 * value)
    assert nice_span(value) >= value


def test_a_page_in_another_language_has_its_days_and_numbers() -> None:
    catalogue.use("de")
    try:
        html = page(report([counts(offered=1_234)], title=""))
    finally:
        catalogue.use("en")
    assert '<html lang="de">' in html
    assert "Mo., 16. Nov. 2026" in html and "1.234" in html and "60,0\u00a0%" in html
