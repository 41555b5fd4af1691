"""What must hold of alerts whatever happens: no flapping, nothing overlooked, and forecasts that come true."""

from dataclasses import replace
from pickle import dumps

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.alerts.trail import Increment, Trail, seconds_to_breach
from desktop.domain.entities.alert import Severity
from desktop.domain.entities.floor import Acknowledgement, Activity, ActivityKind, AgentWork, Schedule
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Channel, Health, Phase
from desktop.domain.state.state import AppState, SourceHealth
from desktop.words.catalogue import in_words
from tests.domain.state.floor_states import CC, Looking, ada, billing, counted, floor, rule

SL = "service_level|Billing"


@given(st.lists(st.floats(-0.99, 0.99), min_size=1, max_size=60), st.floats(1.0, 40.0), st.integers(0, 20))
def test_noise_smaller_than_the_hysteresis_raises_at_most_one_alert(noise: list[float], band: float, hold: int) -> None:
    # The figure swings around any level by less than half of what lies between the two thresholds.
    engine = Looking([rule("waiting", 50.0, 50.0 - band, hold=float(hold))])
    raised = ended = 0
    for now, swing in enumerate(noise):
        waiting = 50.0 - band / 2 + swing * band / 2
        state = floor(float(now), [replace(billing(float(now)), waiting=waiting)])  # any number will do for a figure
        raised += len(engine.look(state, None, float(now)).news)
        ended += any(alert.over_at is not None for alert in engine.alerts.values())
    assert raised <= 1 and ended == 0


@given(st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=60), st.floats(30.0, 70.0))
def test_around_any_level_noise_makes_at_most_one_alert(noise: list[float], middle: float) -> None:
    engine = Looking([rule("waiting", 50.0, 47.9)])
    raised = 0
    for now, swing in enumerate(noise):
        state = floor(float(now), [replace(billing(float(now)), waiting=middle + swing)])
        raised += len(engine.look(state, None, float(now)).news)
    assert raised <= 1


# Nothing is overlooked: looking only at what changed or is due finds what looking at everything finds

RULES = [
    rule(at=0.8, clear=0.85, hold=7.0, min_volume=5.0, critical_at=0.4, severity=Severity.WARNING),
    rule("waiting", 5.0, 3.0, queues=("Billing",)),
    rule("longest_wait", 30.0, 30.0, hold=5.0, critical_at=60.0, severity=Severity.WARNING),
    rule("service_level", 0.7, 0.75, name="soon", forecast=600.0, rate=300.0),
    rule("abandon_rate", 0.1, 0.08, name="lately", window=60.0),
    rule("agent_time_in_state", 25.0, state="not_ready"),
    rule("agent_out_of_adherence", 5.0, teams=("N*",)),
    rule("work_talking", 20.0, hold=3.0, stays=False),
    rule("work_on_hold", 10.0),
    rule("source_down", 10.0),
]
PLAN = {
    name: Schedule(name, (Activity(0.0, 60.0, ActivityKind.WORK), Activity(60.0, 200.0, ActivityKind.MEAL)))
    for name in ("a1", "a2")
}


@st.composite
def queues(draw: st.DrawFn, now: float) -> QueueStats:
    answered = draw(st.integers(0, 40))
    in_time = draw(st.integers(0, answered))
    counts = counted(in_time, answered, until=now)
    return QueueStats(
        draw(st.sampled_from(["Billing", "Support"])),
        1,
        now,
        waiting=draw(st.none() | st.integers(0, 8)),
        longest_since=draw(st.none() | st.floats(0.0, now)),
        counts=draw(st.sampled_from([None, counts, replace(counts, offered=answered + 5, abandoned=5)])),
    )


