"""Asking the contact centre where a recording can be heard: once an intent, for it is written down."""

from desktop.app.commands.command_result import CommandResult, failed
from desktop.app.commands.runner import CommandRunner, Request
from desktop.domain.entities.history import RecordingLink
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import ProtocolError

REST_SECONDS = 1.5
"""A second press within this time is the same press."""


async def open_recording(
    runner: CommandRunner, interaction_id: str, recording_id: str
) -> tuple[RecordingLink | None, CommandResult]:
    """Where a recording can be heard, and what came of asking."""
    links: list[RecordingLink] = []

    def taken(link: object) -> Sentence:
        if not isinstance(link, RecordingLink) or not link.url.startswith(("http://", "https://")):
            raise ProtocolError(Sentence("history.no_web_address"))
        links.append(link)
        return Sentence("history.recording_opened")

    result = await runner.run(
        Request(
            verb="open_recording",
            intent=("open_recording", interaction_id, recording_id),
            call=lambda key: runner.contact_center.open_recording(interaction_id, recording_id, key=key),
            take=taken,
            refused=lambda error: failed(error, Sentence("history.recording_not_opened")),
            rest=REST_SECONDS,
        )
    )
    return links[0] if links else None, result
