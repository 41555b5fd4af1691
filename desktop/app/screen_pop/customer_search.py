"""Finding customers while somebody types: those kept here at once, then what every CRM answers."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from desktop.app.connections.failures import own_words
from desktop.app.screen_pop.crm_desk import CrmDesk
from desktop.app.screen_pop.customer_finder import FRESH_SECONDS, Matches
from desktop.app.screen_pop.pop import Merging
from desktop.app.timing import Timing
from desktop.domain.entities.customer import CrmAnswer, FoundCustomers
from desktop.domain.entities.words import PopAnswer
from desktop.domain.select.search import fits_customer
from desktop.domain.text.folding import fold
from desktop.ports.errors import BackendError

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 0.18
"""How long the keys have to rest before a CRM is asked."""
LEAST_SIGNS: Final = 3
"""Signs from which a CRM is asked by itself; fewer find too many, and cost it a search each."""
LEAST_ASKED_FOR: Final = 2
"""Signs from which it is asked where the agent says so."""
_KEPT_SECONDS: Final = 20.0
_MOST_KEPT: Final = 8
_ANSWERS: Final = 32

Tell = Callable[[FoundCustomers], None]


class CustomerSearch:
    """One search at a time: the text typed last is looked for, and no answer to an older one is told any more."""

    def __init__(self, desks: Sequence[CrmDesk], merge: Merging, timing: Timing, now: Callable[[], float]) -> None:
        """`desks` in order of precedence. `now`: the server's time."""
        self._desks = tuple(desks)
        self._merge = merge
        self._timing = timing
        self._now = now
        self._task: asyncio.Task[None] | None = None
        self._asking = ""
        self._kept: tuple[float, Matches] | None = None
        self._answers: dict[str, tuple[float, FoundCustomers]] = {}

    def typed(self, text: str, tell: Tell) -> None:
        """Find customers by what is typed so far; the CRMs are asked once the keys rest.

        Args:
            text: all of it.
            tell: hears what is found, again with each answer.
        """
        self._begin(text, tell, PAUSE_SECONDS, LEAST_SIGNS)

    def ask(self, text: str, tell: Tell) -> None:
        """The same, now."""
        self._begin(text, tell, 0.0, LEAST_ASKED_FOR)

    def stop(self) -> None:
        """Nobody waits for an answer any more."""
        if self._task is not None:
            self._task.cancel()
        self._task, self._asking = None, ""

    async def known(self, text: str) -> Matches:
        """Customers kept on this machine who are meant by a text; no CRM is asked."""
        words = fold(text).split()
        if not words:
            return ()
        now = self._timing.monotonic()
        if self._kept is None or not 0 <= now - self._kept[0] <= _KEPT_SECONDS:
            kept = await asyncio.gather(*(desk.finder.kept() for desk in self._desks))
            self._kept = (now, tuple(match for matches in kept for match in matches))
        found = [match for match in self._kept[1] if fits_customer(words, match.customer)]
        return self._merge(found[:_MOST_KEPT])

    async def close(self) -> None:
        """Stop asking."""
        task = self._task
        self.stop()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    def _begin(self, text: str, tell: Tell, pause: float, least: int) -> None:
        wanted = " ".join(text.split())
        if self._task is not None and not self._task.done() and pause == 0.0 and self._asking == wanted:
            return  # it is being asked already
        self.stop()
        self._task = asyncio.create_task(self._find(wanted, tell, pause, least))

    async def _find(self, text: str, tell: Tell, pause: float, least: int) -> None:
        here = await self.known(text)
        found = FoundCustomers(here, text=text, kept=_ids(here))
        if not self._desks or len(text) < least:
            tell(found)
            return
        at, answered = self._answers.get(text.casefold(), (0.0, None))
        if answered is not None and 0 <= self._timing.monotonic() - at <= FRESH_SECONDS:
            tell(replace(answered, text=text))
            return
        tell(found)
        await self._timing.sleep(pause)
        self._asking = text
        answers = {desk.source: CrmAnswer(desk.source, PopAnswer.SEARCHING, self._now()) for desk in self._desks}
        matches: dict[str, Matches] = {}

        def so_far() -> FoundCustomers:
            fresh = {match.customer.id: match for each in matches.values() for match in each}
            old = {match.customer.id: match for match in here}
            kept = frozenset(one for one in old if one not in fresh)
            # Who was in the list keeps the place, so that nothing moves under a finger.
            return FoundCustomers(self._merge((old | fresh).values()), tuple(answers.values()), text, kept)

        async def ask(desk: CrmDesk) -> None:
            try:
                matches[desk.source] = await desk.finder.search(text)
            except BackendError as error:
                log.info("could not search %s: %s: %s", desk.source, type(error).__name__, error.detail)
                now = CrmAnswer(desk.source, PopAnswer.COULD_NOT_ASK, self._now(), own_words(error))
            else:
                some = matches[desk.source]
                answer = PopAnswer.NO_MATCH if not some else PopAnswer.ONE if len(some) == 1 else PopAnswer.MANY
                now = CrmAnswer(desk.source, answer, self._now())
            answers[desk.source] = now
            tell(so_far())

        tell(so_far())
        await asyncio.gather(*(ask(desk) for desk in self._desks))
        if all(one.answer is not PopAnswer.COULD_NOT_ASK for one in answers.values()):
            self._answers.pop(text.casefold(), None)
            self._answers[text.casefold()] = (self._timing.monotonic(), so_far())
            while len(self._answers) > _ANSWERS:
                del self._answers[next(iter(self._answers))]


def _ids(matches: Matches) -> frozenset[str]:
    return frozenset(match.customer.id for match in matches)
