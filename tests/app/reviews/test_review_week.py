"""The week of a sample follows the centre's midnights."""

from datetime import UTC, datetime

from desktop.app.history.centre_days import CentreDays
from desktop.app.reviews.review_week import week_of


def test_a_week_is_one_of_the_centres_zone() -> None:
    sunday_night = datetime(2026, 3, 29, 22, 30, tzinfo=UTC).timestamp()
    berlin = CentreDays("Europe/Berlin")
    in_berlin = week_of(berlin, sunday_night)
    assert in_berlin.name == "2026-W14"
    assert (
        week_of(CentreDays("UTC"), sunday_night).name == week_of(CentreDays("no/such"), sunday_night).name == "2026-W13"
    )
    shortened = week_of(berlin, sunday_night, 1)  # the clocks went forward in it
    assert shortened.until - shortened.since == 7 * 86_400 - 3_600
    assert shortened.until == in_berlin.since


def test_the_first_days_of_a_year_belong_to_the_week_of_the_last() -> None:
    assert week_of(CentreDays(""), datetime(2027, 1, 1, 12, tzinfo=UTC).timestamp()).name == "2026-W53"
