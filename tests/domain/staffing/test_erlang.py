"""Erlang C and A against published figures, against the balance of states, and in their limits."""

from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.staffing.erlang import Line, blocked, steady

VECTORS = [  # calls, per seconds, handle time, agents -> load, P(wait), service level at 20 s, mean wait, occupancy
    (100, 1800, 180, 14, "10.000", "0.174132", "0.888350", "7.8359", "0.7143"),
    (100, 1800, 180, 13, "10.000", "0.285270", "0.795595", "17.1162", "0.7692"),
    (100, 1800, 180, 12, "10.000", "0.449388", "0.640158", "40.4449", "0.8333"),
    (1000, 3600, 120, 40, "33.333", "0.190737", "0.937211", "3.4333", "0.8333"),
    (1000, 3600, 120, 38, "33.333", "0.333453", "0.846803", "8.5745", "0.8772"),
    (360, 3600, 240, 28, "24.000", "0.333139", "0.761296", "19.9883", "0.8571"),
    (60, 3600, 300, 8, "5.000", "0.167267", "0.863054", "16.7267", "0.6250"),
]

rates = st.floats(1e-4, 20)
handles = st.floats(1, 3600)
patiences = st.floats(1, 1e6)
thresholds = st.floats(0, 600)


def states(line: Line) -> list[float]:
    """Share of time with 0, 1, 2, ... customers, by the balance of each state with the next: another way to it."""
    logs = [0.0]
    highest = 0.0
    while logs[-1] > highest - 80 or len(logs) <= line.servers:
        n = len(logs)
        gone = min(n, line.servers) / line.handle + max(0.0, n - line.servers) / line.patience
        logs.append(logs[-1] + log(line.rate / gone))
        highest = max(highest, logs[-1])
    weights = [exp(one - highest) for one in logs]
    return [one / sum(weights) for one in weights]


@pytest.mark.parametrize("vector", VECTORS)
def test_published_vectors_come_out_to_the_last_printed_digit(vector: tuple[int, int, int, int, str]) -> None:
    calls, per, handle, agents, *printed = vector
    found = steady(Line(calls / per, handle, agents), 20)
    assert found.asa is not None
    figures = [f"{found.load:.3f}", f"{found.wait:.6f}", f"{found.service_level:.6f}"]
    assert [*figures, f"{found.asa:.4f}", f"{found.occupancy:.4f}"] == printed


@pytest.mark.parametrize("servers", [1, 2, 7, 30])
@pytest.mark.parametrize("load", [0.3, 5.0, 29.0, 60.0])
@pytest.mark.parametrize("patience", [0.5, 30.0, 180.0, 5_000.0])
def test_erlang_a_agrees_with_the_balance_of_states(servers: int, load: float, patience: float) -> None:
    line = Line(load / 180, 180, servers, patience)
    shares = states(line)
    found = steady(line)
    waiting = sum(max(0, n - servers) * share for n, share in enumerate(shares))
    busy = sum(min(n, servers) * share for n, share in enumerate(shares))
    assert found.wait == pytest.approx(sum(shares[servers:]), rel=1e-9)
    assert found.abandoned == pytest.approx(waiting / patience / line.rate, rel=1e-9)
    assert found.occupancy == pytest.approx(busy / servers, rel=1e-9)


@pytest.mark.parametrize("patience", [20.0, 120.0, 2_000.0])
def test_within_a_long_threshold_everybody_was_answered_or_gave_up(patience: float) -> None:
    found = steady(Line(0.06, 180, 10, patience), 1e6, 1e6)
    assert found.answered_within + found.abandoned_within == pytest.approx(1)
    assert found.abandoned_within == found.short_abandons == pytest.approx(found.abandoned)


def test_mean_waits_of_the_answered_and_of_all_add_up() -> None:
    """All customers' mean time in line is abandonments x patience; the answered are those of it who stayed."""
    line = Line(0.06, 180, 10, 90)
    steps = [steady(line, at) for at in range(0, 2_000, 1)]
    served = 1 - steps[0].abandoned
    later = sum(served - one.answered_within for one in steps)  # integral of P(answered, and later than x)
    assert steps[0].asa == pytest.approx(later / served, rel=0.02)


