"""The registration is lost and comes back, and what a hostile network sends is text and nothing else."""

from collections.abc import AsyncIterator

import pytest

from desktop.backends.baresip.phone import BaresipPhone
from desktop.domain.entities.phone import CallState, Registration
from desktop.domain.state.events import PhoneRegistrationChanged
from desktop.ports.errors import AuthFailed, BackendError, Unavailable
from tests.real.softphone.exchange import Desk, at_desk
from tests.real.softphone.registrar import Registrar


@pytest.fixture
async def registrar() -> AsyncIterator[Registrar]:
    async with Registrar() as made:
        yield made


def options(registrar: Registrar) -> dict[str, str]:
    return {"user": "agent1", "server": registrar.address, "interface": "127.0.0.1", "sound": "none"}


def registrations(desk: Desk) -> list[Registration]:
    return [e.event.registration.state for e in desk.told if isinstance(e.event, PhoneRegistrationChanged)]


async def test_a_lost_registration_is_told_asked_for_again_and_back(registrar: Registrar) -> None:
    registrar.expires = 2
    async with at_desk(options(registrar)) as desk:
        registrar.answer = "503 Service Unavailable"
        await desk.until(lambda: registrations(desk) == [Registration.UNREGISTERED], "the loss is told")
        snapshot = (await desk.phone.snapshot()).event
        assert "503" in snapshot.registration.why  # type: ignore[union-attr]
        tried = len(registrar.registers)
        await desk.until(lambda: len(registrar.registers) > tried, "it is asked for again by itself")
        registrar.answer = "200 OK"
        await desk.until(lambda: registrations(desk)[-1] is Registration.REGISTERED, "it is back")
        assert registrations(desk) == [Registration.UNREGISTERED, Registration.REGISTERED]


async def test_whoever_comes_to_listen_has_it_tried_at_once(registrar: Registrar) -> None:
    registrar.expires = 2
    async with at_desk(options(registrar)) as desk:
        registrar.answer = "503 Service Unavailable"
        await desk.until(lambda: Registration.UNREGISTERED in registrations(desk), "the loss is told")
        await desk.until(lambda: len(registrar.registers) >= 4, "it is tried again and again")
        registrar.answer = "200 OK"
        stream = desk.phone.events(None)  # what F10 leads to
        await desk.until(lambda: registrations(desk)[-1] is Registration.REGISTERED, "it is back", seconds=2.0)
        await stream.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("403 Forbidden", AuthFailed),
        ("404 Not Found", AuthFailed),
        ("503 Service Unavailable", Unavailable),
        ("500 Oops", Unavailable),
    ],
)
async def test_a_refused_registration_says_what_to_do(
    registrar: Registrar, answer: str, error: type[BackendError]
) -> None:
    registrar.answer = answer
    phone = BaresipPhone.create(options(registrar))
    try:
        with pytest.raises(error) as refused:
            await phone.open()
        assert answer.split()[0] in refused.value.message
        registrar.answer = "200 OK"
        await phone.open()  # the same phone, tried again by the host
        assert (await phone.snapshot()).event.registration.state is Registration.REGISTERED  # type: ignore[union-attr]
    finally:
        await phone.close()


async def test_leaving_says_goodbye_and_frees_the_phone_for_the_next(registrar: Registrar) -> None:
    for _ in range(2):
        async with at_desk(options(registrar)):
            pass
    goodbyes = [text for text in registrar.registers if "expires=0" in text.lower() or "expires: 0" in text.lower()]
    assert len(goodbyes) == 2


@pytest.mark.parametrize(
    ("sender", "name", "number"),
    [
        ('"Jana \\"J\\" Novák" <sip:+49301234567@x>', 'Jana "J" Novák', "+49301234567"),
        ("Plain Name <sip:1002@x>", "Plain Name", "1002"),
        ("<sip:1002@x>", "", "1002"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', "", ""),
        ('"[bold red]\x1b]0;pwned\x07\x1b[2J" <sip:%1B%5B2J%0d%0a1@x>', "[bold red] ]0;pwned  [2J", "[2J  1"),
        ('"\u202egnp.exe\u200b" <sip:1@x>', "gnp.exe", "1"),
        (f'"{"A" * 900}" <sip:{"9" * 900}@x>', "A" * 200, "9" * 200),
    ],
    ids=["quoted", "bare", "none", "withheld", "steering", "invisible", "endless"],
)
async def test_what_callers_call_themselves_is_text(registrar: Registrar, sender: str, name: str, number: str) -> None:
    async with at_desk(options(registrar)) as desk:
        registrar.invite(sender)
        call = await desk.call(CallState.RINGING)
        assert (call.name, call.number) == (name, number)
        assert (call.name + call.number).isprintable()
        await desk.phone.reject(call.id)
        await desk.until(lambda: any(text.startswith("SIP/2.0 486") for text in registrar.heard), "the caller is told")


async def test_a_fifth_call_is_told_busy_and_disturbs_nobody(registrar: Registrar) -> None:
    async with at_desk(options(registrar)) as desk:
        for number in range(5):
            registrar.invite(f"<sip:{number}@x>", call_id=f"call-{number}")
        await desk.until(
            lambda: any(text.startswith("SIP/2.0 486") for text in registrar.heard), "the fifth is refused"
        )
        ringing = [call for call in desk.calls.values() if call.state is CallState.RINGING]
        assert sorted(call.id for call in ringing) == [f"call-{number}" for number in range(4)]
