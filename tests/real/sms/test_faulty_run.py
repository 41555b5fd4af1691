"""A shift on bad days: two desktops answer every text while they are killed and answers get lost.

`--full` has a thousand texts.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.testing.fault_proxy import FaultProxy, Mode
from tests.real.servers.kannel import Kannel
from tests.real.sms.desktop_process import SPEED, DesktopProcess
from tests.real.sms.phones import Phones
from tests.real.sms.rig import options
from tests.real.sms.work import kept, opened, shown

SEED = 20261125
_FINISHED = (
    "SELECT count(*) FROM contacts WHERE phase = 'closed'"  # what a desktop says of it may be lost with its life
)


async def test_every_text_is_answered_once_though_desktops_are_killed(
    kannel: Kannel,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    texts = 1_000 if request.config.getoption("--full") else 40
    customers = {f"+44207946{number:04}": f"question {number}" for number in range(texts)}
    chance = random.Random(SEED)
    folder, begin = tmp_path / "sms", time.time()
    host, _, port = kannel.url.removeprefix("http://").partition(":")
    async with FaultProxy(host, int(port)) as proxy, Phones().connected(kannel) as phones:
        desktops = []
        for agent in ("maya", "noor"):
            known = options(kannel, folder, agent, url=proxy.url, capacity="3", offer_seconds="60")
            desktops.append(DesktopProcess([json.dumps(known), str(begin), str(SPEED)]))
        try:
            async with asyncio.timeout(1_500 if texts > 100 else 150):
                for one in desktops:
                    await one.start()
                sending = asyncio.ensure_future(_all_sent(phones, customers))
                while kept(folder, _FINISHED) < texts or not sending.done():
                    await asyncio.sleep(chance.uniform(0.1, 1.0))
                    unlucky = chance.choice(desktops)
                    if unlucky.at_work and chance.random() < 0.4:
                        await unlucky.kill()
                        await unlucky.start()
                    if chance.random() < 0.5:
                        lost = chance.choice([Mode.LOSE_ANSWER, Mode.LOSE_ANSWER, Mode.CUT, Mode.HANG])
                        await proxy.set(lost, spare=chance.randint(0, 2))
                        await asyncio.sleep(chance.uniform(0.05, 0.3))
                        await proxy.set(Mode.PASS)
        finally:
            for one in desktops:
                await one.kill()
        doubtful = {one.removeprefix("doubt ") for desktop in desktops for one in desktop.said if one[:6] == "doubt "}
        answered = Counter(phones.got)
        async with opened(kannel, folder) as desk:
            left = await shown(desk)
    wanted = {(number, f"answer to {text}"): text for number, text in customers.items()}
    told = {
        "texts": texts,
        "answered": len(answered),
        "not known": len(doubtful),
        "of these arrived": sum(text in doubtful and one in answered for one, text in wanted.items()),
        "lost": sum(text not in doubtful and one not in answered for one, text in wanted.items()),
        "twice": sum(count > 1 for count in answered.values()),
        "strange": len(answered.keys() - wanted.keys()),
        "kills": sum(one.kills for one in desktops),
        "errors": sum(one.count("error") for one in desktops),
    }
    print(told)
    for name, value in told.items():
        record_property(name, value)
    assert (told["lost"], told["twice"], told["strange"]) == (0, 0, 0)
    assert (left.interactions, left.queues[0].waiting) == ((), 0)
    assert told["kills"] > 4


async def _all_sent(phones: Phones, customers: dict[str, str]) -> None:
    for number, text in customers.items():
        await phones.send(number, text)
        await asyncio.sleep(0.02)
