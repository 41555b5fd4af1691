"""Review drafts: what a reviewer is writing, or an agent about a review, and has not handed in."""

from dataclasses import dataclass, replace

from desktop.app.storage.schema import is_sealed, seal
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.transaction import Connection

PARKED_REVIEW = "kept-words/"
"""Before the subject of one that had to be parked in the outbox; no interaction's id begins so."""

_COLUMNS = "subject, body, saved_at, seal"


@dataclass(frozen=True)
class ReviewDraft:
    """The words about one subject, a JSON object.

    saved_at is in seconds since the epoch and is set by the store. intact: whether it is what was written.
    """

    subject: str
    body: str
    saved_at: float = 0.0
    intact: bool = True

    @property
    def id(self) -> str:
        """What tells it from others."""
        return self.subject

    @property
    def words(self) -> tuple[object, ...]:
        """All that somebody wrote."""
        return (self.body,)


def write_review_draft(connection: Connection, draft: ReviewDraft) -> None:
    """Keep one in place of the one before it."""
    fields = (draft.subject, draft.body, float(draft.saved_at))
    connection.execute(
        f"INSERT INTO review_drafts ({_COLUMNS}) VALUES (?, ?, ?, ?)"  # noqa: S608 - our own column names
        " ON CONFLICT (subject) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at,"
        " seal = excluded.seal",
        (*fields, seal(*fields)),
    )


def read_review_drafts(connection: Connection) -> list[ReviewDraft]:
    """All of them, the latest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM review_drafts ORDER BY saved_at DESC, subject")  # noqa: S608
    return [_draft(*row) for row in rows.fetchall()]


def read_review_draft(connection: Connection, subject: str) -> ReviewDraft | None:
    """The one about a subject, if there is one."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM review_drafts WHERE subject = ?",  # noqa: S608
        (subject,),
    ).fetchone()
    return None if row is None else _draft(*row)


def delete_review_draft(connection: Connection, subject: str) -> None:
    """Remove one; nothing happens when there is none."""
    connection.execute("DELETE FROM review_drafts WHERE subject = ?", (subject,))


def damaged_review_drafts(connection: Connection) -> list[str]:
    """The subjects of those that are not what was written."""
    return [draft.subject for draft in read_review_drafts(connection) if not draft.intact]


def as_record(draft: ReviewDraft) -> Draft:
    """As it is parked in the outbox, where it can be read and copied."""
    record = Draft(PARKED_REVIEW + draft.subject, None, draft.body, (), (), 1, draft.saved_at)
    return replace(record, intact=draft.intact)


def _draft(subject: str, body: str, saved_at: float, sealed: object) -> ReviewDraft:
    return ReviewDraft(subject, body, saved_at, is_sealed(sealed, subject, body, saved_at))
