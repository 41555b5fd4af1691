"""`python -m tests.real.twilio.trim_specs FOLDER`: cuts the vendor's documents down to the calls that are judged here.

FOLDER is `spec/json` of a copy of the repository twilio/twilio-oai. Nothing is changed but what is left out.
"""

import json
import sys
from pathlib import Path
from typing import Any

SPECS = Path(__file__).parent.parent / "specs"
W, A = "/v1/Workspaces/{WorkspaceSid}", "/2010-04-01/Accounts/{AccountSid}"
C = "/v1/Conversations/{ConversationSid}"
WANTED = {
    "twilio_taskrouter_v1.json": (
        f"{W}/Activities",
        f"{W}/Tasks",
        f"{W}/Tasks/{{Sid}}",
        f"{W}/Tasks/{{TaskSid}}/Reservations",
        f"{W}/TaskQueues",
        f"{W}/TaskQueues/{{TaskQueueSid}}/CumulativeStatistics",
        f"{W}/TaskQueues/{{TaskQueueSid}}/RealTimeStatistics",
        f"{W}/Workers",
        f"{W}/Workers/{{Sid}}",
        f"{W}/Workers/{{WorkerSid}}/Channels",
        f"{W}/Workers/{{WorkerSid}}/Reservations",
        f"{W}/Workers/{{WorkerSid}}/Reservations/{{Sid}}",
        f"{W}/Workflows/{{Sid}}",
    ),
    "twilio_conversations_v1.json": (
        "/v1/Configuration",
        "/v1/Conversations/{Sid}",
        f"{C}/Messages",
        f"{C}/Participants",
        f"{C}/Participants/{{Sid}}",
        f"{C}/Webhooks",
    ),
    "twilio_api_v2010.json": (
        f"{A}/Calls/{{Sid}}.json",
        f"{A}/Conferences.json",
        f"{A}/Conferences/{{Sid}}.json",
        f"{A}/Conferences/{{ConferenceSid}}/Participants.json",
        f"{A}/Conferences/{{ConferenceSid}}/Participants/{{CallSid}}.json",
        f"{A}/Messages.json",
        f"{A}/Messages/{{Sid}}.json",
    ),
}


def references(value: Any) -> set[str]:
    """The names of the schemas that stand somewhere in `value`."""
    if isinstance(value, dict):
        here = {value["$ref"].rpartition("/")[2]} if isinstance(value.get("$ref"), str) else set()
        return here.union(*(references(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(references(one) for one in value))
    return set()


def trimmed(document: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """The document with these paths and the schemas they need."""
    kept = {path: document["paths"][path] for path in paths}
    schemas = document["components"]["schemas"]
    needed: set[str] = set()
    more = references(kept)
    while more - needed:
        needed |= more
        more = set().union(*(references(schemas[name]) for name in needed))
    components = document["components"] | {"schemas": {name: schemas[name] for name in schemas if name in needed}}
    return document | {"paths": kept, "components": components}


def main() -> int:
    """Write them."""
    for name, paths in WANTED.items():
        document = json.loads((Path(sys.argv[1]) / name).read_text(encoding="utf-8"))
        (SPECS / name).write_text(json.dumps(trimmed(document, paths), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
