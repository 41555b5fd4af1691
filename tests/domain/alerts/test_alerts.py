"""Alerts begin, are acknowledged and end as their rules say, and never by what nobody knows."""

from dataclasses import replace

import pytest

from desktop.domain.alerts.active_alerts import MOST_OVER
from desktop.domain.alerts.rules import WATCHED, Rule
from desktop.domain.entities.alert import About, Alert, Severity, news, step_between
from desktop.domain.entities.floor import Acknowledgement, Activity, ActivityKind, AgentDay, Schedule
from desktop.domain.entities.words import Availability, Channel, Health, Phase
from desktop.domain.figures.service_level import FORMULAS
from desktop.domain.state.state import AppState, Position, SourceHealth
from desktop.domain.text.sentence import NOTHING
from desktop.words.catalogue import in_words
from tests.domain.state.floor_states import CC, Looking, ada, at_work, billing, counted, floor, rule

SL = "service_level|Billing"


def level(now: float, percent: int) -> AppState:
    return floor(now, [billing(now, counted(percent, 100, until=now))])


def said(key: str, at: float, name: str = "Bo") -> dict[str, Acknowledgement]:
    return {key: Acknowledgement(key, "s2", name, at)}


def keys(engine: Looking) -> set[str]:
    return set(engine.alerts)


# The life of an alert


def test_it_is_raised_when_the_rule_has_held_for_long_enough_and_not_before() -> None:
    engine = Looking([rule(at=0.8, hold=120.0)])
    for now in (0.0, 60.0, 119.0):
        assert not engine.look(level(now, 74), None, now).changed
        assert [(one.name, since) for one, _, since in engine.pending] == [("service_level", 0.0)]
    look = engine.look(level(120.0, 74), None, 120.0)
    alert = engine.alerts[SL]
    assert look.changed and look.news == (alert,)
    assert (alert.since, alert.raised_at, alert.severity, alert.about) == (0.0, 120.0, Severity.CRITICAL, About.QUEUE)
    assert in_words(alert.text) == "Billing: service level 74 %, below 80 % (abandons count against)"
    assert not engine.look(level(121.0, 74), None, 121.0).changed and engine.pending == ()


def test_far_over_the_line_it_does_not_wait_to_see_whether_it_holds() -> None:
    crowd = rule("waiting", 15.0, hold=60.0, critical_at=30.0, severity=Severity.WARNING)
    engine = Looking([crowd])
    engine.look(floor(0.0, [billing(0.0, waiting=16)]), None, 0.0)
    assert keys(engine) == set()
    look = engine.look(floor(1.0, [billing(1.0, waiting=39)]), None, 1.0)
    alert = engine.alerts["waiting|Billing"]
    assert look.news == (alert,) and (alert.raised_at, alert.severity) == (1.0, Severity.CRITICAL)
    assert in_words(alert.text) == "Billing: waiting 39, above 30"


def test_a_clock_that_runs_reaches_it_on_time_though_nothing_changes() -> None:
    engine = Looking([rule("longest_wait", 60.0, hold=300.0, critical_at=95.0, severity=Severity.WARNING)])
    waiting = floor(0.0, [billing(0.0, waiting=1, longest_since=0.0)], heard=1e9)
    assert [now for now in range(120) if engine.look(waiting, None, float(now)).news] == [96]
    assert engine.alerts["longest_wait|Billing"].raised_at == 95.0, "for everybody the same, however late they look"


def test_it_is_raised_on_time_though_nothing_changes() -> None:
    engine = Looking([rule(hold=120.0)])
    state = level(0.0, 74)
    engine.look(state, None, 0.0)
    still = replace(state, health={CC: SourceHealth(Health.LIVE, 0.0, last_heard=121.0)})
    assert engine.look(still, None, 121.0).changed and keys(engine) == {SL}


