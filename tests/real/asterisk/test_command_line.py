"""The command line with a profile of an Asterisk, as a shell script would use it."""

import asyncio
from pathlib import Path

from desktop.domain.entities.words import Availability, Phase
from tests.cli.command_line import Ran, clean_env, run
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.servers.asterisk import AMI_SECRET, Asterisk

NUMBER = "+442079460958"


async def test_a_profile_signs_in_calls_and_shows_the_call(server: Asterisk, phones: Phones, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text(AMI_SECRET)
    lines = ['default = "work"', "[profiles.work]", f'data_dir = "{tmp_path}/data"', "[profiles.work.contact_center]"]
    values = {name: value for name, value in options(server).items() if name != "secret"}
    lines += ['backend = "asterisk"', f'secret_file = "{secret}"']
    lines += [f'{name} = "{value}"' for name, value in values.items()]
    (tmp_path / "config.toml").write_text("\n".join(lines))
    env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(tmp_path / "config.toml"))

    async def command(*words: str) -> Ran:
        return await asyncio.to_thread(run, *words, env=env)

    checked = await command("config", "check")
    assert checked.code == 0, checked.words
    assert AMI_SECRET not in checked.out + checked.words
    available = await command("do", "available")
    assert available.code == 0, available.words
    assert "Agent1" in server.cli("queue show support")
    phone, customer = await phones.get("agent1"), await phones.get("customer")
    dialled = await command("do", "dial", "--phone", NUMBER, "--queue", "support", "--key", "once")
    assert dialled.code == 0, dialled.words
    assert (dialled.json["phase"], dialled.json["customer"]["value"]) == ("connecting", NUMBER)
    again = await command("do", "dial", "--phone", NUMBER, "--key", "once")
    assert again.code in (0, 1)  # the first call rings: this one is the same, or is refused
    await phone.answer()
    await customer.answer()
    assert len(phone.calls) == len(customer.calls) == 1
    async with Desk(options(server)) as desk:  # a desktop that starts now finds the call
        call = await desk.reach(Phase.ACTIVE)
        assert call.customer.value == NUMBER
        await customer.hang_up()
        await desk.finish((await desk.reach(Phase.WRAP_UP)).id)
        await desk.become(Availability.OFFLINE)
    await until(lambda: not phone.talks, "the phone is free")
