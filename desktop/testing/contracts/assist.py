"""What a suggester of knowledge has to keep."""

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.ports.assist import Article
from desktop.ports.base import Capability, Kind
from desktop.testing import fresh
from desktop.testing.contracts.base import Call, Change, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.group import behaviour, shape
from desktop.testing.rigs import AssistRig


class AssistContract(ResilienceContract[AssistRig]):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    kind = Kind.ASSIST

    async def reads(self, backend: Any, rig: AssistRig) -> Mapping[str, Call]:
        return {"rank": lambda: backend.rank("a refund")}

    async def changes(self, backend: Any, rig: AssistRig) -> Mapping[str, Change]:
        return {}

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        return ()

    async def ranked(self, backend: Any, rig: AssistRig, text: str) -> Sequence[Article]:
        """What is suggested for a text, once an index that lags has it."""

        async def look() -> Sequence[Article] | None:
            found: Sequence[Article] = await backend.rank(text)
            return found or None

        return await until(look, rig.patience, "a suggestion")

    @shape
    async def test_an_article_is_whole(self, rig: AssistRig) -> None:
        """An article has an id, a title, an excerpt and a score from 0 to 1."""
        word = fresh.name().split()[1]
        article = await rig.add_article(f"How to {word}", f"Say {word} three times.")
        async with self.opened(rig) as backend:
            found = await self.ranked(backend, rig, word)
        best = found[0]
        assert isinstance(best, Article)
        assert (best.id, best.title) == (article, f"How to {word}")
        assert best.excerpt.strip()
        assert word in best.excerpt, "the excerpt is of this article"
        assert all(0 <= one.score <= 1 for one in found)

    @behaviour
    async def test_the_best_comes_first(self, rig: AssistRig) -> None:
        """Articles come in the order of their scores, each once, no more than `limit`."""
        word, other = (fresh.name().split()[1] for _ in range(2))
        best = await rig.add_article(f"{word} and {other}", f"All of {word} and {other}.")
        await rig.add_article(f"Only {other}", f"All of {other}.")
        async with self.opened(rig) as backend:

            async def both() -> Sequence[Article] | None:
                found: Sequence[Article] = await backend.rank(f"{word} {other}")
                return found if len(found) >= 2 else None

            found = await until(both, rig.patience, "two suggestions")
            assert found[0].id == best
            assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
            assert len({one.id for one in found}) == len(found)
            assert len(await backend.rank(f"{word} {other}", limit=1)) == 1

    @behaviour
    async def test_any_text_can_be_ranked(self, rig: AssistRig) -> None:
        """Whatever a customer says is answered; nothing fits what nobody wrote."""
        await rig.add_article("Refunds", "How a refund is made.")
        async with self.opened(rig) as backend:
            assert list(await backend.rank(fresh.name().split()[1])) == []
            for text in ("", " ", "'", "%", "*", "(", "\\", "x" * 5_000, "\u202e"):
                assert isinstance(await backend.rank(text), Sequence)
            assert len(await backend.rank("qqxzzyqq")) == 0
