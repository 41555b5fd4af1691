"""What each installed plug-in costs a start: time and memory of loading it beyond what every desktop loads anyway.

`python -m tests.bench.bench_imports [--runs 7]` prints JSON: milliseconds and KiB of resident memory, each the median
of fresh interpreters. `load` is `registry.load`, which a profile pays only for the plug-ins it names; `with its
libraries` adds what the plug-in imports when it connects. The plug-ins take turns, so that a busy machine slows all
alike.
"""

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

from desktop.ports import registry
from desktop.ports.base import Kind

LOAD = """
import importlib, json, resource, sys, time
import desktop.wiring, desktop.app.session, desktop.app.storage.local_store
from desktop.ports import registry
from desktop.ports.base import Kind
def size():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() // 1024
kind, name, *libraries = sys.argv[1:]
registry.names(Kind(kind))
began, before = time.perf_counter(), size()
registry.load(Kind(kind), name)
loaded, held = time.perf_counter(), size()
for library in libraries:
    importlib.import_module(library)
print(json.dumps([(loaded - began) * 1e3, held - before, (time.perf_counter() - began) * 1e3, size() - before]))
"""
LIBRARIES = {
    "asterisk": [],
    "baresip": ["baresip"],
    "smtp": ["smtplib"],
    "twilio": ["httpx", "websockets.asyncio.client"],
    "xmpp": ["desktop.backends.xmpp.client"],
}
"""What is imported on connecting; the others talk HTTP."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    plug_ins = [(kind, name) for kind in Kind for name in registry.names(kind)]
    times: dict[tuple[Kind, str], list[list[float]]] = {plug_in: [] for plug_in in plug_ins}
    for _ in range(runs):
        for kind, name in plug_ins:
            words = [sys.executable, "-c", LOAD, kind.value, name, *LIBRARIES.get(name, ["httpx"])]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            times[kind, name].append(json.loads(done.stdout))
    figures: dict[str, Any] = {}
    for (kind, name), rows in times.items():
        load_ms, load_kib, all_ms, all_kib = (round(statistics.median(column), 1) for column in zip(*rows, strict=True))
        figures[f"{kind.value} {name}"] = {
            "load_ms": load_ms,
            "load_kib": load_kib,
            "with_its_libraries_ms": all_ms,
            "with_its_libraries_kib": all_kib,
        }
    print(json.dumps({"bench": "imports", "runs": runs, **figures}, indent=1))


if __name__ == "__main__":
    main()