@st.composite
def agents(draw: st.DrawFn, now: float) -> Agent:
    moments = st.floats(0.0, now)
    works = st.builds(
        AgentWork,
        st.sampled_from(["i1", "i2"]),
        st.just(Channel.VOICE),
        st.sampled_from([Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP]),
        st.just("Billing"),
        moments,
        held=st.booleans(),
        held_since=st.none() | moments,
    )
    return ada(
        id=draw(st.sampled_from(["a1", "a2"])),
        observed=draw(st.sampled_from(Availability)),
        since=draw(moments),
        team=draw(st.sampled_from(["North", "South"])),
        work=tuple(draw(st.lists(works, max_size=2, unique_by=lambda one: one.interaction_id))),
    )


@st.composite
def days(draw: st.DrawFn) -> list[tuple[float, AppState]]:
    """Some states in turn; what does not change stays the same object, as it does in the store."""
    now, state = 0.0, floor(0.0)
    found = []
    for _ in range(draw(st.integers(2, 14))):
        now += draw(st.sampled_from([1.0, 2.0, 9.0, 31.0, 70.0]))
        match draw(st.sampled_from(["queue", "agent", "gone", "silence", "down", "acknowledged", "nothing"])):
            case "queue":
                queue = draw(queues(now))
                state = replace(state, queues={**state.queues, queue.name: queue})
            case "agent":
                one = draw(agents(now))
                state = replace(state, agents={**state.agents, one.id: one})
            case "gone":
                state = replace(state, queues={}, agents=dict(list(state.agents.items())[1:]))
            case "down":
                state = replace(state, health={**state.health, "crm": SourceHealth(Health.DOWN, now)})
            case "acknowledged":
                keys = ["waiting|Billing", "work_talking|i1|a1", "longest_wait|Support"]
                said = {key: Acknowledgement(key, "s", "Bo", now) for key in keys}
                state = replace(state, acknowledgements=said)
        if draw(st.integers(0, 4)):
            state = replace(state, health={**state.health, CC: SourceHealth(Health.LIVE, 0.0, last_heard=now)})
        found.append((now, state))
    return found


def rebuilt(state: AppState) -> AppState:
    """The same state, of which every record is another object, so that everything is read."""
    return replace(
        state,
        queues={name: replace(one) for name, one in state.queues.items()},
        agents={name: replace(one) for name, one in state.agents.items()},
        acknowledgements=dict(state.acknowledgements),
    )


@pytest.mark.thorough
@settings(max_examples=300)
@given(days(), st.booleans())
def test_looking_at_what_changed_and_what_is_due_finds_what_looking_at_everything_finds(
    day: list[tuple[float, AppState]], planned: bool
) -> None:
    # Rates are left out: they are sampled at each look, and the two look at other moments.
    rules = [one for one in RULES if one.forecast is None and one.window is None]
    quick, thorough = Looking(rules), Looking(rules)
    plan = PLAN if planned else None
    for now, state in day:
        before = dict(quick.alerts)
        seen = quick.look(state, plan, now)
        thorough.look(rebuilt(state), plan, now)
        assert dict(quick.alerts) == dict(thorough.alerts)
        assert sorted(map(str, quick.pending)) == sorted(map(str, thorough.pending))
        assert quick.blind == thorough.blind
        assert seen.changed or before == dict(quick.alerts)


@settings(max_examples=200)
@given(days())
def test_an_alert_never_has_a_future_and_unknown_figures_never_change_one(day: list[tuple[float, AppState]]) -> None:
    engine = Looking(RULES)
    for now, state in day:
        engine.look(state, PLAN, now)
        for key, alert in engine.alerts.items():
            assert key == alert.key == "|".join(filter(None, (alert.rule, alert.subject, alert.agent_id)))
            assert max(alert.since, alert.raised_at) <= now and (alert.over_at is None or alert.over_at <= now)
            assert alert.since <= alert.raised_at or alert.rule == "soon"  # what was foreseen was raised before it held
            assert alert.forecast is None or alert.forecast >= (alert.unknown_since or now) - 70.0
    before = dict(engine.alerts)
    silent = replace(day[-1][1], health={CC: SourceHealth(Health.STALE, 0.0, last_heard=0.0)}, positions={})
    later = day[-1][0] + 1_000.0
    engine.look(silent, None, later)
    floor_now = {key: one for key, one in engine.alerts.items() if one.rule != "source_down"}
    for key, alert in floor_now.items():
        assert alert.over_at == before[key].over_at and alert.raised_at == before[key].raised_at
        assert alert.over_at is not None or alert.unknown_since is not None
    assert set(floor_now) == {key for key, one in before.items() if one.rule != "source_down"}


