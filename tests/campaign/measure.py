"""How long a restart takes to the draft, and an autosave from the last key to the disk, on the real program.

    python -m tests.campaign.measure [--restarts 20] [--saves 100]

Prints JSON; times are in seconds. Best on a machine that does nothing else.
"""

import argparse
import json
import os
import random
import tempfile
import time
from pathlib import Path

from tests.campaign.entered import Contact
from tests.campaign.site import CUSTOMERS, Site
from tests.campaign.work import Work


def figures(times: list[float]) -> dict[str, float]:
    """Percentiles."""
    ordered = sorted(times)
    return {
        "n": len(ordered),
        "p50": round(ordered[len(ordered) // 2], 3),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 3),
        "max": round(ordered[-1], 3),
    }


def on_disk(site: Site, token: str) -> bool:
    """Whether a word is in the files of the store."""
    return any(token.encode() in path.read_bytes() for path in site.data.glob("*.db-wal"))


def main() -> None:
    """Measure, on one call with one note."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign.measure", description=__doc__)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--saves", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="campaign-measure-") as folder:
        site = Site(Path(folder))
        try:
            site.reset()
            work = Work(site, random.Random(1))
            c = Contact(1, "measured", site.agent, *CUSTOMERS[0])
            site.watched = [c]
            work.talk(c)
            saves = []
            for _ in range(arguments.saves):
                text = c.note(f"{work.rng.choice(('about', 'again', 'invoice'))} ")
                if len(c.pieces) % 60 == 0:
                    site.hands.press("enter")
                site.hands.type(text)
                began = time.monotonic()
                while not on_disk(site, c.pieces[-1].token):
                    time.sleep(0.002)
                saves.append(time.monotonic() - began)
            c.saved()
            restarts = []
            for _ in range(arguments.restarts):
                site.kill(work.rng)
                began = time.monotonic()
                hands = site.start(wait=False)
                hands.wait(c.pieces[-1].token)
                restarts.append(time.monotonic() - began)
                hands.started()
            told = {"load": os.getloadavg()[0], "autosave": figures(saves), "start_to_draft": figures(restarts)}
            print(json.dumps(told, indent=2))
        finally:
            site.end()


if __name__ == "__main__":
    main()
