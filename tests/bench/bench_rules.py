"""What it costs that a class of the whole desk changes, as when a contact enters another phase; JSON, in milliseconds.

`python -m tests.bench.bench_rules [--times 50]`. The rules of style of every widget are looked for anew, in a desk with
a call at 140x40: by Textual alone, and with what is kept of them (`desktop.tui.textual_patches.rule_cache`).
"""

import argparse
import asyncio
import json
import time

import pytest

from desktop.tui.textual_patches import switch
from tests.bench.figures import spread
from tests.tui.desk import desk, settle
from tests.tui.states import active


async def bench(times: int) -> dict[str, object]:
    """Both by turns in one app."""
    app, _ = desk(active())
    taken: dict[str, list[float]] = {"textual": [], "kept": []}
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        for _ in range(times):
            for name, plain in (("textual", {"rules"}), ("kept", set[str]())):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(switch, "_plain", frozenset(plain))
                    began = time.perf_counter()
                    app.stylesheet.update(app.screen, animate=True)
                    taken[name].append((time.perf_counter() - began) * 1000)
        widgets = len(list(app.screen.walk_children()))
    found = {name: spread(values[1:]) for name, values in taken.items()}
    ratio = found["kept"]["p50"] / found["textual"]["p50"]
    return {"bench": "rules", "widgets": widgets, **found, "kept_of_textual": round(ratio, 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    print(json.dumps(asyncio.run(bench(parser.parse_args().times)), indent=1))


if __name__ == "__main__":
    main()
