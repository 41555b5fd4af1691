"""What the adapter makes of answers that a well-behaved Odoo would not give, and of options it cannot use."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from desktop.backends.odoo.crm import OdooCrm
from desktop.backends.odoo.records import purchases
from desktop.backends.odoo.value import day, instant
from desktop.domain.entities.model import Address
from desktop.ports import errors
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError, ProtocolError, Rejected

from .scripted_server import Asked, Script, answer, scripted

OPTIONS = {"database": "db", "api_key": "secret-key"}
WHOLE = {"id": 7, "name": "Ada", "phone": "+442079460958", "phone_sanitized": "+442079460958", "active": True}


def odoo(answers: Callable[[str, dict[str, Any]], Any]) -> Script:
    """An Odoo that lets its user do everything, and answers what is asked besides by `answers(path, arguments)`."""

    async def script(asked: Asked, writer: Any) -> None:
        model, method = asked.path.split("/")[3:5]
        arguments = json.loads(asked.body)
        if (model, method) == ("res.users", "context_get"):
            found: Any = {"uid": 2, "tz": "Europe/Berlin", "lang": "en_US"}
        elif model == "res.users":
            found = {"records": [{"id": 2, "partner_id": {"id": 3}}]}
        elif method == "has_access":
            found = True
        elif method == "fields_get":
            known = ["phone", "phone_sanitized", "phone_mobile_search", "name", "create_date", "stage_id"]
            found = {name: {"type": "char"} for name in [*known, "close_date", "closed"]}
        else:
            found = answers(f"{model}/{method}", arguments)
        await answer(200, json.dumps(found).encode())(asked, writer)

    return script


async def asking(script: Script, call: Callable[[OdooCrm], Any], **options: str) -> Any:
    """What a call answers, and the requests it made."""
    async with scripted(script) as server:
        crm = OdooCrm.create(OPTIONS | {"url": server.url} | options)
        try:
            return await call(crm), server.asked
        finally:
            await crm.close()


async def test_every_request_names_the_database_and_keeps_the_key_out_of_sight() -> None:
    offered, asked = await asking(odoo(lambda path, arguments: {}), OdooCrm.open)
    assert Capability.CASES in offered
    for one in asked:
        assert (one.method, one.headers["x-odoo-database"]) == ("POST", "db")
        assert one.headers["authorization"] == "Bearer secret-key"
        assert b"secret-key" not in one.body and "secret-key" not in one.path


async def test_who_does_not_carry_the_number_is_not_found() -> None:
    other = WHOLE | {"id": 8, "phone": "+442079460000", "phone_sanitized": False}
    found, _ = await asking(
        odoo(lambda path, arguments: {"records": [other, WHOLE] if path.startswith("res.partner") else []}),
        lambda crm: crm.find(Address("phone", "+442079460958")),
    )
    assert [(one.customer.id, one.verified) for one in found] == [("7", True)]


@pytest.mark.parametrize(
    "records",
    [None, "x", {}, [1], [{"id": "7"}], [{"id": True}], [{"name": "no id"}]],
)
async def test_answers_that_are_no_records_are_said_to_be_unreadable(records: object) -> None:
    with pytest.raises(ProtocolError):
        await asking(odoo(lambda path, arguments: {"records": records}), lambda crm: crm.customer("7"))
    with pytest.raises(ProtocolError):
        await asking(odoo(lambda path, arguments: records), lambda crm: crm.customer("7"))


async def test_fields_of_an_odd_type_count_as_empty() -> None:
    odd = {"id": 7} | dict.fromkeys(["name", "email", "phone", "category_id", "lang", "comment", "country_code"], 5)
    found, _ = await asking(
        odoo(lambda path, arguments: {"records": [odd] if path.startswith("res.partner") else []}),
        lambda crm: crm.customer("7"),
    )
    assert (found.name, found.addresses, found.note, found.fields) == ("Contact 7", (), "", {})


@pytest.mark.parametrize("date", [False, "yesterday", "2026-13-01 00:00:00", 5, None])
async def test_a_case_without_a_date_is_unreadable(date: object) -> None:
    script = odoo(lambda path, arguments: {"records": [{"id": 1, "create_date": date}]})
    with pytest.raises(ProtocolError):
        await asking(script, lambda crm: crm.cases("7"))


@pytest.mark.parametrize("written", ["9999-12-31 23:59:59", "0001-01-01 00:00:00"])
def test_a_date_that_no_screen_can_show_is_the_nearest_that_one_can(written: str) -> None:
    assert abs(instant(written)) <= 1e11
    assert abs(day(written.partition(" ")[0]) or math.inf) <= 1e11


@pytest.mark.parametrize("price", ["12", None, 10**400])
def test_a_price_that_is_none_is_unreadable(price: object) -> None:
    order = {"id": 1, "date_order": "2026-01-02 03:04:05", "order_line": [{"id": 2, "price_total": price}]}
    with pytest.raises(ProtocolError):
        list(purchases(order))


async def test_a_ticket_of_a_helpdesk_is_a_case() -> None:
    """Odoo's own helpdesk has `close_date`, the community's `closed`; neither is in the tests' real Odoo."""
    tickets = [
        {"id": 1, "name": "Open", "create_date": "2026-01-02 03:04:05", "stage_id": {"id": 1, "display_name": "New"}},
        {"id": 2, "name": "Done", "create_date": "2026-01-02 03:04:05", "close_date": "2026-01-03 00:00:00"},
        {"id": 3, "name": "Shut", "create_date": "2026-01-02 03:04:05", "closed": True},
    ]
    found, asked = await asking(
        odoo(lambda path, arguments: {"records": tickets}), lambda crm: crm.cases("7"), cases="helpdesk"
    )
    assert any(one.path.endswith("/helpdesk.ticket/web_search_read") for one in asked)
    assert [(one.status, one.is_open) for one in found] == [("New", True), ("solved", False), ("closed", False)]


