"""Runs a fleet of mock servers in a thread and talks to it as a client would."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx

from mock_backends.play.fleet import Fleet

CONTROL = "control-token-of-the-tests"
_keys = count()


class Harness:
    """A running fleet. `call` is an authorised request, `sim` one to the control plane."""

    def __init__(self, make: Callable[[], Fleet]) -> None:
        self._make = make
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, daemon=True)
        self.client = httpx.Client(timeout=10)
        self.fleet: Fleet

    def __enter__(self) -> "Harness":
        self._thread.start()
        assert self._ready.wait(30)
        self.urls = self.fleet.urls
        self.tokens = self.fleet.tokens
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        asyncio.run_coroutine_threadsafe(self.fleet.stop(), self._loop).result(15)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self.fleet = self._make()
        self._loop.run_until_complete(self.fleet.start())
        self._ready.set()
        self._loop.run_forever()

    def headers(self, who: str | None, key: str | None = None) -> dict[str, str]:
        made = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return {**made, "Idempotency-Key": key or f"key-{next(_keys)}"}

    def call(
        self, who: str | None, method: str, path: str, body: Any = None, *, server: str = "contact_center", **more: Any
    ) -> httpx.Response:
        return self.client.request(
            method, self.urls[server] + path, headers=self.headers(who, more.pop("key", None)), json=body, **more
        )

    def sim(self, method: str, server: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(
            method, self.urls[server] + path, headers={"Authorization": f"Bearer {CONTROL}"}, json=body
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, do: str, **fields: Any) -> Any:
        if "sender" in fields:
            fields["from"] = fields.pop("sender")
        return self.sim("POST", "contact_center", "/_sim/step", {"do": do, **fields})

    def faults(self, *rules: dict[str, Any], server: str = "contact_center") -> None:
        self.sim("PUT", server, "/_sim/faults", {"rules": list(rules)})

    # -- a day at work

    def available(self, who: str = "maya") -> None:
        answer = self.call(who, "PUT", "/v1/me/availability", {"availability": "available"})
        assert answer.status_code == 200, answer.text

    def offer(self, who: str = "maya", **call: Any) -> str:
        """Have a call offered to somebody who becomes available; its id."""
        self.available(who)
        return str(self.step("call", **{"sender": "+442079460018", "queue": "Billing", **call})["interaction_id"])

    def active(self, who: str = "maya", **call: Any) -> str:
        interaction_id = self.offer(who, **call)
        assert self.do(interaction_id, "accept", who=who).status_code == 200
        return interaction_id

    def do(self, interaction_id: str, verb: str, body: Any = None, *, who: str = "maya", **more: Any) -> httpx.Response:
        return self.call(who, "POST", f"/v1/interactions/{interaction_id}/{verb}", body, **more)

    def get(self, interaction_id: str, who: str = "maya") -> Any:
        answer = self.call(who, "GET", f"/v1/interactions/{interaction_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["interaction"]

    def until(self, ask: Callable[[], Any], wait: float = 10.0) -> Any:
        """What `ask` answers as soon as it is true."""
        end = time.monotonic() + wait
        while not (found := ask()):
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.01)
        return found

    @contextmanager
    def stream(
        self, who: str = "maya", last: str | None = None, server: str = "contact_center"
    ) -> Iterator[Iterator[dict[str, Any]]]:
        """Events as dicts with `id`, `event`, `data`; `raw` where the data is not JSON."""
        headers = {**self.headers(who), **({"Last-Event-ID": last} if last else {})}
        with self.client.stream("GET", self.urls[server] + "/v1/events", headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield _events(response)

    def next_numbered(self, events: Iterator[dict[str, Any]]) -> dict[str, Any]:
        return next(event for event in events if "id" in event)


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in response.iter_lines():
        if not line:
            if "event" in event:
                yield event
                event = {}
            continue
        name, _, value = line.partition(": ")
        if name == "data":
            try:
                event["data"] = json.loads(value)
            except ValueError:
                event["raw"] = value
        else:
            event[name] = value
