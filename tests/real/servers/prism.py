"""Prism, which stands in front of a server and holds requests and answers against an OpenAPI document."""

import json
import re
from pathlib import Path
from typing import Any

from tests.real.servers.server import Server, free_port
from tests.real.servers.vendor_tools import vendor_tools

PACKAGES = {"@stoplight/prism-cli": "5.14.2"}
_ASKED = re.compile(r"(get|post|put|patch|delete) (/\S+)")
_REFUSED = re.compile(r"has returned 4\d\d$")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _write_out(document: dict[str, Any]) -> None:
    """Say of lists in forms what OpenAPI says of them by default, a field for each value: Prism knows no default."""
    for calls in document["paths"].values():
        for call in calls.values():
            body = call.get("requestBody", {}) if isinstance(call, dict) else {}
            form = body.get("content", {}).get("application/x-www-form-urlencoded")
            named = form["schema"].get("properties", {}) if form else {}
            lists = [name for name, schema in named.items() if schema.get("type") == "array"]
            if lists:
                form["encoding"] = {name: {"style": "form", "explode": True} for name in lists}


class Prism(Server):
    """A validating proxy. What breaks the document is answered as an error, and stands in the log."""

    def __init__(self, document: Path, upstream: str) -> None:
        """`upstream`: where what is in order goes, `http://host:port`."""
        super().__init__()
        self.document = document
        self._upstream = upstream
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen. Raises CannotStart without Node.js or npm."""
        program = vendor_tools("prism", PACKAGES) / ".bin" / "prism"
        written_out = self.folder / self.document.name
        document = json.loads(self.document.read_text(encoding="utf-8"))
        _write_out(document)
        written_out.write_text(json.dumps(document), encoding="utf-8")
        words = [str(program), "proxy", "--errors", "-h", "127.0.0.1", "-p", str(self.port)]
        self.spawn([*words, str(written_out), self._upstream])
        self.wait_until(lambda: self.listening(self.port), "prism")

    def log(self) -> str:
        """What it has said so far."""
        return _COLOURS.sub("", (self.folder / "log").read_text(errors="replace"))

    def violations(self) -> list[str]:
        """The lines that name a breach of the document.

        Documents that describe no refusals do not count against a server that refuses: as many unknown statuses as
        there were answers of 400 to 499 are left out.
        """
        lines = self.log().splitlines()
        named = [line for line in lines if "violation" in line.lower() or " error " in line.lower()]
        unknown = [line for line in named if "Unable to match the returned status code" in line]
        refusals = sum(1 for line in lines if _REFUSED.search(line))
        return [line for line in named if line not in unknown] + unknown[refusals:]

    def asked(self) -> set[tuple[str, str]]:
        """Methods and paths that were judged."""
        return {(found[1].upper(), found[2]) for found in _ASKED.finditer(self.log())}