# Forecasts


@given(
    st.floats(0.0, 1.0), st.floats(50.0, 5_000.0), st.floats(0.0, 1.0), st.floats(10.0, 500.0), st.floats(0.05, 0.95)
)
def test_a_breach_comes_when_it_was_foreseen_if_the_rate_stays(
    share: float, of: float, rate_share: float, came: float, threshold: float
) -> None:
    over, inflow = share * of, Increment(600.0, rate_share * came, came)
    for low in (True, False):
        ahead = seconds_to_breach(over, of, inflow, threshold, low_is_bad=low)
        assert ahead is not None and ahead >= 0.0

        def at(seconds: float) -> float:
            return (over + inflow.over / 600.0 * seconds) / (of + inflow.of / 600.0 * seconds)

        if ahead == 0.0:
            assert at(0.0) <= threshold + 1e-9 if low else at(0.0) >= threshold - 1e-9
        elif ahead < 1e7:
            assert at(ahead) == pytest.approx(threshold, abs=1e-6)
        else:
            assert at(1e6) > threshold - 1e-3 if low else at(1e6) < threshold + 1e-3


def test_out_of_too_few_contacts_or_counts_that_shrank_nothing_is_foreseen() -> None:
    for few in (Increment(600.0, 0.0, 4.0), Increment(600.0, -1.0, 10.0), Increment(600.0, 1.0, -1.0)):
        assert seconds_to_breach(90.0, 100.0, few, 0.8, low_is_bad=True) is None
    nobody = Increment(600.0, 0.0, 0.0)
    assert seconds_to_breach(90.0, 100.0, nobody, 0.8, low_is_bad=True) == float("inf")


def minute(now: float, in_time: int, answered: int) -> AppState:
    return floor(now, [billing(now, counted(in_time, answered, since=-36_000.0, until=now))])


def test_a_breach_in_sight_is_told_with_its_time_and_becomes_the_breach_itself_under_one_key() -> None:
    engine = Looking([rule(at=0.8, forecast=600.0, rate=600.0)])
    said, news = [], []
    for turn in range(120):
        now = 10.0 * turn
        # 880 of 1,000 in time, and since then one every 10 s, none of them: 80 % is reached after 100 of them.
        look = engine.look(minute(now, 880, 1_000 + turn), None, now)
        news += [(now, alert.severity, alert.forecast) for alert in look.news]
        said += [in_words(alert.text) for alert in engine.alerts.values()]
    (first, warned, expected), (breach, severity, forecast) = news
    assert warned is Severity.WARNING and expected == pytest.approx(1_000.0, abs=1.0)
    assert first == pytest.approx(400.0 + 30.0, abs=10.0)
    assert (breach, severity, forecast) == (1_010.0, Severity.CRITICAL, None)
    assert said[0] == "Billing: service level 84 %, at this rate below 80 % in 9 min (abandons count against)"
    assert set(engine.alerts) == {SL} and engine.alerts[SL].raised_at == first


def test_a_breach_that_is_no_more_in_sight_goes_without_a_word_and_an_acknowledged_one_does_not_ring_twice() -> None:
    engine = Looking([rule(at=0.8, forecast=600.0, rate=600.0)])
    now = 0.0
    for turn in range(60):
        now = 10.0 * turn
        engine.look(minute(now, 880, 1_000 + turn), None, now)
    assert engine.alerts[SL].forecast is not None
    for turn in range(60, 80):
        now = 10.0 * turn
        engine.look(minute(now, 880 + 5 * turn, 1_060 + 5 * turn), None, now)
    assert dict(engine.alerts) == {}


