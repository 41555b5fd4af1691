"""The desktop app over a state built by hand: real screen, no servers. What it asks for is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from desktop.app.commands.command_result import CommandResult
from desktop.app.newsroom import Newsroom
from desktop.app.notes.card_masking import CardMasking
from desktop.app.store import Store
from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.entities.customer import CrmAnswer, FollowUp, FoundCustomers, Match
from desktop.domain.entities.words import Channel, PopAnswer
from desktop.domain.entities.wrap_up_record import DraftView, ReplyHead
from desktop.domain.state.own_events import AS_IT_IS, DraftSaved, Keep
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.app import DesktopApp
from desktop.tui.keys.two_presses import READING_SECONDS
from desktop.tui.terminal.news_bell import Wanted
from tests.tui.states import NOW


class RecordedCalls:
    """Answers every method call with success, and remembers it."""

    def __init__(self, calls: list[tuple[Any, ...]], name: str, state: Callable[[], AppState]) -> None:
        self._calls = calls
        self._name = name
        self._state = state

    def __getattr__(self, method: str) -> Any:
        synchronous = method in (
            "choose",
            "unlink",
            "without",
            "wake",
            "join",
            "part",
            "read_on",
            "look_at",
            "link",
            "see",
            "typed",
        )
        synchronous = synchronous or method in ("begun", "change_head")

        def record(*args: Any, **kwargs: Any) -> Any:
            self._calls.append((f"{self._name}.{method}", *args, *(sorted(kwargs.items()))))
            return None if synchronous else answer()

        async def answer() -> Any:
            return CommandResult(True)

        return record


class RecordedNotes(RecordedCalls):
    """Keeps what is written in the state, and remembers what was said to have changed."""

    def __init__(self, calls: list[tuple[Any, ...]], store: Store) -> None:
        super().__init__(calls, "notes", lambda: store.state)
        self._store = store

    def edit(
        self,
        interaction_id: str,
        note: str | None = None,
        codes: tuple[str, ...] | None = None,
        follow_ups: tuple[FollowUp, ...] | None = None,
        *,
        half: FollowUp | Keep | None = AS_IT_IS,
        reply: str | None = None,
        head: ReplyHead | None = None,
    ) -> None:
        """As the real one, without a disk."""
        given = {"note": note, "codes": codes, "follow_ups": follow_ups, "reply": reply, "head": head}
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if not isinstance(half, Keep):
            changed["half"] = half
        known = self._store.drain().drafts.get(interaction_id)
        now = replace(known or DraftView("", (), 1, None), **changed)
        if known is not None and now == known:
            return
        self._calls.append(("notes.edit", interaction_id, changed))
        self._store.publish(DraftSaved(interaction_id, now))

    def text(self, interaction_id: str) -> DraftView | None:
        """What is written."""
        return self._store.drain().drafts.get(interaction_id)


class RecordedReplies(RecordedCalls):
    """No reply has gone a moment ago."""

    def just_went(self, interaction_id: str) -> bool:
        """Whether one has; tests put another answer in its place."""
        return False


class RecordedMessages:
    """Keeps what is written to customers outside of contacts as `RecordedNotes` does."""

    channels = frozenset({Channel.SMS, Channel.EMAIL})

    def __init__(self, notes: RecordedNotes) -> None:
        self._notes = notes
        self.cards: dict[str, Match] = {}

    def look(self, draft_id: str, match: Match) -> None:
        """Remember the card."""
        self.cards[draft_id] = match

    def write(
        self, draft_id: str, match: Match, to: str, *, text: str | None = None, subject: str | None = None
    ) -> None:
        """As the real one, without a disk."""
        known = self._notes.text(draft_id)
        kept = known.head.subject if known is not None else ""
        self._notes.edit(draft_id, reply=text, head=ReplyHead(kept if subject is None else subject, (to,)))


class CannedTexts:
    """The canned replies at hand."""

    replies: tuple[CannedReply, ...] = ()

    def begin(self) -> None:
        """Nothing to follow."""


class RecordedSearch:
    """CRMs that answer when the test has them answer; `kept` is what this machine knows."""

    def __init__(self, calls: list[tuple[Any, ...]]) -> None:
        self._calls = calls
        self._text = ""
        self._tell: Callable[[FoundCustomers], None] = lambda found: None
        self.kept: tuple[Match, ...] = ()

    def typed(self, text: str, tell: Callable[[FoundCustomers], None]) -> None:
        """Remember whom to tell."""
        self._calls.append(("search.typed", text))
        self._text, self._tell = text, tell

    def ask(self, text: str, tell: Callable[[FoundCustomers], None]) -> None:
        """Likewise."""
        self._calls.append(("search.ask", text))
        self._text, self._tell = text, tell

    def stop(self) -> None:
        """Tell nobody any more."""
        self._calls.append(("search.stop",))
        self._tell = lambda found: None

    async def known(self, text: str) -> tuple[Match, ...]:
        """What is kept here, if the name has what was typed."""
        return tuple(one for one in self.kept if text.casefold() in one.customer.name.casefold())

    def found(
        self,
        *matches: Match,
        answer: PopAnswer = PopAnswer.MANY,
        source: str = "crm",
        ago: float = 0.0,
        text: str | None = None,
        kept: tuple[str, ...] = (),
    ) -> None:
        """One CRM says this of what was typed last, or of an older text."""
        said = (CrmAnswer(source, answer, NOW - ago),)
        self._tell(FoundCustomers(matches, said, self._text if text is None else text, frozenset(kept)))


class RecordedSession:
    """Stands where a session stands; the state is what the test made."""

    def __init__(self, state: AppState) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.region = "GB"
        self.store = Store(clock=lambda: NOW, state=state)
        self.outbox = RecordedCalls(self.calls, "outbox", lambda: self.store.state)
        self.cards = CardMasking()
        self.news = Newsroom(self.store)
        self.notes = RecordedNotes(self.calls, self.store)
        self.replies = RecordedReplies(self.calls, "replies", lambda: self.store.state)
        self.customer_messages = RecordedMessages(self.notes)
        self.canned = CannedTexts()
        for name in ("commands", "pops", "wrap_ups", "experts", "links", "supervisor", "threads"):
            setattr(self, name, RecordedCalls(self.calls, name, lambda: self.store.state))

        self.search = RecordedSearch(self.calls)
        self.on_screen = self

    def look(self, person_ids: tuple[str, ...]) -> None:
        """Remember who is on screen."""
        self.calls.append(("on_screen.look", person_ids))

    def retry(self) -> None:
        """Remember it."""
        self.calls.append(("retry",))

    safety = Sentence("note.all_safe")

    def unsaved(self) -> tuple[()]:
        """Nothing here is ever on no disk."""
        return ()

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""


def unhurried() -> Callable[[], float]:
    """A clock of somebody who reads what is asked before they press again: each look is later by more."""
    return count(step=2 * READING_SECONDS).__next__


def desk(
    state: AppState,
    *,
    guide: bool = False,
    keymap: dict[str, str] | None = None,
    calls: Wanted | None = None,
    clock: Callable[[], float] = lambda: NOW,
    monotonic: Callable[[], float] | None = None,
    throwaway: bool = False,
) -> tuple[DesktopApp, RecordedSession]:
    """An app showing `state`, with the clock stopped at `NOW` or another; `monotonic` is that between two presses."""
    session = RecordedSession(state)

    async def build() -> Any:
        return session

    app = DesktopApp(
        build,
        guide=guide,
        clock=clock,
        monotonic=monotonic or unhurried(),
        keymap=keymap,
        calls=calls,
        throwaway=throwaway,
    )
    return app, session


async def settle(pilot: Any, keys: Sequence[str] = ()) -> None:
    """Let the first frame come, press keys, let the last one come."""
    await pilot.pause()
    await pilot.pause()
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await pilot.pause()


def steady_cursors(pilot: Any) -> None:
    """Every cursor of the screen stays on, for a picture.

    A TextArea keeps lines it painted while its cursor was off, and would go on showing one of them.
    """
    for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        field.cursor_blink = False
        field.notify_style_update()
        field.refresh()


def told_in(screen: Screen[Any]) -> Widget:
    """Where a screen tells what happened: its row below the header, where it has one, else its last lines."""
    rows = [row for row in screen.query(StatusLine) if row.tells]
    return rows[0] if rows and not screen.query("#page.open, LaunchedPage") else screen.query_one(Footer)


def told(screen: Screen[Any]) -> str:
    """What is read there, with single spaces, and without the edge of the row."""
    place = told_in(screen)
    return " ".join(" ".join(place.render_line(y).text for y in range(place.size.height)).split()).removeprefix("▌ ")
