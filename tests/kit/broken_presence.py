"""Directories that are broken in one way each; see `broken.py`."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, PresenceChanged
from desktop.ports.errors import NotFound, OutcomeUnknown, Unavailable

from .broken import fails, suites
from .reference.presence import EXPERT, ReferencePresence

WORDS = tuple(
    f"test_presence_is_shown_in_our_words[{state}]" for state in ("busy", "away", "do_not_disturb", "available")
)


@fails(
    "test_changing_fails_in_the_right_way[dropped]",
    "test_changing_fails_in_the_right_way[answer_lost]",
    "test_changing_fails_in_the_right_way[gateway_timeout]",
)
class SureOfItsOwnState(ReferencePresence):
    """A lost answer to one of two changes is told as not done."""

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        try:
            return await super().set_own(state, activity=activity, key=key, in_call=in_call)
        except OutcomeUnknown as error:
            raise Unavailable(error.message) from None


@fails("test_nothing_blocks_the_loop[read]")
class SleepsOverTheSnapshot(ReferencePresence):
    """Waits on the loop for one of its answers only."""

    async def snapshot(self) -> Envelope:
        time.sleep(0.8)
        return await super().snapshot()


@fails("test_being_on_the_phone_is_shown")
class HidesCalls(ReferencePresence):
    """Nobody is ever on the phone."""

    def told(self, presence: Presence) -> Presence:
        return replace(presence, in_call=None)


@fails(*WORDS)
class DropsTheNativeWord(ReferencePresence):
    """What the directory itself calls it is lost."""

    def told(self, presence: Presence) -> Presence:
        return replace(presence, native="")


@fails("test_the_snapshot_fits_the_directory")
class HasNoAge(ReferencePresence):
    """Nobody knows since when a presence is so."""

    def told(self, presence: Presence) -> Presence:
        return replace(presence, observed_at=0.0)


@fails("test_the_snapshot_fits_the_directory")
class ShowsStrangers(ReferencePresence):
    """Presence is told of somebody who is not in the directory."""

    def told(self, presence: Presence) -> Presence:
        return presence if presence.person_id == EXPERT else replace(presence, person_id="somebody")


@fails("test_own_presence_is_set")
class KeepsItToItself(ReferencePresence):
    """Says that the agent's own presence is set, and tells nobody."""

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        return await self.ask(lambda: replace(self.line.presence["me"], state=state), changing=True)


@fails("test_a_person_is_found_by_name")
class FindsEverybody(ReferencePresence):
    """Whatever is typed, everybody fits."""

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return await super().people("", skill=skill)


@fails("test_a_person_is_found_by_name")
class MindsCapitals(ReferencePresence):
    """A name is found as it is written and in no other way."""

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return [one for one in await super().people(text, skill=skill) if text in one.name]


@fails("test_a_person_is_found_by_skill")
class AnySkillWillDo(ReferencePresence):
    """A skill is no filter."""

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return await super().people(text)


@fails("test_people_have_names")
class ForgetsWhereFrom(ReferencePresence):
    """Which directory somebody is from is not said."""

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return [replace(one, source="") for one in await super().people(text, skill=skill)]


@fails("test_a_chat_goes_both_ways")
class HearsNoAnswer(ReferencePresence):
    """What the expert writes is never told."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            theirs = isinstance(one.event, ChatReceived) and not one.event.line.mine
            yield one if not theirs else replace(one, event=PresenceChanged(self.line.presence[EXPERT]))


@fails("test_a_chat_goes_both_ways", "test_a_line_is_written_once", "test_a_line_whose_answer_got_lost")
class ShortensWhatIsSaid(ReferencePresence):
    """The end of a line is cut off."""

    def write(self, person_id: str, text: str) -> ChatLine:
        return super().write(person_id, text[:8])


@fails("test_a_chat_goes_both_ways")
class PutsWordsIntoMouths(ReferencePresence):
    """What the expert says is shown as the agent's."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            said = isinstance(one.event, ChatReceived)
            yield replace(one, event=ChatReceived(replace(one.event.line, mine=True))) if said else one  # type: ignore[union-attr]


@fails("test_nobody_is_written_to")
class WritesIntoTheVoid(ReferencePresence):
    """A line to nobody is sent all the same."""

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        try:
            return await super().chat(person_id, text, key=key)
        except NotFound:
            return ChatLine("gone", person_id, self.line.now, True, text)


@fails(
    "test_reading_fails_in_the_right_way[server_error]",
    *(f"test_reading_fails_in_the_right_way[{fault}]" for fault in ("dropped", "refused", "gateway_timeout")),
)
class AnEmptyDirectoryIsFine(ReferencePresence):
    """An outage looks as if nobody worked here."""

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        try:
            return await super().people(text, skill=skill)
        except Unavailable:
            return ()


@fails("test_nothing_blocks_the_loop[change]")
class SleepsOnTheLoop(ReferencePresence):
    """Writes without letting go of the loop."""

    def write(self, person_id: str, text: str) -> ChatLine:
        if text.startswith("Are you there"):
            time.sleep(0.8)
        return super().write(person_id, text)


globals().update(suites(__name__))