def test_between_the_two_thresholds_nothing_changes() -> None:
    engine = Looking([rule(at=0.8, clear=0.85)])
    for now, percent, there in ((0, 82, False), (1, 79, True), (2, 82, True), (3, 85, False), (4, 82, False)):
        engine.look(level(now, percent), None, float(now))
        assert (SL in engine.alerts and engine.alerts[SL].over_at is None) == there, now


def test_between_the_two_thresholds_it_says_the_figure_of_now_and_not_the_worst_one() -> None:
    engine = Looking([rule(at=0.8, clear=0.85)])
    engine.look(level(0.0, 79), None, 0.0)
    engine.look(level(60.0, 82), None, 60.0)
    assert (
        in_words(engine.alerts[SL].text)
        == "Billing: service level 82 %, not back above 85 % yet (abandons count against)"
    )
    engine.look(level(120.0, 78), None, 120.0)
    assert in_words(engine.alerts[SL].text) == "Billing: service level 78 %, below 80 % (abandons count against)"


def test_it_becomes_critical_under_the_same_key_and_rings_again_but_does_not_flap() -> None:
    engine = Looking([rule(at=0.8, clear=0.85, critical_at=0.6, severity=Severity.WARNING)])
    seen = []
    for now, percent in enumerate((79, 59, 62, 64, 59, 66, 70, 86)):
        look = engine.look(level(float(now), percent), None, float(now))
        seen.append((engine.alerts[SL].severity.value, len(look.news)))
        if now == 1:
            assert (
                in_words(engine.alerts[SL].text) == "Billing: service level 59 %, below 60 % (abandons count against)"
            )
    warning, critical = ("warning", 0), ("critical", 0)
    assert seen == [("warning", 1), ("critical", 1), critical, critical, critical, warning, warning, warning]
    assert set(engine.alerts) == {SL} and engine.alerts[SL].over_at == 7.0


def test_a_wait_becomes_critical_by_time_alone() -> None:
    engine = Looking([rule("longest_wait", 60.0, critical_at=95.0, severity=Severity.WARNING)])
    waiting = floor(0.0, [billing(0.0, waiting=1, longest_since=0.0)], heard=1e9)
    worse = [now for now in range(100) if engine.look(waiting, None, float(now)).news]
    assert worse == [61, 96]


def test_over_it_stays_until_somebody_acknowledges_it() -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(level(10.0, 90), None, 10.0)
    assert engine.alerts[SL].over_at == 10.0
    state = replace(level(20.0, 90), acknowledgements=said(SL, 19.0))
    assert engine.look(state, None, 20.0).changed and keys(engine) == set()


def test_acknowledged_it_says_by_whom_and_goes_when_it_is_over() -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    acks = said(SL, 5.0)
    engine.look(replace(level(6.0, 73), acknowledgements=acks), None, 6.0)
    alert = engine.alerts[SL]
    assert (alert.acknowledged_by, alert.acknowledged_at, alert.over_at) == ("Bo", 5.0, None)
    engine.look(replace(level(7.0, 90), acknowledgements=acks), None, 7.0)
    assert keys(engine) == set()


def test_an_old_acknowledgement_says_nothing_of_a_new_alert() -> None:
    engine = Looking([rule()])
    acks = said(SL, 5.0)
    for now, percent in ((0.0, 74), (6.0, 90), (100.0, 74)):
        look = engine.look(replace(level(now, percent), acknowledgements=acks if now else {}), None, now)
    assert engine.alerts[SL].acknowledged_at is None and engine.alerts[SL].raised_at == 100.0 and look.news


def test_who_looks_later_takes_over_what_was_acknowledged_lately_and_it_does_not_ring() -> None:
    for age, taken in ((600.0, True), (3_600.0, False)):
        engine = Looking([rule()])
        state = replace(level(10_000.0, 74), acknowledgements=said(SL, 10_000.0 - age))
        look = engine.look(state, None, 10_000.0)
        assert (engine.alerts[SL].acknowledged_at is not None) == taken and bool(look.news) != taken


