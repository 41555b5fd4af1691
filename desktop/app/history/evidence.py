"""One contact of the past as a reviewer needs it: what the contact centre kept, what the CRM was told afterwards."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.failures import explain
from desktop.domain.entities.customer import WrapUpRecord
from desktop.domain.entities.history import PastDetail
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import Capability
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError

READ_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A contact of the past with the wrap-ups that went to the CRMs; `problem` says why some of those are missing."""

    detail: PastDetail
    wrap_ups: tuple[WrapUpRecord, ...] = ()
    problem: Sentence = NOTHING

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Each note with the name of who wrote it, every text once."""
        own = ((self.detail.interaction.agent_name, self.detail.note),)
        told = (*own, *((one.agent, one.note) for one in self.wrap_ups))
        return tuple((who, text) for text, who in {text: who for who, text in reversed(told) if text}.items())[::-1]


class WrapUpReader:
    """Asks every CRM that can say it what was written back after an interaction."""

    def __init__(
        self,
        crms: Mapping[str, Crm],
        backend_calls: BackendCalls,
        offered: Callable[[str], frozenset[str]],
    ) -> None:
        """`offered` answers what a source can do, as far as it is known."""
        self._crms = crms
        self._backend_calls = backend_calls
        self._offered = offered

    async def of(self, interaction_id: str) -> tuple[tuple[WrapUpRecord, ...], Sentence]:
        """What was written back, and why some of it is missing; nothing here raises."""
        able = {source: crm for source, crm in self._crms.items() if Capability.WRAP_UPS.value in self._offered(source)}
        problems: list[Sentence] = []

        async def ask(source: str, crm: Crm) -> tuple[WrapUpRecord, ...]:
            try:
                found = await self._backend_calls.ask(
                    lambda: crm.wrap_ups(interaction_id), source, seconds=READ_SECONDS, changing=False
                )
            except BackendError as error:
                problems.append(explain(error, Sentence("history.note_not_read"), source=source).text)
                return ()
            return tuple(found)

        answers = await asyncio.gather(*(ask(source, crm) for source, crm in able.items()))
        return tuple(one for answer in answers for one in answer), problems[0] if problems else NOTHING
