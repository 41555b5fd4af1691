"""A desktop behind a line that loses, doubles, reorders and breaks always comes back to what the service says."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, OfferEnd, Phase
from desktop.domain.reduce.reducer import needs_snapshot, reduce
from desktop.domain.state.events import Gap, Heartbeat
from desktop.domain.state.state import AppState
from tests.domain.domain_records import CC, ME, envelope
from tests.domain.reduce.model_server import ModelServer
from tests.domain.state.legality import assert_legal

picks = st.integers(0, 7)


class BadLine(RuleBasedStateMachine):
    """The model server on one end, the reducer on the other, and hypothesis as the line."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ModelServer()
        self.state = AppState()
        self.delivered = 0
        self.late: list[Any] = []
        self._take(self.server.snapshot())

    def _take(self, *envelopes: Any) -> None:
        before = self.state
        self.state = reduce(before, envelopes)
        one_by_one = before
        for one in envelopes:
            one_by_one = reduce(one_by_one, [one])
        assert one_by_one == self.state

    def _pick(self, pick: int, *phases: Phase) -> str | None:
        keys = self.server.in_phase(*phases)
        return keys[pick % len(keys)] if keys else None

    # what happens at the service

    @rule()
    def offer(self) -> None:
        self.server.offer()

    @rule(pick=picks, end=st.sampled_from(OfferEnd))
    def end_offer(self, pick: int, end: OfferEnd) -> None:
        if key := self._pick(pick, Phase.OFFERED):
            self.server.end_offer(key, end)

    @rule(pick=picks)
    def offer_again(self, pick: int) -> None:
        queued = [key for key, item in self.server.interactions.items() if item.phase is Phase.QUEUED]
        if queued:
            self.server.reoffer(queued[pick % len(queued)])

    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        if key := self._pick(pick, Phase.OFFERED):
            self.server.accept(key)

    @rule(pick=picks)
    def hold(self, pick: int) -> None:
        if key := self._pick(pick, Phase.ACTIVE):
            self.server.hold(key)

    @rule(pick=picks, kind=st.sampled_from([LegKind.CONSULT, LegKind.TRANSFER]))
    def consult(self, pick: int, kind: LegKind) -> None:
        if key := self._pick(pick, Phase.ACTIVE):
            self.server.consult(key, kind)

    @rule(pick=picks, phase=st.sampled_from(list(LegPhase)[2:]), failure=st.sampled_from(LegFailure))
    def move_leg(self, pick: int, phase: LegPhase, failure: LegFailure) -> None:
        if key := self._pick(pick, Phase.ACTIVE):
            self.server.move_leg(key, phase, failure)

    @rule(pick=picks, reason=st.sampled_from(["", "customer_left"]))
    def end(self, pick: int, reason: str) -> None:
        if key := self._pick(pick, Phase.ACTIVE):
            self.server.end(key, reason)

    @rule(pick=picks, reason=st.sampled_from(["", "timeout"]))
    def close(self, pick: int, reason: str) -> None:
        if key := self._pick(pick, Phase.WRAP_UP):
            self.server.close(key, reason)

    @rule()
    def available(self) -> None:
        self.server.available()

    @rule()
    def restart(self) -> None:
        self.server.begin()
        self.delivered = 0
        self.late.clear()  # the connections of the old server are gone, and its answers with them

    # what happens on the line

    @rule(count=st.integers(1, 8))
    def deliver(self, count: int) -> None:
        batch = self.server.sent[self.delivered : self.delivered + count]
        self.delivered += len(batch)
        self.late.extend(batch)
        self._take(*batch)

    @precondition(lambda self: self.delivered < len(self.server.sent))
    @rule()
    def lose(self) -> None:
        self.late.append(self.server.sent[self.delivered])
        self.delivered += 1

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def repeat_late(self, data: st.DataObject) -> None:
        self._take(*data.draw(st.lists(st.sampled_from(self.late), max_size=4)))

    @precondition(lambda self: self.server.answers)
    @rule(pick=picks)
    def late_answer(self, pick: int) -> None:
        answers = self.server.answers
        self._take(answers[pick % len(answers)])

    @rule()
    def heartbeat(self) -> None:
        self._take(envelope(Heartbeat(self.server.now, self.server.seq)))

    @rule()
    def gap(self) -> None:
        self._take(envelope(Gap("reset")))

    @precondition(lambda self: needs_snapshot(self.state, CC))
    @rule()
    def heal(self) -> None:
        self._take(self.server.snapshot())
        self.delivered = self.server.seq
        assert not needs_snapshot(self.state, CC)

    @rule()
    def reconnect(self) -> None:
        position = self.state.positions[CC]
        rest = self.server.since(position.epoch, position.seq)
        if rest is None or position.healing:
            self._take(self.server.snapshot())
        else:
            self._take(*rest)
        self.delivered = self.server.seq
        self._settled()

    def _settled(self) -> None:
        assert dict(self.state.interactions) == self.server.mine()
        assert self.state.agents == {ME: self.server.agent}
        assert self.state.positions[CC].seq == self.server.seq
        assert not needs_snapshot(self.state, CC)
        settled = self.state
        self._take(*self.late, *self.server.answers)  # all of it once more changes nothing
        assert self.state.interactions is settled.interactions
        assert self.state.agents is settled.agents

    @invariant()
    def legal(self) -> None:
        assert_legal(self.state)

    @invariant()
    def what_is_known_was_true(self) -> None:
        position = self.state.positions[CC]
        if position.epoch != self.server.epoch:
            return
        if not position.healing and position.seq == self.server.seq:
            assert dict(self.state.interactions) == self.server.mine()

    def teardown(self) -> None:
        self.reconnect()


def test_a_desktop_behind_a_bad_line_comes_back_to_the_truth(full: bool) -> None:
    run_state_machine_as_test(
        BadLine,
        settings=settings(
            max_examples=5_000 if full else 200,
            stateful_step_count=100 if full else 50,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("end", OfferEnd)
def test_each_way_an_offer_ends_is_told_apart(end: OfferEnd) -> None:
    server = ModelServer()
    state = reduce(AppState(), [server.snapshot()])
    server.offer()
    server.end_offer("i0", end)
    state = reduce(state, server.sent)
    assert [ending.offer_end for ending in state.endings] == [end]
    assert state.endings[0].interaction.subject == "i0"
    assert not state.interactions
