"""A whole real call, worked from the terminal: Asterisk offers it, the desktop's own phone carries it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.e2e.workplace import PRIYA, until
from tests.real.softphone.exchange import Exchange, Somebody
from tests.real.softphone.workplace import QUEUE, PhoneWorkplace
from tests.tui.pty_screen import PtyScreen

LOUD, QUIET = 0.1, 0.01


@pytest.fixture(scope="module")
def servers() -> Iterator[Running]:
    with launcher.start(settings=Settings(autonomous=False, customers=50)) as running:
        yield running


@pytest.fixture
def place(exchange: Exchange, servers: Running, tmp_path: Path) -> PhoneWorkplace:
    made = PhoneWorkplace(exchange, servers, tmp_path)
    made.write_profile()
    return made


def available(screen: PtyScreen) -> None:
    screen.wait_for("phone ●", 30)
    screen.press("s", "1")
    screen.wait_for("Waiting for the next call")


async def test_a_call_from_ring_to_wrap_up(place: PhoneWorkplace, somebody: Somebody) -> None:
    with place.desktop() as screen:
        available(screen)
        await somebody.dial(PRIYA, to=QUEUE)
        screen.wait_for("Incoming")
        screen.wait_for("C-4471")  # who it is, before it is answered
        screen.press("f2")
        screen.wait_for("talking")
        await somebody.until(lambda now: now["loudness"] > LOUD, "the customer hears the agent")
        until(lambda: place.heard.exists() and place.heard.stat().st_size > 8_000)  # half a second the other way
        assert any(place.heard.read_bytes()[-4_000:])

        screen.press("f4")
        screen.wait_for("on hold")
        await somebody.until(lambda now: now["loudness"] < QUIET, "on hold the customer hears no agent")
        screen.press("f4")
        screen.wait_for("talking")
        await somebody.until(lambda now: now["loudness"] > LOUD, "the customer hears the agent again")

        screen.press("f5")
        screen.wait_for("· muted")
        await somebody.until(lambda now: now["loudness"] < QUIET, "muted the agent is not heard")
        screen.press("f5")
        screen.wait_gone("· muted")
        await somebody.until(lambda now: now["loudness"] > LOUD, "the agent is heard again")

        screen.press("alt+k")
        screen.send("129")  # the server keeps # and * for itself: they are its feature codes
        await somebody.until(lambda now: now["tones"] == "129", "the tones arrive in their order")
        screen.press("escape", "alt+n")
        screen.send("Refund promised by Friday.")
        screen.press_twice("f8")
        screen.wait_for("optional")  # the codes are there
        await somebody.until(lambda now: now["states"] == ["closed"], "the customer is let go")
        screen.press("f9")
        screen.send("solv")
        screen.press("enter", "alt+enter")
        screen.wait_for("Waiting for the next call")
        screen.wait_for("outbox 0")
        screen.press("ctrl+o")
        assert screen.wait_exit() == 0
        assert screen.not_restored() == []
    assert "sip:agent1@" not in place.exchange.cli("pjsip show contacts")  # it said goodbye


async def test_what_is_declined_is_no_missed_call(place: PhoneWorkplace, somebody: Somebody) -> None:
    with place.desktop() as screen:
        available(screen)
        await somebody.dial(PRIYA, to=QUEUE)
        screen.wait_for("Incoming")
        screen.press("f3")
        screen.wait_gone("Incoming")
        await somebody.hang_up()
        assert "Not ready" not in screen.text()
        screen.press("ctrl+o")
        screen.wait_exit()


async def test_a_colleagues_call_is_taken_beside_the_queues(place: PhoneWorkplace, somebody: Somebody) -> None:
    with place.desktop() as screen:
        available(screen)
        await somebody.dial("1002", to="1001")
        screen.wait_for("Call on your phone")
        screen.wait_for("1002")
        screen.press("f2")
        screen.wait_for("hang up")
        await somebody.until(lambda now: now["loudness"] > LOUD, "the colleague hears the agent")
        screen.press_twice("f3")
        screen.wait_gone("Call on your phone")
        await somebody.until(lambda now: now["states"] == ["closed"], "the colleague is let go")
        screen.press("ctrl+o")
        screen.wait_exit()


async def test_commands_leave_the_phone_to_the_running_desktop(place: PhoneWorkplace, somebody: Somebody) -> None:
    with place.desktop() as screen:
        available(screen)
        checked = place.command("config", "check")
        assert checked.code == 0
        assert "voice: not tried, since the running desktop has it" in checked.words
        await somebody.dial(PRIYA, to=QUEUE)
        screen.wait_for("Incoming")  # so the phone is still the one that rings
        (offer,) = place.command("interactions", "--phase", "offered").json
        refused = place.command("do", "accept", offer["id"])
        assert refused.code == 1
        assert "in the running desktop" in refused.words
        screen.press("f2")
        screen.wait_for("talking")
        held = place.command("do", "hold", offer["id"])
        assert (held.code, "in the running desktop" in held.words) == (1, True)
        assert place.command("do", "end", offer["id"]).code == 0
        await somebody.until(lambda now: now["states"] == ["closed"], "the customer is let go")
        screen.press_twice("ctrl+o")
        screen.wait_exit()
    done = place.command("do", "wrap_up", offer["id"], "--code", "solved")  # or the agent would come back into it
    assert done.code == 0, done.words
    checked = place.command("config", "check")
    assert "voice baresip: works" in checked.words


@pytest.mark.skipif(Path("/proc/asound/cards").exists(), reason="this machine has a sound card")
async def test_what_the_sound_system_prints_is_not_on_the_screen(place: PhoneWorkplace, somebody: Somebody) -> None:
    config = place.folder / "config.toml"
    sound = re.compile(r'sound = "programs".*?(?=\n\n)', re.DOTALL)
    config.write_text(sound.sub('sound = "alsa"', config.read_text()))
    with place.desktop() as screen:
        available(screen)
        await somebody.dial(PRIYA, to=QUEUE)
        screen.wait_for("Incoming")
        screen.press("f2")
        screen.wait_for("There is no sound")
        assert "ALSA lib" not in screen.text()
        screen.press_twice("ctrl+o")
        screen.wait_exit()
