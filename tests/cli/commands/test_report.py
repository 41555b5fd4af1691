"""`report`: the past of a supervisor's team, by days of the centre."""

import csv
import io
import json
import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from desktop.cli.commands.report_arguments import FORMULAS as NAMED
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.cli.command_line import Ran, clean_env, run

pytestmark = pytest.mark.thorough

NOON = 1_792_929_600.0  # Sunday 25 October 2026, 12:00 in London: the clocks went back this night


@pytest.fixture(scope="module")
def company() -> Iterator[Running]:
    settings = Settings(rate_per_minute=1e6, burst=1e6, autonomous=False, clock_start=NOON, history_days=30)
    with launcher.start("contact_center", settings=settings) as running:
        yield running


def profile(company: Running, home: Path, who: str) -> dict[str, str]:
    token = home / f"token-{who}"
    token.touch(0o600)
    token.write_text(company.tokens[who])
    lines = [
        'default = "work"', "[profiles.work]", f'data_dir = "{home}/data"', "[profiles.work.contact_center]",
        'backend = "mock"', f'url = "{company.urls["contact_center"]}"', f'token_file = "{token}"',
    ]  # fmt: skip
    (home / f"{who}.toml").write_text("\n".join(lines))
    return clean_env(home, AGENT_DESKTOP_CONFIG=str(home / f"{who}.toml"))


@pytest.fixture
def sam(company: Running, tmp_path: Path) -> dict[str, str]:
    return profile(company, tmp_path, "sam")


def report(env: dict[str, str], *words: str) -> Ran:
    ran = run("report", *words, env=env)
    assert ran.code == 0, ran.words
    return ran


def test_the_formulas_of_help_are_those_there_are() -> None:
    assert set(NAMED) == set(FORMULAS) and NAMED[2] == DEFAULT_FORMULA.id


def test_intervals_by_day_are_the_sum_of_their_hours(sam: dict[str, str]) -> None:
    period = ("--since", "2026-10-12", "--until", "2026-10-19")
    days = report(sam, "intervals", *period, "--width", "day").json
    hours = report(sam, "intervals", *period, "--width", "1h").json
    assert days["zone"] == "Europe/London" and days["since_local"] == "2026-10-12T00:00:00+01:00"
    assert [row["since_local"][:10] for row in days["intervals"]] == [
        (date(2026, 10, 12) + timedelta(days=n)).isoformat() for n in range(7)
    ]
    for name in ("offered", "answered", "answered_within", "abandoned", "handled"):
        assert sum(row[name] for row in days["intervals"]) == sum(row[name] for row in hours["intervals"]) > 0
    first = days["intervals"][0]
    level = first["answered_within"] / (first["answered"] + first["abandoned"])
    assert first["service_level"] == pytest.approx(level) and first["formula"] == DEFAULT_FORMULA.id


def test_the_formula_is_chosen_by_name(sam: dict[str, str]) -> None:
    words = ("intervals", "--since", "2026-10-12", "--until", "2026-10-13", "--width", "day", "--queue", "billing")
    for name in NAMED:
        (row,) = report(sam, *words, "--formula", name).json["intervals"]
        assert row["formula"] == name and 0 < row["service_level"] <= 1
    assert run("report", *words, "--formula", "nicest", env=sam).code == 2


def test_a_day_of_25_hours_is_a_day(sam: dict[str, str]) -> None:
    today = report(sam, "intervals", "--since", "today", "--width", "day").json
    assert (today["until"] - today["since"]) / 3_600 == 25
    assert today["since_local"] == "2026-10-25T00:00:00+01:00" and today["until_local"] == "2026-10-26T00:00:00+00:00"
    yesterday = report(sam, "intervals", "--since", "yesterday", "--until", "today", "--width", "day").json
    assert [row["since_local"] for row in yesterday["intervals"]] == ["2026-10-24T00:00:00+01:00"]


