"""Streams of events: numbering, resuming, resets, limits, heartbeats, and what each fault does to them."""

from typing import Any

import pytest

from tests.mocks.harness import Harness


def change(servers: Harness, times: int = 1) -> None:
    """Make events for maya: one for each time."""
    for turn in range(times):
        servers.step("presence", person="noor", state="busy", activity=f"Turn {turn}")


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["id"].rpartition(":")[2]) for event in events]


def take(servers: Harness, events: Any, count: int) -> list[dict[str, Any]]:
    return [servers.next_numbered(events) for _ in range(count)]


def test_a_stream_begins_with_a_heartbeat_and_numbers_without_gaps(servers: Harness) -> None:
    with servers.stream(server="presence") as events:
        first = next(events)
        assert first["event"] == "heartbeat" and "id" not in first and first["data"]["head"] == 0
        assert first["retry"] == "500"
        change(servers, 5)
        got = take(servers, events, 5)
    assert numbers(got) == [1, 2, 3, 4, 5]
    assert [event["data"]["presence"]["version"] for event in got] == [2, 3, 4, 5, 6]
    epochs = {event["id"].rpartition(":")[0] for event in got}
    snapshot = servers.call("maya", "GET", "/v1/snapshot", server="presence").json()
    assert snapshot["as_of"] == f"{epochs.pop()}:5" and not epochs


def test_heartbeats_come_by_themselves_and_carry_the_head(servers: Harness) -> None:
    with servers.stream(server="presence") as events:
        next(events)
        change(servers)
        beat = next(event for event in events if event["event"] == "heartbeat" and event["data"]["head"] == 1)
    assert beat["data"]["server_time"] > 1e9


def test_resuming_gives_exactly_what_was_missed(servers: Harness) -> None:
    with servers.stream(server="presence") as events:
        next(events)
        change(servers, 3)
        got = take(servers, events, 3)
    change(servers, 4)
    with servers.stream(server="presence", last=got[1]["id"]) as events:
        first = next(events)
        # What is still to come is no loss: a client that took the head for one would connect again, for ever.
        assert (first["event"], first["data"]["head"]) == ("heartbeat", 2)
        assert numbers(take(servers, events, 5)) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("last", ["gone:3", "{epoch}:9999", "{epoch}:-1", "{epoch}:x", "x", "{epoch}:1", "{epoch}:٣"])
def test_what_cannot_be_resumed_begins_with_a_reset(servers: Harness, last: str) -> None:
    servers.call("maya", "GET", "/v1/snapshot", server="presence")  # who never asked has no events to miss
    change(servers, 24)  # the ring of the tests holds 20
    as_of = servers.call("maya", "GET", "/v1/snapshot", server="presence").json()["as_of"]
    wanted = last.format(epoch=as_of.rpartition(":")[0]).encode()
    with servers.client.stream(
        "GET",
        servers.urls["presence"] + "/v1/events",
        headers={"Authorization": f"Bearer {servers.tokens['maya']}".encode(), "Last-Event-ID": wanted},
    ) as response:
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith("event")) == "event: reset"
        assert '"head": 24' in next(lines)
        change(servers)
        assert next(line for line in lines if line.startswith("id:")).endswith(":25")


def test_a_reset_of_the_server_is_another_epoch(servers: Harness) -> None:
    with servers.stream(server="presence") as events:
        next(events)
        change(servers)
        last = servers.next_numbered(events)["id"]
        servers.sim("POST", "presence", "/_sim/reset")
        assert {event["event"] for event in events} <= {"heartbeat"}
    with servers.stream(server="presence", last=last) as events:
        assert next(events)["event"] == "reset"


def test_streams_are_limited_for_each_principal_and_freed(servers: Harness) -> None:
    with servers.stream(), servers.stream(), servers.stream():
        refused = servers.call("maya", "GET", "/v1/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"]
        with servers.stream("tom"):
            pass

    def reopened() -> bool:
        return (
            servers.client.send(
                servers.client.build_request(
                    "GET", servers.urls["contact_center"] + "/v1/events", headers=servers.headers("maya")
                ),
                stream=True,
            ).status_code
            == 200
        )

    servers.until(reopened)


def test_numbers_are_each_principals_own(servers: Harness) -> None:
    with servers.stream("maya") as hers, servers.stream("tom") as his:
        next(hers), next(his)
        servers.active("maya")
        servers.active("tom", sender="+442079460142")
        seen_hers: list[dict[str, Any]] = []
        seen_his: list[dict[str, Any]] = []
        for seen, events in ((seen_hers, hers), (seen_his, his)):
            while not seen or seen[-1]["event"] != "interaction.connected":
                seen.append(servers.next_numbered(events))
            assert numbers(seen) == list(range(1, len(seen) + 1))
    for seen, who in ((seen_hers, "maya"), (seen_his, "tom")):
        owners = {e["data"]["interaction"]["agent_id"] for e in seen if e["event"].startswith("interaction.")}
        assert owners == {who}