def test_an_acknowledgement_from_the_future_hides_nothing() -> None:
    engine = Looking([rule()])
    acks = said(SL, 1e12)
    for now, percent in ((0.0, 90), (10.0, 74), (20.0, 90), (30.0, 74)):
        engine.look(replace(level(now, percent), acknowledgements=acks), None, now)
        assert all(one.acknowledged_at is None for one in engine.alerts.values())


def test_an_acknowledgement_that_is_ahead_of_its_time_counts_when_that_has_come() -> None:
    engine = Looking([rule()])
    acks = said(SL, 1_000.0)
    for now in (0.0, 100.0, 699.0):
        engine.look(replace(level(now, 74), acknowledgements=acks), None, now)
        assert engine.alerts[SL].acknowledged_at is None
    engine.look(replace(level(700.0, 74), acknowledgements=acks), None, 700.0)
    assert engine.alerts[SL].acknowledged_at == 1_000.0


def test_what_was_acknowledged_before_the_start_does_not_cover_what_comes_back() -> None:
    engine = Looking([rule()])
    acks = said(SL, 9_000.0)
    for now, percent in ((10_000.0, 74), (10_100.0, 90), (10_200.0, 74)):
        engine.look(replace(level(now, percent), acknowledgements=acks), None, now)
    assert engine.alerts[SL].acknowledged_at is None


def test_unless_its_rule_says_otherwise_an_alert_goes_by_itself_when_it_is_over() -> None:
    plain = Rule("service_level", WATCHED["service_level"], 0.8, 0.8, low_is_bad=True)
    engine = Looking([plain])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(level(1.0, 90), None, 1.0)
    assert keys(engine) == set()


def test_it_comes_back_under_the_same_key_and_rings_again() -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(level(10.0, 90), None, 10.0)
    look = engine.look(level(20.0, 70), None, 20.0)
    assert look.news and (engine.alerts[SL].raised_at, engine.alerts[SL].over_at) == (20.0, None)


def test_the_figure_in_the_words_follows_at_most_every_ten_seconds() -> None:
    engine = Looking([rule()])
    changed = [now for now in range(60) if engine.look(level(float(now), 79 - now), None, float(now)).changed]
    assert changed == [0, 10, 20, 30, 40, 50]


# What is not known


def stale(percent: int) -> AppState:
    """Figures of moment 0, when the last was heard of the source."""
    return replace(level(0.0, percent), health={CC: SourceHealth(Health.STALE, 0.0, last_heard=0.0)})


def test_stale_figures_neither_raise_nor_end_and_are_said_to_be_unknown() -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(stale(90), None, 100.0)
    alert = engine.alerts[SL]
    assert (alert.over_at, alert.unknown_since) == (None, 100.0) and engine.blind == {"service_level": 1}
    engine.look(level(200.0, 74), None, 200.0)
    assert engine.alerts[SL].unknown_since is None and engine.alerts[SL].raised_at == 0.0 and engine.blind == {}
    other = Looking([rule()])
    assert not other.look(stale(10), None, 100.0).changed


def test_a_source_that_is_down_vouches_for_nothing() -> None:
    engine = Looking([rule(), rule("agent_missed", 0.0)])
    down = {CC: SourceHealth(Health.DOWN, 0.0, last_heard=499.0)}
    old = floor(500.0, [billing(0.0, counted(1, 100))], [ada(missed=3)], health=down)
    assert not engine.look(old, None, 500.0).changed