@pytest.mark.parametrize("ids", [False, [], [1, 2], ["1"], [True], None])
async def test_a_write_without_a_receipt_is_no_write(ids: object) -> None:
    messages = [{"type": "error", "message": "Because\x1b[31m not"}]
    script = odoo(lambda path, arguments: {"ids": ids, "messages": messages, "records": [{"id": 7}]})
    with pytest.raises(Rejected, match=r"Odoo: Because\[31m not"):
        await asking(script, lambda crm: crm.create_task("7", "x", due=None, key="k"))


async def test_the_loser_of_a_race_finds_the_winners_record() -> None:
    answers = iter(
        [{"ids": False, "messages": [{"message": "could not serialize access"}]}, {"ids": [5], "messages": []}]
    )
    number, asked = await asking(
        odoo(lambda path, arguments: next(answers)), lambda crm: crm.create_task("7", "x", due=0.0, key="k")
    )
    assert number == "5"
    first, second = (json.loads(one.body) for one in asked[-2:])
    assert first == second
    assert first["context"] == {"mode": "update", "noupdate": True}


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (500, "builtins.ValueError", errors.BackendBug),
        (500, "builtins.KeyError", errors.BackendBug),
        (500, "builtins.ConnectionResetError", errors.Unavailable),
        (500, "builtins.MemoryError", errors.Unavailable),
        (500, "psycopg2.OperationalError", errors.Unavailable),
        (500, "psycopg2.errors.SerializationFailure", errors.Unavailable),
        (422, "odoo.exceptions.UserError", errors.Rejected),
        (422, "odoo.exceptions.ValidationError", errors.Rejected),
        (403, "odoo.exceptions.AccessError", errors.Forbidden),
        (403, "odoo.exceptions.AccessDenied", errors.AuthFailed),
        (401, "werkzeug.exceptions.Unauthorized", errors.AuthFailed),
        (404, "odoo.exceptions.MissingError", errors.NotFound),
        (404, "werkzeug.exceptions.NotFound", errors.Unsupported),
        (422, "werkzeug.exceptions.UnprocessableEntity", errors.BackendBug),
        (429, "werkzeug.exceptions.TooManyRequests", errors.RateLimited),
        (503, "werkzeug.exceptions.ServiceUnavailable", errors.Unavailable),
        (404, None, errors.Unavailable),
        (502, None, errors.Unavailable),
        (302, None, errors.ProtocolError),
    ],
)
async def test_odoos_exceptions_tell_the_next_step(status: int, name: str | None, error: type[BackendError]) -> None:
    problem = {"name": name, "message": "Words of\x1b Ada's", "arguments": [], "debug": "Traceback: hunter2"}
    body = json.dumps(problem).encode() if name else b"<html>hunter2</html>"
    with pytest.raises(BackendError) as caught:
        await asking(answer(status, body), OdooCrm.open)
    assert type(caught.value) is error
    told = f"{caught.value.message} {caught.value.detail}"
    assert "hunter2" not in told and "\x1b" not in told and "secret-key" not in told
    if error is errors.BackendBug:
        assert "Ada" not in told, "a mistake is logged, and its words may hold a customer's data"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"url": "http://crm.example.org"},
        {"database": ""},
        {"database": "a\r\nb"},
        {"api_key": "two words"},
        {"region": "Germany"},
        {"cases": "sales"},
        {"project": "Support"},
        {"handle_field": "x-handle"},
    ],
)
def test_options_that_cannot_be_used_are_refused_at_once(wrong: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        OdooCrm.create({"url": "https://crm.example.org", **OPTIONS, **wrong})
