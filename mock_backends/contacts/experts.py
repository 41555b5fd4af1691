"""How the people of the pretend company behave when somebody rings them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mock_backends.http.site import Site
from mock_backends.wire.contact_center import LegFailureWord

E164 = re.compile(r"^\+[1-9][0-9]{6,14}$")
NO_ANSWER_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Ringing:
    """What comes of ringing somebody: after `seconds` they answer (`failure` None) or it fails."""

    seconds: float
    failure: LegFailureWord | None = None


class Experts:
    """Decides who answers. Presence, where it runs in the same process, says where people are and hears of calls."""

    def __init__(self, site: Site) -> None:
        self._rng = site.rng("experts")
        self._world = site.world
        self.behaviour: dict[str, LegFailureWord | None] = {}  # target -> what a scenario wants of them
        self.presence_of: Callable[[str], str | None] = lambda _: None
        self.on_call: Callable[[str, bool], None] = lambda _person, _on: None
        self.none_free = False

    def ring(self, target: str) -> Ringing:
        """What will come of ringing `person:<id>`, `agent:<id>` or `tel:<number>`."""
        pause = 2.0 + 3.0 * self._rng.random()
        if target in self.behaviour:
            return _ringing(self.behaviour[target], pause)
        kind, _, who = target.partition(":")
        if kind == "tel":
            return _ringing(None if E164.match(who) else "invalid", pause)
        if self.none_free:
            return _ringing(self._rng.choice(("busy", "no_answer", "declined")), pause)
        by_presence = {"offline": "unreachable", "do_not_disturb": "declined"}
        by_nature = {"busy": "busy", "no_answer": "no_answer", "declines": "declined", "unreachable": "unreachable"}
        person = self._world.person(who)
        if person is None:
            return _ringing(None, pause)
        failure = by_presence.get(self.presence_of(who) or "") or by_nature.get(person.answering)
        return _ringing(failure, person.rings)  # type: ignore[arg-type]

    def name_of(self, person_id: str) -> str | None:
        """Their name, None for nobody."""
        person = self._world.person(person_id)
        return person.name if person else None

    def set(self, target: str, failure: LegFailureWord | None) -> None:
        """From now on this target answers (None) or fails so."""
        self.behaviour[target] = failure


def _ringing(failure: LegFailureWord | None, pause: float) -> Ringing:
    seconds = {"no_answer": NO_ANSWER_SECONDS, "invalid": 0.5, "unreachable": 1.0, "busy": 1.0}
    return Ringing(pause if failure is None else seconds.get(failure, pause), failure)
