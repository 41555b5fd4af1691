"""Suggesters that are broken in one way each; see `broken.py`."""

import time
from collections.abc import Sequence
from dataclasses import replace

from desktop.ports.assist import Article
from desktop.ports.errors import BackendError

from .broken import fails, suites
from .reference.assist import ReferenceAssist

NOT_WHOLE = "test_an_article_is_whole"
ORDER = "test_the_best_comes_first"


@fails(ORDER)
class HasNoLimit(ReferenceAssist):
    """Everything that fits, always."""

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        return await super().rank(text, limit=1_000)


@fails(ORDER)
class SuggestsTwice(ReferenceAssist):
    """Each article comes as often as a word of it."""

    def ordered(self, articles: list[Article]) -> list[Article]:
        return [one for one in super().ordered(articles) for _ in range(2)]


@fails(ORDER)
class WorstFirst(ReferenceAssist):
    """The order is the wrong way round."""

    def ordered(self, articles: list[Article]) -> list[Article]:
        return super().ordered(articles)[::-1]


@fails(ORDER)
class OnlyTheBest(ReferenceAssist):
    """There is one suggestion, whatever there is."""

    def ordered(self, articles: list[Article]) -> list[Article]:
        return super().ordered(articles)[:1]


class Tells(ReferenceAssist):
    """Tells its articles otherwise than they are."""

    def told(self, article: Article) -> Article:
        """An article as it leaves the adapter."""
        return article

    def ordered(self, articles: list[Article]) -> list[Article]:
        return list(map(self.told, super().ordered(articles)))


@fails(NOT_WHOLE)
class DropsTheTitle(Tells):
    """What an article is called is lost."""

    def told(self, article: Article) -> Article:
        return replace(article, title="")


@fails(NOT_WHOLE)
class DropsTheExcerpt(Tells):
    """What an article says is lost."""

    def told(self, article: Article) -> Article:
        return replace(article, excerpt=" ")


@fails(NOT_WHOLE)
class MixesExcerpts(Tells):
    """What an article says is said by another."""

    def told(self, article: Article) -> Article:
        return replace(article, excerpt="Lorem ipsum.")


@fails(NOT_WHOLE, ORDER)
class MakesUpIds(Tells):
    """Nobody finds an article by its id."""

    def told(self, article: Article) -> Article:
        return replace(article, id=self.line.new_id())


@fails("test_any_text_can_be_ranked")
class AlwaysHasSomethingToSay(ReferenceAssist):
    """Where nothing fits, anything does."""

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        found = await super().rank(text, limit=limit)
        return found or [Article(name, title, body, 0.0) for name, title, body in self.line.articles[:limit]]


@fails("test_any_text_can_be_ranked")
class NeedsWords(ReferenceAssist):
    """Silence is an exception."""

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        assert text.split()
        return await super().rank(text, limit=limit)


@fails(
    *(
        f"test_reading_fails_in_the_right_way[{fault}]"
        for fault in (
            "server_error",
            "rate_limited",
            "unauthorized",
            "garbage",
            "dropped",
            "refused",
            "gateway_timeout",
        )
    ),
    "test_what_is_not_allowed_is_no_failed_sign_in[read]",
)
class TroubleIsNothing(ReferenceAssist):
    """Whatever goes wrong looks as if nothing fitted."""

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        try:
            return await super().rank(text, limit=limit)
        except BackendError:
            return ()


@fails("test_nothing_blocks_the_loop[read]")
class SleepsOnTheLoop(ReferenceAssist):
    """Ranks without letting go of the loop."""

    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        if text == "a refund":
            time.sleep(0.8)
        return await super().rank(text, limit=limit)


globals().update(suites(__name__))
