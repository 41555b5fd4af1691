"""The process that is killed: works interactions on a store and tells its parent what was acknowledged."""

import asyncio
import hashlib
import random
from multiprocessing.connection import Connection
from pathlib import Path

from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key


def sealed_text(rng: random.Random, head: str) -> str:
    """A note that carries its own digest, so that any altered letter shows."""
    words = f"{head}:" + " ".join(
        rng.choice(("refund", "Größe", "🙂", "call back", "\x00")) for _ in range(rng.randint(1, 300))
    )
    return hashlib.sha256(words.encode()).hexdigest() + words


def is_intact(note: str) -> bool:
    return hashlib.sha256(note[64:].encode()).hexdigest() == note[:64]


def saves_of(note: str) -> int:
    return int(note[64:].split(":")[0])


def work(path: str, generation: int, acknowledged: Connection) -> None:
    """Runs until killed. Sends ("draft", interaction, saves), ("row", interaction, sha256), ("delivered", key, "")."""
    asyncio.run(_work(Path(path), generation, acknowledged))


async def _work(path: Path, generation: int, acknowledged: Connection) -> None:
    rng = random.Random(generation)
    store = await LocalStore.open(path)
    number = 0
    while True:
        interaction_id = f"{generation}-{number}"
        number += 1
        for saves in range(1, rng.randint(2, 4)):
            note = sealed_text(rng, str(saves))
            await store.save_draft(Draft(interaction_id, "c1", note, ("billing",), ({"due": "x"},), 1, 0.0))
            acknowledged.send(("draft", interaction_id, saves))
        key = outbox_key("kill", interaction_id, "wrap_up", 1)
        payload = {"note": sealed_text(rng, "99")}
        row = new_row(key, "wrap_up", interaction_id, "crm:mock", payload, created_at=1.0)
        presses = 2 if rng.random() < 0.3 else 1
        results = await asyncio.gather(*(store.enqueue([row], drop_draft=interaction_id) for _ in range(presses)))
        acknowledged.send(("row", interaction_id, results[0][0].sha256))
        if rng.random() < 0.5:
            await store.mark_delivered(key, f"receipt {interaction_id}")
            acknowledged.send(("delivered", key, ""))
