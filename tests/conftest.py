"""What every suite shares: the language, the switches between the quick and the full-size settings, and to the real
servers; and what keeps the suites quick."""

import atexit
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from desktop.words import catalogue, language

REAL = Path(__file__).parent / "real"
UNIT = tuple(Path(__file__).parent / room for room in ("domain", "app"))
COMMON_SIZE = (120, 36)
FEW_CASES = 3


os.environ.pop("LANGUAGE", None)
os.environ["LC_ALL"] = "C.UTF-8"  # whatever the machine is set to, this process and its children speak English
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # no property goes by a clock that a busy machine breaks


@pytest.fixture
def speak() -> Iterator[Callable[[str], None]]:
    """Has a test speak another language, by its code; English is spoken again afterwards."""
    yield catalogue.use
    catalogue.use(language.ENGLISH)


@pytest.fixture
def tables_of_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Has the tables of keys as they were afterwards."""
    from desktop.tui.keys import keys
    from desktop.tui.keys.floor_keys import FLOOR_BY_ID
    from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID

    monkeypatch.setattr(keys, "_changed_elsewhere", False)
    tables = [(table, dict(table)) for table in (keys.BY_ID, FLOOR_BY_ID, OUTBOX_BY_ID)]
    yield
    for table, before in tables:
        table.update(before)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the thorough tests too, which take seconds each")
    parser.addoption("--full", action="store_true", help="run the slow suites at full size; all of them")
    parser.addoption("--real", action="store_true", help="run the tests against real servers too (tests/real)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each processor, since many tests wait for servers and terminals; at most twelve."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(12, 2 * processors)


def pytest_configure(config: pytest.Config) -> None:
    """Tests that somebody names run whatever their tier. What the workers and the programs they start compile is kept,
    or each of them would compile all of it again. Options that the environment gives are for this run and its workers,
    not for the runs of pytest that tests start."""
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    config.option.all = config.option.all or config.option.full or named
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        os.environ.pop("PYTEST_ADDOPTS", None)
    if config.getoption("numprocesses", None):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end; a fifth of the time went into looking for garbage among it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 5, 10)
    atexit.register(gc.unfreeze)  # all is taken apart at the end: DuckDB counts then, and prints what of it is left


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The real servers are a step of their own: they take minutes and need programs pip does not bring."""
    return True if collection_path.is_relative_to(REAL) and not config.getoption("--real") else None


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """True when the suites are to run at full size rather than at their quick CI size."""
    return bool(request.config.getoption("--full"))


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The slow and the thorough tests are left out: to skip 8,000 one by one takes a minute. Those of pictures are
    skipped all the same, or their pictures would count as unused and be up for deletion."""
    for one in _further_cases(items):
        one.add_marker(pytest.mark.thorough)
    out = {name for name, run in (("slow", config.option.full), ("thorough", config.option.all)) if not run}
    left_out = {one for one in items if any(mark.name in out for mark in one.iter_markers())}
    of_pictures = {one for one in left_out if _draws_a_picture(one)}
    for one in of_pictures:
        one.add_marker(pytest.mark.skip(reason="takes seconds; run with --all"))
    config.hook.pytest_deselected(items=list(left_out - of_pictures))
    items[:] = [one for one in items if one not in left_out or one in of_pictures]


def _further_cases(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """What the quick tier can do without: of a test at several sizes it runs the common one, of one with many cases the
    first, the last and one between; of unit tests and pictures all."""
    cases: dict[object, list[pytest.Function]] = {}
    for one in items:
        unit = any(one.path.is_relative_to(room) for room in UNIT)
        if isinstance(one, pytest.Function) and hasattr(one, "callspec") and not unit:
            cases.setdefault(one.function, []).append(one)
    for of_one in cases.values():
        common = [one for one in of_one if one.callspec.params.get("size", COMMON_SIZE) == COMMON_SIZE]
        quick = common or of_one
        if len(quick) > FEW_CASES and not _draws_a_picture(quick[0]):
            quick = [quick[0], quick[len(quick) // 2], quick[-1]]
        yield from (one for one in of_one if one not in quick)


def _draws_a_picture(item: pytest.Item) -> bool:
    return "snap_compare" in getattr(item, "fixturenames", ())
