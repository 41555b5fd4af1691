"""A suggester of knowledge in memory."""

from collections.abc import Sequence
from typing import Any, ClassVar

from desktop.ports.assist import Article, Assist
from desktop.ports.base import Kind, Manifest
from desktop.testing.rigs import AssistRig

from .line import Line, LineRig, Reference


class AssistLine(Line):
    """The far side: articles."""

    def __init__(self) -> None:
        super().__init__()
        self.articles: list[tuple[str, str, str]] = []


class ReferenceAssist(Reference, Assist):
    """Keeps the contract of a suggester: the share of the words that an article has is its score."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.ASSIST, "reference", 2, "Knowledge in memory", frozenset(), Reference.OPTIONS
    )
    line: AssistLine

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        words = text.split()
        articles = await self.ask(lambda: tuple(self.line.articles))
        scored = [
            Article(name, title, body[:80], self.score(sum(word in f"{title} {body}" for word in words) / len(words)))
            for name, title, body in articles
            if words and any(word in f"{title} {body}" for word in words)
        ]
        return self.ordered(scored)[:limit]

    def score(self, share: float) -> float:
        """How good an article is, 0 to 1."""
        return share

    def ordered(self, articles: list[Article]) -> list[Article]:
        """Best first."""
        return sorted(articles, key=lambda one: -one.score)


class ReferenceAssistRig(LineRig[Assist], AssistRig):
    """The far side of knowledge in memory."""

    line: AssistLine

    def __init__(self, backend: type[Any] = ReferenceAssist) -> None:
        super().__init__(backend, AssistLine())

    async def add_article(self, title: str, text: str) -> str:
        self.line.articles.insert(0, (self.line.new_id(), title, text))
        return self.line.articles[0][0]
