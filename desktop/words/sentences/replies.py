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
}
