"""The signatures of the ports as they stand in `ports.json`, and what to do when they do not stand there.

`python -m tests.kit.port_signatures` stores them anew. It refuses to do so while the number of the API is that of other
signatures.
"""

import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from desktop.ports.base import API
from desktop.testing.statics import PORTS

FILE = Path(__file__).with_name("ports.json")
STORE = "python -m tests.kit.port_signatures"

Signatures = Mapping[str, str]


def signatures(ports: Iterable[type] = tuple(PORTS.values())) -> dict[str, str]:
    """How each method of the ports is called, by port and name."""
    return {
        f"{port.__name__}.{name}": _words(method)
        for port in ports
        for name, method in inspect.getmembers(port, inspect.isroutine)
        if not name.startswith("_")
    }


def _words(method: Any) -> str:
    must = "has to be implemented: " if getattr(method, "__isabstractmethod__", False) else ""
    how = "async " if inspect.iscoroutinefunction(method) else ""
    return f"{must}{how}{inspect.signature(method)}"


def changes(stored: Signatures, now: Signatures) -> list[str]:
    """What a backend written for the stored ports does not know: each of them needs another number; a new port none."""
    ports = {_port(name) for name in stored}
    found = [f"{name} is gone" for name in stored.keys() - now.keys()]
    found += [f"{name} was {was}, and is {now[name]}" for name, was in stored.items() if now.get(name, was) != was]
    found += [
        f"{name} is new, and has to be implemented"
        for name in now
        if name not in stored and _port(name) in ports and _must(now[name])
    ]
    return sorted(found)


def _port(name: str) -> str:
    return name.partition(".")[0]


def _must(words: str) -> bool:
    return words.startswith("has to be implemented")


def complaint(stored_api: int, stored: Signatures, api: int, now: Signatures) -> str:
    """What is wrong and what to do about it; empty when the stored signatures are those of the ports."""
    if api == stored_api and (changed := changes(stored, now)):
        return (
            f"The ports changed and their number did not: {'; '.join(changed)}. Raise API in desktop/ports/base.py to"
            f" {api + 1}, set OLDEST_API to the number of the last release, say in CHANGELOG.md what authors of"
            f" plug-ins have to do, and store the signatures: {STORE}"
        )
    if (api, now) != (stored_api, stored):
        return f"The ports changed, and their number fits that. Store the signatures: {STORE}"
    return ""


def main() -> int:
    """Store the signatures; 1 where the number has to be raised first."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {"api": 0, "methods": {}}
    now = signatures()
    if known["api"] == API and changes(known["methods"], now):
        sys.stderr.write(complaint(known["api"], known["methods"], API, now) + "\n")
        return 1
    FILE.write_text(json.dumps({"api": API, "methods": now}, indent=2, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
