"""The keys of the supervisor's screen beside those that mean the same on the agent's: bindings, footer, help, palette
and README come from this table, too."""

from desktop.tui.key import Key


def _key(name: str, letters: str, label: str, text: str, group: str) -> Key:
    return Key(name, name, (), tuple(letters.split()), label, text, group)


_ACTS, _LOOKS, _PAGES = "Acting", "Looking", "Pages"

FLOOR_KEYS: tuple[Key, ...] = (
    _key("listen", "l", "listen", "Listen to the selected agent's call; they are not disturbed.", _ACTS),
    _key("whisper", "w", "whisper", "Speak to the agent; the customer does not hear it.", _ACTS),
    _key("barge", "b", "barge in", "Speak with both of them.", _ACTS),
    _key("stop_listening", "x", "stop listening", "Take part in the call no more.", _ACTS),
    _key(
        "take_over",
        "t",
        "take over",
        "Have the conversation yourself: twice. The agent wraps up their part.",
        _ACTS,
    ),
    _key("reassign", "e", "reassign", "Give a contact to another agent: twice.", _ACTS),
    _key("move", "m", "move", "Put somebody who waits into another queue; they keep their place by arrival.", _ACTS),
    _key("priority", "p", "priority", "Have somebody who waits come sooner or later.", _ACTS),
    _key(
        "withdraw",
        "u",
        "withdraw",
        "Take a contact out of the queue and close it: twice.",
        _ACTS,
    ),
    _key(
        "agent_state", "c", "change state", "Change an agent's availability; on a contact: as what comes next.", _ACTS
    ),
    _key("message", "n", "message", "Write a line to the agent.", _ACTS),
    _key("answer_help", "h", "answer help", "Answer a request for help, or close it.", _ACTS),
    _key("acknowledge", "k", "acknowledge", "Say that you deal with an alert; every other supervisor sees it.", _ACTS),
    _key("filter", "slash", "filter", "Type what the rows must contain; esc shows all again.", _LOOKS),
    _key("sort_left", "less_than_sign comma", "sort left", "Sort by the column to the left.", _LOOKS),
    _key("sort_right", "greater_than_sign full_stop", "sort right", "Sort by the column to the right.", _LOOKS),
    _key("sort_turn", "equals_sign", "turn", "Turn the order round.", _LOOKS),
    _key("group", "g", "group", "Group the agents by state, team, queue or skill, or not.", _LOOKS),
    _key("formula", "f", "formula", "The next formula of service level, everywhere at once.", _LOOKS),
    _key("formula_back", "F", "formula back", "The formula before.", _LOOKS),
    _key("compare", "C", "compare", "What every formula makes of the selected queue.", _PAGES),
    _key("definitions", "D", "definitions", "What each figure means.", _PAGES),
    _key("audit", "A", "audit", "Who did what, to whom, and why.", _PAGES),
    _key("reports", "R", "reports", "The past: intervals, plots, single contacts.", _PAGES),
    _key("quality", "S", "scorecards", "Scorecards, calibration and coaching.", _PAGES),
    _key("export", "E", "export", "Write what is on screen to a file, as CSV and JSON.", _PAGES),
)

FLOOR_BY_ID = {key.id: key for key in FLOOR_KEYS}
"""The keys in force, by name."""

SHARED = (
    *("accept", "decline", "state", "outbox", "retry", "news", "diagnostics", "palette", "repaint", "help", "pane"),
    *("back", "quit", "floor"),
)
"""Names of the agent's table that do the same on both screens."""