@pytest.mark.parametrize("healing", [True, False])
def test_what_is_polled_or_has_a_hole_is_as_old_as_its_observation(healing: bool) -> None:
    engine = Looking([rule()])
    positions = {CC: Position("e", 1, healing=True)} if healing else {}
    poor = replace(floor(300.0, [billing(0.0, counted(1, 100))]), positions=positions)
    assert not engine.look(poor, None, 300.0).changed and engine.blind == {"service_level": 1}
    newer = replace(floor(300.0, [billing(290.0, counted(1, 100))]), positions=positions)
    assert engine.look(newer, None, 300.0).changed
    later = replace(newer, health={CC: SourceHealth(Health.LIVE, 0.0, last_heard=400.0)})
    engine.look(later, None, 351.0)
    assert engine.alerts[SL].unknown_since == 351.0


def test_a_stream_that_tells_something_is_alive_without_a_heartbeat() -> None:
    engine = Looking([rule(), rule("agent_missed", 2.0)])
    for now in (0.0, 300.0, 301.0):
        state = floor(now, [billing(now, counted(74, 100))], [ada(missed=3)], heard=0.0)
        engine.look(state, None, now)
        assert all(one.unknown_since is None for one in engine.alerts.values()) or now == 300.0
    assert keys(engine) == {SL, "agent_missed|a1"}


def test_time_in_which_nobody_knew_does_not_count_as_held() -> None:
    engine = Looking([rule(hold=100.0)])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(stale(74), None, 90.0)
    assert not engine.look(level(300.0, 74), None, 300.0).changed
    assert not engine.look(level(309.0, 74), None, 309.0).changed
    assert engine.look(level(310.0, 74), None, 310.0).changed


@pytest.mark.parametrize("poor", [None, counted(7, 5), replace(counted(1, 9), answered_within=None)])
def test_an_unknown_figure_of_a_live_queue_changes_nothing(poor) -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(floor(5.0, [billing(5.0, poor)]), None, 5.0)
    assert (engine.alerts[SL].over_at, engine.alerts[SL].unknown_since) == (None, 5.0)
    assert engine.blind == {"service_level": 1}


def test_too_few_contacts_are_no_breach_and_a_new_day_ends_one() -> None:
    engine = Looking([rule(min_volume=10.0)])
    few = [billing(0.0, counted(0, 9))]
    assert not engine.look(floor(0.0, few), None, 0.0).changed
    engine.look(floor(5.0, [billing(5.0, counted(0, 10))]), None, 5.0)
    assert keys(engine) == {SL}
    engine.look(floor(9.0, [billing(9.0, counted(0, 0, since=8.0))]), None, 9.0)
    assert engine.alerts[SL].over_at == 9.0


def test_what_left_the_floor_is_over_and_what_came_back_is_new() -> None:
    engine = Looking([rule()])
    engine.look(level(0.0, 74), None, 0.0)
    engine.look(floor(10.0), None, 10.0)
    assert engine.alerts[SL].over_at == 10.0
    engine.look(level(20.0, 74), None, 20.0)
    assert (engine.alerts[SL].over_at, engine.alerts[SL].raised_at) == (None, 20.0)


def test_what_is_over_and_gone_does_not_pile_up() -> None:
    engine = Looking([rule("work_talking", 10.0)])
    for turn in range(MOST_OVER + 50):
        now = 100.0 * turn
        work = at_work(since=now - 50.0, contact=f"i{turn}")
        engine.look(floor(now, agents=[ada(version=turn, work=(work,))]), None, now)
    assert len(engine.alerts) == MOST_OVER + 1 and f"work_talking|i{turn}|a1" in engine.alerts
    acks = {key: Acknowledgement(key, "s", "S", now) for key in engine.alerts}
    engine.look(replace(floor(now, agents=[ada()]), acknowledgements=acks), None, now)
    assert keys(engine) == set()


# Rules about queues


def test_rules_are_about_the_queues_their_patterns_name() -> None:
    engine = Looking([rule(queues=("Bill*", "VIP"))])
    worst = counted(0, 100)
    names = ["Billing", "Bills", "VIP", "Support", "billing"]
    engine.look(floor(0.0, [billing(0.0, worst, name=name) for name in names]), None, 0.0)
    assert {alert.subject for alert in engine.alerts.values()} == {"Billing", "Bills", "VIP"}