def test_an_offer_tells_its_story_in_order_with_rising_versions(servers: Harness) -> None:
    with servers.stream() as events:
        next(events)
        interaction_id = servers.active()
        servers.do(interaction_id, "end")
        servers.do(interaction_id, "wrap-up", {"codes": ["refund-made"]})
        story = []
        while not story or story[-1]["event"] != "interaction.closed":
            event = servers.next_numbered(events)
            if event["event"].startswith("interaction."):
                story.append(event)
    assert [event["event"].removeprefix("interaction.") for event in story] == [
        "offered", "connecting", "connected", "wrap_up", "closed",
    ]  # fmt: skip
    versions = [event["data"]["interaction"]["version"] for event in story]
    assert versions == list(range(versions[0], versions[0] + 5))


def test_queue_figures_come_at_most_once_a_second(servers: Harness) -> None:
    with servers.stream() as events:
        next(events)
        for _ in range(20):
            servers.step("call", sender="+442079460142", queue="Billing")
        servers.available()
        seen: list[dict[str, Any]] = []
        while (
            sum(event["event"] == "queue.changed" and event["data"]["queue"]["name"] == "Billing" for event in seen) < 2
        ):
            seen.append(next(events))
    told = [
        e["data"]["queue"] for e in seen if e["event"] == "queue.changed" and e["data"]["queue"]["name"] == "Billing"
    ]
    assert told[1]["as_of"] - told[0]["as_of"] >= 0.99
    assert told[1]["version"] == told[0]["version"] + 1


# -- faults


def spoilt(servers: Harness, effect: str, count: int, **more: Any) -> list[dict[str, Any]]:
    servers.faults({"match": "presence.*", "effect": effect, "after": 1, "times": 1, **more}, server="presence")
    with servers.stream(server="presence") as events:
        next(events)
        change(servers, 4)
        return take(servers, events, count)


def test_a_dropped_event_can_be_resumed(servers: Harness) -> None:
    got = spoilt(servers, "drop_event", 3)
    assert numbers(got) == [1, 3, 4]
    with servers.stream(server="presence", last=got[0]["id"]) as events:
        assert numbers(take(servers, events, 3)) == [2, 3, 4]


def test_a_skipped_event_is_lost_for_good(servers: Harness) -> None:
    got = spoilt(servers, "skip_event", 3, principal="maya")
    assert numbers(got) == [1, 3, 4]
    with servers.stream(server="presence", last=got[0]["id"]) as events:
        assert numbers(take(servers, events, 2)) == [3, 4]


def test_repeated_and_reordered_events(servers: Harness) -> None:
    assert numbers(spoilt(servers, "repeat_event", 5)) == [1, 2, 2, 3, 4]
    servers.sim("POST", "presence", "/_sim/reset")
    assert numbers(spoilt(servers, "reorder_events", 4)) == [1, 3, 2, 4]


def test_garbage_and_unheard_of_words(servers: Harness) -> None:
    got = spoilt(servers, "garbage", 4)
    assert numbers(got) == [1, 2, 3, 4] and "data" not in got[1]
    servers.sim("POST", "presence", "/_sim/reset")
    assert spoilt(servers, "unknown_word", 4)[1]["event"] == "x-unheard-of.presence.changed"


def test_a_cut_stream_ends_in_the_middle_and_resumes(servers: Harness) -> None:
    servers.faults({"match": "presence.*", "effect": "cut_stream", "after": 2, "times": 1}, server="presence")
    got: list[dict[str, Any]] = []
    with pytest.raises(Exception, match=r"incomplete|peer closed"), servers.stream(server="presence") as events:
        next(events)
        change(servers, 4)
        got.extend(event for event in events if "id" in event and "data" in event)
    assert numbers(got) == [1, 2]
    with servers.stream(server="presence", last=got[-1]["id"]) as events:
        assert numbers(take(servers, events, 2)) == [3, 4]


def test_a_late_event_comes_late_and_in_order(servers: Harness) -> None:
    got = spoilt(servers, "delay", 4, seconds=0.3)
    assert numbers(got) == [1, 2, 3, 4]


def test_streams_can_be_cut_from_outside(servers: Harness) -> None:
    with pytest.raises(Exception, match=r"incomplete|peer closed"), servers.stream(server="presence") as events:
        next(events)
        servers.step("cut_streams", server="presence", principal="maya")
        list(events)
