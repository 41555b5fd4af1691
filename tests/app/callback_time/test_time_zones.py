"""The zone of the computer has its name; a customer's is known or it is not, and nothing between."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desktop.app.callback_time import time_zones
from desktop.app.callback_time.time_zones import customer_zone, local_zone
from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Address

LONDON = Address("phone", "+44 20 7946 0018")
SYDNEY_MOBILE = Address("phone", "+61412345678")  # a number of eight zones


def test_the_zone_of_the_computer_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Argentina/Buenos_Aires")
    monkeypatch.setattr(time_zones, "LOCALTIME", link)
    monkeypatch.delenv("TZ", raising=False)
    assert local_zone() == ZoneInfo("America/Argentina/Buenos_Aires")
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    assert local_zone() == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("name", ["CET-1CEST", "Mars/Olympus", "../../etc/passwd"])
def test_without_a_name_the_rules_of_the_system(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TZ", name)
    here = datetime(2026, 11, 18, tzinfo=local_zone())
    assert here.utcoffset() is not None


@pytest.mark.parametrize(
    ("customer", "came_from", "region", "zone"),
    [
        (Customer("1", "Ada", time_zone="Asia/Tokyo", addresses=(LONDON,)), LONDON, "", "Asia/Tokyo"),
        (Customer("1", "Ada", time_zone="nowhere", addresses=(LONDON,)), None, "", "Europe/London"),
        (Customer("1", "Ada", addresses=(LONDON,)), Address("phone", "+493012345"), "", "Europe/Berlin"),
        (Customer("1", "Ada", addresses=(Address("email", "a@b.example"), LONDON)), None, "", "Europe/London"),
        (None, Address("phone", "020 7946 0018"), "GB", "Europe/London"),
        (None, Address("phone", "020 7946 0018"), "", None),
        (None, SYDNEY_MOBILE, "", None),
        (None, Address("phone", "+447700900123"), "", None),  # a number of no zone
        (None, Address("phone", "+442079460018", withheld=True), "", None),
        (None, Address("chat", "+442079460018"), "", None),
        (None, None, "", None),
    ],
)
def test_where_a_customer_lives(
    customer: Customer | None, came_from: Address | None, region: str, zone: str | None
) -> None:
    found = customer_zone(customer, came_from, region)
    assert (found and found.key) == zone


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "Europe", "Europe/\ud800", "A\0/b", "x" * 5000])
def test_a_hostile_zone_is_none(key: str) -> None:
    assert customer_zone(Customer("1", "Ada", time_zone=key)) is None
