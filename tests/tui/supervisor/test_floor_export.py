"""What is on the floor's screen as a file: as it is shown, with numbers as numbers and texts that steer no sheet."""

import csv
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import AGENTS, QUEUES, floor
from tests.tui.supervisor.test_floor import SIZE, screen_of, until


async def exported(tmp_path: Path, keys: list[str], name: str, state: Any = None) -> tuple[Path, Any]:
    """Press keys, export to a file of this name; the file and the session."""
    app, session = floor_desk(state if state is not None else floor())
    path = tmp_path / name
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*keys, "E"])
        assert screen_of(app).dialog.is_open
        screen_of(app).query_one("#act-answer").value = str(path)  # type: ignore[attr-defined]
        await settle(pilot, ["enter"])
        await until(pilot, lambda: session.store.drain().notices)
        screen = screen_of(app)
        session.shown = list(screen.query_one(AgentPanel if "2" in keys else QueuePanel).ordering.keys)  # type: ignore[attr-defined]
    return path, session


async def test_queues_as_csv_in_the_order_and_behind_the_filter_of_the_screen(tmp_path: Path) -> None:
    path, session = await exported(tmp_path, ["full_stop", "full_stop", "slash", "i", "enter"], "queues.csv")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["queue"] for row in rows] == session.shown == ["Billing", "Retention"]
    assert rows[0]["waiting"] == "7"
    assert float(rows[0]["service_level"]) == pytest.approx(260 / 414)
    assert rows[0]["formula"] == "answered_in_time_abandons_against"
    assert "below 80 %" in rows[0]["alert"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "2 queues written to" in in_words(session.store.drain().notices[-1].text)


async def test_agents_as_json_with_the_age_and_the_formula(tmp_path: Path) -> None:
    path, session = await exported(tmp_path, ["2"], "agents.json")
    found = json.loads(path.read_text())
    assert [row["agent_id"] for row in found["agents"]] == session.shown
    maya = next(row for row in found["agents"] if row["agent_id"] == "a1")
    assert (maya["state"], maya["seconds"], maya["queue"], maya["adherent"]) == ("talking", 221.0, "Billing", "yes")
    assert found["formula"] and found["arithmetic"] and found["as_of"]


async def test_what_is_not_known_is_empty_and_texts_are_no_formulas(tmp_path: Path) -> None:
    state = floor()
    evil = {**QUEUES, "Evil": replace(QUEUES["Chat"], name='=cmd|" /C calc"!A0')}
    evil["Evil"] = replace(evil["Evil"], name="=1+1")
    path, _ = await exported(tmp_path, [], "q.csv", replace(state, queues={**QUEUES, "=1+1": evil["Evil"]}))
    rows = {row["queue"]: row for row in csv.DictReader(path.read_text().splitlines())}
    assert rows["'=1+1"]["service_level"] == rows["Chat"]["offered"] == ""
    people = {**AGENTS, "a1": replace(AGENTS["a1"], name="@SUM(A1)\nx")}
    path, _ = await exported(tmp_path, ["2"], "a.csv", replace(state, agents=people))
    assert "'@SUM(A1) x" in path.read_text()


@pytest.mark.parametrize(
    ("name", "words"), [("there.csv", "already exists"), ("x.txt", "must end in"), ("x.html", ".csv or")]
)
async def test_nothing_is_overwritten_and_other_forms_are_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "there.csv").write_text("mine")
    path, session = await exported(tmp_path, [], name)
    text = in_words(session.store.drain().notices[-1].text)
    assert text.startswith("Nothing was written.") and words in text
    assert not path.exists() or path.read_text() == "mine"
