"""What there is of one contact of the past beside its events: recordings, notes, follow-ups, messages; as lines."""

from collections.abc import Callable, Sequence

from textual.content import Content

from desktop.app.history.evidence import Evidence
from desktop.domain.entities.history import PastRecording, RecordingLink
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Message
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import content, line, web_link
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

LISTEN_KEY = "l"
_AUTHORS = {"customer": mark("customer"), "agent": mark("agent"), "system": mark("system")}
LONGEST_MESSAGE = 4_000
_KINDS = {
    "callback": mark("callback"),
    "sms": mark("SMS"),
    "email": mark("e-mail"),
    "task": mark("task"),
    "case": mark("case"),
}
When = Callable[[Instant], str]
Opened = tuple[str, RecordingLink]
"""The id of a recording, and the link it can be heard with."""


def recording_lines(
    recordings: Sequence[PastRecording], opened: Opened | None, when: When, *, offered: bool
) -> list[Content]:
    """Each recording with its length, what opens it, and the link of the one that was opened last."""
    lines: list[Content] = []
    for number, one in enumerate(recordings, 1):
        length = wording.duration(one.seconds)
        name = tr("recording") if len(recordings) == 1 else tr("recording {number}", number=number)
        lines.append(
            line(
                ("▶ ", "$accent"),
                (f"{name} ", "bold"),
                (f"{length} · {tr('from {time}', time=when(one.began_at))}", "$muted"),
                *((("  ", ""), key_hint(LISTEN_KEY, tr("listen"))) if offered else ()),
            )
        )
        if opened is not None and opened[0] == one.id:
            until = tr("good until {time}", time=when(opened[1].expires_at))
            lines.append(line(("  ", ""), web_link(opened[1].url), (f"  {until}", "$muted")))
    return lines


def word_lines(evidence: Evidence, when: When) -> list[Content]:
    """Subject, notes, follow-ups, experts and messages; an empty line before each part."""
    detail = evidence.detail
    lines: list[Content] = []
    if detail.subject:
        lines += [content(""), line((f"{tr('subject')}  ", "$muted"), (detail.subject, "bold"))]
    for who, text in evidence.notes:
        lines += [content(""), line((tr("note"), "bold $accent"), (f"  {who}" if who else "", "$muted"))]
        lines += [content(f"  {one}") for one in text.splitlines()]
    if evidence.problem:
        lines += [content(""), content(in_words(evidence.problem), "$warning")]
    elif not evidence.notes:
        lines += [content(""), content(tr("No note."), "$muted")]
    follow_ups = [one for record in evidence.wrap_ups for one in record.follow_ups]
    if follow_ups:
        lines += [content(""), content(tr("follow-ups"), "bold $accent")]
        for one in follow_ups:
            due = f"  {tr('due {time}', time=wording.moment(one.due))}" if one.due is not None else ""
            kind = tr(_KINDS[one.kind]) if one.kind in _KINDS else one.kind
            to = f"  → {one.to}" if one.to else ""
            lines.append(line((f"  {kind:<10}", "bold"), (one.text, ""), (f"{to}{due}", "$muted")))
    experts = [one for record in evidence.wrap_ups for one in record.experts]
    if experts:
        lines += [content(""), content(tr("experts asked"), "bold $accent"), *(content(f"  {one}") for one in experts)]
    if detail.messages:
        lines += [content(""), content(tr("messages"), "bold $accent")]
        for message in detail.messages:
            lines += _message(message, when)
    return lines


def _message(one: Message, when: When) -> list[Content]:
    author = tr(_AUTHORS[one.author]) if one.author in _AUTHORS else one.author
    who = f"{author} · {one.sender}" if one.sender else author
    style = "bold" if one.author == "customer" else "bold $accent"
    head = line((f"  {when(one.at)}  ", "$muted"), (who, style), (f"  {one.subject}" if one.subject else "", "bold"))
    text = one.text if len(one.text) <= LONGEST_MESSAGE else f"{one.text[:LONGEST_MESSAGE]} …"
    if one.deleted:
        body = [content(f"    {tr('deleted')}", "$muted")]
    else:
        body = [content(f"    {each}") for each in text.splitlines()]
    files = [
        content(f"    ▪ {file.name}{f' · {file.size:,} B' if file.size is not None else ''}", "$muted")
        for file in one.attachments
    ]
    return [head, *body, *files]
