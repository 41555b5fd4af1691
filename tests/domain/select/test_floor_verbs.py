"""Which of a supervisor's verbs are on offer: by role, by what the centre can do, by where a contact stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.alert import Alert, Severity
from desktop.domain.entities.floor import AgentWork, FloorVerb, HelpRequest, HelpState
from desktop.domain.entities.model import Address, Agent, Interaction
from desktop.domain.entities.words import Availability, Channel, Direction, Monitoring, Phase, Role
from desktop.domain.select import floor_verbs as on_offer
from desktop.domain.select.floor_verbs import VERBS, Standing, standing
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability

EVERY = frozenset(one.value for one in Capability)
BOSS = Standing("sam", Role.SUPERVISOR, EVERY)
MAYA = Agent("maya", 1, "Maya", Role.AGENT, "Billing", Availability.AVAILABLE, 0.0)
CALL = AgentWork("i1", Channel.VOICE, Phase.ACTIVE, "Billing", 0.0)
HELP = HelpRequest("h1", 1, "maya", "i1", "please", 0.0)
ALERT = Alert("r|Billing", "r", "Billing", Severity.WARNING, verbatim("t"), 0.0, 0.0)


def contact(phase: Phase, agent_id: str | None = None) -> Interaction:
    address = Address("phone", "+442079460018")
    return Interaction("i1", 1, Channel.VOICE, Direction.INBOUND, phase, "Billing", address, 0.0, 0.0, agent_id)


def busy(*work: AgentWork) -> Agent:
    return Agent("maya", 1, "Maya", Role.AGENT, "Billing", Availability.AVAILABLE, 0.0, work=work)


def everything(who: Standing, phase: Phase) -> set[FloorVerb]:
    """All that is on offer anywhere."""
    agent = busy(AgentWork("i1", Channel.VOICE, phase, "Billing", 0.0))
    return {
        *on_offer.for_agent(agent, who),
        *on_offer.for_work(agent.work[0], who),
        *on_offer.for_interaction(contact(phase, "maya"), who),
        *on_offer.for_help(HELP, who, agent),
        *on_offer.for_alert(ALERT, who, agent),
        *on_offer.for_team(who),
    }


@given(
    role=st.sampled_from([None, Role.AGENT]),
    phase=st.sampled_from(Phase),
    can=st.frozensets(st.sampled_from(sorted(EVERY))),
)
def test_nothing_is_offered_to_who_is_no_supervisor(role: Role | None, phase: Phase, can: frozenset[str]) -> None:
    assert everything(Standing("sam", role, can, "maya", Monitoring.LISTEN), phase) == set()


@given(phase=st.sampled_from(Phase), can=st.frozensets(st.sampled_from(sorted(EVERY))))
def test_what_the_centre_cannot_do_is_not_offered(phase: Phase, can: frozenset[str]) -> None:
    for verb in everything(Standing("sam", Role.SUPERVISOR, can), phase):
        assert VERBS[verb].capability in can or not VERBS[verb].capability


def test_every_verb_is_offered_somewhere_and_names_a_capability_there_is() -> None:
    hearing = Standing("sam", Role.SUPERVISOR, EVERY, "maya", Monitoring.LISTEN)
    assert set().union(*(everything(who, phase) for phase in Phase for who in (BOSS, hearing))) == set(FloorVerb)
    assert {spec.capability for spec in VERBS.values()} <= EVERY | {""}


@pytest.mark.parametrize(
    ("phase", "verbs"),
    [
        (Phase.QUEUED, {FloorVerb.REASSIGN, FloorVerb.MOVE, FloorVerb.PRIORITY, FloorVerb.WITHDRAW}),
        (Phase.OFFERED, {FloorVerb.REASSIGN, FloorVerb.MOVE, FloorVerb.WITHDRAW}),
        (Phase.CONNECTING, {FloorVerb.WITHDRAW}),
        (Phase.ACTIVE, {FloorVerb.TAKE_OVER, FloorVerb.REASSIGN}),
        (Phase.WRAP_UP, {FloorVerb.WITHDRAW}),
        (Phase.CLOSED, set()),
    ],
)
def test_a_contact_offers_what_its_phase_allows_and_no_customer_is_cut_off(phase: Phase, verbs: set[FloorVerb]) -> None:
    assert set(on_offer.for_interaction(contact(phase, "maya"), BOSS)) == verbs
    assert on_offer.for_interaction(contact(phase, "sam"), BOSS) == (), "what is mine has the agent's verbs"


def test_listening_needs_a_call_and_changes_mode_while_it_lasts() -> None:
    three = (FloorVerb.LISTEN, FloorVerb.WHISPER, FloorVerb.BARGE)
    assert on_offer.for_agent(busy(CALL), BOSS)[:3] == three
    for work in ((), (AgentWork("i1", Channel.CHAT, Phase.ACTIVE, "Billing", 0.0),)):
        assert not set(three) & set(on_offer.for_agent(busy(*work), BOSS))
    hearing = Standing("sam", Role.SUPERVISOR, EVERY, "maya", Monitoring.WHISPER)
    assert on_offer.for_agent(busy(CALL), hearing)[:3] == (FloorVerb.LISTEN, FloorVerb.BARGE, FloorVerb.END_MONITOR)
    untold = Agent("maya", 1, "Maya", Role.AGENT, "Billing", Availability.AVAILABLE, 0.0, in_use={"voice": 1})
    assert on_offer.for_agent(untold, BOSS)[:3] == three, "a centre that does not tell others' work decides itself"


def test_nobody_looks_after_themselves() -> None:
    me = Agent("sam", 1, "Sam", Role.SUPERVISOR, "Billing", Availability.NOT_READY, 0.0, work=(CALL,))
    assert on_offer.for_agent(me, BOSS) == ()


def test_what_is_over_or_acknowledged_offers_nothing_of_its_own() -> None:
    closed = HelpRequest("h1", 2, "maya", "i1", "please", 0.0, HelpState.CLOSED)
    assert on_offer.for_help(closed, BOSS, MAYA) == ()
    assert on_offer.for_help(HELP, BOSS) == (FloorVerb.ANSWER_HELP, FloorVerb.MESSAGE)
    seen = Alert("r|Billing", "r", "Billing", Severity.WARNING, verbatim("t"), 0.0, 0.0, acknowledged_by="ines")
    assert on_offer.for_alert(seen, BOSS) == ()
    assert on_offer.for_alert(ALERT, BOSS) == (FloorVerb.ACKNOWLEDGE,)


def test_the_standing_is_the_servers_word() -> None:
    state = AppState(me="maya", agents={"maya": MAYA}, capabilities={"contact_center": EVERY})
    assert standing(state).role is Role.AGENT
    assert standing(AppState()).role is None
