"""Notes and wrap-ups, from the first key to the CRM's receipt."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "note.record_safe": mark("Your record is safe here."),
    "note.not_ended": mark("The contact has not ended yet."),
    "note.end_it_first": mark("End it first."),
    "note.note_safe": mark("Your note is safe here."),
    "note.all_safe": mark("Your notes are safe."),
    "note.not_saved": mark("The {about} is NOT SAVED: {why:clause}."),
    "note.not_mine": mark("another agent's words about this contact have to go to the outbox first"),
    "note.was_damaged": mark("A note was damaged on this machine. It is in the outbox as far as it can be read."),
    "note.parked": mark("{why:sentence} Note and follow-ups are in the outbox: {outbox:key} shows them."),
    "note.not_passed_on": mark("Your note was not passed on to the next agent."),
    "note.still_yours": mark("It is still your record."),
    # What finishing a wrap-up came to.
    "wrap_up.left": mark("This contact has left your desk."),
    "wrap_up.goes_to_outbox": mark("What you wrote goes to the outbox in a moment."),
    "wrap_up.is_in_outbox": mark("What you wrote is in the outbox."),
    "wrap_up.callback_without_time": mark("The callback has no time yet. Say when, or discard it."),
    "wrap_up.not_kept": mark(
        "The wrap-up was not finished. {why:clause}. Your note is still in the editor. Make room, then finish again."
    ),
    "wrap_up.finished": mark("Finished."),
    "wrap_up.delivered": mark("The CRM has the note."),
    "wrap_up.being_sent": mark("The note is being sent to the CRM."),
    "wrap_up.waits": mark("{why:sentence} The note is safe in the outbox and is sent automatically."),
    "wrap_up.no_crm": mark("This profile has no CRM: the note is kept in the outbox. {outbox:key} shows it."),
    "wrap_up.not_accepted": mark("The CRM did not accept the note: it is safe in the outbox. {outbox:key} shows it."),
    # What the rule of the queue still wants.
    "wrap_up.unknown_code": mark("This queue has no code {codes}."),
    "wrap_up.same_code_twice": mark("The same code is chosen twice."),
    "wrap_up.no_codes_here": mark("This queue does not use codes."),
    "wrap_up.one_at_most": mark("This queue allows one code at most."),
    "wrap_up.one_only": mark("This queue allows one code only."),
    "wrap_up.choose_one": mark("Choose a code."),
    "wrap_up.choose_some": mark("Choose at least one code."),
    "wrap_up.note_required": mark("This queue requires a note."),
    # Whose words are in memory only, in the middle of a sentence.
    "unsaved.note_about": mark("note about {whom} (contact {contact})"),
    "unsaved.note": mark("note of {contact}"),
    "unsaved.message": mark("message to {whom}"),
    "unsaved.outbox_change": mark("change in the outbox"),
    "unsaved.review": mark("words about {subject}"),
    "unsaved.codes": mark("codes: {codes}"),
    "unsaved.follow_up": mark("follow-up: {parts}"),
}
