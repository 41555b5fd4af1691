"""Ids of several contact centres: there and back again, and no two of them the same."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.app.connections.centre_ids import CentreIds
from desktop.domain.entities.own_agent import OWN

VOICE, WRITTEN = "contact_center:voice", "contact_center:written"
IDS = st.one_of(st.text(min_size=1), st.sampled_from(["me", "voice:1", "written:1", "1", ":", "voice:me", "voice:"]))


def both(own: str) -> tuple[CentreIds, CentreIds]:
    voice, written = CentreIds(VOICE, [WRITTEN]), CentreIds(WRITTEN, [VOICE])
    voice.own_id = written.own_id = own
    return voice, written


@given(IDS, IDS, IDS)
def test_ids_come_back_and_no_two_are_one(first: str, second: str, own: str) -> None:
    voice, written = both(own)
    assert voice.own(voice.record(first)) == first
    assert voice.own(voice.agent(first)) == first
    assert voice.own_target(voice.target(f"queue:{first}")) == f"queue:{first}"
    assert voice.record(first) != written.record(second)
    assert (voice.record(first) == voice.record(second)) is (first == second)
    assert (voice.agent(first) == written.agent(second)) is (first == own == second)


@given(IDS)
def test_whoever_is_signed_in_is_one_and_nobody_else(own: str) -> None:
    voice, written = both(own)
    assert voice.agent(own) == written.agent(own) == OWN
    assert voice.record(own) != OWN
