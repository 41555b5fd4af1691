"""All benches in one command: `python -m tests.bench [--quick] [--only NAME ...]` prints one JSON object.

Each bench runs as a program of its own, one after the other. What it prints stands under its name, with the seconds it
took; one that fails has an `error` there, and the exit code is 1.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BENCHES: dict[str, tuple[list[str], list[str]]] = {
    "start": (["--runs", "15"], ["--runs", "5"]),
    "screen_pop": (["--offers", "60"], ["--offers", "20"]),
    "threads": (["--turns", "300"], ["--turns", "60"]),
    "rules": ([], ["--times", "5"]),
    "keys": (["--keys", "300"], ["--keys", "60", "--rounds", "1"]),
    "idle": (["--seconds", "10"], ["--seconds", "5"]),
    "memory": (["--calls", "100"], ["--calls", "10"]),
    "lookups": ([], ["--rounds", "2", "--lookups", "50"]),
    "store": ([], ["--saves", "200", "--seconds", "2"]),
    "offers": ([], ["--desktops", "100", "--rounds", "1"]),
    "routing": ([], ["20000"]),
    "forecast": ([], ["--seeds", "1"]),
    "estimates": ([], ["--days", "1"]),
    "reducer": ([], ["--batches", "60"]),
    "pushes": ([], ["--seconds", "3", "--agents", "500", "--queues", "50", "--rate", "300"]),
    "day": ([], ["--contacts", "3000", "--agents", "30", "--queues", "6"]),
    "table": ([], ["--seconds", "1"]),
    "panel": ([], ["--keys", "30", "--seconds", "8"]),
    "cli": ([], ["5"]),
    "odoo": ([], ["--partners", "1000", "--lookups", "50"]),
    "messaging": ([], ["--messages", "50"]),
    "phone": (["--rounds", "40"], ["--rounds", "5"]),
    "asterisk": (["--calls", "100"], ["--calls", "20"]),
    "xmpp": ([], ["--changes", "20"]),
    "twilio": ([], ["--calls", "10"]),
    "imports": ([], ["--runs", "3"]),
    "history": ([], ["--interactions", "300000", "--days", "120", "--rounds", "5"]),
}
"""What each is given in full and in a hurry."""
LONGEST = 1_200.0


def run(name: str, arguments: list[str]) -> dict[str, Any]:
    """What one bench prints."""
    began = time.monotonic()
    command = [sys.executable, "-m", f"tests.bench.bench_{name}", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST)
        figures = json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr[-2_000:]}
    except (subprocess.TimeoutExpired, ValueError) as error:
        figures = {"error": f"{type(error).__name__}: {error}"[:2_000]}
    return {**figures, "took_s": round(time.monotonic() - began, 1)}


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to see that all work, not to quote figures")
    parser.add_argument("--only", action="append", choices=list(BENCHES), help="just this one; may be given again")
    options = parser.parse_args()
    chosen = options.only or list(BENCHES)
    results = {}
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        results[name] = run(name, BENCHES[name][options.quick])
    about: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
    about["load_average"] = [round(load, 2) for load in os.getloadavg()]
    json.dump({"about": about | {"quick": options.quick}, "benches": results}, sys.stdout, indent=1)
    sys.stdout.write("\n")
    return int(any("error" in result for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
