"""The keys of the supervisor's screen beside those that mean the same on the agent's: bindings, footer, help, palette
and README come from this table, too."""

from desktop.tui.keys.key import Key


def _key(name: str, letters: str, label: str, text: str, group: str) -> Key:
    return Key(name, name, (), tuple(letters.split()), label, text, group)


_ACTS, _LOOKS, _PAGES = "Acting", "Looking", "Pages"

FLOOR_KEYS: tuple[Key, ...] = (
    _key("listen", "l", "listen", "Listen to the selected agent's call; they are not disturbed.", _ACTS),
    _key("whisper", "w", "whisper", "Speak to the agent only; the customer cannot hear you.", _ACTS),
    _key("barge", "b", "barge in", "Speak with both the agent and the customer.", _ACTS),
    _key("stop_listening", "x", "stop listening", "Leave the call.", _ACTS),
    _key(
        "take_over",
        "t",
        "take over",
        "Take the conversation over (press twice). The agent wraps up their part.",
        _ACTS,
    ),
    _key("reassign", "e", "reassign", "Give a contact to another agent (press twice).", _ACTS),
    _key("move", "m", "move", "Move a waiting customer to another queue; their arrival time is kept.", _ACTS),
    _key("priority", "p", "priority", "Have a waiting customer answered sooner or later.", _ACTS),
    _key(
        "withdraw",
        "u",
        "withdraw",
        "Take a contact out of the queue and close it (press twice).",
        _ACTS,
    ),
    _key(
        "agent_state", "c", "change state", "Change an agent's availability; during a contact, for afterwards.", _ACTS
    ),
    _key("message", "n", "message", "Send the agent a message.", _ACTS),
    _key("answer_help", "h", "answer help", "Answer a request for help, or close it.", _ACTS),
    _key("acknowledge", "k", "acknowledge", "Tell the other supervisors that you are dealing with an alert.", _ACTS),
    _key("filter", "slash", "filter", "Show only rows that contain what you type; esc shows all.", _LOOKS),
    _key("sort_left", "less_than_sign comma", "sort left", "Sort by the column to the left.", _LOOKS),
    _key("sort_right", "greater_than_sign full_stop", "sort right", "Sort by the column to the right.", _LOOKS),
    _key("sort_turn", "equals_sign", "reverse", "Reverse the order.", _LOOKS),
    _key("group", "g", "group", "Group the agents by state, team, queue or skill, or not at all.", _LOOKS),
    _key("formula", "f", "formula", "Switch to the next service level formula, on every pane.", _LOOKS),
    _key("formula_back", "F", "formula back", "Back to the previous formula.", _LOOKS),
    _key("compare", "C", "compare", "Compare all formulas for the selected queue.", _PAGES),
    _key("definitions", "D", "definitions", "How each figure is defined.", _PAGES),
    _key("audit", "A", "audit", "The audit log: who did what, to whom, and why.", _PAGES),
    _key("reports", "R", "reports", "Reports on the past: charts, intervals, single contacts.", _PAGES),
    _key("quality", "S", "scorecards", "Scorecards, calibration and coaching.", _PAGES),
    _key("export", "E", "export", "Save what is on screen as CSV or JSON.", _PAGES),
)

FLOOR_BY_ID = {key.id: key for key in FLOOR_KEYS}
"""The keys in force, by name."""

SHARED = (
    *("accept", "decline", "state", "outbox", "retry", "news", "diagnostics", "palette", "repaint", "help", "pane"),
    *("back", "quit", "floor"),
)
"""Names of the agent's table that do the same on both screens."""
