"""The labelled phrases of `data/callback_phrases.toml`, and how well they are read.

Run it to see the figures and every phrase that is not read: `python tests/app/callback_time/callback_phrases.py`.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.app.callback_time.due import Due, NotUnderstood, read_due

DATA = Path(__file__).parent / "data" / "callback_phrases.toml"
REFUSED = "refused"


@dataclass(frozen=True)
class Phrase:
    """One phrase, where and when it was typed, and what it means."""

    text: str
    due: str  # in the agent's zone, or "refused"
    rest: str
    now: datetime
    zone: ZoneInfo
    customer: ZoneInfo | None
    region: str
    about: str

    def read(self) -> Due | NotUnderstood:
        """What it is understood as."""
        return read_due(self.text, self.now.timestamp(), self.zone, region=self.region, customer=self.customer)

    def understood(self) -> tuple[str, str] | None:
        """The time in the agent's zone and the rest; None when it is refused."""
        found = self.read()
        if isinstance(found, NotUnderstood):
            return None
        return f"{datetime.fromtimestamp(found.at, self.zone):%Y-%m-%d %H:%M}", found.rest


def phrases() -> Iterator[Phrase]:
    """All of the list."""
    for group in tomllib.loads(DATA.read_text())["group"]:
        zone = ZoneInfo(group["zone"])
        now = datetime.fromisoformat(group["now"]).replace(tzinfo=zone)
        customer = ZoneInfo(group["customer"]) if "customer" in group else None
        for text, due, *rest in group["phrases"]:
            yield Phrase(text, due, "".join(rest), now, zone, customer, group.get("region", ""), group["about"])


@dataclass
class Figures:
    """How many phrases were read as labelled; `wrong` were understood as something else, `missed` were refused."""

    right: int = 0
    refused: int = 0
    wrong: tuple[Phrase, ...] = ()
    missed: tuple[Phrase, ...] = ()

    def __str__(self) -> str:
        with_time = self.right + len(self.missed) + sum(one.due != REFUSED for one in self.wrong)
        return (
            f"{with_time + self.refused} phrases: wrong {len(self.wrong)}, understood {self.right} of {with_time}"
            f" that name a time ({self.right / with_time:.1%}), refused {self.refused} that do not"
        )


def figures() -> Figures:
    """Those of the whole list."""
    sums = Figures()
    for phrase in phrases():
        found = phrase.understood()
        if found is None:
            sums.refused += phrase.due == REFUSED
            sums.missed += () if phrase.due == REFUSED else (phrase,)
        elif found == (phrase.due, phrase.rest):
            sums.right += 1
        else:
            sums.wrong += (phrase,)
    return sums


if __name__ == "__main__":
    seen = figures()
    for name in ("wrong", "missed"):
        for one in getattr(seen, name):
            print(f"{name}: {one.text!r} is {one.due} {one.rest!r}, read as {one.understood() or one.read()}")
    print(seen)
