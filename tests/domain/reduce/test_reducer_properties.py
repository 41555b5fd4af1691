"""What holds for every sequence of events, sane or not."""

from collections.abc import Callable
from dataclasses import fields, replace
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.person import Presence
from desktop.domain.entities.words import Phase
from desktop.domain.reduce.reducer import needs_snapshot, reduce
from desktop.domain.state.events import (
    Change,
    ContactCenterSnapshot,
    Envelope,
    InteractionChanged,
    PresenceChanged,
    PresenceSnapshot,
)
from desktop.domain.state.state import AppState
from tests.domain.domain_records import CC, ME, agent, interaction
from tests.domain.reduce.event_strategies import envelopes, interactions, presences
from tests.domain.state.legality import assert_legal

COUNT = {False: 250, True: 5_000}
sequences = st.lists(envelopes, max_size=25)


def run(full: bool, *strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
    """Run the decorated check at once, at the quick or the full size."""

    def at_once(check: Callable[..., None]) -> None:
        settings(max_examples=COUNT[full])(given(*strategies)(check))()

    return at_once


def test_every_sequence_leaves_a_legal_state_and_a_batch_equals_one_by_one(full: bool) -> None:
    @run(full, sequences)
    def check(events: list[Envelope]) -> None:
        state = AppState()
        for one in events:
            state = reduce(state, [one])
            assert_legal(state)
        assert reduce(AppState(), events) == state


def test_any_split_into_batches_makes_the_same_state(full: bool) -> None:
    @run(full, sequences, st.integers(0, 25))
    def check(events: list[Envelope], cut: int) -> None:
        assert reduce(reduce(AppState(), events[:cut]), events[cut:]) == reduce(AppState(), events)


@pytest.mark.thorough
def test_mappings_that_did_not_change_stay_the_same_objects(full: bool) -> None:
    @run(full, sequences, envelopes)
    def check(events: list[Envelope], last: Envelope) -> None:
        before = reduce(AppState(), events)
        kept = {field.name: repr(getattr(before, field.name)) for field in fields(AppState)}
        after = reduce(before, [last])
        for name, words in kept.items():
            assert repr(getattr(before, name)) == words, f"{name} was changed in place"
            old, new = getattr(before, name), getattr(after, name)
            # a repeated notice makes a new tuple; a mapping that is equal must be the same
            assert new is old or not isinstance(new, dict) or new != old or list(new) != list(old), name


def test_after_a_snapshot_what_came_before_it_does_not_matter(full: bool) -> None:
    """Whatever of a history arrived, in whatever order: the snapshot after it makes the same state."""

    @run(full, st.data())
    def check(data: st.DataObject) -> None:
        history: dict[str, list[Interaction]] = {}
        sent: list[Envelope] = []
        for item in data.draw(st.lists(interactions, max_size=12)):
            versions = history.setdefault(item.id, [])
            item = replace(item, version=len(versions) + 1)
            versions.append(item)
            sent.append(Envelope(CC, InteractionChanged(Change.UPDATED, item), 0.0, "e", len(sent) + 1))
        mine = tuple(
            versions[-1]
            for versions in history.values()
            if versions[-1].agent_id == ME and versions[-1].phase not in {Phase.CLOSED, Phase.QUEUED}
        )
        begin = Envelope(CC, ContactCenterSnapshot(ME, (), (agent(),), ()), 0.0, "e", 0)
        final = Envelope(CC, ContactCenterSnapshot(ME, mine, (agent(),), ()), 0.0, "e", len(sent))
        arrived = data.draw(st.lists(st.sampled_from(sent), max_size=20)) if sent else []
        after = data.draw(st.lists(st.sampled_from(sent), max_size=20)) if sent else []
        state = reduce(AppState(), [begin, *arrived, final])
        assert dict(state.interactions) == {item.id: item for item in mine}
        assert not needs_snapshot(state, CC)
        assert reduce(state, after) is state


def test_presence_seen_in_any_order_ends_at_the_newest(full: bool) -> None:
    @run(
        full,
        st.lists(presences, min_size=1, unique_by=lambda one: (one.person_id, one.version)),
        st.randoms(use_true_random=False),
    )
    def check(seen: list[Presence], random: Random) -> None:
        shuffled = seen * 2
        random.shuffle(shuffled)
        state = reduce(AppState(), [Envelope("presence", PresenceChanged(one), 0.0) for one in shuffled])
        newest: dict[str, Presence] = {}
        for one in sorted(seen, key=lambda one: one.version):
            newest[one.person_id] = one
        assert state.presence == newest
        snapshot = Envelope("presence", PresenceSnapshot((), tuple(newest.values())), 0.0)
        assert reduce(state, [snapshot]).presence is state.presence


def test_ten_thousand_departures_keep_two_thousand_tombstones() -> None:
    gone = [
        Envelope(CC, InteractionChanged(Change.CLOSED, interaction(id=f"i{n}", phase=Phase.CLOSED)), 0.0)
        for n in range(10_000)
    ]
    state = reduce(AppState(me=ME), gone)
    assert len(state.tombstones) == 2_000
    assert list(state.tombstones)[-1] == "i9999"
