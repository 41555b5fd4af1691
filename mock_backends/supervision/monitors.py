"""Supervisors who take part in agents' calls: heard by nobody, by the agent, or by both."""

from collections import deque
from collections.abc import Mapping

from mock_backends.channels import CALLS
from mock_backends.contacts.board import Board
from mock_backends.http.clock import Clock
from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, not_found
from mock_backends.http.site import new_id
from mock_backends.supervision.authorisation import Act, Authorisation
from mock_backends.wire.contact_center import Interaction, Leg
from mock_backends.wire.floor import Monitor, MonitoringWord

REMEMBERED = 1_000
_DOING = {"listen": "listening", "whisper": "whispering", "barge": "barging in"}


class Monitors:
    """At most one a supervisor: they have one headset. It ends with the call, or when the agent has it no more."""

    def __init__(self, authorisation: Authorisation, board: Board, clock: Clock, silent: Mapping[str, bool]) -> None:
        """`silent`: queues where an agent does not see that somebody listens; who speaks is always seen."""
        self._authorisation = authorisation
        self._board = board
        self._clock = clock
        self._silent = silent
        self._running: dict[str, Monitor] = {}  # by supervisor
        self._legs: dict[str, Leg] = {}  # by monitoring, where the agent sees it
        self._over: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        board.watchers.append(self._seen)

    def begin(self, caller: Principal, agent_id: str, mode: MonitoringWord, why: str) -> Monitor:
        """Take part in an agent's call; whoever else the supervisor heard is left. Again changes the mode."""
        with self._authorisation.act(caller, mode, agent_id, why) as act:
            agent = self._authorisation.agent(caller, agent_id, act)
            call = next(
                (
                    one
                    for one in self._board.interactions.values()
                    if one.agent_id == agent_id and one.channel in CALLS and one.phase == "active"
                ),
                None,
            )
            if call is None or agent_id == caller.id:
                raise conflict(f"{agent.name} is not on a call." if agent_id != caller.id else "That is you.")
            running = self._running.get(caller.id)
            if running is not None and running.interaction_id == call.id:
                return self._change(running, mode, act)
            if running is not None:
                self._end(running, "left")
            monitor = Monitor(
                id=new_id("mon"), agent_id=agent_id, interaction_id=call.id, mode=mode, since=self._clock.now()
            )
            self._running[caller.id] = monitor
            self._show(caller.id, monitor, call, act)
            return monitor

    def end(self, caller: Principal, monitor_id: str) -> None:
        """Take part no more; it is no failure when it is over already.

        :raises Problem: 404 for one that was never the caller's.
        """
        running = self._running.get(caller.id)
        mine = running is not None and running.id == monitor_id
        if not mine and (caller.id, monitor_id) in self._over:
            return
        with self._authorisation.act(
            caller, "end_monitor", running.agent_id if mine and running else monitor_id
        ) as act:
            if running is None or not mine:
                raise not_found("There is no such monitoring.")
            act.team = self._board.agents[running.agent_id].team
            act.entry.subject_name = self._authorisation.name_of(running.agent_id)
            self._end(running, "left")

    def _change(self, monitor: Monitor, mode: MonitoringWord, act: Act) -> Monitor:
        interaction = self._board.interactions[monitor.interaction_id]
        act.entry.detail = f"after {_DOING[monitor.mode]}"
        monitor.mode = mode
        self._show(act.entry.by, monitor, interaction, act)
        return monitor

    def _show(self, supervisor_id: str, monitor: Monitor, interaction: Interaction, act: Act) -> None:
        """Let the agent see who is on the line, as far as policy goes."""
        leg = self._legs.get(monitor.id)
        if monitor.mode == "listen" and self._silent.get(interaction.queue, False):
            if leg is not None:
                self._leave(monitor, interaction, "left")
            return
        act.tell.add(monitor.agent_id)
        now = self._clock.now()
        if leg is None:
            leg = self._legs[monitor.id] = Leg(
                id=new_id("leg"),
                kind="supervisor",
                phase="active",
                target=supervisor_id,
                target_name=self._authorisation.name_of(supervisor_id),
                since=now,
            )
            interaction.legs = [*interaction.legs, leg]
        leg.monitoring = monitor.mode
        self._board.tell("leg", interaction, monitor.mode)

    def _end(self, monitor: Monitor, reason: str) -> None:
        supervisor = next(who for who, one in self._running.items() if one is monitor)
        del self._running[supervisor]
        self._over.append((supervisor, monitor.id))
        interaction = self._board.interactions.get(monitor.interaction_id)
        if interaction is not None:
            self._leave(monitor, interaction, reason)

    def _leave(self, monitor: Monitor, interaction: Interaction, reason: str) -> None:
        leg = self._legs.pop(monitor.id, None)
        if leg is not None and leg.phase == "active":
            leg.phase = "completed"
            leg.since = self._clock.now()
            self._board.tell("leg", interaction, reason)

    def _seen(self, interaction: Interaction) -> None:
        """A contact has changed: who hears a call that is over hears it no more."""
        if interaction.phase != "active":
            for monitor in [one for one in self._running.values() if one.interaction_id == interaction.id]:
                leg = self._legs.get(monitor.id)
                if leg is not None:
                    leg.phase = "completed"  # told with the event that ends the call
                    leg.since = self._clock.now()
                self._end(monitor, "left")
