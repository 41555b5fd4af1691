"""Keeps what happened without the agent doing it until they have seen it."""

from collections.abc import Iterable

from desktop.app.store import Store
from desktop.domain.news.news import news_between
from desktop.domain.state.own_events import NewsCame, NewsSeen
from desktop.domain.state.state import AppState


class Newsroom:
    """Listens to the store; what is news is said by `news_between` alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.listeners.append(self._listen)

    def seen(self, ids: Iterable[str]) -> None:
        """The agent has seen these: they count no more."""
        news = self._store.state.news
        fresh = frozenset(key for key in ids if key in news and not news[key].seen)
        if fresh:
            self._store.publish(NewsSeen(fresh))

    def _listen(self, old: AppState, new: AppState) -> None:
        news = news_between(old, new)
        if news:
            self._store.publish(NewsCame(news))
