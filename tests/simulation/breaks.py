"""Schedules on which an earlier desktop lost, doubled, altered or misstated something, each by its name."""

from dataclasses import dataclass

from tests.simulation.world import Event, Setting

ONE, TWO = Setting(), Setting(2, "all")
KEYLESS = Setting(keeps_keys=False)

CENTRE, CRM, SENDER = 0, 1, 2
"""Targets by number, where there is one CRM."""


@dataclass(frozen=True, slots=True)
class Break:
    """What went wrong, when, and which rule says so."""

    name: str
    rules: tuple[str, ...]
    events: tuple[Event, ...]
    setting: Setting = ONE


BREAKS: tuple[Break, ...] = (
    Break(
        "follow-ups of a wrap-up that timed out never leave",
        ("never delivered",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("type", 0), ("code", 0, 1), ("plan", 0, "sms"), ("plan", 0, "callback"),
            ("hang_up", 0), ("wait", 1.0), ("time_out", 0), ("wait", 5.0), ("send_parked",), ("wait", 5.0),
        ),
    ),
    Break(
        "follow-ups of a contact that is gone at the restart never leave",
        ("never delivered",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("type", 0), ("plan", 0, "callback"), ("plan", 0, "case"), ("wait", 1.0),
            ("kill", 0), ("hang_up", 0), ("time_out", 0), ("start",), ("wait", 5.0), ("send_parked",), ("wait", 5.0),
        ),
    ),
    Break(
        "follow-ups put aside for a newer note never leave",
        ("never delivered", "lost", "doubled"),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("plan", 0, "callback"), ("wait", 1.0), ("late", "locked"),
            ("crash", 0), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("heal_disk",), ("wait", 8.0), ("send_parked",),
        ),
    ),
    Break(
        "of several CRMs only the first gets the record of a wrap-up that timed out",
        ("never delivered",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("type", 0), ("code", 0, 1), ("hang_up", 0), ("wait", 1.0),
            ("time_out", 0), ("wait", 5.0), ("send_parked",), ("wait", 5.0),
        ),
        TWO,
    ),
    Break(
        "a note whose contact is gone at the restart can never be delivered",
        ("never delivered", "facts of the contact"),
        (
            ("ring", 0, 0), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("kill", 0), ("hang_up", 0), ("time_out", 0),
            ("start",), ("wait", 5.0), ("send_parked",), ("wait", 5.0),
        ),
    ),
    Break(
        "a note goes out under the name of who signs in next",
        ("another's name",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("transfer", 0), ("sign_in", 1), ("wait", 1.0),
            ("hang_up", 0), ("wait", 0.5), ("finish", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "one refused row stops all others of its target",
        ("stuck",),
        (
            ("ring", 0, 2), ("ring", 1, 2), ("wait", 0.5), ("type", 0), ("type", 1), ("hang_up", 0), ("hang_up", 1),
            ("wait", 1.0), ("refuse_one", CRM, "forbidden", 0), ("finish", 0), ("wait", 1.0), ("finish", 1),
            ("wait", 20.0),
        ),
    ),
    Break(
        "a CRM that hangs holds up a text message",
        ("stuck",),
        (
            ("ring", 0, 2), ("ring", 1, 1), ("wait", 0.5), ("type", 0), ("plan", 1, "sms"), ("hang_up", 0),
            ("hang_up", 1), ("wait", 1.0), ("break", CRM, "hangs"), ("finish", 0), ("wait", 1.0), ("finish", 1),
            ("wait", 8.0),
        ),
    ),
    Break(
        "a disk that comes late costs the codes and follow-ups of the last run",
        ("lost",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("code", 0, 1), ("plan", 0, "callback"), ("wait", 1.0),
            ("late", "locked"), ("crash", 0), ("wait", 0.5), ("heal_disk",), ("wait", 8.0), ("type", 0), ("wait", 1.0),
        ),
    ),
    Break(
        "killed just after finishing, an empty second record is written",
        ("empty",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("once", CENTRE, "hangs", 1),
            ("finish", 0), ("wait", 0.1), ("crash", 0), ("wait", 1.0), ("finish", 0), ("wait", 5.0),
        ),
    ),
    Break(
        "words typed while the wrap-up is being finished are lost",
        ("lost",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("hang_up", 0), ("wait", 0.5),
            ("slow_disk", 0.3), ("finish", 0), ("type", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "a note that was parked and came back goes twice",
        ("doubled",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("hole", 0), ("wait", 5.0),
            ("unhole", 0), ("wait", 1.0), ("type", 0), ("wait", 1.0), ("finish", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "finished is said of a record that is parked",
        ("said on its way",),
        (
            ("ring", 0, 4), ("wait", 0.5), ("type", 0), ("wait", 0.5), ("hole", 0), ("wait", 3.0), ("unhole", 0),
            ("hang_up", 0), ("wait", 0.5), ("finish", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "a finish that was broken off leaves the draft, and a second record goes",
        ("doubled", "said saved", "empty"),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("slow_disk", 1.5),
            ("finish", 0), ("cancel",), ("wait", 3.0), ("heal_disk",), ("type", 0), ("wait", 3.0), ("finish", 0),
        ),
    ),
    Break(
        "a disk that is full after a delivery has it sent again and again",
        ("sent again",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("once", CRM, "slow", 1),
            ("finish", 0), ("wait", 1.0), ("disk", "full"), ("wait", 20.0),
        ),
    ),
    Break(
        "a disk that is full after a delivery has a customer texted again and again",
        ("sent again", "doubled"),
        (
            ("ring", 0, 1), ("wait", 0.5), ("plan", 0, "sms"), ("hang_up", 0), ("wait", 1.0),
            ("once", SENDER, "slow", 1), ("finish", 0), ("wait", 1.0), ("disk", "full"), ("wait", 20.0),
        ),
        KEYLESS,
    ),
    Break(
        "an answer that is lost has a sender without keys send twice",
        ("doubled",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("plan", 0, "sms"), ("hang_up", 0), ("wait", 1.0),
            ("once", SENDER, "unknown", 1), ("finish", 0), ("wait", 20.0),
        ),
        KEYLESS,
    ),
    Break(
        "purged after the clock jumped, a draft is gone that is nowhere else",
        ("lost", "said saved"),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("clock", 691_200.0),
            ("once", CENTRE, "unavailable", 1), ("finish", 0), ("wait", 1.0), ("clock", -691_200.0), ("wait", 1.0),
            ("type", 0), ("wait", 2.0), ("clock", 691_200.0), ("purge",), ("wait", 1.0),
        ),
    ),
    Break(
        "erased with the address named, an unlinked draft stays",
        ("traces after erasing",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("unlink", 0), ("wait", 0.2), ("type", 0), ("wait", 1.0),
            ("erase", 0, True),
        ),
    ),
    Break(
        "erased with the address named, a parked row stays",
        ("traces after erasing",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("unlink", 0), ("wait", 0.2), ("type", 0), ("wait", 1.0), ("kill", 0),
            ("hang_up", 0), ("time_out", 0), ("start",), ("wait", 5.0), ("erase", 0, True),
        ),
    ),
    Break(
        "erased, a draft stays that was linked after its last key",
        ("traces after erasing",),
        (
            ("ring", 0, 3), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("choose", 0, 0), ("wait", 1.0),
            ("erase", 3, False),
        ),
    ),
    Break(
        "a flipped byte in a draft comes back as another word",
        ("altered",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("kill", 0), ("flip", "draft", 0, 1),
            ("start",), ("wait", 1.0), ("hang_up", 0), ("wait", 0.5), ("finish", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "after a page was destroyed nothing is saved any more",
        ("not kept",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("destroy_page", 0), ("start",), ("wait", 1.0),
            ("type", 0), ("wait", 70.0),
        ),
    ),
    Break(
        "a flipped byte in a waiting row",
        ("altered",),
        (
            ("ring", 0, 4), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("break", CRM, "unavailable"),
            ("finish", 0), ("wait", 1.0), ("flip", "row", 0, 1), ("heal", CRM), ("wait", 20.0),
        ),
    ),
    Break(
        "finished while the record is being parked on a slow disk",
        ("doubled",),
        (
            ("ring", 0, 3), ("type", 0), ("hole", 0), ("slow_disk", 1.5), ("wait", 2.5), ("hang_up", 0),
            ("code", 0, 2), ("unhole", 0), ("wait", 0.5), ("finish", 0),
        ),
    ),
    Break(
        "half a text stands in the field when its contact leaves",
        ("doubled",),
        (
            ("ring", 0, 2), ("wait", 0.5), ("begin", 0, "sms"), ("hang_up", 0), ("wait", 0.5), ("time_out", 0),
            ("wait", 5.0),
        ),
    ),
    Break(
        "what the last run left is sent although the file comes late",
        ("stuck",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("break", CRM, "unavailable"),
            ("finish", 0), ("wait", 1.0), ("late", "locked"), ("crash", 0), ("heal", CRM), ("wait", 1.0),
            ("heal_disk",), ("wait", 8.0), ("wait", 8.0),
        ),
    ),
    Break(
        "half a text is finished: it needs its consent",
        ("never delivered",),
        (("ring", 0, 1), ("wait", 0.5), ("begin", 0, "sms"), ("hang_up", 0), ("wait", 1.0), ("finish", 0)),
    ),
    Break(
        "a note of another agent leaves the editor",
        ("another's name",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("transfer", 0), ("sign_in", 1), ("type", 0),
            ("wait", 3.0), ("type", 0),
        ),
    ),
    Break(
        "a word comes in the moment in which its contact leaves",
        ("never delivered",),
        (("ring", 0, 4), ("wait", 0.5), ("hang_up", 0), ("wait", 0.5), ("finish", 0), ("select", 0), ("type", 0)),
    ),
    Break(
        "one CRM's copy is given another customer",
        ("doubled",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("break", 2, "rejected"),
            ("finish", 0), ("wait", 2.0), ("heal", 2), ("amend", 3, "customer"), ("wait", 1.0),
        ),
        TWO,
    ),
    Break(
        "a follow-up planned after a record that was discarded",
        ("never delivered",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("plan", 0, "sms"), ("hang_up", 0), ("wait", 1.0),
            ("once", CRM, "unsupported", 1), ("finish", 0), ("plan", 0, "callback"), ("wait", 0.5),
            ("discard_parked", 0), ("wait", 5.0), ("send_parked",), ("wait", 5.0),
        ),
    ),
    Break(
        "a follow-up planned while the wrap-up is being finished",
        ("lost",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("wait", 1.0), ("hang_up", 0), ("wait", 0.5),
            ("slow_disk", 0.3), ("finish", 0), ("plan", 0, "callback"), ("wait", 3.0),
        ),
    ),
    Break(
        "whose contact it was is known after a restart while the CRM is down",
        ("never delivered",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("plan", 0, "case"), ("wait", 1.0), ("break", CRM, "unavailable"),
            ("clock", 200_000.0), ("purge",), ("crash", 0), ("wait", 1.0), ("hang_up", 0), ("wait", 2.5),
            ("time_out", 0), ("wait", 5.0), ("heal", CRM), ("send_parked",), ("wait", 5.0),
        ),
    ),
    Break(
        "killed between two writes of finishing",
        ("lost",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("slow_disk", 0.3),
            ("finish", 0), ("wait", 0.4), ("crash", 0), ("wait", 1.0),
        ),
    ),
    Break(
        "a row that waits is never purged",
        ("lost",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("break", CRM, "unavailable"),
            ("finish", 0), ("wait", 1.0), ("clock", 3_456_000.0), ("purge",), ("wait", 1.0),
        ),
    ),
    Break(
        "a row is tried again soon after its target is well",
        ("stuck",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("type", 0), ("hang_up", 0), ("wait", 1.0), ("once", CRM, "unavailable", 1),
            ("finish", 0), ("wait", 200.0), ("wait", 200.0),
        ),
    ),
    Break(
        "a receipt with a lone surrogate stops its target",
        ("sent again", "stuck"),
        (
            ("ring", 0, 1), ("wait", 0.5), ("plan", 0, "sms"), ("hang_up", 0), ("wait", 1.0), ("garble", 1),
            ("finish", 0), ("wait", 20.0),
        ),
    ),
    Break(
        "a text that the agent escaped from is sent",
        ("sent though taken back",),
        (
            ("ring", 0, 1), ("wait", 0.5), ("hang_up", 0), ("wait", 0.5), ("begin", 0, "sms"), ("esc", 0),
            ("wait", 1.0), ("finish", 0), ("wait", 3.0),
        ),
    ),
    Break(
        "words typed while the record before them was being parked stay behind",
        ("never delivered",),
        (
            ("ring", 0, 1), ("hang_up", 0), ("type", 0), ("time_out", 0), ("select", 0), ("ring", 0, 1), ("wait", 0.3),
            ("plan", 0, "task"), ("type", 0), ("wait", 1.0), ("plan", 0, "callback"), ("ring", 0, 5),
            ("slow_disk", 1.5), ("code", 0, 3), ("type", 0), ("transfer", 0), ("wait", 5.0), ("type", 0),
        ),
    ),
    Break(
        "words typed while the record before them was being finished go to one CRM of two",
        ("never delivered",),
        (
            ("slow_disk", 0.3), ("ring", 0, 2), ("type", 0), ("hang_up", 0), ("finish", 0), ("time_out", 0),
            ("type", 0),
        ),
        TWO,
    ),
    Break(
        "a word deleted while the record is being finished sends the rest of it once more",
        ("doubled",),
        (
            ("slow_disk", 1.5), ("ring", 0, 3), ("type", 0), ("hang_up", 0), ("type", 0), ("hang_up", 0), ("hole", 0),
            ("wait", 0.3), ("code", 0, 2), ("wait", 0.3), ("begin", 0, "case"), ("unhole", 0), ("unhole", 0),
            ("wait", 2.5), ("finish", 0), ("wait", 1.0), ("delete", 0),
        ),
    ),
    Break(
        "a record whose key the CRM knows from before a damage can never be delivered",
        ("never delivered",),
        (
            ("ring", 0, 1), ("hole", 0), ("type", 0), ("wait", 5.0), ("send_parked",), ("hang_up", 2),
            ("destroy_page", 3),
        ),
    ),
    Break(
        "what is written over another agent's words goes out in that agent's name",
        ("another's name",),
        (
            ("ring", 1, 2), ("type", 1), ("wait", 8.0), ("disk", "full"), ("transfer", 1), ("sign_in", 1),
            ("plan", 1, "sms"),
        ),
    ),
    Break(
        "a word deleted while a slow disk writes it is said to be off the disk",
        ("sent though taken back",),
        (
            ("ring", 0, 2), ("hang_up", 0), ("break", 1, "conflict"), ("finish", 0), ("sign_in", 0), ("type", 0),
            ("wait", 0.5), ("type", 0), ("slow_disk", 1.5), ("wait", 2.5), ("delete", 0), ("crash", 99),
        ),
    ),
    Break(
        "after an erasure another message shares the key of the one before, and is never sent",
        ("never delivered",),
        (
            ("ring", 0, 2), ("wait", 2.5), ("plan", 0, "email"), ("hang_up", 0), ("search", 0), ("type", 0),
            ("choose", 0, 1), ("finish", 0), ("erase", 4, True), ("erase", 1, False), ("plan", 0, "email"),
        ),
    ),
    Break(
        "what was under way at a restart and is refused after it goes out once more under a new key",
        ("doubled",),
        (
            ("ring", 0, 4), ("type", 0), ("transfer", 0), ("plan", 0, "callback"), ("wait", 2.5), ("send_parked",),
            ("hang_up", 0), ("refuse_one", 3, "rejected", 0), ("reopen",),
        ),
    ),
    Break(
        "a follow-up in the field left with its record, and is planned again by the next finish",
        ("doubled",),
        (
            ("ring", 0, 3), ("code", 0, 1), ("slow_disk", 1.5), ("hang_up", 0), ("choose", 0, 0), ("wait", 1.0),
            ("finish", 0), ("cancel",), ("begin", 0, "email"),
        ),
    ),
    Break(
        "closed while a parked record comes back, the words typed since take its place",
        ("lost",),
        (
            ("ring", 0, 2), ("type", 0), ("hole", 0), ("slow_disk", 0.3), ("wait", 20.0), ("unhole", 0), ("type", 1),
            ("finish", 0), ("type", 0), ("reopen",),
        ),
    ),
    Break(
        "a code chosen again while the record without it is handed over is said to be saved",
        ("lost",),
        (
            ("ring", 0, 1), ("hang_up", 0), ("code", 0, 1), ("slow_disk", 0.3), ("wait", 8.0), ("uncode", 0),
            ("finish", 0), ("code", 0, 1), ("wait", 0.1), ("type", 0), ("heal_disk",), ("type", 0),
            ("plan", 0, "email"),
        ),
    ),
    Break(
        "a message planned while finishing goes without the consent that the customer has given",
        ("never delivered",),
        (
            ("ring", 1, 1), ("hang_up", 1), ("slow_disk", 1.5), ("finish", 1), ("plan", 1, "sms"), ("time_out", 1),
        ),
    ),
    Break(
        "what is planned from the field while its record is handed over goes out twice",
        ("doubled",),
        (
            ("ring", 0, 0), ("wait", 0.5), ("plan", 0, "sms"), ("slow_disk", 1.5), ("wait", 2.5), ("hang_up", 0),
            ("code", 0, 1), ("finish", 0), ("begin", 0, "sms"), ("send_parked",), ("finish", 0),
        ),
    ),
    Break(
        "an address named for erasing stays where the agent linked its contact to somebody else",
        ("traces after erasing",),
        (("ring", 1, 1), ("search", 1), ("heal", 2), ("choose", 1, 0), ("erase", 1, True)),
    ),
    Break(
        "a key that comes right after its record was parked tells the whole note once more",
        ("doubled",),
        (
            ("ring", 1, 3), ("hole", 1), ("type", 1), ("hang_up", 1), ("transfer", 0), ("wait", 0.3), ("wait", 1.0),
            ("ring", 0, 4), ("wait", 0.5), ("hang_up", 0), ("type", 1), ("wait", 2.5),
        ),
    ),
    Break(
        "a customer chosen by hand is forgotten where the disk can be read only after the search",
        ("never delivered",),
        (
            ("ring", 0, 3), ("wait", 0.5), ("choose", 0, 1), ("plan", 0, "task"), ("wait", 70.0), ("disk", "full"),
            ("crash", 0),
        ),
    ),
    Break(
        "a customer chosen from a search is forgotten after a crash where the contact's address does not find them",
        ("never delivered",),
        (
            ("ring", 0, 3), ("search", 0), ("plan", 0, "email"), ("choose", 0, 0), ("plan", 0, "email"), ("finish", 0),
            ("finish", 0), ("wait", 0.3), ("crash", 1),
        ),
    ),
    Break(
        "the card that one of two CRMs sent of an address named for erasing stays, as the other was never reached",
        ("traces after erasing",),
        (("break", 1, "lost"), ("ring", 0, 3), ("type", 0), ("erase", 3, True)),
        Setting(crms=2, write_back="all", keeps_keys=True),
    ),
    Break(
        "a record parked while its words changed is forgotten where the disk does not take the change",
        ("counts",),
        (
            ("ring", 0, 2), ("slow_disk", 1.5), ("ring", 1, 0), ("begin", 1, "sms"), ("type", 0), ("hole", 1),
            ("wait", 5.0), ("type", 1), ("type", 1), ("add", 1), ("type", 0), ("finish", 1), ("wait", 5.0),
            ("delete", 1), ("code", 0, 1), ("break", 2, "rejected"), ("choose", 1, 0), ("type", 0), ("hole", 0),
            ("disk", "locked"), ("wait", 2.5),
        ),
    ),
    Break(
        "a customer chosen by hand is forgotten where the agent searched again before the disk could be read",
        ("never delivered",),
        (
            ("ring", 0, 3), ("start",), ("choose", 0, 1), ("plan", 0, "case"), ("wait", 2.5), ("late", "no_folder"),
            ("crash", 1), ("search", 0),
        ),
    ),
)  # fmt: skip
