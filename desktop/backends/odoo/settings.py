"""The options of the adapter, checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.backends.odoo.abilities import CASE_MODELS
from desktop.backends.odoo.connection import Odoo, record_id
from desktop.backends.odoo.problem import to_error
from desktop.backends.wire.address import server_url
from desktop.backends.wire.http import Http
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("url", "Where Odoo is, e.g. https://crm.example.org; plain http:// only to this machine.", "url"),
    Option("database", "The name of the database."),
    Option("api_key", "An API key of the agent's Odoo user (Preferences, Account Security).", "secret"),
    CA_FILE,
    PROXY,
    Option("region", "Two-letter country in which contacts' numbers without + are dialled.", default=""),
    Option("cases", "What keeps the cases: auto, helpdesk, crm, project or none.", default="auto"),
    Option("project", "Number of the project that new cases go into, where cases = project.", default=""),
    Option("tiers", "Tags that say how important a customer is, the highest first, with commas.", default=""),
    Option("handle_field", "Field of contacts that holds a chat handle, e.g. x_handle.", default=""),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the options say. `site` is the server's address without a slash at the end."""

    site: str
    region: str
    cases: str
    project: str
    tiers: tuple[str, ...]
    handle_field: str


def settings_of(options: Mapping[str, str]) -> Settings:
    """The options as settings.

    Raises:
        Rejected: one of them cannot be used.
    """
    region, project = options.get("region", ""), options.get("project", "")
    cases, field = options.get("cases", "") or "auto", options.get("handle_field", "")
    if region and not (len(region) == 2 and region.isascii() and region.isalpha()):
        raise Rejected("region is a country of two letters, e.g. DE.")
    if cases not in {"auto", "none", *CASE_MODELS}:
        raise Rejected("cases is one of auto, helpdesk, crm, project, none.")
    if project and record_id(project) is None:
        raise Rejected("project is the number of a project.")
    if field and not (field.isascii() and field.isidentifier()):
        raise Rejected("handle_field is the name of a field.")
    tiers = tuple(tag for one in options.get("tiers", "").split(",") if (tag := one.strip()))
    return Settings(server_url(options.get("url", "")), region.upper(), cases, project, tiers, field)


def connect(options: Mapping[str, str]) -> Odoo:
    """The connection that the options ask for; nothing is opened yet.

    Raises:
        Rejected: the address, the database or the key cannot be used.
    """
    database = options.get("database", "")
    if not database or any(not "!" <= char <= "~" for char in database):
        raise Rejected("The name of the database is missing, or holds characters that it cannot have.")
    http = Http(
        options.get("url", ""),
        server="Odoo",
        token=options.get("api_key", ""),
        ca_file=options.get("ca_file", ""),
        proxy=proxy_of(options),
        headers={"X-Odoo-Database": database},
        to_error=to_error,
    )
    return Odoo(http)
