"""What a reviewer finds of one contact: words, messages, recordings; and that opening those is written down."""

import io
import wave
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backends.archive.phrases import phrases_of
from mock_backends.archive.recordings import LONGEST, length, recorded
from mock_backends.wire.history import PastDetail
from tests.mocks.archive.test_history_routes import BASE, ask
from tests.mocks.harness import Harness
from tests.mocks.supervision.floor import audit


def found(servers: Harness, text: str, who: str = "sam", **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(servers, "interactions", who, text=text, limit=1_000, **params)["interactions"]
    return rows


def detail(servers: Harness, interaction_id: str, who: str = "sam") -> Any:
    return servers.call(who, "GET", f"{BASE}/interactions/{interaction_id}").json()


def call_that_is_over(servers: Harness) -> str:
    call = servers.active()
    servers.do(call, "end")
    assert servers.do(call, "wrap-up", {"codes": ["dispute"], "note_given": True}).status_code == 200
    return call


def opened(servers: Harness, interaction_id: str, recording: str, who: str = "sam", key: str = "open-1") -> Any:
    path = f"{BASE}/interactions/{interaction_id}/recordings/{recording}/open"
    return servers.call(who, "POST", path, {}, key=key)


def test_a_written_contact_is_found_by_what_was_written(servers: Harness) -> None:
    """Subject and messages are kept whole; each word must be there, in any case, in whatever message it stands."""
    chat = servers.active(channel="chat", messages=["My Kettle exploded 100%_sure"])
    servers.do(chat, "end")
    servers.do(chat, "wrap-up", {"codes": ["dispute"], "note_given": True})
    for text in ("kettle", "KETTLE exploded", "100%_sure", "ettl"):
        assert chat in {row["id"] for row in found(servers, text)}, text
    for text in ("kettle toaster", "100%sure", "kett%e", "ke_tle"):
        assert chat not in {row["id"] for row in found(servers, text)}, text
    told = PastDetail.model_validate(detail(servers, chat))
    assert (told.messages[0].author, told.messages[0].text) == ("customer", "My Kettle exploded 100%_sure")


def test_the_made_up_past_has_what_its_codes_say(servers: Harness) -> None:
    """What is found by a word has it: in the note, and in the messages of those that were written."""
    rows = [row for row in found(servers, "sports package") if row["codes"] == ["dispute"]]
    assert rows
    for row in rows[:20]:
        told = PastDetail.model_validate(detail(servers, row["id"]))
        assert told.note == phrases_of("dispute").note
        assert (told.messages == []) == (row["channel"] == "voice")
    only_written = found(servers, "never ordered")
    assert {row["channel"] for row in only_written} <= {"chat", "email", "sms"}


@pytest.mark.thorough
def test_hostile_words_find_only_what_has_them(servers: Harness) -> None:
    """Whatever is typed, it is answered, and what is found has every word of it."""

    @settings(max_examples=40)
    @given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    def search(text: str) -> None:
        for row in found(servers, text)[:3]:
            assert_has(servers, row, text)

    search()
    for text in ("'", "%", "_", "\\", "a' OR '1'='1' --", "$word0", "\x00", "\u202e", "{n}", "ſ", "İ"):
        for row in found(servers, text)[:3]:
            assert_has(servers, row, text)


def assert_has(servers: Harness, row: dict[str, Any], text: str) -> None:
    told = detail(servers, row["id"])
    said = [f"{one.get('subject', '')} {one['text']}" for one in told["messages"]]
    words = "\n".join([row["customer"], row["customer_name"], told["subject"], told["note"], *said]).lower()
    for word in text.split():
        # DuckDB's small letters are single ones: its İ is i, Python's is two characters.
        assert word.lower() in words or len(word.lower()) != len(word), word


def test_more_than_eight_words_are_as_good_as_eight_and_long_ones_are_refused(servers: Harness) -> None:
    assert found(servers, "a " * 100) == found(servers, "a")
    params = {"since": 0, "until": 1, "text": "x" * 301}
    assert servers.call("sam", "GET", f"{BASE}/interactions", params=params).status_code == 422


def test_a_recording_is_heard_by_its_link_and_who_opened_it_is_written_down(servers: Harness) -> None:
    call = call_that_is_over(servers)
    (recording,) = detail(servers, call)["recordings"]
    link = opened(servers, call, recording["id"]).json()
    assert opened(servers, call, recording["id"]).json() == link, "the same key is the same link"
    content = httpx.get(servers.urls["contact_center"] + link["path"], trust_env=False)
    assert (content.status_code, content.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(content.content)) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(recording["seconds"], abs=0.01)
    (entry,) = [one for one in audit(servers) if one["verb"] == "open_recording"]
    assert (entry["by"], entry["subject"], entry["outcome"]) == ("sam", call, "done")


def test_a_link_ends_and_another_opens_nothing(servers: Harness) -> None:
    call = call_that_is_over(servers)
    (recording,) = detail(servers, call)["recordings"]
    path = opened(servers, call, recording["id"]).json()["path"]
    assert servers.call(None, "GET", path + "x").status_code == 404
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": 301.0})
    assert servers.call(None, "GET", path).status_code == 404
    servers.sim("PUT", "contact_center", "/_sim/clock", {"skew": -301.0})


def test_only_the_teams_supervisors_open_a_recording(servers: Harness) -> None:
    """An agent may not, another team's supervisor does not find it; both are written down."""
    call = call_that_is_over(servers)
    (recording,) = detail(servers, call)["recordings"]
    assert opened(servers, call, recording["id"], "maya", "m").status_code == 403
    assert opened(servers, call, recording["id"], "grace", "g").status_code == 404
    assert opened(servers, call, "no-such-recording", key="n").status_code == 404
    tried = [one for one in audit(servers, "grace") if one["verb"] == "open_recording"]
    assert [one["outcome"].partition(":")[0] for one in tried if one["by"] == "grace"] == ["refused"]


def test_a_paused_call_has_a_recording_for_each_stretch(servers: Harness) -> None:
    call = servers.active()
    assert servers.do(call, "recording/pause").status_code == 200
    assert servers.do(call, "recording/resume").status_code == 200
    servers.do(call, "end")
    servers.do(call, "wrap-up", {"codes": ["dispute"], "note_given": True})
    recordings = detail(servers, call)["recordings"]
    assert [one["id"] for one in recordings] == ["0", "1"]
    assert recordings[0]["began_at"] <= recordings[1]["began_at"]


@given(seconds=st.floats(0, 1e6), name=st.text(max_size=20))
@settings(max_examples=5)
def test_recordings_are_short_wav_files_that_repeat(seconds: float, name: str) -> None:
    content = recorded(name, "0", seconds)
    assert content == recorded(name, "0", seconds)
    with wave.open(io.BytesIO(content)) as heard:
        assert 1.0 <= length(seconds) <= LONGEST
        assert heard.getnframes() / heard.getframerate() == pytest.approx(length(seconds), abs=0.01)
