"""The bundled scenarios play at speed, from the first step to work that a person could do."""

from pathlib import Path
from typing import Any

import pytest

from mock_backends.http.settings import Settings
from mock_backends.play import scenario
from mock_backends.play.fleet import Fleet
from tests.mocks.harness import CONTROL, Harness


def playing(name: str, speed: float) -> Harness:
    settings = Settings(rate_per_minute=1e9, burst=1e9, customers=60)
    return Harness(lambda: Fleet(scenario=scenario.load(name), speed=speed, settings=settings, control=CONTROL))


def work(servers: Harness) -> str:
    """Take the next offer; its id."""

    def accepted() -> str | None:
        for each in servers.call("maya", "GET", "/v1/snapshot").json()["interactions"]:
            if each["phase"] == "offered" and servers.do(each["id"], "accept").status_code == 200:
                return str(each["id"])
        return None

    return str(servers.until(accepted))


def finish(servers: Harness, interaction_id: str) -> None:
    servers.until(lambda: servers.get(interaction_id)["phase"] == "active")
    assert servers.do(interaction_id, "end").status_code == 200
    codes = {"Billing": ["other"], "Support": ["router-fixed"], "Sales": ["sold"], "Outages": ["outage-reported"]}
    queue = servers.get(interaction_id)["queue"]
    assert servers.do(interaction_id, "wrap-up", {"codes": codes.get(queue, []), "note_given": True}).status_code == 200


def no_failures(servers: Harness) -> None:
    assert servers.sim("GET", "contact_center", "/_sim/scenario")["failures"] == []


def test_first_call_brings_priya_then_others() -> None:
    with playing("first_call", 20.0) as servers:
        servers.available()
        first = work(servers)
        seen = servers.get(first)
        assert (seen["customer"]["value"], seen["customer_name"]) == ("+442079460018", "Priya Natarajan")
        assert "twice" in seen["subject"] and seen["queue"] == "Billing"
        finish(servers, first)
        second = work(servers)
        assert servers.get(second)["customer_name"] == "J. Ortega"
        no_failures(servers)


def test_the_first_day_mixes_all_that_an_agent_answers() -> None:
    with playing("first_call", 60.0) as servers:
        servers.available()
        channels: set[str] = set()
        while channels != {"voice", "chat", "email"}:
            one = work(servers)
            channels.add(servers.get(one)["channel"])
            finish(servers, one)
        no_failures(servers)


def test_first_call_gives_a_person_time() -> None:
    with playing("first_call", 1.0) as servers:
        policies = servers.fleet.company.policies()
        assert {policy.offer_timeout for policy in policies} == {30.0}


def test_monday_rush_has_colleagues_at_work_and_customers_waiting() -> None:
    with playing("monday_rush", 200.0) as servers:
        servers.available()

        def busy() -> bool:
            counts = [queue["counts"] for queue in servers.call("sam", "GET", "/v1/queues").json()["queues"]]
            return sum(each["answered"] for each in counts) > 15 and sum(each["abandoned"] for each in counts) > 0

        servers.until(busy, 20.0)
        agents = servers.call("sam", "GET", "/v1/agents").json()["agents"]
        assert any(agent["in_use"] for agent in agents)
        no_failures(servers)


def floor(servers: Harness) -> tuple[dict[str, Any], list[Any]]:
    """The queues by name and the agents as the supervisor of Billing sees them."""
    told = servers.call("sam", "GET", "/v1/snapshot").json()
    return {queue["name"]: queue for queue in told["queues"]}, told["agents"]


@pytest.mark.thorough
def test_the_supervisors_floor_lives() -> None:
    with playing("supervisor", 60.0) as servers:
        seen: set[str] = set()

        def lives() -> bool:
            queues, agents = floor(servers)
            seen.update(agent["reason"] for agent in agents)
            seen.update("held" for agent in agents for work in agent["work"] if work["held"])
            seen.update(work["channel"] for agent in agents for work in agent["work"])
            seen.update("asked" for _ in servers.call("sam", "GET", "/v1/snapshot").json()["help"])
            seen.update("missed" for agent in agents if agent["today"]["missed"])
            seen.update("mail" for _ in range(queues["Returns"]["waiting"]))
            seen.update("answered" for _ in range(queues["Billing"]["counts"]["answered"]))
            wanted = {"held", "voice", "chat", "asked", "missed", "mail", "answered"}
            return wanted <= seen and not seen.isdisjoint({"break", "lunch", "coaching", "admin"})

        servers.until(lives, 30.0)
        no_failures(servers)