def test_service_level_is_that_of_the_named_formula() -> None:
    counts = replace(counted(70, 80), abandoned=20, abandoned_within=20)
    strict, mild = (FORMULAS[f"answered_in_time_abandons_{word}"] for word in ("against", "for"))
    engine = Looking([rule(name="strict", formula=strict), rule(name="mild", formula=mild)])
    engine.look(floor(0.0, [billing(0.0, counts)]), None, 0.0)
    assert keys(engine) == {"strict|Billing"}


@pytest.mark.parametrize(
    ("watch", "at", "more", "words"),
    [
        ("waiting", 5.0, {"waiting": 6}, "Billing: waiting 6, above 5"),
        ("estimated_wait", 120.0, {"estimated_wait": 200.0}, "Billing: estimated wait 3 min 20 s, above 2 min"),
        ("longest_wait", 120.0, {"longest_since": -180.0}, "Billing: longest wait 3 min, above 2 min"),
        ("agents_available", 1.0, {"agents_available": 0}, "Billing: agents available 0, below 1"),
        ("abandon_rate", 0.05, {"counts": replace(counted(90, 90), offered=100, abandoned=10)}, "abandon rate 10 %"),
        ("asa", 20.0, {"counts": counted(9, 10, wait_seconds=300.0)}, "Billing: ASA 30 s, above 20 s"),
        ("occupancy", 0.85, {"counts": None}, ""),
    ],
)
def test_any_metric_of_a_queue_can_be_watched(watch: str, at: float, more: dict, words: str) -> None:
    engine = Looking([rule(watch, at)])
    engine.look(floor(0.0, [billing(0.0, **more)]), None, 0.0)
    assert [words in in_words(alert.text) for alert in engine.alerts.values()] == [True] * bool(words)


def test_a_wait_that_goes_on_is_raised_though_nobody_says_anything_more() -> None:
    engine = Looking([rule("longest_wait", 120.0, hold=10.0)])
    waiting = floor(0.0, [billing(0.0, waiting=1, longest_since=0.0)], heard=1e9)
    changed = [now for now in range(140) if engine.look(waiting, None, float(now)).changed]
    alert = engine.alerts["longest_wait|Billing"]
    assert changed == [130] and (alert.since, alert.raised_at) == (120.0, 130.0)
    engine.look(floor(150.0, [billing(150.0, waiting=0)]), None, 150.0)
    assert engine.alerts["longest_wait|Billing"].over_at == 150.0


def test_a_figure_just_beyond_its_threshold_never_reads_as_the_threshold_and_is_never_rounded_up() -> None:
    engine = Looking([rule(), rule("abandon_rate", 0.05), rule("asa", 20.0)])
    counts = replace(counted(7_999, 10_000), offered=10_000, abandoned=0, wait_seconds=205_000.0)
    engine.look(floor(0.0, [billing(0.0, counts), billing(0.0, replace(counts, abandoned=501), name="B")]), None, 0.0)
    assert "79 %, below 80 %" in in_words(engine.alerts[SL].text)
    assert "5.01 %, above 5 %" in in_words(engine.alerts["abandon_rate|B"].text)
    assert "20.5 s, above 20 s" in in_words(engine.alerts["asa|B"].text)


# Rules about agents and what they have in hand


def test_an_agent_too_long_in_a_state_with_its_reason() -> None:
    engine = Looking([rule("agent_time_in_state", 1_800.0, state="not_ready:lunch", teams=("No*",))])
    lunch = ada(observed=Availability.NOT_READY, reason="lunch", since=0.0)
    others = [replace(lunch, id="b", reason="coffee"), replace(lunch, id="c", team="South"), ada(id="d")]
    state = floor(0.0, agents=[lunch, *others], heard=1e9)
    changed = [now for now in range(0, 1_900, 10) if engine.look(state, None, float(now)).changed]
    alert = engine.alerts["agent_time_in_state|a1"]
    assert keys(engine) == {"agent_time_in_state|a1"} and changed[0] == 1_810
    assert in_words(alert.text) == "Ada: not ready (lunch) for 31 min, longer than 30 min"
    assert (alert.about, alert.subject, alert.since) == (About.AGENT, "a1", 1_800.0)


