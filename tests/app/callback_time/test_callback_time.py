"""What agents type is read as a colleague would read it, or refused with words: never guessed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzlocal
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.app.callback_time import phrases as patterns
from desktop.app.callback_time.days import FARTHEST
from desktop.app.callback_time.due import Due, NotUnderstood, read_due
from desktop.words.catalogue import in_words
from tests.app.callback_time.callback_phrases import REFUSED, Phrase, figures, phrases

LABELLED = tuple(phrases())
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([BERLIN, *map(ZoneInfo, ("UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"))])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1), timezones=ZONES)
VOCABULARY = """
tomorrow today monday mon fri sunday next this week on at in @ 9 10 3 14:00 10:30 2pm 12am 25:00 half past to quarter
noon morning evening tonight 25 Nov 31 Feb 03/12 25.11. 10.12 2026-11-25 2 h 20 min days hours from now a an hour and
about or - , : . the 25th 29th day after london time their Berlin utc cet call back refund
"""
WORDS = st.sampled_from(VOCABULARY.split())


def names(phrase: Phrase) -> str:
    return f"{phrase.text[:50].encode('unicode_escape').decode()}-{phrase.now:%d%b}"


@pytest.mark.parametrize("phrase", LABELLED, ids=names)
def test_a_phrase_is_read_as_labelled_or_refused(phrase: Phrase) -> None:
    assert phrase.understood() in ((phrase.due, phrase.rest), None)


def test_nearly_all_that_names_a_time_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    seen = figures()
    with capsys.disabled():
        print(f"\n{seen}")
    assert len(LABELLED) >= 300
    assert seen.wrong == ()
    assert seen.right >= 0.9 * sum(phrase.due != REFUSED for phrase in LABELLED)


@pytest.mark.parametrize("phrase", [one for one in LABELLED if one.due == REFUSED], ids=names)
def test_a_refusal_says_why_in_a_sentence(phrase: Phrase) -> None:
    found = phrase.read()
    assert isinstance(found, NotUnderstood)
    assert 10 < len(in_words(found.why)) <= 76, "must fit into a line of the smallest screen"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "When, and what about? For example: tomorrow 14:00 about the refund"),
        ("about the refund", "Begin with when: tomorrow 14:00 about the refund"),
        ("fri", "At what time? For example: fri 14:00"),
        ("tomorrow 3", "03:00 or 15:00? Add am or pm, or type it as 15:00."),
        ("9am", "09:00 today is past. Write tomorrow 09:00 for the next day."),
        ("10 Nov 14:00", "Tue 10 Nov is past."),
        ("25 Dec 10:00", "Callbacks can be planned 30 days ahead, until Fri 18 Dec."),
        ("31 Feb 10:00", "There is no 31 Feb."),
        ("thu 25 Nov 10:00", "Wed 25 Nov is not a Thursday. Which day?"),
        ("next friday 10:00", "Fri 20 Nov or Fri 27 Nov? Write the date."),
        ("wed 18:00", "Today is Wednesday. Write today, or Wed 25 Nov for the one after."),
        ("03/12 10:00", "Is 03/12 3 Dec or 12 Mar? Write the month's name."),
        ("tomorrow 10:00 or 11:00", "One time only, please. Write about before the note."),
        ("10am CET", "CET means different times. Name a city instead: 10:00 London time."),
        ("11am their time", "The customer's time zone is not known. Name a city: 10:00 London time."),
    ],
)
def test_the_words_of_a_refusal(text: str, why: str) -> None:
    now = datetime(2026, 11, 18, 10, 15, tzinfo=BERLIN).timestamp()
    found = read_due(text, now, BERLIN)
    assert isinstance(found, NotUnderstood)
    assert in_words(found.why) == why


def check(text: str, now: datetime, region: str, customer: ZoneInfo | None) -> None:
    found = read_due(text, now.timestamp(), now.tzinfo or BERLIN, region=region, customer=customer)
    if isinstance(found, NotUnderstood):
        assert found.why
        return
    assert 0 < found.at - now.timestamp() <= FARTHEST.total_seconds()
    assert found.at % 60 == 0
    assert text.rstrip().endswith(found.rest)


@given(st.text(), MOMENTS, st.sampled_from(["", "GB", "US"]))
@example("tomorrow 10:00 ſun", datetime(2026, 1, 1, tzinfo=BERLIN), "")  # a letter that is an s to some
@example("ſun 10:00", datetime(2026, 1, 1, tzinfo=BERLIN), "")
@example("in 2\u0131 h", datetime(2026, 1, 1, tzinfo=BERLIN), "")
def test_any_text_is_read_or_refused(text: str, now: datetime, region: str) -> None:
    check(text, now, region, None)


@given(
    st.lists(WORDS, max_size=8),
    st.sampled_from([" ", "", "  ", "\u00a0"]),
    MOMENTS,
    st.sampled_from(["", "GB", "US"]),
    st.sampled_from([None, ZoneInfo("Europe/London"), ZoneInfo("Pacific/Kiritimati")]),
)
def test_any_words_of_times_are_read_or_refused(
    words: list[str], gap: str, now: datetime, region: str, customer: ZoneInfo | None
) -> None:
    check(gap.join(words), now, region, customer)


@given(
    st.sampled_from([one for one in LABELLED if one.due != REFUSED]), st.sampled_from(["  ", "\t", "\u00a0", " \u2003"])
)
def test_gaps_change_nothing(phrase: Phrase, gap: str) -> None:
    found, wider = phrase.read(), phrase.text.replace(" ", gap)
    assert isinstance(found, Due) or phrase.understood() is None
    again = read_due(wider, phrase.now.timestamp(), phrase.zone, region=phrase.region, customer=phrase.customer)
    if isinstance(found, Due):
        assert again == Due(found.at, found.rest.replace(" ", gap))


@given(st.integers(0, 59), st.integers(1, 4000))
def test_a_span_ends_at_the_next_full_minute(second: int, minutes: int) -> None:
    now = datetime(2026, 11, 18, 10, 15, second, tzinfo=BERLIN)
    found = read_due(f"in {minutes} min", now.timestamp(), BERLIN)
    assert isinstance(found, Due)
    assert 0 <= found.at - (now + timedelta(minutes=minutes)).timestamp() < 60


@pytest.mark.parametrize("text", [" " * 50_000 + "x", "tomorrow" + " " * 50_000 + "x", "1" * 50_000, "a " * 50_000])
def test_a_long_text_is_read_at_once(text: str) -> None:
    assert isinstance(read_due(text, 1_800_000_000.0, BERLIN), NotUnderstood)


def test_a_zone_without_a_name_serves() -> None:
    found = read_due("tomorrow 10:00", 1_800_000_000.0, tzlocal())
    assert isinstance(found, Due)
    assert datetime.fromtimestamp(found.at, tzlocal()).hour == 10


def test_every_part_of_the_day_has_an_hour_that_is_in_it() -> None:
    for usual, first, last in patterns.DAY_PARTS.values():
        assert first <= usual <= last
