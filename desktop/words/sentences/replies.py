"""Replies to customers: canned ones and their files, and those that are held back for a moment."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "replies.wrong": mark("Canned replies, {file}: {why}"),
    "replies.wrong_at": mark("Canned replies, {file}, line {line}: {why}"),
    "replies.unreadable": mark("Canned replies: {file} cannot be read: {why}."),
    "replies.too_many_files": mark("Canned replies, {folder}: more than {most} files; the first {most} are used."),
    "replies.too_many": mark("Canned replies, {folder}: more than {most} replies; the first {most} are used."),
    "replies.too_large": mark("it is too large."),
    "replies.not_tables": mark("each reply stands under [[replies]]."),
    "replies.not_signatures": mark("each signature stands under [[signatures]]."),
    "replies.not_text": mark("{key} must be a text."),
    "replies.not_texts": mark("{key} must be a text or a list of texts."),
    "replies.too_long": mark("{key} has at most {most} characters."),
    "replies.missing": mark("{key} is missing."),
    "replies.no_channel": mark("there is no written channel '{channel}': {known}."),
    "replies.no_placeholder": mark("there is no placeholder {name}."),
    "replies.not_known": mark("'{key}' is not known here."),
    "replies.taken_back": mark("Taken back: it was not sent."),
    "replies.too_late": mark("Too late: it is on its way."),
    "replies.ended_first": mark("Your reply was not sent: the contact ended first. Its words are in the note."),
    "replies.did_you_mean": mark("Did you mean '{word}'?"),
    "reply_file.attached": mark("{name} goes with your reply."),
    "reply_file.not_attached": mark("Not attached."),
    "reply_file.gone": mark("{name} is not there any more."),
    "reply_file.changed": mark("{name} has changed since you attached it. Attach it again, or remove it."),
    "reply_file.no_file": mark("{name} is no file."),
    "reply_file.empty": mark("{name} is empty."),
    "reply_file.unreadable": mark("{name} cannot be read: {why}."),
    "reply_file.too_large": mark("{name} is too large: the files of one reply have at most {most} MB together."),
    "reply_file.too_many": mark("A reply has at most {most} files."),
    "saved_file.saved": mark("Saved as {name} in {folder}. It was not opened."),
    "saved_file.not_saved": mark("The file was not saved."),
    "saved_file.gone": mark("It is not there any more."),
    "saved_file.silent": mark("The contact centre stopped sending it."),
    "saved_file.too_large": mark("It is larger than {most} MB."),
    "saved_file.unwritable": mark("Nothing can be written in {folder}: {why}."),
}
