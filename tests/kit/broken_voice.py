"""Phones that are broken in one way each; see `broken.py`."""

from dataclasses import replace

from desktop.domain.entities.phone import CallState, PhoneCall, Registration
from desktop.domain.entities.words import Direction
from desktop.domain.state.events import Envelope, PhoneSnapshot
from desktop.ports.errors import NotFound

from .broken import fails, suites
from .reference.voice import ReferenceVoice


class Shows(ReferenceVoice):
    """Shows its calls otherwise than they are."""

    def shows(self, call: PhoneCall) -> PhoneCall:
        """A call as it is shown."""
        return call

    async def snapshot(self) -> Envelope:
        told = await super().snapshot()
        assert isinstance(told.event, PhoneSnapshot)
        return replace(told, event=replace(told.event, calls=tuple(map(self.shows, told.event.calls))))


@fails("test_a_call_rings_and_is_answered")
class HidesTheNumber(Shows):
    """Who calls is lost."""

    def shows(self, call: PhoneCall) -> PhoneCall:
        return replace(call, number="")


@fails("test_a_call_rings_and_is_answered")
class EverybodyWasCalled(Shows):
    """A call that comes in is shown as one that went out."""

    def shows(self, call: PhoneCall) -> PhoneCall:
        return replace(call, direction=Direction.OUTBOUND)


@fails("test_a_call_is_muted")
class NeverShowsMute(Shows):
    """The microphone always looks open."""

    def shows(self, call: PhoneCall) -> PhoneCall:
        return replace(call, muted=False)


@fails("test_a_number_is_dialled")
class EverybodyCalledUs(Shows):
    """A call that went out is shown as one that came in."""

    def shows(self, call: PhoneCall) -> PhoneCall:
        return replace(call, direction=Direction.INBOUND)


@fails("test_an_open_phone_can_be_reached")
class NeverRegisters(ReferenceVoice):
    """Is open, and nobody can call it."""

    async def snapshot(self) -> Envelope:
        told = await super().snapshot()
        assert isinstance(told.event, PhoneSnapshot)
        gone = replace(told.event.registration, state=Registration.UNREGISTERED)
        return replace(told, event=replace(told.event, registration=gone))


@fails("test_a_call_is_sent_away")
class TakesWhatWasSentAway(ReferenceVoice):
    """A rejected call is answered."""

    async def reject(self, call_id: str) -> None:
        await self.answer(call_id)


@fails("test_a_call_rings_and_is_answered", "test_a_number_is_dialled")
class CannotHangUp(ReferenceVoice):
    """A call that was put down goes on."""

    async def hang_up(self, call_id: str) -> None:
        return None


@fails("test_a_call_is_held")
class HoldTurnsAround(ReferenceVoice):
    """Asked again for what is so, it does the opposite."""

    async def hold(self, call_id: str, *, on: bool) -> None:
        held = self.known(call_id).state is CallState.HELD
        await super().hold(call_id, on=not held)


@fails("test_tones_are_heard")
class SendsThemBackwards(ReferenceVoice):
    """The last tone sounds first."""

    def sound(self, digits: str) -> None:
        super().sound(digits[::-1])


@fails("test_tones_are_heard")
class SoundsAnything(ReferenceVoice):
    """What is no tone is sent as one."""

    async def dtmf(self, call_id: str, digits: str, *, key: str) -> None:
        await super().dtmf(call_id, "".join(c for c in digits if c in "0123456789*#ABCD") or "1", key=key)


@fails("test_a_number_is_dialled_once")
class DialsAgain(ReferenceVoice):
    """The key goes nowhere."""

    async def dial(self, number: str, *, key: str) -> str:
        return await super().dial(number, key=f"{key} {self.line.new_id()}")


@fails("test_a_number_is_dialled")
class DialsNothing(ReferenceVoice):
    """What is no number is called all the same."""

    async def dial(self, number: str, *, key: str) -> str:
        return await super().dial(number or "nobody", key=key)


@fails("test_a_call_that_is_not_there")
class AnswersNobody(ReferenceVoice):
    """Answering a call that nobody knows looks as if it had worked."""

    async def answer(self, call_id: str) -> None:
        try:
            await super().answer(call_id)
        except NotFound:
            return


globals().update(suites(__name__))
