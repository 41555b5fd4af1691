"""Contact centres whose written contacts are broken in one way each; see `broken.py`."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.model import Interaction, Message, Reply
from desktop.domain.entities.words import Phase
from desktop.domain.state.events import Change, ContactCenterSnapshot
from desktop.testing.contracts.contact_center import ContactCenterContract

from .broken import BROKEN, fails
from .reference.threads import ReferenceThreads, ReferenceThreadsRig

WITHOUT_TEXT = "test_a_file_goes_without_a_text"
A_FILE, A_REPLY = "test_a_customers_file_can_be_fetched", "test_a_reply_with_a_file_is_sent_once"


@fails(A_FILE, A_REPLY, WITHOUT_TEXT)
class CutsFilesShort(ReferenceThreads):
    """Of a file only the first piece arrives."""

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        async for piece in super().attachment(interaction_id, message_id, attachment_id):
            yield piece
            return


@fails(A_FILE, A_REPLY, WITHOUT_TEXT)
class GivesFilesInOnePiece(ReferenceThreads):
    """A file of any size is in memory at once."""

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        yield b"".join([one async for one in super().attachment(interaction_id, message_id, attachment_id)])


@fails(A_FILE)
class GivesNothingForNothing(ReferenceThreads):
    """A file that is not there is an empty one."""

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        if (message_id, attachment_id) in self.line.files:
            async for piece in super().attachment(interaction_id, message_id, attachment_id):
                yield piece


@fails(A_FILE, A_REPLY, WITHOUT_TEXT)
class NamesEveryFileAlike(ReferenceThreads):
    """Files have no names."""

    def told(self, one: Interaction) -> Interaction:
        messages = (
            replace(each, attachments=tuple(replace(file, name="file") for file in each.attachments))
            for each in one.messages
        )
        return replace(one, messages=tuple(messages))


@fails(A_REPLY)
class SendsFilesTwice(ReferenceThreads):
    """A reply goes out as often as it is asked for."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await super().send_reply(interaction_id, reply, key=f"{key} {self.line.new_id()}")


@fails(A_REPLY, WITHOUT_TEXT)
class ForgetsFiles(ReferenceThreads):
    """The text of a reply goes out, its files do not."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await super().send_reply(interaction_id, replace(reply, files=()), key=key)


@fails("test_a_file_goes_without_a_text")
class WantsAText(ReferenceThreads):
    """A file goes only with words."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await super().send_reply(interaction_id, reply if reply.text else replace(reply, text="(file)"), key=key)


@fails("test_a_mail_has_a_head")
class ForgetsCopies(ReferenceThreads):
    """A reply goes to one alone."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await super().send_reply(interaction_id, replace(reply, cc=()), key=key)


@fails("test_a_mail_has_a_head")
class HasOneSubject(ReferenceThreads):
    """What the agent writes as the subject goes nowhere."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await super().send_reply(interaction_id, replace(reply, subject="Your request"), key=key)


@fails("test_a_mail_goes_to_no_more_than_it_is_said_to")
class AnswersEverybody(ReferenceThreads):
    """Whoever had a copy gets the answer, too."""

    def made(self, one: Interaction, reply: Reply) -> Message:
        line = super().made(one, reply)
        return replace(line, cc=line.cc or tuple(who for each in one.messages for who in each.cc))


@fails("test_what_is_seen_is_no_longer_unread")
class NeverReads(ReferenceThreads):
    """What was seen stays unread."""

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        return self.line.work[interaction_id]


@fails("test_what_is_seen_is_no_longer_unread")
class ReadsEverything(ReferenceThreads):
    """Whatever message is marked, those after it count as seen, too."""

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        return self.line.become(self.line.work[interaction_id], Change.UPDATED, unread=0)


@fails("test_typing_is_shown_both_ways")
class HidesTyping(ReferenceThreads):
    """The agent does not see that the customer writes."""

    def told(self, one: Interaction) -> Interaction:
        return replace(one, typing_until=None)


@fails("test_typing_is_shown_both_ways")
class TypesForEver(ReferenceThreads):
    """The customer is never told that the agent has stopped."""

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        await super().typing(interaction_id, on=True)


@fails("test_what_a_customer_takes_back_is_gone")
class KeepsWhatWasTakenBack(ReferenceThreads):
    """A deleted message is shown as long as the contact lasts."""

    def told(self, one: Interaction) -> Interaction:
        return replace(one, messages=tuple(replace(each, deleted=False) for each in one.messages))


A_ROOM, A_RETURN = (
    "test_a_parked_contact_leaves_room",
    "test_a_parked_contact_comes_back_when_its_customer_writes",
)
A_PULL, A_RACE = "test_what_waits_can_be_taken_once", "test_what_another_has_taken_is_not_taken"


@fails(A_ROOM, A_RETURN)
class ParksNothing(ReferenceThreads):
    """Parking is said to be done, and is not."""

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return self.mine(interaction_id, Phase.ACTIVE)


@fails(A_ROOM)
class CountsWhatIsParked(ReferenceThreads):
    """A parked contact takes as much room as before."""

    def shown(self) -> ContactCenterSnapshot:
        told = super().shown()
        used = Counter(one.channel for one in self.line.work.values())
        return replace(told, agents=(replace(self.line.me, in_use=used),))


@fails(A_RETURN)
class StaysParked(ReferenceThreads):
    """A customer who writes to a parked contact is not heard."""

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        self.line.stays_parked = on
        return await super().park(interaction_id, on=on, key=key)


@fails("test_what_is_only_offered_is_not_parked")
class ParksOffers(ReferenceThreads):
    """What nobody has accepted is put aside, too."""

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        one = self.mine(interaction_id, Phase.OFFERED, Phase.ACTIVE)
        return self.line.become(one, Change.UPDATED, parked=on)


@fails(A_PULL)
class ShowsWhatIsTaken(ReferenceThreads):
    """Whoever was taken from a queue is shown in it for ever."""

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        before = dict(self.line.waiting)
        try:
            return await super().pull(interaction_id, key=key)
        finally:
            self.line.waiting |= before


@fails(A_RACE)
class TakesWhatAnotherHas(ReferenceThreads):
    """Two agents have one customer, and neither is told."""

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        one = self.line.waiting.get(interaction_id) or self.line.taken.get(interaction_id)
        if one is not None:
            self.line.waiting[interaction_id] = one
        return await super().pull(interaction_id, key=key)


def _suite(broken: type[Any]) -> type[ContactCenterContract]:
    class Suite(ContactCenterContract):
        @pytest.fixture
        async def rig(self) -> AsyncIterator[ReferenceThreadsRig]:
            async with ReferenceThreadsRig(broken) as rig:
                yield rig

    return Suite


globals().update(
    {f"Test{one.backend.__name__}": _suite(one.backend) for one in BROKEN if one.backend.__module__ == __name__}
)
