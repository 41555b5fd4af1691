"""The keys of the supervisor's screen beside those that mean the same on the agent's: bindings, footer, help, palette
and README come from this table, too."""

from desktop.tui.keys.key import Key
from desktop.words.marks import mark


def _key(name: str, letters: str, label: str, text: str, group: str) -> Key:
    return Key(name, name, (), tuple(letters.split()), label, text, group)


_ACTS, _LOOKS, _PAGES = mark("Acting"), mark("Looking"), mark("Pages")

FLOOR_KEYS: tuple[Key, ...] = (
    _key("acts", "space", mark("act"), mark("List what can be done about the selected row, each with its key."), _ACTS),
    _key("listen", "l", mark("listen"), mark("Listen to the selected agent's call; they are not disturbed."), _ACTS),
    _key("whisper", "w", mark("whisper"), mark("Speak to the agent only; the customer cannot hear you."), _ACTS),
    _key("barge", "b", mark("barge in"), mark("Speak with both the agent and the customer."), _ACTS),
    _key("stop_listening", "x", mark("stop listening"), mark("Leave the call."), _ACTS),
    _key(
        "take_over",
        "t",
        mark("take over"),
        mark("Take the conversation over (press twice). The agent wraps up their part."),
        _ACTS,
    ),
    _key("reassign", "e", mark("reassign"), mark("Give a contact to another agent (press twice)."), _ACTS),
    _key(
        "move", "m", mark("move"), mark("Move a waiting customer to another queue; their arrival time is kept."), _ACTS
    ),
    _key("priority", "p", mark("priority"), mark("Have a waiting customer answered sooner or later."), _ACTS),
    _key(
        "withdraw",
        "u",
        mark("withdraw"),
        mark("Take a contact out of the queue and close it (press twice)."),
        _ACTS,
    ),
    _key(
        "agent_state",
        "c",
        mark("change state"),
        mark("Change an agent's availability; during a contact, for afterwards."),
        _ACTS,
    ),
    _key("message", "n", mark("message"), mark("Send the agent a message."), _ACTS),
    _key(
        "broadcast",
        "N",
        mark("message the team"),
        mark("Send one message to the whole team, or to those in one state (press twice)."),
        _ACTS,
    ),
    _key("answer_help", "h", mark("answer help"), mark("Answer a request for help, or close it."), _ACTS),
    _key(
        "acknowledge",
        "k",
        mark("acknowledge"),
        mark("Tell the other supervisors that you are dealing with an alert."),
        _ACTS,
    ),
    _key("read", "L", mark("read along"), mark("Read a written contact along: who wrote what, and when."), _LOOKS),
    _key("filter", "slash", mark("filter"), mark("Show only rows that contain what you type; esc shows all."), _LOOKS),
    _key("sort_left", "less_than_sign comma", mark("sort left"), mark("Sort by the column to the left."), _LOOKS),
    _key(
        "sort_right",
        "greater_than_sign full_stop",
        mark("sort right"),
        mark("Sort by the column to the right."),
        _LOOKS,
    ),
    _key("sort_turn", "equals_sign", mark("reverse"), mark("Reverse the order."), _LOOKS),
    _key("group", "g", mark("group"), mark("Group the agents by state, team, queue or skill, or not at all."), _LOOKS),
    _key("formula", "f", mark("formula"), mark("Switch to the next service level formula, on every pane."), _LOOKS),
    _key("formula_back", "F", mark("formula back"), mark("Back to the previous formula."), _LOOKS),
    _key("compare", "C", mark("compare"), mark("Compare all formulas for the selected queue."), _PAGES),
    _key("definitions", "D", mark("definitions"), mark("How each figure is defined."), _PAGES),
    _key("audit", "A", mark("audit"), mark("The audit log: who did what, to whom, and why."), _PAGES),
    _key("reports", "R", mark("reports"), mark("Reports on the past: charts, intervals, single contacts."), _PAGES),
    _key("quality", "S", mark("scorecards"), mark("Scorecards, calibration and coaching."), _PAGES),
    _key("export", "E", mark("export"), mark("Save what is on screen as CSV or JSON."), _PAGES),
)

FLOOR_BY_ID = {key.id: key for key in FLOOR_KEYS}
"""The keys in force, by name."""

SHARED = (
    *("accept", "decline", "state", "outbox", "retry", "news", "diagnostics", "palette", "repaint", "help", "pane"),
    *("back", "quit", "floor", "settings"),
)
"""Names of the agent's table that do the same on both screens."""
