"""Counts as a contact centre could have counted them: made up of single customers, so that they agree."""

from hypothesis import strategies as st

from desktop.domain.entities.counts import Counts, StaffTime

THRESHOLD, SHORT = 20.0, 5.0
_WAITS = st.floats(0.0, 90.0)
_TIMES = st.floats(0.0, 5_000.0)


@st.composite
def staff_times(draw: st.DrawFn) -> StaffTime:
    idle, engaged = draw(_TIMES), draw(_TIMES)
    return StaffTime(idle + engaged + draw(_TIMES), idle, engaged, engaged * draw(st.floats(0.0, 1.0)))


@st.composite
def counts(draw: st.DrawFn, *, since: float = 0.0, until: float = 1_800.0, threshold: float = THRESHOLD) -> Counts:
    """Every customer by how they left and after how long; some are still waiting."""
    ends = st.sampled_from(["answered", "abandoned", "callbacks", "flow_outs", "waiting"])
    customers = draw(st.lists(st.tuples(ends, _WAITS), max_size=25))

    def left(end: str, within: float = 1e9) -> list[float]:
        return [wait for how, wait in customers if how == end and wait <= within]

    ended = draw(st.integers(0, len(left("answered"))))
    wrapped = draw(st.integers(0, ended))
    return Counts(
        since=since,
        until=until,
        threshold=threshold,
        short_abandon_seconds=SHORT,
        offered=len(customers),
        answered=len(left("answered")),
        answered_within=len(left("answered", threshold)),
        abandoned=len(left("abandoned")),
        abandoned_within=len(left("abandoned", threshold)),
        short_abandons=len(left("abandoned", SHORT)),
        callbacks=len(left("callbacks")),
        callbacks_within=len(left("callbacks", threshold)),
        flow_outs=len(left("flow_outs")),
        flow_outs_within=len(left("flow_outs", threshold)),
        missed=draw(st.integers(0, 5)),
        declined=draw(st.integers(0, 5)),
        handled=ended,
        wrapped_up=wrapped,
        wait_seconds=sum(left("answered")),
        abandon_seconds=sum(left("abandoned")),
        talk_seconds=draw(_TIMES) if ended else 0.0,
        hold_seconds=draw(_TIMES) if ended else 0.0,
        wrap_up_seconds=draw(_TIMES) if wrapped else 0.0,
        longest_wait=max((wait for how, wait in customers if how != "waiting"), default=0.0),
        staff=draw(staff_times()),
    )
