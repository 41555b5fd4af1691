"""Opening a recording: asked for, written down by the contact centre, and handed to whatever plays it outside."""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.history import PastRecording, RecordingLink
from desktop.tui.pages.launcher import Tell
from desktop.tui.terminal.outside import open_outside, opener
from desktop.tui.words.contact_evidence import Opened
from desktop.words.catalogue import in_words, tr


class Recordings(Protocol):
    """Who asks for a recording."""

    def open_recording(
        self, interaction_id: str, recording_id: str
    ) -> Awaitable[tuple[RecordingLink | None, CommandResult]]:
        """Its link, and what came of asking."""
        ...


async def opened_outside(recordings: Recordings, interaction_id: str, recording_id: str, tell: Tell) -> Opened | None:
    """The link of a recording, which was handed to the desktop around the terminal where there is one.

    Nothing is opened but what a key asked for. None where it was refused; what came of it is told.
    """
    subject = f"recording:{interaction_id}"
    link, result = await recordings.open_recording(interaction_id, recording_id)
    if link is None:
        if result.text:
            tell(in_words(result.text), "error", subject)
        return None
    outside = open_outside(link.url, opener())
    told = in_words(result.text) if outside else tr("Click the link to hear it; it is in the audit log.")
    tell(told, "info", subject)
    return recording_id, link


def next_recording(recordings: Sequence[PastRecording], last: str) -> str:
    """The id of the one after that which was opened last; the first where that was none of them."""
    ids = [one.id for one in recordings]
    return ids[(ids.index(last) + 1) % len(ids)] if last in ids else ids[0]
