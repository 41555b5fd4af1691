"""Calls as Twilio carries them: a conference each, with the customer, the worker and whoever was brought in."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_backends.contact_center.centre import Centre
from mock_backends.http.principals import Principal
from mock_backends.http.site import Site
from mock_backends.twilio.refusal import Refusal, gone, wrong
from mock_backends.twilio.workspace import Fields, Workspace
from mock_backends.wire.contact_center import Interaction, Leg

Given = Mapping[str, str]
OPEN = frozenset({"requested", "ringing", "active"})
PARTICIPANT = {"requested": "connecting", "ringing": "ringing", "active": "connected"}
CALL = {"requested": "queued", "ringing": "ringing", "active": "in-progress", "completed": "completed"}
FAILED = {"busy": "busy", "no_answer": "no-answer", "declined": "busy", "invalid": "failed", "unreachable": "failed"}


@dataclass(slots=True)
class Wishes:
    """What was asked for a leg that the centre itself does not know of."""

    label: str
    held: bool = False


class Conferences:
    """Shows calls as conferences and has the centre do what is asked of their participants."""

    def __init__(self, site: Site, centre: Centre, workspace: Workspace) -> None:
        self._clock = site.clock
        self._centre = centre
        self._workspace = workspace
        self._wishes: dict[str, Wishes] = {}  # leg id -> what was asked for it
        self._stays: set[str] = set()  # interactions whose worker may leave without ending the call

    # -- finding

    def interaction(self, caller: Principal, sid: str, *phases: str) -> Interaction:
        """The call of a conference, which may be named by its task too.

        :raises Refusal: 404 when there is none, or it is another's.
        """
        names = self._workspace.sids
        found = self._centre.board.interactions.get(names.name(sid)) if sid[:2] in ("CF", "WT") else None
        if found is None or found.channel != "voice" or found.agent_id != caller.id or found.answered_at is None:
            raise gone()
        if phases and found.phase not in phases:
            raise gone()
        return found

    def _leg(self, interaction: Interaction, name: str) -> Leg | None:
        for leg in interaction.legs:
            if name in (self.call_sid(leg), self._wish(leg).label):
                return leg
        return None

    def _wish(self, leg: Leg) -> Wishes:
        return self._wishes.setdefault(leg.id, Wishes(""))

    def call_sid(self, leg: Leg) -> str:
        """The call of a leg."""
        return self._workspace.sids.of("CA", leg.id)

    def _customer(self, interaction: Interaction) -> str:
        return self._workspace.sids.of("CA", f"{interaction.id}:customer")

    def _worker(self, interaction: Interaction) -> str:
        return self._workspace.sids.of("CA", f"{interaction.id}:{interaction.agent_id}")

    # -- showing

    def conference(self, interaction: Interaction) -> Fields:
        """One conference."""
        sid = self._workspace.sids.of("CF", interaction.id)
        going = interaction.phase in ("active", "connecting")
        ended = {} if going else {"reason_conference_ended": "conference-ended-via-api"}
        return ended | {
            "sid": sid,
            "account_sid": self._workspace.account,
            "friendly_name": self._workspace.task_sid(interaction),
            "status": "in-progress" if going else "completed",
            "api_version": "2010-04-01",
            "region": "us1",
            "date_created": interaction.answered_at or interaction.phase_since,
            "date_updated": interaction.phase_since,
            "uri": f"/2010-04-01/Accounts/{self._workspace.account}/Conferences/{sid}.json",
            "subresource_uris": {},
            "call_sid_ending_conference": None,
        }

    def participants(self, interaction: Interaction) -> list[Fields]:
        """Who is on the line."""
        if interaction.phase not in ("active", "connecting"):
            return []
        found = [self._participant(interaction, self._worker(interaction), muted=interaction.muted, ends=True)]
        if interaction.customer_connected:
            found.append(self._participant(interaction, self._customer(interaction), hold=interaction.held))
        for leg in interaction.legs:
            if leg.phase in OPEN:
                wish = self._wish(leg)
                status = PARTICIPANT[leg.phase]
                found.append(
                    self._participant(
                        interaction, self.call_sid(leg), status=status, label=wish.label or None, hold=wish.held
                    )
                )
        return found

    def participant(self, interaction: Interaction, name: str) -> Fields:
        """One of them, by call or by label.

        :raises Refusal: 404.
        """
        for one in self.participants(interaction):
            if name in (one["call_sid"], one["label"]):
                return one
        raise gone()

    def _participant(
        self,
        interaction: Interaction,
        call: str,
        *,
        status: str = "connected",
        label: str | None = None,
        hold: bool = False,
        muted: bool = False,
        ends: bool = False,
    ) -> Fields:
        conference = self._workspace.sids.of("CF", interaction.id)
        base = f"/2010-04-01/Accounts/{self._workspace.account}/Conferences/{conference}"
        return {
            "account_sid": self._workspace.account,
            "conference_sid": conference,
            "call_sid": call,
            "call_sid_to_coach": None,
            "coaching": False,
            "label": label,
            "status": status,
            "hold": hold,
            "muted": muted,
            "end_conference_on_exit": ends and interaction.id not in self._stays,
            "start_conference_on_enter": True,
            "queue_time": None,
            "date_created": interaction.answered_at or interaction.phase_since,
            "date_updated": self._clock.now(),
            "uri": f"{base}/Participants/{call}.json",
        }

    def call(self, caller: Principal, sid: str) -> Fields:
        """A call of a leg, also one that has ended, with how.

        :raises Refusal: 404.
        """
        for interaction in self._centre.board.interactions.values():
            leg = next((leg for leg in interaction.legs if self.call_sid(leg) == sid), None)
            if leg is None or interaction.agent_id != caller.id:
                continue
            if leg.phase in CALL:
                status = CALL[leg.phase]
            else:
                status = FAILED.get(leg.failure or "", "failed") if leg.phase == "failed" else "canceled"
            return {
                "sid": sid,
                "account_sid": self._workspace.account,
                "status": status,
                "to": leg.target,
                "from": None,
                "direction": "outbound-api",
                "date_created": leg.since,
                "date_updated": leg.since,
                "api_version": "2010-04-01",
                "uri": f"/2010-04-01/Accounts/{self._workspace.account}/Calls/{sid}.json",
            }
        raise gone()

    # -- doing

    def end(self, interaction: Interaction) -> Fields:
        """End the conference for everybody."""
        if interaction.phase in ("active", "connecting"):
            self._centre.calls.end(interaction)
        return self.conference(interaction)

    def invite(self, interaction: Interaction, given: Given) -> Fields:
        """Ring somebody and have them join."""
        to, label = given.get("To", ""), given.get("Label", "")
        if not to or not given.get("From"):
            raise wrong("To and From are required", 21201)
        if label and self._leg(interaction, label) is not None:
            raise wrong("A participant with that label is in the conference", 16025)
        if interaction.phase != "active":
            raise Refusal(404, 20404, "The conference is over")
        scheme, _, name = to.partition(":")
        known = self._centre.board.agents
        target = f"tel:{to}" if not name else f"agent:{name}" if name in known else f"person:{name}"
        if name and scheme not in ("client", "sip"):
            raise wrong("To is not a number, a client or a SIP address", 21211)
        self._centre.legs.consult(interaction, target)
        leg = interaction.legs[-1]
        self._wishes[leg.id] = Wishes(label)
        return self.participant(interaction, self.call_sid(leg))

    def update(self, interaction: Interaction, name: str, given: Given) -> Fields:
        """Hold, mute, or let the worker leave without ending the call."""
        self.participant(interaction, name)
        if "EndConferenceOnExit" in given and name == self._worker(interaction):
            (self._stays.discard if _yes(given["EndConferenceOnExit"]) else self._stays.add)(interaction.id)
        if "Muted" in given and name == self._worker(interaction):
            self._centre.calls.mute(interaction, on=_yes(given["Muted"]))
        if "Hold" in given:
            self._hold(interaction, name, on=_yes(given["Hold"]))
        return self.participant(interaction, name)

    def _hold(self, interaction: Interaction, name: str, *, on: bool) -> None:
        leg = self._leg(interaction, name)
        if leg is not None:
            self._wish(leg).held = on
            return
        if name != self._customer(interaction) or interaction.held is on:
            return
        third = next((one for one in interaction.legs if one.phase in OPEN and one.kind != "conference"), None)
        if third is None:
            self._centre.calls.hold(interaction, on=on)
        elif third.phase == "active" and not on and not self._wish(third).held:
            self._centre.legs.conference(interaction, third.id)
        elif third.phase == "active":
            self._centre.legs.swap(interaction, third.id)

    def remove(self, interaction: Interaction, name: str) -> None:
        """Somebody leaves."""
        self.participant(interaction, name)
        leg = self._leg(interaction, name)
        talking = next((one for one in interaction.legs if one.phase == "active"), None)
        if leg is not None:
            self._centre.legs.cancel(interaction, leg.id)
        elif name == self._worker(interaction) and talking is not None and interaction.id in self._stays:
            self._centre.legs.complete(interaction, talking.id)
        else:
            self._centre.calls.end(interaction)


def _yes(text: str) -> bool:
    return text.strip().lower() == "true"
