"""The page of my day: figures, my queues, schedule, callbacks promised, and what was finished."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textual.content import Content

from desktop.app.callback_time.time_zones import local_zone
from desktop.app.notes.outbox_items import OutboxItem
from desktop.app.storage.errors import StoreError
from desktop.app.storage.tables.outbox_rows import DELIVERED, PARKED
from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.floor import Schedule, StateStretch
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address, Agent, QueueStats
from desktop.domain.entities.words import Channel
from desktop.domain.figures.adherence import FITS, stretches_of
from desktop.domain.figures.agent_day import day_until
from desktop.domain.select.centres import centre_of
from desktop.domain.state.state import AppState
from desktop.ports.base import Capability
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.agent_day import activity_name, day_lines, hour_and_minute, schedule_lines
from desktop.tui.words.figures import share
from desktop.words.catalogue import in_words, tr

if TYPE_CHECKING:
    from desktop.app.session import Session


PROMISED_WITHIN = 30 * 86_400.0
"""How old a wrap-up may be whose callback is still to come, in seconds."""
_CELLS = 74
"""Of a line of figures: as many as a narrow window shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What had to be asked for; None while the answer is on its way.

    finished: wrap-ups of this desktop, also of the days before; `not_read` says why there are none. schedule: today's;
    `no_schedule` says why there is none. observed: what I was seen doing until `at`.
    """

    finished: Sequence[OutboxItem] | None = None
    not_read: str = ""
    schedule: Schedule | None = None
    observed: Sequence[StateStretch] | None = None
    at: Instant = 0.0
    no_schedule: str = ""


class MyDay:
    """What the page says as long as it is open: it asks again when what it was told is over."""

    def __init__(
        self,
        session: "Session | None",
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        heard: Callable[[], None],
    ) -> None:
        """Nothing is asked yet, and nothing ever without a session.

        Args:
            session: whom to ask.
            spawn: runs a coroutine beside the screen.
            heard: there are answers to show.
        """
        self._session = session
        self._spawn = spawn
        self._on_heard = heard
        self._asked = Asked()
        self._asked_of: tuple[object, ...] | None = None
        self._asking = False

    def lines(self, view: View) -> list[Line]:
        """The page now."""
        me = select.me_at_work(view.state)
        mine = (me.since, *(work.since for work in me.work)) if me is not None else ()
        of = (mine, view.state.outbox)
        if self._session is not None and not self._asking and of != self._asked_of:
            self._asked_of, self._asking = of, True
            self._spawn(self._ask(self._session))
        return my_day_lines(view.state, view.now, self._asked)

    async def _ask(self, session: "Session") -> None:
        try:
            await ask(session, self._heard, self._asked)
        finally:
            self._asking = False

    def _heard(self, asked: Asked) -> None:
        self._asked = asked
        self._on_heard()


async def ask(session: "Session", heard: Callable[[Asked], None], asked: Asked) -> None:
    """Ask this machine and the contact centre, and tell what they say as it comes; `asked` is what they said before."""
    try:
        finished = await session.outbox.finished_since(session.clock() - PROMISED_WITHIN)
        asked = replace(asked, finished=finished, not_read="")
    except StoreError as error:
        asked = replace(asked, not_read=in_words(error.sentence))
    heard(asked)
    if not session.supervisor.offers(Capability.SCHEDULE):
        heard(replace(asked, no_schedule=tr("The contact centre tells no schedule.")))
        return
    me, schedules = session.store.state.me, session.supervisor.schedules
    plans, day = await asyncio.gather(schedules.of_team(), schedules.day_of(me))
    if plans.value is not None:
        plan = plans.value.get(me)
        asked = replace(asked, schedule=plan, no_schedule="" if plan else tr("Nothing is planned for you today."))
    elif asked.schedule is None:
        asked = replace(asked, no_schedule=in_words(plans.text))
    if day.value is not None:
        asked = replace(asked, observed=day.value, at=session.store.now())
    heard(asked)


def my_day_lines(state: AppState, now: Instant, asked: Asked) -> list[Line]:
    """The page; `now` is the server's clock."""
    return [
        *_figures(state, now),
        *_queues(state, now),
        *_schedule(state, now, asked),
        *_callbacks(state, now, asked),
        *_finished(state, now, asked),
    ]


def _heading(text: str) -> Content:
    return content(text, "bold $accent")


def _indented(lines: Sequence[Content]) -> Iterator[Line]:
    return (Hanging(content("  "), one) for one in lines)


def _figures(state: AppState, now: Instant) -> Iterator[Line]:
    me = select.me_at_work(state)
    day = day_until(me, now) if me is not None else None
    yield _heading(tr("Figures"))
    if day is None:
        yield content(f"  {tr('The contact centre keeps no figures of your day.')}", "$muted")
        return
    age = None if day.until is None else now - day.until
    yield from _indented(day_lines(day, age, aged=True, width=_CELLS))