def test_who_acknowledged_a_forecast_deals_with_the_breach_too() -> None:
    engine = Looking([rule(at=0.8, forecast=600.0, rate=600.0)])
    rings = 0
    acks: dict[str, Acknowledgement] = {}
    for turn in range(120):
        now = 10.0 * turn
        rings += len(engine.look(replace(minute(now, 880, 1_000 + turn), acknowledgements=acks), None, now).news)
        if SL in engine.alerts and not acks:
            acks = {SL: Acknowledgement(SL, "s", "Bo", now)}
    assert rings == 1 and engine.alerts[SL].acknowledged_by == "Bo" and engine.alerts[SL].forecast is None


def test_a_rising_number_of_waiting_customers_is_foreseen_too() -> None:
    engine = Looking([rule("waiting", 20.0, forecast=600.0, rate=300.0)])
    for turn in range(40):
        now = 10.0 * turn
        engine.look(floor(now, [billing(now, waiting=turn // 4)]), None, now)
    (alert,) = engine.alerts.values()
    assert alert.forecast == pytest.approx(820.0, abs=40.0)


def test_without_a_rate_nothing_is_foreseen() -> None:
    engine = Looking([rule(at=0.8, forecast=6_000.0, rate=600.0)])
    for turn in range(11):
        engine.look(minute(10.0 * turn, 880, 1_000 + turn), None, 10.0 * turn)
    assert dict(engine.alerts) == {}


# The last minutes


def test_a_window_says_nothing_before_it_is_full_and_then_only_what_was_in_it() -> None:
    engine = Looking([rule("service_level", 0.5, name="lately", window=300.0)])
    raised = []
    for turn in range(80):
        now = 10.0 * turn
        # Good all day; for the 200 s from 400 s on nobody is answered in time.
        bad = max(min(turn, 60) - 40, 0)
        raised += [
            (now, in_words(alert.text))
            for alert in engine.look(minute(now, 900 + turn - bad, 900 + turn), None, now).news
        ]
        if turn == 20:
            assert engine.blind == {"lately": 1}
    assert [now for now, _ in raised] == [560.0]
    assert raised[0][1] == "Billing: service level 46 %, below 50 % (abandons count against, last 5 min)"


@given(st.lists(st.tuples(st.floats(0.1, 60.0), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=80))
def test_a_trail_answers_for_the_window_it_was_asked_for(steps: list[tuple[float, int, int]]) -> None:
    trail = Trail(300.0)
    now, over, of = 0.0, 0.0, 0.0
    past: list[tuple[float, float, float]] = []
    for seconds, more_over, more in steps:
        now, over, of = now + seconds, over + more_over, of + more
        trail.add(now, (-1e9, 20.0), over, of)
        past.append((now, over, of))
        found = trail.since(now, over, of, whole=True)
        if found is None:
            assert now - past[0][0] < 300.0
            continue
        assert 280.0 <= found.seconds <= 300.0 + 20.0 + 60.0
        assert any(found == Increment(now - at, over - a, of - b) for at, a, b in past)


def test_at_midnight_the_window_begins_anew_and_counts_from_zero() -> None:
    trail = Trail(300.0)
    trail.add(86_000.0, (0.0, 20.0), 500.0, 600.0)
    trail.add(86_430.0, (86_400.0, 20.0), 3.0, 4.0)
    assert trail.since(86_430.0, 3.0, 4.0, whole=True) is None
    assert trail.since(86_690.0, 30.0, 40.0, whole=True) == Increment(290.0, 30.0, 40.0)


def test_the_memory_of_a_trail_does_not_grow() -> None:
    trail = Trail(300.0)
    sizes = []
    for second in range(20_000):
        trail.add(float(second), (-1e9, 20.0), float(second), float(second))
        sizes.append(len(dumps(trail)))
    assert max(sizes) == max(sizes[:1_000])
