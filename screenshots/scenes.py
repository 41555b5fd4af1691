"""The scenes: what is played, and the moment that is shown.

Each ends well inside a second: the servers' clock is ahead by a hundredth of what they took to start.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from desktop.domain import select
from desktop.domain.entities.customer import CustomerDetails
from desktop.domain.entities.words import Phase, PopAnswer, Recording
from desktop.tui.keys.two_presses import READING_SECONDS
from screenshots.stage import Stage

WIDE, NARROW, FLOOR = (150, 40), (80, 24), (190, 44)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture."""

    scenario: str
    size: tuple[int, int]
    play: Callable[[Stage], Awaitable[None]]
    role: str = "agent"


async def ring(stage: Stage) -> None:
    """A call rings."""
    await stage.available()
    await stage.advance(4.25)
    await stage.until(lambda: stage.contact is not None and stage.contact.phase is Phase.OFFERED)


def answer(stage: Stage) -> PopAnswer | None:
    """What the screen pop of the contact says so far."""
    found = select.pop(stage.state, stage.contact.id) if stage.contact is not None else None
    return found.answer if found is not None else None


async def known(stage: Stage) -> None:
    """The record of the caller is there in full."""
    await stage.until(lambda: answer(stage) is PopAnswer.ONE)
    await stage.until(lambda: (found := details(stage)) is not None and None not in (found.cases, found.timeline))


def details(stage: Stage) -> CustomerDetails | None:
    """Cases and history of the caller, as far as they are known."""
    customer = select.customer_of(stage.state, stage.contact.id) if stage.contact is not None else None
    return stage.state.details.get(customer.id) if customer is not None else None


async def ringing(stage: Stage) -> None:
    """An offer: who it is, what they want, what was promised, before it is answered."""
    await ring(stage)
    await known(stage)
    await stage.advance(6.25)


async def talking(stage: Stage, note: str) -> None:
    """The call is taken, and a note is written."""
    await ring(stage)
    await known(stage)
    await stage.advance(3.25)
    await stage.press("f2")
    await stage.until(lambda: stage.contact is not None and stage.contact.phase is not Phase.OFFERED)
    await stage.advance(0.5)
    await stage.until(lambda: stage.contact is not None and stage.contact.recording is Recording.PAUSED)  # refused
    await stage.advance(52.5)
    await stage.press("alt+n")
    await stage.write(note)
    await stage.advance(2.0)
    await stage.until(lambda: all(draft.saved_at is not None for draft in stage.state.drafts.values()))


async def expert_finder(stage: Stage) -> None:
    """On a call, with the finder open: who knows of refunds, who is free, who helped before."""
    await talking(stage, "Charged twice in March, 49.90 each. Wants one of them back.")
    await stage.press("f6")
    await stage.write("refund")


async def wrap_up(stage: Stage) -> None:
    """The customer has hung up: a code is typed, the note is kept, the time runs."""
    await talking(stage, "Charged twice in March, 49.90 each. Refund of one agreed.")
    await stage.press("f8")
    await stage.advance(2 * READING_SECONDS)
    await stage.press("f8")
    await stage.until(lambda: stage.contact is not None and stage.contact.phase is Phase.WRAP_UP)
    await stage.press("f9")
    await stage.write("dup")
    await stage.advance(7.5)


async def three_matches(stage: Stage) -> None:
    """One number, three customers: a digit picks the right one."""
    await ring(stage)
    await stage.until(lambda: answer(stage) is PopAnswer.MANY)
    await stage.advance(4.25)


async def crm_down(stage: Stage) -> None:
    """The CRM does not answer: the call can be taken all the same, and the search goes on."""
    await ring(stage)
    for _ in range(12):
        if answer(stage) is PopAnswer.COULD_NOT_ASK:
            break
        await stage.advance(1.0)
    await stage.until(lambda: answer(stage) is PopAnswer.COULD_NOT_ASK)
    await stage.advance(2.25)


async def floor(stage: Stage) -> None:
    """Four minutes into the supervisor's demo: somebody talks, somebody waits, something wants attention."""
    await stage.advance(240.0)
    # By name: of equals in another column the one that came first would stand first.
    await stage.press("escape", "2", "less_than_sign", "1")
    await stage.until(lambda: any(agent.work for agent in stage.state.agents.values()))


SCENES = {
    "ringing": Scene("first_call", WIDE, ringing),
    "expert_finder": Scene("first_call", WIDE, expert_finder),
    "three_matches": Scene("three_smiths", WIDE, three_matches),
    "crm_down": Scene("crm_down", WIDE, crm_down),
    "wrap_up": Scene("first_call", WIDE, wrap_up),
    "narrow": Scene("first_call", NARROW, ringing),
    "floor": Scene("supervisor", FLOOR, floor, "supervisor"),
}