@given(rates, handles, st.integers(1, 200), thresholds)
def test_endless_patience_is_erlang_c(rate: float, handle: float, servers: int, threshold: float) -> None:
    if rate * handle > servers * 0.99:
        servers = int(rate * handle * 1.05) + 1
    if servers > 5_000:
        return
    c = steady(Line(rate, handle, servers), threshold)
    a = steady(Line(rate, handle, servers, 1e12), threshold)
    assert a.wait == pytest.approx(c.wait, abs=1e-6)
    assert a.service_level == pytest.approx(c.service_level, abs=1e-6)
    assert c.asa is not None and a.asa == pytest.approx(c.asa, rel=1e-4, abs=1e-6)
    assert a.abandoned == pytest.approx(0, abs=1e-6)


@given(rates, handles, st.floats(0.3, 300), st.floats(0.01, 5), patiences | st.just(inf), thresholds)
def test_one_more_server_never_makes_anything_worse(
    rate: float, handle: float, servers: float, more: float, patience: float, threshold: float
) -> None:
    few = steady(Line(rate, handle, servers, patience), threshold)
    many = steady(Line(rate, handle, servers + more, patience), threshold)
    assert many.wait <= few.wait + 1e-9
    assert many.service_level >= few.service_level - 1e-9
    assert many.abandoned <= few.abandoned + 1e-9
    assert many.occupancy <= few.occupancy + 1e-9
    assert few.asa is None or (many.asa is not None and many.asa <= few.asa * (1 + 1e-9) + 1e-9)


@given(rates, handles, st.floats(0.3, 300), st.floats(1e-3, 1e12), thresholds, thresholds)
def test_every_share_is_a_share(
    rate: float, handle: float, servers: float, patience: float, threshold: float, short: float
) -> None:
    found = steady(Line(rate, handle, servers, patience), threshold, short)
    for share in (found.wait, found.answered_within, found.abandoned_within, found.abandoned, found.occupancy):
        assert -1e-9 <= share <= 1 + 1e-9
    assert found.abandoned_within <= found.abandoned + 1e-9
    assert found.answered_within <= 1 - found.abandoned + 1e-9
    assert found.asa is not None and found.asa >= 0


@given(st.floats(1e-3, 500), st.integers(0, 300), st.floats(0.001, 0.999))
def test_parts_of_a_server_lie_between_whole_ones(load: float, servers: int, part: float) -> None:
    more, between, less = (blocked(load, n) for n in (servers, servers + part, servers + 1))
    assert less - 1e-12 <= between <= more + 1e-12


@pytest.mark.parametrize("servers", [1.5, 12.25, 100.75])
def test_parts_of_a_server_follow_the_recursion(servers: float) -> None:
    load = 11.0
    before = blocked(load, servers - 1)
    assert blocked(load, servers) == pytest.approx(load * before / (servers + load * before), rel=1e-12)


def test_an_overloaded_line_of_the_patient_has_no_mean_wait() -> None:
    found = steady(Line(1, 10, 10))
    assert (found.asa, found.wait, found.service_level, found.occupancy) == (None, 1, 0, 1)


def test_thousands_of_servers_are_no_trouble() -> None:
    """In great lines the square-root rule holds: n = R + R^0.5 and patience equal to the handle time."""
    load = 40_000.0
    found = steady(Line(load / 300, 300, load + load**0.5, 300))
    assert found.wait == pytest.approx(0.1587, abs=0.002)  # 1 - Phi(1)
    overloaded = steady(Line(load / 300, 300, load * 0.9, 300))
    assert overloaded.abandoned == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(
    ("rate", "handle", "servers", "patience"),
    [
        *((bad, 1.0, 1.0, 1.0) for bad in (0.0, -1.0, inf, float("nan"))),
        *((1.0, bad, 1.0, 1.0) for bad in (0.0, -1.0, inf, float("nan"))),
        *((1.0, 1.0, bad, 1.0) for bad in (0.0, -1.0, inf, float("nan"), 1e6)),
        *((1.0, 1.0, 1.0, bad) for bad in (0.0, -1.0, float("nan"))),
    ],
)
def test_what_cannot_be_is_refused(rate: float, handle: float, servers: float, patience: float) -> None:
    with pytest.raises(ValueError):
        Line(rate, handle, servers, patience)


@pytest.mark.parametrize(("threshold", "short"), [(-1.0, 0.0), (float("nan"), 0.0), (20.0, -1.0)])
def test_thresholds_are_not_negative(threshold: float, short: float) -> None:
    with pytest.raises(ValueError):
        steady(Line(1, 1, 2), threshold, short)
