"""Calls the agent to news: the bell, and a notification of the desktop, for as much as the profile wants."""

import os
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from desktop.config.setting import CALLS, WINDOW
from desktop.domain.entities.news_item import News
from desktop.tui.terminal.alert_bell import LONGEST, notification
from desktop.tui.words.news import sentence
from desktop.words.catalogue import tr

ALL, URGENT, NONE = CALLS


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the agent is called: `ring` and `notify` say for which news, `window` what shows an offer around the screen.

    The former are of `CALLS`, the latter is of `WINDOW`.
    """

    ring: str = ALL
    notify: str = NONE
    window: str = WINDOW[-1]


class NewsBell:
    """Rings once for all that came together."""

    def __init__(self, ring: Callable[[], None], write: Callable[[str], None], wanted: Wanted) -> None:
        """`ring` sounds the bell, `write` hands bytes to the terminal as they are."""
        self._ring = ring
        self._write = write
        self.wanted = wanted
        """What is wanted from now on."""
        self._known: Mapping[str, News] = {}

    def hear(self, news: Mapping[str, News], in_sight: Set[str] = frozenset()) -> None:
        """Take in the news there are now.

        Args:
            news: by id.
            in_sight: ids of what the agent has before their eyes already.
        """
        known, self._known = self._known, news
        if news is known:
            return
        fresh = [
            one for key, one in news.items() if not one.seen and key not in in_sight and _more(known.get(key), one)
        ]
        if any(_wants(self.wanted.ring, one) for one in fresh):
            self._ring()
        told = sorted((one for one in fresh if _wants(self.wanted.notify, one)), key=lambda one: not one.urgent)
        if told:
            more = f" {tr('(and {n} more)', n=len(told) - 1)}" if len(told) > 1 else ""
            self._write(notification(sentence(told[0])[: LONGEST - len(more)] + more, os.environ))


def _more(before: News | None, after: News) -> bool:
    return before is None or before.seen or after.count > before.count


def _wants(wanted: str, news: News) -> bool:
    return wanted == ALL or (wanted == URGENT and news.urgent)
