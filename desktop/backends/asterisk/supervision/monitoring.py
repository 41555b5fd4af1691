"""Taking part in a colleague's call: heard by nobody, by the colleague, or by both."""

from desktop.backends.asterisk.settings import interface_name
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.outgoing import channel_id
from desktop.domain.entities.words import Monitoring, Phase
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected

SPY = "agent-desktop-spy-"
_RING_SECONDS = 30
_FREE = {"0", "1", "4", "5"}  # device states of a phone that is on no call
# `q` no beep, `E` ends with the call that is listened to, `d` tones change the mode; `w` the agent hears us, `B` both.
_MODES = {Monitoring.LISTEN: "qEd", Monitoring.WHISPER: "qEdw", Monitoring.BARGE: "qEdB"}
_TONES = {Monitoring.LISTEN: "4", Monitoring.WHISPER: "5", Monitoring.BARGE: "6"}


class MonitoringCalls:
    """The supervisor's phone rings, and takes part when it is picked up."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._running: dict[str, str] = {}  # agent to the channel that takes part

    async def begin(self, agent_id: str, mode: Monitoring, key: str) -> str:
        """Take part, or go on in another mode; answers what `end` takes.

        Raises:
            NotFound: nobody of that id is in a queue of the profile.
            Conflict: they are on no call.
        """
        members = self._board.floor.of(agent_id)
        if not members:
            raise NotFound("Nobody of that name is signed in.")
        talks = any(
            one.interaction.agent_id == agent_id and one.interaction.phase is Phase.ACTIVE
            for one in self._board.calls.contacts.values()
        )
        if not talks and all(one.device in _FREE for one in members.values()):
            raise Conflict("They are on no call.")
        running = self._running.get(agent_id, "")
        if running and await self._change(agent_id, running, mode):
            return running
        uid = channel_id(SPY, key)
        # The dash ends the name: without it PJSIP/agent1 would be PJSIP/agent10 too.
        data = f"{interface_name(agent_id)}-,{_MODES[mode]}"
        await self._board.act(
            "Originate",
            ("Channel", self._board.settings.interface),
            ("Application", "ChanSpy"),
            ("Data", data),
            ("CallerID", "<Monitor>"),
            ("Timeout", str(_RING_SECONDS * 1000)),
            ("Async", "true"),
            ("ChannelId", uid),
        )
        self._running[agent_id] = uid
        return uid

    async def end(self, monitor_id: str) -> None:
        """Hang up. It is no failure when it is over already.

        Raises:
            Rejected: that is no such id.
        """
        if not monitor_id.startswith(SPY):
            raise Rejected("That is nothing to listen to.")
        self._running = {agent: uid for agent, uid in self._running.items() if uid != monitor_id}
        try:
            await self._board.act("Hangup", ("Channel", monitor_id))
        except NotFound:
            return

    async def end_own(self) -> None:
        """The phone is needed for something else."""
        for uid in list(self._running.values()):
            await self.end(uid)

    def whom(self, monitor_id: str) -> str:
        """The agent of a monitor; "" when it is not known."""
        return next((agent for agent, uid in self._running.items() if uid == monitor_id), "")

    async def _change(self, agent_id: str, uid: str, mode: Monitoring) -> bool:
        """Go on in another mode; not where the phone still rings, or the call was hung up: then anew."""
        tone = (("Digit", _TONES[mode]), ("Duration", "100"), ("Receive", "true"))
        try:
            if await self._board.ask("CHANNEL(state)", uid) == "Up":
                await self._board.act("PlayDTMF", ("Channel", uid), *tone)
                return True
            await self.end(uid)
        except BackendError:
            self._running.pop(agent_id, None)
        return False
