"""The CRM's records in SQLite: customers and what hangs on them."""

import json
import re

from sqlite_utils import Database

from mock_backends.company.full_text import FullText
from mock_backends.http.problem import not_found
from mock_backends.wire.crm import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord

_DIGITS = re.compile(r"\D")


def address_key(kind: str, value: str) -> str:
    """What two spellings of one address have in common: digits of a number, lower case of the rest."""
    if kind == "phone":
        digits = _DIGITS.sub("", value)
        return f"phone:+{digits}" if digits else "phone:"
    return f"{kind}:{value.strip().casefold()}"


class Records:
    """Everything the CRM knows. Entities are kept as JSON beside the columns that are asked for."""

    def __init__(self, db: Database) -> None:
        self._db = db
        for sql in (
            "CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, name TEXT, json TEXT)",
            "CREATE TABLE IF NOT EXISTS addresses (key TEXT, customer_id TEXT, PRIMARY KEY (key, customer_id))",
            "CREATE TABLE IF NOT EXISTS timeline (id TEXT PRIMARY KEY, customer_id TEXT, at REAL, json TEXT)",
            "CREATE INDEX IF NOT EXISTS timeline_of ON timeline (customer_id, at DESC)",
            "CREATE TABLE IF NOT EXISTS cases (id TEXT PRIMARY KEY, customer_id TEXT, at REAL, json TEXT)",
            "CREATE INDEX IF NOT EXISTS cases_of ON cases (customer_id, at DESC)",
            "CREATE TABLE IF NOT EXISTS purchases (id TEXT PRIMARY KEY, customer_id TEXT, at REAL, json TEXT)",
            "CREATE INDEX IF NOT EXISTS purchases_of ON purchases (customer_id, at DESC)",
            "CREATE TABLE IF NOT EXISTS wrap_ups (key TEXT PRIMARY KEY, activity_id TEXT, json TEXT)",
            "CREATE INDEX IF NOT EXISTS wrap_ups_of ON wrap_ups (json_extract(json, '$.interaction_id'))",
            "CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, customer_id TEXT, due REAL, json TEXT)",
            "CREATE TABLE IF NOT EXISTS agents_links (interaction_id TEXT, agent_id TEXT, customer_id TEXT, "
            "reason TEXT, PRIMARY KEY (interaction_id, agent_id))",
        ):
            db.execute(sql)
        self._text = FullText(db, "customer_text")

    def empty(self) -> bool:
        """Whether there is no customer yet."""
        return self._db.execute("SELECT 1 FROM customers LIMIT 1").fetchone() is None

    def clear(self) -> None:
        """Forget everything."""
        for table in ("customers", "addresses", "timeline", "cases", "purchases", "wrap_ups", "tasks", "agents_links"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        self._text.clear()

    # -- customers

    def save(self, customer: Customer, subjects: list[str] | None = None) -> None:
        """Write a customer and what they are found by; `subjects` of their cases, where they are at hand."""
        self._db.execute(
            "INSERT OR REPLACE INTO customers VALUES (?,?,?)", [customer.id, customer.name, customer.model_dump_json()]
        )
        self._db.execute("DELETE FROM addresses WHERE customer_id = ?", [customer.id])
        for address in customer.addresses:
            key = address_key(address.kind, address.value)
            self._db.execute("INSERT OR IGNORE INTO addresses VALUES (?,?)", [key, customer.id])
        self.index(customer, subjects)

    def index(self, customer: Customer, subjects: list[str] | None = None) -> None:
        """Make the customer found by text: name, company, addresses and subjects of cases."""
        parts = [customer.name, customer.company, *(address.value for address in customer.addresses)]
        parts += [case.subject for case in self.cases(customer.id)] if subjects is None else subjects
        self._text.put(customer.id, " ".join(parts))

    def customer(self, customer_id: str) -> Customer:
        """One customer.

        :raises Problem: 404.
        """
        row = self._db.execute("SELECT json FROM customers WHERE id = ?", [customer_id]).fetchone()
        if row is None:
            raise not_found("There is no such customer.")
        return self._as_of_now(row[0])

    def _as_of_now(self, kept: str) -> Customer:
        """A customer as kept, with when they last had to do with us."""
        customer = Customer.model_validate_json(kept)
        (last,) = self._db.execute("SELECT max(at) FROM timeline WHERE customer_id = ?", [customer.id]).fetchone()
        return customer.model_copy(update={"last_contact": last})

    def by_address(self, kind: str, value: str, limit: int) -> list[Match]:
        """Customers who carry this address."""
        key = address_key(kind, value)
        if key.endswith(":"):
            return []
        rows = self._db.execute(
            "SELECT c.json FROM addresses a JOIN customers c ON c.id = a.customer_id WHERE a.key = ? "
            "ORDER BY c.name, c.id LIMIT ?",
            [key, limit],
        ).fetchall()
        word = {"phone": "same number", "email": "same e-mail address"}.get(kind, "same handle")
        found = [self._as_of_now(row[0]) for row in rows]
        shared = len(found) > 1
        return [
            Match(
                customer=customer,
                matched_on=kind,  # type: ignore[arg-type]
                reason=f"{word}, one of {len(found)}" if shared else word,
            )
            for customer in found
        ]

    def by_text(self, text: str, limit: int) -> list[Match]:
        """Customers whose name, company, addresses or cases have all the words."""
        matches = []
        for customer_id in self._text.find(text, limit):
            customer = self.customer(customer_id)
            name = set(customer.name.casefold().split())
            in_name = all(any(n.startswith(w) for n in name) for w in text.casefold().split())
            matches.append(
                Match(
                    customer=customer,
                    matched_on="name" if in_name else "text",
                    reason="name" if in_name else "words in the record",
                )
            )
        return matches

    # -- what hangs on them

    def add_entry(self, customer_id: str, entry: TimelineEntry) -> None:
        """Something that happened."""
        self._db.execute(
            "INSERT OR REPLACE INTO timeline VALUES (?,?,?,?)",
            [entry.id, customer_id, entry.at, entry.model_dump_json()],
        )

    def timeline(self, customer_id: str, limit: int, before: float | None) -> list[TimelineEntry]:
        """What happened before a time, newest first."""
        rows = self._db.execute(
            "SELECT json FROM timeline WHERE customer_id = ? AND (? IS NULL OR at < ?) ORDER BY at DESC, id LIMIT ?",
            [customer_id, before, before, limit],
        ).fetchall()
        return [TimelineEntry.model_validate_json(row[0]) for row in rows]

    def add_case(self, customer_id: str, case: Case) -> None:
        """A matter."""
        self._db.execute(
            "INSERT OR REPLACE INTO cases VALUES (?,?,?,?)",
            [case.id, customer_id, case.opened_at, case.model_dump_json()],
        )

    def cases(self, customer_id: str) -> list[Case]:
        """Matters, newest first."""
        rows = self._db.execute(
            "SELECT json FROM cases WHERE customer_id = ? ORDER BY at DESC, id LIMIT 500", [customer_id]
        ).fetchall()
        return [Case.model_validate_json(row[0]) for row in rows]

    def add_purchase(self, customer_id: str, purchase: Purchase) -> None:
        """Something bought."""
        self._db.execute(
            "INSERT OR REPLACE INTO purchases VALUES (?,?,?,?)",
            [purchase.id, customer_id, purchase.at, purchase.model_dump_json()],
        )

    def purchases(self, customer_id: str) -> list[Purchase]:
        """Things bought, newest first."""
        rows = self._db.execute(
            "SELECT json FROM purchases WHERE customer_id = ? ORDER BY at DESC, id LIMIT 500", [customer_id]
        ).fetchall()
        return [Purchase.model_validate_json(row[0]) for row in rows]

    def add_task(self, task_id: str, customer_id: str, due: float | None, text: str, kind: str) -> None:
        """Something to do."""
        self._db.execute(
            "INSERT OR REPLACE INTO tasks VALUES (?,?,?,?)",
            [task_id, customer_id, due, json.dumps({"kind": kind, "text": text})],
        )

    def wrap_up(self, key: str) -> tuple[str, WrapUpRecord] | None:
        """The activity's id and the record kept under this key."""
        row = self._db.execute("SELECT activity_id, json FROM wrap_ups WHERE key = ?", [key]).fetchone()
        return (row[0], WrapUpRecord.model_validate_json(row[1])) if row else None

    def add_wrap_up(self, activity_id: str, record: WrapUpRecord) -> None:
        """Keep a record."""
        self._db.execute("INSERT INTO wrap_ups VALUES (?,?,?)", [record.key, activity_id, record.model_dump_json()])

    def wrap_ups_of(self, interaction_id: str) -> list[WrapUpRecord]:
        """The records of an interaction, oldest first."""
        rows = self._db.execute(
            "SELECT json FROM wrap_ups WHERE json_extract(json, '$.interaction_id') = ? ORDER BY rowid LIMIT 100",
            [interaction_id],
        ).fetchall()
        return [WrapUpRecord.model_validate_json(row[0]) for row in rows]

    def link(self, interaction_id: str, agent_id: str, customer_id: str, reason: str) -> None:
        """Keep whose interaction it is, as an agent says; what others say of it stays."""
        self._db.execute(
            "INSERT OR REPLACE INTO agents_links VALUES (?,?,?,?)", [interaction_id, agent_id, customer_id, reason]
        )

    def linked_by(self, interaction_id: str) -> set[str]:
        """The agents who linked an interaction."""
        sql = "SELECT agent_id FROM agents_links WHERE interaction_id = ?"
        return {row[0] for row in self._db.execute(sql, [interaction_id]).fetchall()}

    def unlink(self, interaction_id: str, agent_id: str) -> None:
        """Take an agent's link back."""
        sql = "DELETE FROM agents_links WHERE interaction_id = ? AND agent_id = ?"
        self._db.execute(sql, [interaction_id, agent_id])
