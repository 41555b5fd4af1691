"""Microsoft's own SDK as judge: it reads the same from the same server, and its words are all known to us."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.backends.graph.presence import GraphPresence
from desktop.backends.graph.words import PREFERRED, WORDS
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import PresenceSnapshot
from tests.real.servers.graph import READY, VERSION, Graph

from .conftest import adapter

pytest.importorskip("msgraph", reason="NOT TESTED: msgraph-sdk is missing. To run these tests: pip install '.[real]'")


@pytest.fixture
async def sdk(graph: Graph) -> AsyncIterator[object]:
    import httpx
    from kiota_abstractions.authentication import (
        AccessTokenProvider,
        AllowedHostsValidator,
        BaseBearerTokenAuthenticationProvider,
    )
    from msgraph import GraphRequestAdapter, GraphServiceClient

    class Ready(AccessTokenProvider):
        """The ready token, for loopback only."""

        async def get_authorization_token(self, uri: str, additional_authentication_context: object = None) -> str:
            return READY

        def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
            return AllowedHostsValidator(["127.0.0.1"])

    client = httpx.AsyncClient(trust_env=False)
    requests = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Ready()), client=client)
    requests.base_url = f"{graph.origin}{VERSION}"
    yield GraphServiceClient(request_adapter=requests)
    await client.aclose()


def documented() -> set[str]:
    """Every value that the SDK documents for the two fields."""
    from msgraph.generated.models import presence

    lists = re.findall(r"Possible values are ([A-Za-z, ]+)\.", Path(presence.__file__).read_text())
    assert len(lists) == 2, "the SDK documents both fields"
    return {word for one in lists for word in one.replace(" ", "").split(",")}


def test_every_documented_word_is_known() -> None:
    assert {word.casefold() for word in documented()} <= WORDS.keys()


@pytest.mark.parametrize("field", ["availability", "activity"])
async def test_every_word_is_read_in_either_field_and_any_case(
    graph: Graph, backend: GraphPresence, field: str
) -> None:
    words = sorted(documented() | {"AvailableIdle", "BusyIdle", "InAConferenceCall", "Inactive", "OffWork"})
    people = {}
    for word in words:
        for spelled in (word, word[0].lower() + word[1:], word.upper()):
            person = graph.add(f"{field} {spelled}")
            other = "activity" if field == "availability" else "availability"
            graph.show(person, **{field: spelled, other: "PresenceUnknown"})
            people[person] = word
    await backend.watch(list(people))
    event = (await backend.snapshot()).event
    assert isinstance(event, PresenceSnapshot)
    for one in event.presence:
        meant = WORDS[people[one.person_id].casefold()]
        assert (one.state, one.in_call or False) == (meant.state, meant.in_call), one
        assert (one.state is PresenceState.UNKNOWN) == (people[one.person_id] == "PresenceUnknown")


async def test_the_sdk_reads_what_the_adapter_reads(graph: Graph, backend: GraphPresence, sdk: object) -> None:
    from msgraph.generated.communications.get_presences_by_user_id.get_presences_by_user_id_post_request_body import (
        GetPresencesByUserIdPostRequestBody,
    )

    ids = [graph.add("Ada Lovelace", jobTitle="Engineer", department="Net", businessPhones=["+1 2"]), graph.add("Bob")]
    graph.show(ids[0], "Busy", "InACall", outOfOfficeSettings={"isOutOfOffice": False})
    graph.show(ids[1], "Away", "BeRightBack")
    answer = await sdk.communications.get_presences_by_user_id.post(GetPresencesByUserIdPostRequestBody(ids=ids))  # type: ignore[attr-defined]
    theirs = {one.id: f"{one.availability}/{one.activity}" for one in answer.value}
    await backend.watch(ids)
    event = (await backend.snapshot()).event
    assert isinstance(event, PresenceSnapshot)
    assert {one.person_id: one.native for one in event.presence} == theirs
    ours, of_sdk = graph.batches[-1], graph.batches[0]
    assert sorted(ours) == sorted(of_sdk), "both ask for the same in the same form"
    users = await sdk.users.get(_select())  # type: ignore[attr-defined]
    read = {one.id: (one.display_name, one.job_title or "", one.department or "") for one in users.value}
    assert {one.id: (one.name, one.title, one.team) for one in event.people} == read


@pytest.mark.parametrize("state", list(PREFERRED))
async def test_the_sdk_prefers_what_the_adapter_prefers(graph: Graph, sdk: object, state: PresenceState) -> None:
    from msgraph.generated.users.item.presence.set_user_preferred_presence.set_user_preferred_presence_post_request_body import (  # noqa: E501 - the module's name
        SetUserPreferredPresencePostRequestBody,
    )

    me = graph.add("Me")
    backend = adapter(graph, user=me)
    await backend.open()
    await backend.set_own(state, activity="", key="k")
    await backend.close()
    availability, activity = PREFERRED[state]
    # Without a duration: the SDK writes one as 8:00:00, which is no Edm.Duration.
    body = SetUserPreferredPresencePostRequestBody(availability=availability, activity=activity)
    await sdk.users.by_user_id(me).presence.set_user_preferred_presence.post(body)  # type: ignore[attr-defined]
    ours, theirs = graph.preferred
    assert ours[0] == theirs[0]
    assert ours[1].pop("expirationDuration") == "PT8H"
    assert ours[1] == theirs[1]


def _select() -> object:
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "displayName", "jobTitle", "department"]
    )
    return RequestConfiguration(query_parameters=query)
