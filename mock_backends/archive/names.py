"""The numbers that stand for names in the archive."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mock_backends.archive.phrases import phrases_of
from mock_backends.archive.rows import PastAsked, PastCompany, known_channels
from mock_backends.archive.schema import MOST_CODES, OUTCOMES

if TYPE_CHECKING:
    import duckdb


class ArchiveNames:
    """Name to number of queues, agents and codes, the same as in the tables."""

    def __init__(self) -> None:
        self.queues: dict[str, int] = {}
        self.agents: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self._code_ids: list[str] = []

    def load(self, db: "duckdb.DuckDBPyConnection") -> None:
        """Read what the tables have."""
        self.queues = dict(db.execute("SELECT name, number FROM queue").fetchall())
        self.agents = dict(db.execute("SELECT id, number FROM agent").fetchall())
        self._code_ids = [code for (code,) in db.execute("SELECT id FROM code ORDER BY number").fetchall()]
        self.codes = {code: number for number, code in enumerate(self._code_ids)}

    def add(self, db: "duckdb.DuckDBPyConnection", company: PastCompany) -> None:
        """Number what the company has and the tables have not.

        :raises ValueError: there are more codes than an interaction has bits.
        """
        queues = [queue.name for queue in company.queues if queue.name not in self.queues]
        agents = [agent for agent in company.agents if agent not in self.agents]
        codes = list(dict.fromkeys(c for queue in company.queues for c in queue.codes if c not in self.codes))
        if len(self.codes) + len(codes) > MOST_CODES:
            raise ValueError(f"There can be at most {MOST_CODES} wrap-up codes in the archive.")
        db.execute(
            "INSERT INTO queue SELECT $first + generate_subscripts($n, 1) - 1, unnest($n::VARCHAR[])",
            {"first": len(self.queues), "n": queues},
        )
        db.execute(
            "INSERT INTO agent"
            " SELECT $first + generate_subscripts($i, 1) - 1, unnest($i::VARCHAR[]), unnest($n::VARCHAR[])",
            {"first": len(self.agents), "i": agents, "n": [company.agents[agent] for agent in agents]},
        )
        db.execute(
            "INSERT INTO code SELECT $first + generate_subscripts($n, 1) - 1, unnest($n::VARCHAR[])",
            {"first": len(self.codes), "n": codes},
        )
        self.load(db)

    def bits(self, codes: Iterable[str]) -> int:
        """Codes as one number; those that are not known are left out."""
        return sum({1 << self.codes[code] for code in codes if code in self.codes})

    def bits_of_phrases(self, word: str, *, written: bool) -> int:
        """The codes whose messages (`written`), or whose note, in the made-up past have a word in them, as bits."""
        found = (phrases_of(code) for code in self._code_ids)
        texts = [one.written if written else one.note for one in found]
        return sum(1 << place for place, text in enumerate(texts) if word.lower() in text.lower())

    def codes_of(self, bits: int) -> list[str]:
        """The codes of such a number."""
        return [code for number, code in enumerate(self._code_ids) if bits >> number & 1]

    def bound(self, asked: PastAsked) -> dict[str, object] | None:
        """The values of every filter that is set; None when one of them can fit nothing."""
        bound: dict[str, object] = {}
        if asked.queues:
            bound["queues"] = [self.queues[queue] for queue in asked.queues if queue in self.queues]
        if asked.channels:
            bound["channels"] = known_channels(asked.channels)
        if asked.agents:
            bound["agents"] = [self.agents[agent] for agent in asked.agents if agent in self.agents]
        if asked.outcomes:
            bound["outcomes"] = [outcome for outcome in OUTCOMES if outcome in asked.outcomes]
        if asked.codes:
            bound["codes"] = self.bits(asked.codes)
        if asked.customer:
            bound["customer"] = asked.customer
        if asked.longer_than is not None:
            bound["longer_than"] = asked.longer_than
        unfit = any(value == [] for value in bound.values()) or (asked.codes and not bound["codes"])
        return None if unfit else bound
