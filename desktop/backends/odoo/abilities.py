"""What this database has installed and this user may do in it, found out by asking."""

import asyncio
from dataclasses import dataclass

from desktop.backends.odoo.connection import Odoo, Record
from desktop.backends.odoo.value import number, text
from desktop.backends.wire.reading import member
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, NotFound, Unsupported

PHONES = ("phone", "mobile")
_PARTNER = frozenset(
    {*PHONES, "phone_sanitized", "phone_mobile_search", "email_normalized", "is_blacklisted", "activity_ids"}
    | {"phone_sanitized_blacklisted", "commercial_company_name", "ref", "function", "user_id"}
)
CASE_MODELS = {"helpdesk": "helpdesk.ticket", "crm": "crm.lead", "project": "project.task"}
BLACKLISTS = {"email": ("mail.blacklist", "email"), "sms": ("phone.blacklist", "number")}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be asked for. `partner_fields` are those that not every database has; `case_model` "" means none."""

    user: int
    own_partner: int
    time_zone: str
    partner_fields: frozenset[str]
    case_model: str
    case_fields: frozenset[str]
    readable_blacklists: frozenset[str]  # of the topics
    capabilities: frozenset[Capability]


async def look(odoo: Odoo, *, cases: str, project: str) -> Abilities:
    """Ask the server.

    Args:
        cases: what keeps the cases: `helpdesk`, `crm`, `project`, `none`, or `auto` for the first there is.
        project: number of the project that new tasks of `project` go into; "" makes none.

    Raises:
        AuthFailed: the key is not accepted or belongs to nobody.
    """
    me = await odoo.ask("res.users", "context_get")
    user = number(member(me, "uid"))
    if user is None:
        raise AuthFailed("The CRM does not say whose key this is.")
    models = list(CASE_MODELS.values()) if cases == "auto" else [CASE_MODELS[cases]] if cases in CASE_MODELS else []
    topics = list(BLACKLISTS)
    own, (partner, *rest) = await asyncio.gather(
        odoo.records("res.users", [["id", "=", user]], {"partner_id": {"fields": {}}}, limit=1),
        asyncio.gather(*(_fields(odoo, model) for model in ("res.partner", *models))),
    )
    model_fields = dict(zip(models, rest, strict=True))
    case_model = next((model for model, known in model_fields.items() if known), "")
    questions = {
        "make partners": ("res.partner", "create"),
        "read messages": ("mail.message", "read"),
        "make tasks": ("mail.activity", "create"),
        "read purchases": ("sale.order", "read"),
        "read cases": (case_model, "read"),
        "make cases": (case_model, "create"),
        **{f"read {topic}": (BLACKLISTS[topic][0], "read") for topic in topics},
        **{f"write {topic}": (BLACKLISTS[topic][0], "write") for topic in topics},
        **{f"create {topic}": (BLACKLISTS[topic][0], "create") for topic in topics},
    }
    may = dict(zip(questions, await asyncio.gather(*(_may(odoo, *one) for one in questions.values())), strict=True))
    offered = {
        Capability.TIMELINE: may["read messages"],
        Capability.TASKS: may["make tasks"],
        Capability.CREATE_CUSTOMER: may["make partners"],
        Capability.PURCHASES: may["read purchases"],
        Capability.CASES: may["read cases"],
        Capability.CREATE_CASE: may["read cases"]
        and may["make cases"]
        and (case_model != CASE_MODELS["project"] or bool(project)),
        Capability.CONSENT: all(may[f"{verb} {topic}"] for verb in ("read", "write", "create") for topic in topics),
    }
    return Abilities(
        user=user,
        own_partner=_partner_of(own),
        time_zone=text(member(me, "tz")),
        partner_fields=partner & _PARTNER,
        case_model=case_model if may["read cases"] else "",
        case_fields=model_fields.get(case_model, frozenset()),
        readable_blacklists=frozenset(topic for topic in topics if may[f"read {topic}"]),
        capabilities=frozenset(capability for capability, there in offered.items() if there),
    )


def _partner_of(users: list[Record]) -> int:
    partner = users[0].get("partner_id") if users else None
    found = number(partner.get("id")) if isinstance(partner, dict) else None
    if found is None:
        raise AuthFailed("The user of this key cannot be read.")
    return found


async def _fields(odoo: Odoo, model: str) -> frozenset[str]:
    try:
        answer = await odoo.ask(model, "fields_get", attributes=["type"])
    except (Unsupported, NotFound):
        return frozenset()
    return frozenset(answer) if isinstance(answer, dict) else frozenset()


async def _may(odoo: Odoo, model: str, operation: str) -> bool:
    if not model:
        return False
    try:
        return await odoo.ask(model, "has_access", operation=operation) is True
    except (Unsupported, NotFound):
        return False
