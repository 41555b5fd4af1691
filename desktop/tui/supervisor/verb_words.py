"""How a supervisor's verbs are shown: the key, the dialog's title, what must be selected, the audit log's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from desktop.domain.entities.floor import FloorVerb
from desktop.words.marks import mark, pmark


@dataclass(frozen=True, slots=True)
class VerbWords:
    """Marked words of one verb.

    Attributes:
        key: the name of its key in the table.
        did: what was done, as the audit log says it.
        title: of the dialog that asks before it is done; "" where nothing is asked.
        first: what must be selected first.
        effect: what comes of it, where its name does not say that; "" where it does.
    """

    key: str
    did: str
    title: str = ""
    first: str = ""
    effect: str = ""


_ON_A_CALL = mark("Select an agent on a call first, other than yourself (2: agents).")
_AN_AGENT = mark("Select an agent first (2: agents).")
_A_WAITING = mark("Select a waiting or ringing contact first: enter on a queue lists them.")

SHOWN: Final[Mapping[FloorVerb, VerbWords]] = {
    FloorVerb.LISTEN: VerbWords(
        "listen", pmark("audit", "listened to"), mark("Listen"), _ON_A_CALL, mark("no one can hear you")
    ),
    FloorVerb.WHISPER: VerbWords(
        "whisper",
        pmark("audit", "whispered to"),
        mark("Whisper to the agent"),
        _ON_A_CALL,
        mark("the customer cannot hear you"),
    ),
    FloorVerb.BARGE: VerbWords(
        "barge",
        pmark("audit", "joined the call of"),
        mark("Barge in (both hear you)"),
        _ON_A_CALL,
        mark("both can hear you"),
    ),
    FloorVerb.END_MONITOR: VerbWords("stop_listening", pmark("audit", "stopped listening to")),
    FloorVerb.TAKE_OVER: VerbWords(
        "take_over",
        pmark("audit", "took over"),
        mark("Take over"),
        mark("Select an agent who has a contact first, other than yourself (2: agents)."),
    ),
    FloorVerb.REASSIGN: VerbWords(
        "reassign",
        pmark("audit", "reassigned"),
        mark("Reassign to another agent"),
        mark("Select a waiting, ringing or active contact first: enter on a row lists them."),
    ),
    FloorVerb.MOVE: VerbWords("move", pmark("audit", "moved"), mark("Move to another queue"), _A_WAITING),
    FloorVerb.PRIORITY: VerbWords(
        "priority", pmark("audit", "changed the priority of"), mark("Change the priority"), _A_WAITING
    ),
    FloorVerb.WITHDRAW: VerbWords(
        "withdraw",
        pmark("audit", "withdrew"),
        mark("Withdraw and close"),
        mark("Select a contact that is waiting, ringing or stuck first; a conversation is never cut off."),
    ),
    FloorVerb.AGENT_STATE: VerbWords(
        "agent_state", pmark("audit", "changed the state of"), mark("Change the agent's state"), _AN_AGENT
    ),
    FloorVerb.MESSAGE: VerbWords(
        "message", pmark("audit", "messaged"), mark("Message to {agent}"), _AN_AGENT, mark("only the agent reads it")
    ),
    FloorVerb.BROADCAST: VerbWords(
        "broadcast",
        pmark("audit", "messaged the team"),
        mark("Message to the team"),
        effect=mark("press twice · everyone, or one state"),
    ),
    FloorVerb.ANSWER_HELP: VerbWords(
        "answer_help",
        pmark("audit", "answered the help request of"),
        mark("Help for {agent}"),
        mark("Select a help request first (3: alerts)."),
    ),
    FloorVerb.ACKNOWLEDGE: VerbWords(
        "acknowledge",
        pmark("audit", "acknowledged"),
        mark("Acknowledge"),
        mark("Select an unacknowledged alert first (3: alerts)."),
    ),
}
OTHER_DEEDS: Final = {"open_recording": pmark("audit", "opened the recording of")}
"""What else supervisors do, for which nobody asks for a reason, by the contact centre's own word."""
VERB_OF: Final = {words.key: verb for verb, words in SHOWN.items()}
"""The verb of each key."""
