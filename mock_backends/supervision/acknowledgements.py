"""Who of a team's supervisors deals with which alert."""

from mock_backends.http.clock import Clock
from mock_backends.http.principals import Principal, Tokens
from mock_backends.http.problem import conflict
from mock_backends.supervision.authorisation import JUST_NOW, Authorisation
from mock_backends.wire.floor import AcknowledgementEvent
from mock_backends.wire.help import Acknowledgement

KEPT = 1_000  # a team


class Acknowledgements:
    """Alerts are the desktops' own; here only their keys are known, by team."""

    def __init__(self, authorisation: Authorisation, tokens: Tokens, clock: Clock) -> None:
        self._authorisation = authorisation
        self._tokens = tokens
        self._clock = clock
        self._of: dict[str, dict[str, Acknowledgement]] = {}

    def acknowledge(self, caller: Principal, alert: str, text: str) -> Acknowledgement:
        """Tell the team's supervisors that the caller deals with it. The newest counts.

        :raises Problem: 409 when another one has said so just now, which the caller cannot have seen.
        """
        with self._authorisation.act(caller, "acknowledge", alert) as act:
            act.team = caller.team
            act.entry.detail = text
            known = self._of.get(caller.team, {}).get(alert)
            if known is not None and known.by != caller.id and self._clock.now() - known.at < JUST_NOW:
                raise conflict(f"{known.by_name} has acknowledged this alert just now.")
            made = Acknowledgement(
                alert=alert,
                by=caller.id,
                by_name=self._authorisation.name_of(caller.id),
                at=self._clock.now(),
                text=text,
            )
        team = self._of.setdefault(caller.team, {})
        team.pop(alert, None)
        team[alert] = made
        if len(team) > KEPT:
            del team[next(iter(team))]
        to = [one.id for one in self._tokens.supervisors if one.team == caller.team]
        event = AcknowledgementEvent(at=made.at, acknowledgement=made)
        self._authorisation.publish("alert.acknowledged", event, to)
        return made

    def seen_by(self, principal: Principal) -> list[Acknowledgement]:
        """Those of a supervisor's team, oldest first."""
        return list(self._of.get(principal.team, {}).values()) if principal.supervises else []
