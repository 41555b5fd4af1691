"""How long the command line takes to answer, beside the interpreter alone and a plain argparse program.

`python tests/bench/bench_cli.py [ROUNDS]` prints JSON: milliseconds from starting the process to its end. The three
are run in turn, so that a busy machine slows them all alike.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAIN = """
import argparse
top = argparse.ArgumentParser(prog="plain", description="A plain program.")
commands = top.add_subparsers(dest="command")
for name in "state agents queues interactions customer people timeline events do outbox config".split():
    one = commands.add_parser(name, help="does " + name)
    one.add_argument("--profile", help="which one")
    one.add_argument("id", nargs="?")
top.parse_args()
"""


def measure(command: list[str]) -> float:
    """Milliseconds for one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.py"
        plain.write_text(PLAIN)
        python = sys.executable
        script = Path(python).with_name("agent-desktop")
        programs = {
            "python -c pass": [python, "-c", "pass"],
            "plain argparse --help": [python, str(plain), "--help"],
            "agent-desktop --help": [str(script), "--help"]
            if script.exists()
            else [python, "-m", "desktop.cli", "--help"],
            "agent-desktop backends": [python, "-m", "desktop.cli", "backends"],
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(rounds + 1):
            for name, command in programs.items():
                times[name].append(measure(command))
    figures = {
        name: {
            "p50_ms": round(statistics.median(values[1:]), 1),
            "p95_ms": round(statistics.quantiles(values[1:], n=20)[-1], 1),
        }
        for name, values in times.items()
    }
    print(json.dumps({"bench": "cli", "rounds": rounds, "figures": figures, "target_help_ms": 150}, indent=2))


if __name__ == "__main__":
    main()
