"""Backends whose past is broken in one way each; see `broken.py`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastInteraction,
    PastPage,
    PastQuery,
    RecordingLink,
    WeekCell,
    WeekQuery,
)
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import NotFound
from desktop.testing.contracts.contact_center import ContactCenterContract

from .broken import BROKEN, fails
from .reference.past import HOUR, ReferencePast, ReferencePastRig


@fails("test_pages_have_everything_once_newest_first")
class TellsTheLastOneAgain(ReferencePast):
    """A page begins with the last one of the page before."""

    def after(self, one: PastInteraction, cursor: str) -> bool:
        return not cursor or one.arrived_at <= float(cursor)


@fails("test_pages_have_everything_once_newest_first")
class ForgetsTheRest(ReferencePast):
    """There is one page, whatever there is."""

    async def past_interactions(self, query: PastQuery) -> PastPage:
        return replace(await super().past_interactions(query), cursor="")


@fails("test_filters_leave_out_what_does_not_fit")
class UnknownFitsAll(ReferencePast):
    """A queue that nobody knows is no filter."""

    def fits(self, one: PastInteraction, query: PastQuery) -> bool:
        known = tuple(queue for queue in query.queues if queue == one.queue)
        return super().fits(one, replace(query, queues=known))


@fails("test_what_happened_is_told_in_order")
class NewestStepFirst(ReferencePast):
    """The steps are the wrong way round."""

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        told = await super().past_interaction(interaction_id)
        return replace(told, steps=told.steps[::-1])


@fails("test_sums_do_not_depend_on_how_they_are_cut", "test_a_call_is_counted_in_its_interval_once")
class HoursHoldOneQuarter(ReferencePast):
    """What is counted in an hour is what its first three quarters have."""

    def sums(self, query: IntervalQuery) -> list[Interval]:
        kept = self.line.counted
        if query.width == HOUR:
            self.line.counted = [one for one in kept if one[0] % HOUR < 2_700.0]
        try:
            return super().sums(query)
        finally:
            self.line.counted = kept


@fails("test_the_week_is_what_its_half_hours_are")
class WeeksBeginOnSunday(ReferencePast):
    """Each half hour is told a day late."""

    def cells(self, query: WeekQuery) -> list[WeekCell]:
        return [replace(one, weekday=(one.weekday + 1) % 7) for one in super().cells(query)]


@fails("test_the_week_is_what_its_half_hours_are")
class TheLastWeekOnly(ReferencePast):
    """What was counted last is all that there is."""

    def cells(self, query: WeekQuery) -> list[WeekCell]:
        return [replace(one, counts=replace(one.counts, offered=1)) for one in super().cells(query)]


@fails("test_what_cannot_be_asked_is_refused")
class AnswersNonsense(ReferencePast):
    """A period upside down is an empty one, and nobody's interaction is somebody's."""

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        return [] if query.until < query.since else await super().intervals(query)


@fails("test_a_call_that_is_over_is_remembered")
class TalksInMilliseconds(ReferencePast):
    """Durations are thousands of what they are."""

    def told_past(self, one: PastInteraction) -> PastInteraction:
        return replace(one, talk_seconds=one.talk_seconds * 1_000.0)

    async def past_interactions(self, query: PastQuery) -> PastPage:
        page = await super().past_interactions(query)
        return replace(page, interactions=tuple(map(self.told_past, page.interactions)))

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        told = await super().past_interaction(interaction_id)
        return replace(told, interaction=self.told_past(told.interaction))


@fails("test_what_cannot_be_asked_is_refused")
class InventsAPast(ReferencePast):
    """Whoever asks of an interaction that nobody had is told of another."""

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        try:
            return await super().past_interaction(interaction_id)
        except NotFound:
            return PastDetail(replace(_ANY, id=interaction_id))


@fails("test_a_call_is_found_by_words_in_it")
class OneWordIsEnough(ReferencePast):
    """What has one of the words is found."""

    def fits(self, one: PastInteraction, query: PastQuery) -> bool:
        words = query.text.split()
        return super().fits(one, replace(query, text="")) and (
            not words or any(self.has(one, word.casefold()) for word in words)
        )


@fails("test_any_words_can_be_searched_for")
class SearchesForPatterns(ReferencePast):
    """`%` and `_` stand for anything."""

    def has(self, one: PastInteraction, word: str) -> bool:
        return super().has(one, word.strip("%_"))


@fails("test_words_are_refused_where_they_are_not_searched_for")
class FindsAllWithoutSearch(ReferencePast):
    """Does not offer to search, and answers with everything."""

    manifest: ClassVar[Manifest] = replace(
        ReferencePast.manifest, capabilities=ReferencePast.manifest.capabilities - {Capability.HISTORY_SEARCH}
    )


@fails("test_a_recording_is_opened_with_a_link")
class OpensAFile(ReferencePast):
    """Tells of a file on its own disk, which is no address."""

    async def open_recording(self, interaction_id: str, recording_id: str, *, key: str) -> RecordingLink:
        link = await super().open_recording(interaction_id, recording_id, key=key)
        return replace(link, url="file:///var/recordings/1.wav")


@fails("test_who_opened_a_recording_is_written_down")
class WritesNothingDown(ReferencePast):
    """Nobody learns who has heard a recording."""

    def write_down(self, interaction_id: str) -> None:
        """Nothing."""


_ANY = PastInteraction("", "voice", "inbound", "Billing", "", "", "", "", 0.0, None, 1.0, "abandoned", 1.0)


def _suite(backend: type[ReferencePast]) -> type:
    @pytest.fixture
    async def rig(self: object) -> AsyncIterator[Any]:
        async with ReferencePastRig(backend) as made:
            yield made

    return type(f"Test{backend.__name__}", (ContactCenterContract,), {"rig": rig, "__module__": __name__})


for one in BROKEN:
    if issubclass(one.backend, ReferencePast):
        globals()[f"Test{one.backend.__name__}"] = _suite(one.backend)
