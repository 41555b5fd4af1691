"""The agents of the floor: what each does and since when, in groups if wanted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from desktop.domain.entities.model import Agent
from desktop.tui.supervisor.agent_activity import activity, group_word
from desktop.tui.supervisor.floor_summary import BUSY, tally
from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.agent_columns import AGENT_COLUMNS
from desktop.tui.supervisor.panels.floor_table import FloorTable
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.widgets.table_rows import LazyRows, Row
from desktop.tui.words import wording
from desktop.words.catalogue import term, tr
from desktop.words.marks import mark

_APART: Final = "\x1f"
"""Between group and agent in the key of a row: an agent of two queues has a row in each."""
_HEADING: Final = "\x1e"
NO_GROUP = ""
GROUPED: Final = {
    NO_GROUP: mark("Agents not grouped."),
    "state": mark("Agents grouped by state."),
    "team": mark("Agents grouped by team."),
    "queue": mark("Agents grouped by queue."),
    "skill": mark("Agents grouped by skill."),
}
"""By what they can be grouped, and that they are."""
GROUPS: Final = tuple(GROUPED)
_BY: Final = {"state": mark("by state"), "team": mark("by team"), "queue": mark("by queue"), "skill": mark("by skill")}


class AgentPanel(FloorTable[Agent]):
    """Sortable by every column; grouped by state, team, queue or skill."""

    def __init__(self) -> None:
        super().__init__(AGENT_COLUMNS, _text, by="state", empty=tr("No agents yet."), id="floor-agents")
        self.group = NO_GROUP
        self._grouped_at = float("-inf")
        self._groups: dict[str, list[str]] = {}
        self._group_keys: list[str] = []
        self._group_places: dict[str, int] = {}

    @property
    def agent(self) -> str:
        """The id of the agent under the cursor, "" on a heading or where there is none."""
        key = self.cursor_key or ""
        return "" if key.startswith(_HEADING) else key.rpartition(_APART)[2]

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The agents, their alerts, who asks for help, whom I hear."""
        return (
            view.state.agents,
            view.worst,
            view.asking,
            view.heard,
            view.state.health,
            view.schedules,
            view.held,
            view.summary,
            self.asked,
        )

    def draw_floor(self, view: FloorView) -> None:
        """Show the agents."""
        agents = view.state.agents
        self.show_entities(agents, view)
        found = len(self.ordering.keys)
        count = tr("{n} of {all}", n=found, all=len(agents)) if self.ordering.wanted else str(len(agents))
        by = f" · {tr(_BY[self.group])}" if self.group else ""
        self.border_title = line(
            (f"{tr('Agents')} · {count}{by}  ", ""),
            line(*_by_availability(view.summary.agents)).rstrip(),
            *self.filter_words(),
        )
        age = tr("updated {ago}", ago=wording.since(view.age))
        self.border_subtitle = line((age, "bold $warning" if view.stale else "$muted"))

    def row(self, key: str, agent: Agent, view: FloorView) -> Row:
        """One agent."""
        return Row(key, self.cells(agent, view), "$muted" if view.stale else "")

    def beside(self, key: str, view: FloorView) -> object:
        """See the base class."""
        heard = view.heard is not None and view.heard.agent_id == key
        return (view.agent_alert(key), key in view.asking, heard, view.schedules.get(key))

    def next_group(self) -> None:
        """Group by the next thing, or by nothing."""
        self.set_group(GROUPS[(GROUPS.index(self.group) + 1) % len(GROUPS)])

    def set_group(self, group: str) -> None:
        """Group by something; an unknown word by nothing. The cursor stays with its agent."""
        agent = self.agent
        self.group = group if group in GROUPS else NO_GROUP
        self._grouped_at = float("-inf")
        self._wanted()
        if not self.go_to(agent):
            self.select_here()
        self.post_message(self.Rearranged())

    def go_to(self, agent_id: str) -> bool:
        """Put the cursor on an agent; says whether they are there."""
        if not self.group:
            return self.move_to(agent_id)
        keys = self._group_keys
        return any(self.move_to(key) for key in keys if key.rpartition(_APART)[2] == agent_id and _HEADING not in key)

    def show_entities(self, entities: Mapping[str, Agent], view: FloorView) -> None:
        """See the base class; with headings where there are groups."""
        if not self.group:
            super().show_entities(entities, view)
            return
        self._entities, self._floor = entities, view
        arranged = self.ordering.arrange(entities, view, due=self._ticking)
        if arranged or self._grouped_at < 0 or (self._ticking and not view.held):
            self._make_groups(entities, view)
        agent = self.agent
        self.set_rows(LazyRows(self._group_keys, self._group_places, self._grouped_row))
        if self.removed is not None and agent in entities:
            self.go_to(agent)  # the same agent, in another group now

    def _make_groups(self, agents: Mapping[str, Agent], view: FloorView) -> None:
        self._grouped_at = view.now
        no_team, no_queue, no_skill = tr("no team"), tr("no queue"), tr("no skill")
        names: Callable[[Agent], Sequence[str]] = {
            "state": lambda agent: (activity(agent, view.state).group,),
            "team": lambda agent: (agent.team or no_team,),
            "queue": lambda agent: agent.queues or (no_queue,),
            "skill": lambda agent: tuple(agent.skills) or (no_skill,),
        }[self.group]
        self._groups = {}
        for key in self.ordering.keys:
            for name in names(agents[key]):
                self._groups.setdefault(name, []).append(key)
        keys: list[str] = []
        for name in sorted(self._groups, key=str.casefold):
            keys.append(_HEADING + name)
            keys += [f"{name}{_APART}{key}" for key in self._groups[name]]
        if keys != self._group_keys:
            self._group_keys = keys
            self._group_places = {key: place for place, key in enumerate(keys)}

    def _grouped_row(self, key: str) -> Row:
        if key.startswith(_HEADING):
            name = key[1:]
            members = [self._entities[one] for one in self._groups.get(name, ()) if one in self._entities]
            heading = group_word(name) if self.group == "state" else name
            return Row(
                key,
                (line((f"{heading}  ", "bold"), (f"{len(members)}  ", "$muted"), *_by_availability(tally(members))),),
            )
        agent_id = key.rpartition(_APART)[2]
        return self._row_of(agent_id)._replace(key=key)


def _by_availability(counted: Mapping[str, int]) -> tuple[Part, ...]:
    """How many are free, have a contact, are not ready, are offline."""
    free, *others = [
        (one.value, sign, term("availability", one), style) for one, (sign, _, style) in wording.AVAILABILITY.items()
    ]
    kinds = (free, (BUSY, "☎", tr("busy"), "$accent"), *others)
    return tuple((f"{sign} {counted.get(kind, 0)} {word}  ", style) for kind, sign, word, style in kinds)


def _text(agent: Agent) -> str:
    return " ".join(
        (agent.name, agent.team, agent.observed.value.replace("_", " "), agent.reason, *agent.queues, *agent.skills)
    )
