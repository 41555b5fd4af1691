"""What each of several systems said: whose record it is, where they differ, who has not answered."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.customer import CrmAnswer, Match
from desktop.domain.entities.model import Instant
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.fitting import first_that_fits
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words import formats
from desktop.words.catalogue import in_words, term, tr
from desktop.words.marks import mark


def aged(match: Match, now: Instant, *, brief: bool = False) -> list[Part]:
    """Every record's source with its age, for a heading: ` · shop 3s ago · mail 1m ago`; `brief`: ` · shop 3s`."""
    parts: list[Part] = []
    for record in match.records:
        fetched = record.customer.fetched_at
        old = None if fetched is None else now - fetched
        said = wording.age(old) if brief else wording.since(old)
        parts.append((f" · {wording.source_tag(record.customer.source)} {said}", "$muted"))
    return parts


def put_together(match: Match, width: int) -> list[Content]:
    """Which records the card is made of, with the evidence where there is room, and how to take them apart."""
    if not match.records:
        return []
    first, *others = match.records

    def version(*, why: bool) -> Content:
        parts: list[Part] = [("= ", "bold $accent"), (wording.source_tag(first.customer.source), "")]
        for record in others:
            parts.append((f" + {wording.source_tag(record.customer.source)}", ""))
            parts += [(f" {in_words(record.why)}", "$muted")] if why else []
        return line(*parts, "  ", key_hint(shown("records"), tr("records")))

    return [first_that_fits(width, (version(why=True), version(why=False)))]


def differing(match: Match) -> list[Content]:
    """Fields on which the systems do not agree, each one's word; the first is the one on the card."""
    lines = []
    for field in CARD_FIELDS:
        said = select.differing(match, field.name) if field.compared else ()
        if said:
            words = " · ".join(f"{wording.source_tag(one.source)}: {one.value}" for one in said)
            lines.append(line((f"≠ {term('card_field', field.name)} ", "$warning"), (words, "$muted")))
    return lines


def unanswered(
    pop: ScreenPop, now: Instant, width: int, *, keyed: bool = True
) -> list[tuple[Content, Sequence[Content]]]:
    """The CRMs that have not answered, or could not be asked, each in a line with its age; behind it the reason, where
    that does not fit into the same line.

    Args:
        width: cells of a line; 0 where that is not known yet.
        keyed: whether the first that could not be asked names the key that tries again.
    """
    failed = [answer for answer in pop.answers if answer.answer is PopAnswer.COULD_NOT_ASK]
    first = failed[0] if failed and keyed else None
    return [
        _unanswered(answer, now, width, keyed=answer is first)
        for answer in pop.answers
        if answer.answer in (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK)
    ]


def _unanswered(answer: CrmAnswer, now: Instant, width: int, *, keyed: bool) -> tuple[Content, Sequence[Content]]:
    tag, old = wording.source_tag(answer.source), wording.duration(now - answer.since)
    if answer.answer is PopAnswer.SEARCHING:
        return line((f"◌ {tr('asking {source} …', source=tag)} ", "$accent"), (old, "$muted")), ()
    what: Part = (f"✕ {tr('{source} could not be asked', source=tag)} ", "bold $error")
    key: list[Part] = [" ", key_hint(shown("retry"), tr("again"))] if keyed else []
    why = content(in_words(answer.why), "$muted")
    aged = line(what, (old, "$muted"), " " if keyed else "", *key)
    whole = line(aged, "  ", why)
    if not width or whole.cell_length <= width:
        return whole, ()
    return first_that_fits(width, (aged, line(what, *key))), (why,) if why.plain else ()


def answered(pop: ScreenPop) -> list[Content]:
    """The CRMs that answered that they have nobody."""
    tags = [wording.source_tag(one.source) for one in pop.answers if one.answer is PopAnswer.NO_MATCH]
    return [content(_not_in(tags), "$muted")] if tags else []


def tags(match: Match) -> str:
    """The sources of a match, ` shop + mail`; nothing where there is one CRM."""
    sources = [record.customer.source for record in match.records] or [match.customer.source]
    return " + ".join(wording.source_tag(source) for source in sources if ":" in source)


def in_none(pop: ScreenPop) -> str:
    """That all who were asked have nobody, by their names where there are several."""
    asked = [wording.source_tag(one.source) for one in pop.answers]
    return _not_in(asked) if asked else tr("Not in the CRM.")


def _not_in(systems: list[str]) -> str:
    return tr("Not in {systems}.", systems=formats.listed(systems))


def tagged(text: Content, source: str) -> Content:
    """A cell with a quiet word for its source before it, where there are several; there no ellipsis eats it."""
    return Content.assemble(content(f"{wording.source_tag(source)}  ", "$muted"), text) if source else text


def sightings(expert: select.RankedExpert, now: Instant) -> list[Content]:
    """Each directory's word on a person, with its age."""
    parts: list[Part] = []
    for one in expert.sightings:
        sign, word, style = wording.PRESENCE[one.presence.state]
        if one.presence.in_call:
            word = mark("on a call")
        elif one.presence.in_meeting:
            word = mark("in a meeting")
        parts += [
            (f"{'   ' if parts else ''}{wording.source_tag(one.source)} ", "$muted"),
            (f"{sign} {tr(word)}", style),
            (f" {wording.since(max(0.0, now - one.seen_at))}", "$warning" if now - one.seen_at > 60 else "$muted"),
        ]
    return [line(*parts)] if parts else []