def test_csv_and_parquet_hold_the_same(sam: dict[str, str], tmp_path: Path) -> None:
    words = ("intervals", "--since", "2026-10-12", "--until", "2026-10-19", "--queue", "BILLING", "--by-queue")
    sheet = list(csv.DictReader(io.StringIO(report(sam, *words, "--format", "csv").out)))
    file = tmp_path / "billing.parquet"
    told = report(sam, *words, "--output", str(file)).words
    assert "written to" in told and stat.S_IMODE(file.stat().st_mode) == 0o600
    with duckdb.connect(":memory:") as db:
        rows = db.read_parquet(str(file))
        kept = [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
    assert {row["queue"] for row in kept} == {"Billing"}
    assert [(float(row["since"]), int(row["offered"])) for row in sheet] == [(r["since"], r["offered"]) for r in kept]


def test_the_page_is_for_people(sam: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "week.html"
    report(sam, "intervals", "--since", "2026-10-12", "--until", "2026-10-19", "--width", "1h", "--output", str(file))
    page = file.read_text()
    assert page.startswith("<!doctype html>") and page.count("<svg") == 5 and "<script" not in page
    assert "Team Billing" in page and "Mon 12 Oct 2026 – Sun 18 Oct 2026" in page


def test_nothing_is_overwritten_without_asking(sam: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "kept.csv"
    file.write_text("mine")
    refused = run("report", "intervals", "--output", str(file), env=sam)
    assert refused.code == 1 and "already exists" in refused.words and file.read_text() == "mine"
    report(sam, "intervals", "--output", str(file), "--force")
    assert file.read_text().startswith("since,")


def test_interactions_are_listed_and_filtered(sam: dict[str, str]) -> None:
    period = ("interactions", "--since", "2026-10-12", "--until", "2026-10-19")
    every = report(sam, *period).json
    assert not every["more"] and len({row["id"] for row in every["interactions"]}) == len(every["interactions"]) > 1_000
    some = report(sam, *period, "--outcome", "abandoned", "--longer-than", "60", "--queue", "Sales").json[
        "interactions"
    ]
    assert some == [
        row for row in every["interactions"]
        if row["outcome"] == "abandoned" and row["wait_seconds"] >= 60 and row["queue"] == "Sales"
    ]  # fmt: skip
    one = every["interactions"][0]
    mine = report(sam, *period, "--customer", one["customer"]).json["interactions"]
    assert one in mine and all(row["customer"] == one["customer"] for row in mine)
    few = run("report", *period, "--limit", "5", "--format", "csv", env=sam)
    assert len(list(csv.reader(io.StringIO(few.out)))) == 6 and "more than these 5" in few.words
    detail = report(sam, "interaction", one["id"]).json
    assert detail["interaction"]["id"] == one["id"] and detail["steps"][0]["what"] == "queued"
    assert run("report", "interaction", "past-0", env=sam).code == 1


def test_an_agent_is_refused_and_nothing_is_written(company: Running, tmp_path: Path) -> None:
    maya = profile(company, tmp_path, "maya")
    file = tmp_path / "secret.csv"
    for words in (("intervals",), ("interactions",), ("intervals", "--output", str(file)), ("interaction", "past-1")):
        ran = run("report", *words, env=maya)
        assert ran.code == 1 and ran.out == "" and "supervisor" in ran.words
    assert not file.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("intervals", "--since", "2026-13-01"), "is no day"),
        (("intervals", "--since", "0001-01-01"), "between 1971"),
        (("intervals", "--since", "today", "--until", "today"), "empty"),
        (("intervals", "--queue", "Nonsense"), "there are Billing"),
        (("intervals", "--format", "parquet"), "--output"),
        (("interactions", "--format", "html"), "invalid choice"),
        (("intervals", "--width", "7m"), "invalid choice"),
        (("interactions", "--longer-than", "nan"), "0 or more"),
        ((), "required"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_done(
    sam: dict[str, str], words: tuple[str, ...], told: str
) -> None:
    ran = run("report", *words, env=sam)
    assert ran.code == 2 and told in ran.words and ran.out == ""


def test_too_many_intervals_are_refused(sam: dict[str, str]) -> None:
    ran = run("report", "intervals", "--since", "1990-01-01", "--width", "15m", env=sam)
    assert ran.code == 1 and "100,000" in ran.words


def test_a_customer_who_is_a_formula_is_text(sam: dict[str, str]) -> None:
    rows = csv.DictReader(io.StringIO(report(sam, "interactions", "--since", "2026-10-20", "--format", "csv").out))
    numbers = [row["customer"] for row in rows if row["channel"] == "voice" and row["customer"]]
    assert numbers and all(number.startswith("'+") for number in numbers)
    assert json.loads(report(sam, "interactions", "--since", "2026-10-20").out)["interactions"][0]["customer"] != ""