def _queues(state: AppState, now: Instant) -> Iterator[Line]:
    me = select.me(state)
    mine = [state.queues[name] for name in me.queues if name in state.queues] if me is not None else []
    if not mine:
        return
    yield content("")
    yield _heading(tr("My queues today"))
    longest = max(len(queue.name) for queue in mine)
    for queue in mine:
        seen = select.known_at(state, centre_of(state, queue.name), queue.as_of)
        head: list[Part] = [(f"  {queue.name:<{longest}}  ", "bold")]
        yield Hanging(line(*head), line(*_of_queue(queue), (f" · {wording.since(now - seen)}", "$muted")))


def _of_queue(queue: QueueStats) -> Iterator[Part]:
    yield (f"{tr('SL')} {share(queue.service_level)}", "")
    counts = queue.counts
    if counts is not None and counts.offered:
        yield f" · {tr('{answered} of {offered} answered', answered=counts.answered, offered=counts.offered)}"
    if queue.waiting is not None:
        yield f" · {tr('{n} waiting', n=queue.waiting)}"


def _schedule(state: AppState, now: Instant, asked: Asked) -> Iterator[Line]:
    me = select.me_at_work(state)
    yield content("")
    yield _heading(tr("Schedule"))
    if asked.schedule is None or me is None:
        waiting = tr("Asking the contact centre …")
        yield content(f"  {asked.no_schedule or waiting}", "$muted")
        return
    observed, at = _seen_until(me, asked, now)
    yield from _indented(schedule_lines(me, asked.schedule, observed, at, now, FITS))
    for one in sorted(asked.schedule.activities, key=lambda one: one.start):
        running = one.start <= now < one.end
        look = "bold" if running else "$muted" if one.end <= now else ""
        span = f"{hour_and_minute(one.start)}–{hour_and_minute(one.end)}"
        yield line((f"  {'▸' if running else ' '} {span}  ", "$muted"), (activity_name(one), look))


def _seen_until(me: Agent, asked: Asked, now: Instant) -> tuple[Sequence[StateStretch] | None, Instant]:
    """What I was seen doing, and until when: to the present as long as I still do what I did when it was told."""
    if asked.observed is None:
        return None, now
    present = stretches_of(me, now)
    if present[-1].start > asked.at or me.since > asked.at:
        return asked.observed, asked.at
    return (*asked.observed, *(replace(one, start=max(one.start, asked.at)) for one in present)), now


def _callbacks(state: AppState, now: Instant, asked: Asked) -> Iterator[Line]:
    begun = _midnight(state, now)
    promised = [(one, item) for item in asked.finished or () for one in item.follow_ups if one.kind == "callback"]
    due = sorted(((one.due, one, item) for one, item in promised if one.due is not None and one.due >= begun), key=_due)
    if not due:
        return
    yield content("")
    yield _heading(tr("Callbacks you promised"))
    for at, one, item in due:
        over = ("  ", "") if at > now else (f"  {tr('time has come')}", "$warning")
        number = wording.address(Address("phone", one.to or item.address)) if one.to or item.address else ""
        head = line((f"  {wording.planned(at, local_zone())}  ", ""))
        yield Hanging(head, line((_whom(item), "bold"), (f"  {number}", "$muted"), f"  {one.text}", over))


def _due(entry: tuple[Instant, FollowUp, OutboxItem]) -> Instant:
    return entry[0]


def _finished(state: AppState, now: Instant, asked: Asked) -> Iterator[Line]:
    yield content("")
    if asked.finished is None:
        yield _heading(tr("Finished here today"))
        yield content(f"  {asked.not_read or tr('Reading …')}", "$muted")
        return
    today = [item for item in asked.finished if item.created_at >= _midnight(state, now)]
    yield _heading(tr("Finished here today · {n}", n=len(today)))
    if not today:
        yield content(f"  {tr('Nothing yet.')}", "$muted")
    for item in today:
        head = line(
            (f"  {hour_and_minute(item.created_at)} ", "$muted"), (f"{_sign(item.channel)} ", "$accent"), _state(item)
        )
        parts: list[Part] = [(_whom(item), "bold")]
        parts += [(f" · {word}", "$muted") for word in (item.queue, ", ".join(item.code_labels or item.codes)) if word]
        yield Hanging(head, line(*parts, (f" · {item.note}" if item.note else "", "")))


def _midnight(state: AppState, now: Instant) -> Instant:
    """When the centre's day began; where it tells of no day, twelve hours ago."""
    me = select.me(state)
    return me.today.since if me is not None and me.today is not None else now - 12 * 3600


def _state(item: OutboxItem) -> Part:
    if item.state == DELIVERED:
        return ("✓ ", "$success")
    return ("✕ ", "bold $error") if item.state == PARKED else ("◌ ", "$warning")


def _sign(channel: str) -> str:
    return TRAITS[Channel(channel)].sign if channel in list(Channel) else " "


def _whom(item: OutboxItem) -> str:
    return item.customer or (wording.number(item.address) if item.address else tr("unknown customer"))
