"""A whole desktop with calls at one contact centre and texts over Kannel at another: one list, one availability."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.config.toml_file import write_private
from desktop.domain.entities.words import Availability, DeliveryState, Phase, Verb
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.cli.command_line import clean_env
from tests.kit.mock_rigs import CONTROL, MockContactCenterRig
from tests.real.servers.kannel import Kannel
from tests.real.sms.phones import Phones
from tests.real.sms.rig import options
from tests.real.sms.work import PATIENCE, KannelContactCenter, kept, opened, taken

VOICE, TEXTS = "contact_center:voice", "contact_center:texts"
CUSTOMER = "+442079460123"


@pytest.fixture(scope="module")
def mock_servers() -> Iterator[Running]:
    with launcher.start(control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def calls(mock_servers: Running) -> AsyncIterator[MockContactCenterRig]:
    async with MockContactCenterRig(mock_servers) as rig:
        yield rig


@asynccontextmanager
async def desk(kannel: Kannel, calls: MockContactCenterRig, folder: Path) -> AsyncIterator[Session]:
    """A running session of the agent."""
    texts = KannelContactCenter.create(options(kannel, folder / "sms"))
    both = {VOICE: calls.make(), TEXTS: texts}
    session = Session("p", Backends(both), lambda: LocalStore.open(folder / "p.db"))
    try:
        await session.start()
        assert await session.first_look(PATIENCE)
        yield session
    finally:
        await session.close()


async def until(ready: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not ready():
            await asyncio.sleep(0.02)


async def test_calls_and_texts_are_one_list_of_work(
    kannel: Kannel, calls: MockContactCenterRig, tmp_path: Path
) -> None:
    async with Phones().connected(kannel) as phones, desk(kannel, calls, tmp_path) as session:
        store, commands = session.store, session.commands

        def offered(at: str) -> str:
            ones = store.drain().interactions.values()
            return next((one.id for one in ones if one.phase is Phase.OFFERED and one.id.startswith(f"{at}:")), "")

        assert (await commands.set_availability(Availability.AVAILABLE)).ok
        await phones.send(CUSTOMER, "Where is my parcel?")
        await calls.call()
        await until(lambda: offered("texts") and offered("voice"))
        text, call = offered("texts"), offered("voice")
        for one in (call, text):
            assert (await commands.do(Verb.ACCEPT, one)).ok
            await until(lambda one=one: store.drain().interactions[one].phase is Phase.ACTIVE)

        session.notes.edit(text, reply="It comes today.")
        assert (await session.replies.send(text)).ok
        await until(lambda: (CUSTOMER, "It comes today.") in phones.got)
        await until(lambda: store.drain().interactions[text].messages[-1].delivery is DeliveryState.DELIVERED)
        assert (await commands.do(Verb.PARK, text)).ok
        await phones.send(CUSTOMER, "Thank you!")
        await until(lambda: not store.drain().interactions[text].parked)
        assert store.state.interactions[text].messages[-1].text == "Thank you!"

        assert (await commands.do(Verb.END, text)).ok
        await until(lambda: store.drain().interactions[text].phase is Phase.WRAP_UP)
        session.notes.edit(text, codes=("order",))
        assert (await session.wrap_ups.finish(text)).ok
        await until(lambda: text not in store.drain().interactions)
        assert store.state.interactions[call].phase is Phase.ACTIVE
        assert phones.got == [(CUSTOMER, "It comes today.")]


async def test_without_a_screen_texts_are_kept_too(kannel: Kannel, tmp_path: Path) -> None:
    """What runs as a service while no agent is there: it takes each text from Kannel, which keeps none for long."""
    known = options(kannel, tmp_path / "sms", "post")
    lines = [f'{name} = "{value}"\n' for name, value in known.items() if name not in {"password", "secret"}]
    for name in ("password", "secret"):
        write_private(tmp_path / name, known[name])
        lines.append(f'{name}_file = "{tmp_path / name}"\n')
    (tmp_path / "config.toml").write_text('[profiles.post.contact_center]\nbackend = "kannel"\n' + "".join(lines))
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "config.toml"))
    words = ["-m", "desktop.cli", "--profile", "post", "events", "--follow"]
    post = await asyncio.create_subprocess_exec(sys.executable, *words, env=env, stdout=asyncio.subprocess.DEVNULL)
    try:
        async with Phones().connected(kannel) as phones:
            await phones.send(CUSTOMER, "Anybody there?")
            await until(lambda: kept(tmp_path / "sms", "SELECT count(*) FROM texts"))
    finally:
        post.kill()
        await post.wait()
    async with opened(kannel, tmp_path / "sms") as made:
        contact = await taken(made)
        assert [one.text for one in contact.messages] == ["Anybody there?"]
