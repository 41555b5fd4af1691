"""What every state must satisfy, whatever was reduced into it."""

from desktop.domain.entities.words import Occupancy, Phase, Role, Verb
from desktop.domain.select import mine, occupancy, verbs_on_offer
from desktop.domain.state.batch import DETAILS, LISTED, TOMBSTONES
from desktop.domain.state.state import AppState


def assert_legal(state: AppState) -> None:
    me = state.agents.get(state.me)
    sees_all = not state.me or (me is not None and me.role is Role.SUPERVISOR)
    for key, item in state.interactions.items():
        assert key == item.id
        assert item.phase is not Phase.CLOSED
        assert sees_all or (item.agent_id == state.me and item.phase is not Phase.QUEUED)
        assert key not in state.tombstones, "a living interaction has a tombstone"
        assert key not in state.unfinished
    assert len(state.tombstones) <= TOMBSTONES
    assert len(state.details) <= DETAILS
    assert max(len(state.notices), len(state.endings), len(state.oddities)) <= LISTED
    assert all(key in state.drafts for key in state.unfinished)
    assert all(verbs for verbs in state.pending.values())
    for key, draft in state.drafts.items():
        assert draft.revision >= 0, key
    for lines in state.chats.values():
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert len({line.id for line in lines}) == len(lines)
    ordered = mine(state)
    assert {item.id for item in ordered} == {
        k for k, v in state.interactions.items() if v.agent_id == state.me and state.me
    }
    for item in ordered:
        offered = set(verbs_on_offer(state, item))
        assert not offered & state.pending.get(item.id, frozenset())
        assert not {Verb.HOLD, Verb.RESUME} <= offered
        assert not {Verb.MUTE, Verb.UNMUTE} <= offered
        assert not {Verb.PAUSE_RECORDING, Verb.RESUME_RECORDING} <= offered
        assert (Verb.ACCEPT in offered) <= (item.phase is Phase.OFFERED)
    if occupancy(state) is Occupancy.ENGAGED:
        assert any(item.phase in {Phase.ACTIVE, Phase.CONNECTING} for item in ordered)
