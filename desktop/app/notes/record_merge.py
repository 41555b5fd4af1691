"""Two versions of one record: what both say, and what the later one adds."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from desktop.app.storage.tables.drafts import Draft
from desktop.domain.entities.wrap_up_record import NO_HEAD


def joined(older: Draft, newer: Draft) -> Draft:
    """One record of what was found on disk and what was written before it could be read: nothing of either is lost."""
    codes = (*older.codes, *(code for code in newer.codes if code not in older.codes))
    follow_ups = (*older.follow_ups, *(one for one in newer.follow_ups if one not in older.follow_ups))
    note = joined_words(older.note, newer.note)
    if older.half is not None and newer.half is not None and older.half != newer.half:
        note = joined_words(note, str(older.half.get("text", "")))  # there is one field to type it in
    facts, sent = newer.facts or older.facts, {one.key for one in older.outgoing}
    linked = newer if newer.customer_id is not None else older
    if facts is not None and older.facts is not None and older.facts.link_decided and not facts.link_decided:
        linked, facts = older, facts.with_customer_of(older.facts)
    return replace(
        newer,
        customer_id=linked.customer_id,
        also=linked.also,
        target=linked.target,
        note=note,
        codes=codes,
        follow_ups=follow_ups,
        revision=max(older.revision, newer.revision),
        half=newer.half if newer.half is not None else older.half,
        facts=facts,
        reply=joined_words(older.reply, newer.reply),
        head=newer.head if newer.head != NO_HEAD else older.head,
        outgoing=(*older.outgoing, *(one for one in newer.outgoing if one.key not in sent)),
    )


def joined_words(older: str, newer: str) -> str:
    """Two notes as one, the older first; what begins with the older one has it already."""
    if not older.strip() or newer.startswith(older):
        return newer
    return f"{older}\n{newer}" if newer.strip() else older


def written_since(handed_over: Draft, now: Draft, me: str) -> Draft:
    """What is in a record beyond what was handed over of it, which knew its contact best; `me`: who writes now."""
    return replace(
        handed_over,
        note=_added(handed_over.note, now.note),
        codes=tuple(one for one in now.codes if one not in handed_over.codes),
        follow_ups=tuple(
            one
            for one in now.follow_ups
            if one not in handed_over.follow_ups and not _planned_from(handed_over.half, one)
        ),
        half=now.half if now.half != handed_over.half else None,
        reply=now.reply if now.reply != handed_over.reply else "",
        head=now.head if now.head != handed_over.head else NO_HEAD,
        outgoing=tuple(one for one in now.outgoing if one not in handed_over.outgoing),
        revision=handed_over.revision + 1,
        # What was written over another agent's words is by who is here.
        facts=None if handed_over.is_by_another(me) else handed_over.facts,
    )


def _planned_from(half: Mapping[str, Any] | None, planned: Mapping[str, Any]) -> bool:
    """Whether a follow-up is what stood in the field, without the words that said when."""
    if half is None:
        return False
    same = all(half[name] == planned[name] for name in ("kind", "due", "to"))
    return same and planned["text"] in half["text"]


def _added(before: str, now: str) -> str:
    """The words of a note that an earlier state of it does not have."""
    if now.startswith(before):
        return now[len(before) :].lstrip() if before else now
    old, new = before.split(), now.split()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return " ".join(word for kind, _, _, start, end in changes if kind != "equal" for word in new[start:end])