def test_missed_offers_count_while_signed_in() -> None:
    engine = Looking([rule("agent_missed", 2.0)])
    engine.look(floor(0.0, agents=[ada(missed=3), ada(id="b", missed=3, observed=Availability.OFFLINE)]), None, 0.0)
    assert keys(engine) == {"agent_missed|a1"}
    day = AgentDay(0.0, missed=2, until=1.0)
    engine.look(floor(1.0, agents=[ada(missed=9, today=day, version=2)]), None, 1.0)
    assert engine.alerts["agent_missed|a1"].over_at == 1.0, "of today where that is told, as the table shows it"


def test_out_of_adherence_only_where_there_is_a_schedule_and_only_until_it_says_otherwise() -> None:
    engine = Looking([rule("agent_out_of_adherence", 300.0)])
    plan = {
        "a1": Schedule("a1", (Activity(0.0, 1_000.0, ActivityKind.WORK), Activity(1_000.0, 2_000.0, ActivityKind.MEAL)))
    }
    away = ada(observed=Availability.NOT_READY, reason="coffee", since=100.0)
    state = floor(0.0, agents=[away, replace(away, id="b")], heard=1e9)
    engine.look(state, None, 0.0)
    assert engine.blind == {"agent_out_of_adherence": 2}
    changed = [now for now in range(100, 1_100) if engine.look(state, plan, float(now)).changed]
    alert = engine.alerts["agent_out_of_adherence|a1"]
    assert changed[0] == 401 and (alert.since, alert.over_at) == (400.0, 1_000.0)
    assert keys(engine) == {"agent_out_of_adherence|a1"}


@pytest.mark.parametrize(
    ("watch", "stuck", "fine"),
    [
        ("work_ringing", at_work(Phase.OFFERED), at_work(Phase.ACTIVE)),
        ("work_talking", at_work(Phase.ACTIVE), at_work(Phase.WRAP_UP)),
        ("work_wrap_up", at_work(Phase.WRAP_UP), at_work(Phase.ACTIVE)),
        ("work_on_hold", at_work(held=True, held_since=0.0), at_work()),
        ("work_overdue", at_work(Phase.OFFERED, deadline=0.0), at_work(Phase.OFFERED, deadline=1e6)),
        ("work_overdue", at_work(Phase.WRAP_UP, deadline=0.0), at_work(Phase.WRAP_UP)),
        ("work_overdue", at_work(Phase.WRAP_UP, deadline=0.0), at_work(Phase.ACTIVE, deadline=0.0)),
    ],
)
def test_stuck_work_is_found_by_its_clock(watch: str, stuck, fine) -> None:
    engine = Looking([rule(watch, 60.0)])
    engine.look(
        floor(50.0, agents=[ada(work=(stuck,)), ada(id="b", work=(replace(fine, interaction_id="i2"),))]), None, 50.0
    )
    assert keys(engine) == set()
    state = floor(61.0, agents=[ada(version=2, work=(stuck,)), ada(id="b", work=(replace(fine, interaction_id="i2"),))])
    engine.look(state, None, 61.0)
    alert = engine.alerts[f"{watch}|i1|a1"]
    assert keys(engine) == {alert.key} and in_words(alert.text).startswith("Ada, Billing: ")
    assert (alert.about, alert.subject, alert.agent_id, alert.queue) == (About.WORK, "i1", "a1", "Billing")
    engine.look(floor(70.0, agents=[ada(version=3)]), None, 70.0)
    assert engine.alerts[f"{watch}|i1|a1"].over_at == 70.0