def test_a_flash_crowd_drives_the_service_level_down() -> None:
    with playing("flash_crowd", 30.0) as servers:
        before = servers.until(lambda: floor(servers)[0]["Billing"]["service_level"])
        servers.until(lambda: floor(servers)[0]["Billing"]["waiting"] > 10, 20.0)
        servers.until(lambda: (floor(servers)[0]["Billing"]["service_level"] or 1.0) < min(0.7, before), 20.0)
        servers.until(lambda: floor(servers)[0]["Billing"]["counts"]["abandoned"] > 3, 20.0)
        no_failures(servers)


def test_an_outage_morning_breaks_everything_and_mends_it() -> None:
    with playing("outage_morning", 20.0) as servers:

        def crm() -> int:
            return servers.call("sam", "GET", "/v1/customers/C-4471", server="crm").status_code

        servers.until(lambda: crm() == 503, 20.0)
        servers.until(lambda: floor(servers)[0]["Outages"]["waiting"] > 5, 20.0)
        servers.until(lambda: servers.fleet.centre is not None and servers.fleet.centre.figures.frozen, 20.0)
        frozen = floor(servers)[0]["Outages"]["as_of"]
        assert floor(servers)[0]["Outages"]["as_of"] == frozen
        servers.until(lambda: floor(servers)[0]["Outages"]["as_of"] > frozen, 20.0)
        servers.until(lambda: crm() == 200, 20.0)
        no_failures(servers)


def write(servers: Harness, interaction_id: str, text: str) -> dict[str, Any]:
    answer = servers.do(interaction_id, "messages", {"text": text})
    assert answer.status_code == 200, answer.text
    return servers.get(interaction_id)


def said(servers: Harness, interaction_id: str) -> list[str]:
    """What the customer has written."""
    return [one["text"] for one in servers.get(interaction_id)["messages"] if one["author"] == "customer"]


def test_a_written_shift_mixes_channels_and_customers_write_back_what_they_have_to_say() -> None:
    with playing("written_shift", 30.0) as servers:
        servers.available()
        chat = work(servers)
        assert servers.get(chat)["channel"] == "chat" and "\n" in servers.get(chat)["messages"][0]["text"]
        answers = (
            "On 3 and on 4 November, as my statement says.",
            "Back to the card, please. How long will it take?",
            "All right, thank you for the quick answer.",
        )
        for number, answer in enumerate(answers):
            servers.until(lambda: servers.get(chat)["phase"] == "active")
            write(servers, chat, f"Line {number}")
            servers.until(lambda answer=answer: answer in said(servers, chat))
        written = [one for one in servers.get(chat)["messages"] if one["author"] == "agent"]
        assert {one["delivery"] for one in written} == {"delivered"}
        others = [work(servers) for _ in range(2)]
        assert {servers.get(one)["channel"] for one in others} == {"chat", "email"}
        no_failures(servers)


def test_in_a_written_shift_customers_type_send_files_edit_and_delete() -> None:
    with playing("written_shift", 15.0) as servers:
        servers.available()
        chat, seen = work(servers), set[str]()

        def all_seen() -> bool:
            shown = servers.get(chat)
            seen.update("typing" for _ in range(shown.get("typing_until") is not None))
            for one in shown["messages"]:
                seen.update(part for part in ("attachments", "edited_at", "deleted") if one.get(part))
            return seen == {"typing", "attachments", "edited_at", "deleted"}

        servers.until(all_seen, 20.0)
        (statement,) = [one for one in servers.get(chat)["messages"] if one.get("attachments")]
        assert "4 November" in statement["text"], "it is as it was corrected"
        assert statement["attachments"][0]["name"] == "statement-november.csv"
        (slip,) = [one for one in servers.get(chat)["messages"] if one.get("deleted")]
        assert slip["text"] == ""
        mail = work(servers)
        while servers.get(mail)["channel"] != "email":
            mail = work(servers)
        (first,) = servers.get(mail)["messages"]
        assert (first["cc"], first["attachments"][0]["name"]) == (["office@ortega.example"], "invoice-march.txt")
        no_failures(servers)


