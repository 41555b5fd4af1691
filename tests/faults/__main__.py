"""`python -m tests.faults`: plants every fault, says what caught it, and ends with 1 if nothing caught one."""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.faults.planted import Fault, copied, faults


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="so many copies of the project at once")
    parser.add_argument("--only", default="", metavar="TEXT", help="only those whose file or words have TEXT")
    chosen = parser.parse_args()
    wanted = [one for one in faults() if chosen.only in one.file or chosen.only in one.wrong]
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(chosen.jobs):
            copies.put(copied(Path(folder) / str(number)))

        def tried(fault: Fault) -> str:
            copy = copies.get()
            try:
                return fault.caught_by(copy)
            finally:
                copies.put(copy)

        missed = 0
        with ThreadPoolExecutor(chosen.jobs) as pool:
            for fault, caught in zip(wanted, pool.map(tried, wanted), strict=True):
                missed += not caught
                print(f"{fault.file}: {fault.wrong}\n    {caught or 'NOTHING CAUGHT IT'}", flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
