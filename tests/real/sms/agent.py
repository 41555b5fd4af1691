"""An agent's desktop as a process of its own, that can be killed: it answers every text that is offered to it.

`python -m tests.real.sms.agent OPTIONS BEGIN SPEED [asks]`: the options as JSON; its time began at BEGIN (seconds since
the epoch) and goes SPEED times as fast as ours, so that nobody waits for doubts to end. It says a line for each thing
done; one that asks waits for a line before it sends.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from functools import partial

from desktop.backends.kannel.contact_center import KannelContactCenter
from desktop.backends.kannel.settings import settings
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.ports.errors import BackendError, Rejected
from desktop.testing.fresh import new_key
from tests.real.sms.work import available, shown

_NOT_KNOWN = "not known"


async def answer_all(desk: KannelContactCenter) -> None:
    """Answer, end and finish whatever is offered, for ever. Each answer has its key by the text that it answers."""
    await desk.open()
    await available(desk)
    _say("ready", "")
    while True:
        for one in (await shown(desk)).interactions:
            with suppress(BackendError):  # the next look says what became of it
                await _go_on(desk, one)
        await asyncio.sleep(0.05)


async def _go_on(desk: KannelContactCenter, one: Interaction) -> None:
    if one.phase is Phase.OFFERED:
        await desk.accept(one.id, key=new_key())
        _say("took", one.id)
    elif one.phase is Phase.WRAP_UP:
        await desk.wrap_up(one.id, codes=["order"], note_given=False, key=new_key())
        _say("done", one.id)
    elif one.phase is Phase.ACTIVE:
        for message in one.messages:
            if message.author == "customer":
                _say("sends", message.id)
                if sys.argv[4:]:
                    await asyncio.to_thread(sys.stdin.readline)
                try:
                    await desk.send_message(one.id, f"answer to {message.text}", key=f"answer {message.id}")
                except Rejected as error:
                    assert _NOT_KNOWN in error.message, error.message
                    _say("doubt", message.text)
        await desk.end(one.id, key=new_key())


def _say(what: str, about: str) -> None:
    print(what, about, flush=True)


async def main(options: dict[str, str], begin: float, speed: float) -> None:
    """Until it is killed."""
    while True:
        desk = KannelContactCenter(settings(options), clock=partial(_fast, begin, speed))
        try:
            await answer_all(desk)
        except BackendError as error:
            _say("error", type(error).__name__)
        finally:
            await desk.close()
        await asyncio.sleep(0.05)


def _fast(begin: float, speed: float) -> float:
    return begin + (time.time() - begin) * speed


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