def test_a_written_shift_gives_a_person_time() -> None:
    with playing("written_shift", 1.0) as servers:
        assert {policy.offer_timeout for policy in servers.fleet.company.policies()} == {60.0}


def test_a_chat_flood_fills_the_desk_and_no_more() -> None:
    with playing("chat_flood", 30.0) as servers:
        servers.available()
        taken = {work(servers) for _ in range(3)}
        queues, _ = floor(servers)
        servers.until(lambda: floor(servers)[0]["Billing"]["waiting"] > 3, 20.0)
        told = servers.call("maya", "GET", "/v1/snapshot").json()["interactions"]
        assert {one["id"] for one in told} == taken and queues
        no_failures(servers)


def test_the_mails_of_the_weekend_wait_on_monday_and_a_call_comes_in_between() -> None:
    with playing("mail_monday", 30.0) as servers:
        servers.until(lambda: sum(queue["waiting"] for queue in floor(servers)[0].values()) >= 4)
        servers.available()
        mails = [work(servers) for _ in range(3)]
        assert {servers.get(one)["channel"] for one in mails} == {"email"}
        write(servers, mails[0], "Your invoice has been put right.")
        call = work(servers)
        while servers.get(call)["channel"] != "voice":
            call = work(servers)
        assert servers.get(mails[0])["phase"] == "active"
        no_failures(servers)


def test_a_customer_who_writes_calls_as_well() -> None:
    with playing("channel_switch", 30.0) as servers:
        servers.available()
        mail, call = work(servers), work(servers)
        assert [servers.get(one)["channel"] for one in (mail, call)] == ["email", "voice"]
        assert servers.get(mail)["phase"] == "active"
        no_failures(servers)


def test_three_smiths_share_a_number() -> None:
    with playing("three_smiths", 20.0) as servers:
        servers.available()
        number = servers.get(work(servers))["customer"]["value"]
        found = servers.call("maya", "GET", "/v1/customers", server="crm", params={"phone": number}).json()["results"]
        assert len(found) == 3 and {"Smith"} == {match["customer"]["name"].split()[-1] for match in found}


def test_crm_down_comes_back() -> None:
    with playing("crm_down", 60.0) as servers:
        servers.available()
        interaction_id = work(servers)

        def ask() -> int:
            try:
                return servers.call("maya", "GET", "/v1/customers/C-4471", server="crm").status_code
            except Exception:
                return 0

        assert servers.until(lambda: ask() == 503)
        assert servers.until(lambda: ask() == 0)
        assert servers.until(lambda: ask() == 200)
        assert servers.get(interaction_id)["phase"] == "active"  # calls go on while the CRM is down
        no_failures(servers)


def test_no_expert_free_always_brings_the_customer_back() -> None:
    with playing("no_expert_free", 40.0) as servers:
        servers.available()
        interaction_id = work(servers)
        servers.until(lambda: servers.get(interaction_id)["phase"] == "active")
        servers.do(interaction_id, "consult", {"target": "person:noor"})
        servers.until(lambda: servers.get(interaction_id)["legs"][0]["phase"] == "failed")
        assert servers.get(interaction_id)["held"] is False


def test_flaky_network_spoils_calls_and_streams() -> None:
    with playing("flaky_network", 20.0) as servers:
        statuses = set()
        for _ in range(60):
            try:
                statuses.add(servers.call("maya", "GET", "/v1/nothing", timeout=0.05).status_code)
            except Exception:
                statuses.add(0)
        assert {0, 404, 503} <= statuses


@pytest.mark.parametrize("name", scenario.names())
def test_every_bundled_scenario_reads(name: str) -> None:
    assert scenario.load(name).title


@pytest.mark.parametrize(
    "text",
    ["", "title = 1", 'title = "x"\nunknown = 1', 'title = "x"\n[[step]]\ndo = "fly"', 'title = "x"\n[[step]]\n',
     'title = "x"\n[[step]]\ndo = "call"\nfrom = "+44"\nqueue = "Q"\nwhen = "never"', "[[["],
)  # fmt: skip
def test_a_wrong_scenario_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(scenario.BadScenario, match=r"mine\.toml"):
        scenario.load(str(path))
