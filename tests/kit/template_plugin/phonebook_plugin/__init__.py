"""A company phone book as the CRM: the template of a plug-in. Replace the requests by those of your system."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Self
from urllib.parse import quote

import httpx

from desktop.domain.entities.customer import Customer, Match, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import (
    AuthFailed,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
)
from desktop.ports.options import Option


class PhonebookCrm(Crm):
    """Speaks to a phone book over HTTP. It offers what its port demands, and nothing optional."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CRM,
        name="phonebook",
        api=2,
        title="Company phone book",
        capabilities=frozenset(),
        options=(
            Option("url", "Where the phone book is, e.g. https://phonebook.example.org.", "url"),
            Option("token", "The token that says who you are.", "secret"),
        ),
    )

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client: httpx.AsyncClient | None = None

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        if not options.get("url", "").startswith(("https://", "http://127.0.0.1:")):
            raise Rejected("The url must begin with https://.")
        return cls(options["url"].rstrip("/"), options.get("token", ""))

    async def open(self) -> frozenset[Capability]:
        await self._ask("GET", "/people", {"phone": "+0"})
        return frozenset()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.withheld or not address.value:
            return ()
        people = await self._ask("GET", "/people", {address.kind: address.value})
        found = [_customer(one) for one in people]
        # Never believe a filter: only who really carries the address is a match.
        right = [one for one in found if _bare(address) in map(_bare, one.addresses)]
        return [Match(one, address.kind, f"same {address.kind}", True) for one in right][:limit]

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        people = await self._ask("GET", "/people", {"text": text})
        return [Match(_customer(one), "name", "same name") for one in people][:limit]

    async def customer(self, customer_id: str) -> Customer:
        return _customer(await self._ask("GET", f"/people/{_segment(customer_id)}"))

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        # The key is the name of the record on the far side, so that writing it twice writes it once.
        answer = await self._ask("PUT", f"/calls/{_segment(record.key)}", body=asdict(record))
        return str(answer["id"])

    async def _ask(self, method: str, path: str, params: Mapping[str, str] | None = None, body: object = None) -> Any:
        """The answer to one request. Each way it can fail is told by the class that says what to do next."""
        if self._client is None:
            secured = self._url.startswith("https://")  # the certificates take long to load
            self._client = httpx.AsyncClient(headers=self._headers, timeout=10, trust_env=False, verify=secured)
        try:
            answer = await self._client.request(method, self._url + path, params=params, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Unavailable("The phone book cannot be reached.") from None
        except httpx.HTTPError as error:
            if method != "GET":  # it went out: nobody knows whether it was done
                raise OutcomeUnknown("The phone book did not say whether it did that.") from error
            raise Unavailable("The phone book did not answer.") from error
        if answer.status_code == 401:
            raise AuthFailed("The phone book does not know us.")
        if answer.status_code == 403:
            raise Forbidden("The phone book does not allow that.")
        if answer.status_code == 404:
            raise NotFound("That is not in the phone book.")
        if answer.status_code == 429:
            raise RateLimited("The phone book asks us to slow down.", float(answer.headers.get("Retry-After", "5")))
        if answer.status_code >= 500:
            raise Unavailable("The phone book has a problem.", f"status {answer.status_code}")
        if answer.status_code >= 400:
            raise Rejected("The phone book refuses that.", f"status {answer.status_code}")
        try:
            return answer.json()
        except ValueError:
            raise ProtocolError("The phone book's answer cannot be read.") from None


def _segment(text: str) -> str:
    """An id as one part of a path; one that would climb out of it is refused."""
    if text in {"", ".", ".."}:
        raise Rejected("That is not an id.")
    return quote(text, safe="")


def _bare(address: Address) -> Address:
    """An address without what people write in many ways: spaces and brackets in a number, capitals elsewhere."""
    if address.kind == "phone":
        return Address("phone", "".join(c for c in address.value if c in "+0123456789"))
    return Address(address.kind, address.value.strip().casefold())


def _customer(value: Any) -> Customer:
    """A record, as the desktop knows it."""
    try:
        addresses = tuple(Address(str(kind), str(text)) for kind, text in value["addresses"])
        return Customer(str(value["id"]), str(value["name"]), "crm", time.time(), addresses=addresses)
    except (KeyError, TypeError, ValueError):
        raise ProtocolError("The phone book's answer cannot be read.") from None
