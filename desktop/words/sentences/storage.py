"""What is kept on this machine, and why it cannot be kept or read."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark, plural

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "store.full": mark("No room left to keep text on this machine ({folder})."),
    "store.damaged": mark("{path} is damaged."),
    "store.damaged_again": mark("{path} is damaged again and again; the disk needs a person."),
    "store.being_replaced": mark("{path} is damaged and is being replaced."),
    "store.cannot_be_used": mark("{path} cannot be used: {why:clause}."),
    "store.cannot_be_written": mark("{path} cannot be written: {why:clause}."),
    "store.no_folder": mark("{path} cannot be written: there is a file where a folder should be."),
    "store.not_by_this_user": mark("{path} cannot be written by this user."),
    "store.of_another_user": mark("{path} belongs to another user."),
    "store.is_a_folder": mark("{path} is a folder, and no file."),
    "store.read_only": mark("{path} was opened for reading only."),
    "store.locked": mark("Another program is holding {path}."),
    "store.closed": mark("The store is closed."),
    "store.session_over": mark("The session is over."),
    "store.nothing_kept": mark("Nothing is kept on this machine for this profile yet."),
    "store.not_open_yet": mark("Nothing can be kept on this machine yet."),
    "store.still_reading": mark("What was kept on this machine is still being read."),
    "store.unstorable": mark("A name or number from outside cannot be kept as it is."),
    "store.too_new": mark("A newer desktop keeps this file (version {found}, this one knows {known})."),
    "store.traces_in_use": mark(
        "The rows are deleted, but another program keeps their traces in use; erase once more."
    ),
    "store.cannot_save": mark(
        "Notes cannot be saved: {why:clause}. What you type stays in memory. Retrying every few seconds."
    ),
    "store.links_until_quit": mark("Your links between these records are kept only until you quit: {why:clause}."),
    "store.was_damaged": mark("What is kept on this machine was damaged."),
    "store.newest_missing": plural(
        "The newest of what was kept here is missing: {n} note or record, delivered or not.",
        "The newest of what was kept here is missing: {n} notes or records, delivered or not.",
    ),
    "store.damaged_rows": plural(
        "Damaged on this machine, and not what was written: {n} note or record. It is not sent; {outbox:key} shows it.",
        "Damaged on this machine, and not what was written: {n} notes or records. They are not sent; {outbox:key}"
        " shows them.",
    ),
    "store.taken_over": mark("Taken over: {notes} notes, {records} outbox records."),
    "store.of_them_damaged": plural(
        "{n} of them is damaged and not sent: {outbox:key}.", "{n} of them are damaged and not sent: {outbox:key}."
    ),
    "store.unreadable_in_part": mark("Unreadable in part: {tables:table}."),
    "store.some_missing": mark("Some may be missing; the old file is {file}."),
    "store.old_file": mark("Old file: {file}"),
    "store.sqlite_not_safe": mark(
        "SQLite {version} can damage a file that two programs write at once; 3.51.3 cannot. One desktop per profile"
        " keeps it safe."
    ),
    "store.index_wrong": mark("The index of the outbox did not find every row."),
    "store.no_reserve": mark("There is no room in reserve for the last words on a full disk."),
    "lock.held": mark("This profile is already open in process {pid} on {host}."),
    "lock.held_by_another": mark("This profile is already open in another process."),
    "lock.asked": mark(
        "This profile is already open in process {pid} on {host}, which was asked to leave and has not yet."
    ),
    "lock.asked_another": mark(
        "This profile is already open in another process, which was asked to leave and has not yet."
    ),
}