def test_how_long_a_centre_that_does_not_say_holds_somebody_counts_from_when_it_was_seen() -> None:
    engine = Looking([rule("work_on_hold", 60.0)])
    state = floor(100.0, agents=[ada(work=(at_work(held=True),))], heard=1e9)
    changed = [now for now in range(100, 170) if engine.look(state, None, float(now)).changed]
    assert changed == [161]


def test_rules_about_work_can_name_queues_teams_and_channels() -> None:
    rules = [
        rule("work_talking", 0.0, name="q", queues=("Sales",)),
        rule("work_talking", 0.0, name="t", teams=("South",)),
        rule("work_talking", 0.0, name="c", channels=("chat",)),
        rule("work_talking", 0.0, name="v", channels=("voice",)),
    ]
    engine = Looking(rules)
    engine.look(floor(9.0, agents=[ada(work=(at_work(),))]), None, 9.0)
    assert keys(engine) == {"v|i1|a1"}
    chat = replace(at_work(contact="i2", queue="Sales"), channel=Channel.CHAT)
    engine.look(floor(10.0, agents=[ada(version=2, team="South", work=(chat,))]), None, 10.0)
    assert {key for key, alert in engine.alerts.items() if alert.over_at is None} == {"q|i2|a1", "t|i2|a1", "c|i2|a1"}


# Sources


def test_a_source_that_fails_or_falls_silent() -> None:
    rules = [rule("source_down", 30.0, sources=("crm*",)), rule("source_silent", 20.0)]
    engine = Looking(rules)
    health = {
        CC: SourceHealth(Health.LIVE, 0.0, last_heard=5.0),
        "crm:shop": SourceHealth(Health.DOWN, 0.0, "refused"),
        "presence": SourceHealth(Health.DOWN, 0.0, "refused"),
    }
    for now in (10.0, 31.0):
        engine.look(floor(now, health=health), None, now)
    assert keys(engine) == {"source_down|crm:shop", "source_silent|contact_center"}
    assert in_words(engine.alerts["source_down|crm:shop"].text) == "crm:shop: not reachable for 31 s, longer than 30 s"
    well = {name: SourceHealth(Health.LIVE, 40.0, last_heard=40.0) for name in health}
    engine.look(floor(41.0, health=well), None, 41.0)
    assert all(alert.over_at == 41.0 for alert in engine.alerts.values())


def test_without_rules_nothing_is_said() -> None:
    engine = Looking(list[Rule]())
    assert not engine.look(level(0.0, 1), None, 0.0).changed and engine.alerts == {}


def test_each_step_of_an_alert_has_its_word_and_only_new_ones_call_somebody() -> None:
    plain = Alert("r|q", "r", "q", Severity.WARNING, NOTHING, 1.0, 1.0)
    over, seen = replace(plain, over_at=2.0), replace(plain, acknowledged_at=2.0)
    soon, unknown = replace(plain, forecast=2.0), replace(plain, unknown_since=2.0)
    steps = {
        (None, plain): "raised",
        (over, plain): "raised",
        (soon, plain): "raised",
        (plain, replace(plain, raised_at=5.0)): "raised",
        (None, soon): "foreseen",
        (plain, replace(plain, severity=Severity.CRITICAL)): "worse",
        (replace(plain, severity=Severity.CRITICAL), plain): "changed",
        (plain, over): "over",
        (plain, seen): "acknowledged",
        (plain, unknown): "unknown",
        (unknown, plain): "known",
        (plain, replace(plain, text="x")): "changed",
        (over, None): "gone",
    }
    assert {pair: step_between(*pair) for pair in steps} == steps
    for (before, after), step in steps.items():
        told = news({"k": before} if before else {}, {"k": after} if after else {})
        assert told == ((after,) if step in ("raised", "foreseen", "worse") else ())
    assert news({}, {"k": seen}) == () and news({"k": plain}, {"k": plain}) == ()
