"""Whom to ask: people found by skill, name or team, those most likely to help first, with the evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desktop.domain.entities.model import Instant
from desktop.domain.entities.person import PastHelp, Person, Presence
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import PresenceState
from desktop.domain.select.colleagues import Colleague, Sighting, colleagues, counting, sightings
from desktop.domain.state.freshness import STALE_AFTER
from desktop.domain.state.state import AppState
from desktop.domain.text.folding import fold, misspelt, nearness
from desktop.domain.text.sentence import Sentence

SOON = 600.0
"""Seconds within which a busy person's end of the meeting counts as near."""

# The steps between these are wider than all of skill (10), past help (4) and nearness (0.5) together: while presence
# is fresh, it decides, and the rest sorts those alike.
_UNKNOWN = 15.0
_STEPS = {
    PresenceState.AVAILABLE: 100.0,
    PresenceState.AWAY: 80.0,
    PresenceState.BUSY: 45.0,
    PresenceState.DO_NOT_DISTURB: 30.0,
    PresenceState.UNKNOWN: _UNKNOWN,
    PresenceState.OFFLINE: 0.0,
}
_BUSY_SOON_FREE = 62.0
_PER_LEVEL = 2.0
_HELP = 4.0
_LOWEST, _HIGHEST = 0, 5


@dataclass(frozen=True, slots=True)
class RankedExpert:
    """A person who may help, and why they stand where they stand.

    `skill` and `level` (1..5) are the skill that was asked for, "" and 0 when none was; `age` is how old the
    presence is in seconds; `score` runs from 0 (no hope) to about 115. `sightings` are the words of all directories
    where several know the person; `presence` is the one that counts.
    """

    person: Person
    presence: Presence | None
    score: float
    skill: str
    level: int
    age: float | None
    reasons: tuple[Sentence, ...]
    can_consult: bool
    sightings: tuple[Sighting, ...] = ()


def rank_experts(state: AppState, query: str, now: Instant) -> tuple[RankedExpert, ...]:
    """The people who fit every word of the query by skill, name, team or title, the best first.

    Somebody typed by name, with the beginnings of two or more of its words in order, comes before everybody else. Then
    presence decides (available, idle or away, busy but soon free, busy, do not disturb, unknown, offline),
    weighing less the older it is, then the level of the skill asked for, then past help. An empty query fits
    everybody. I am not among them. If nobody fits, those do whom the query means but for typing mistakes, and the
    first of their reasons says so.
    """
    words = fold(query).split()
    others = [
        one
        for one in colleagues(state)
        if not any(Source.of(record.source).unqualified(record.id) == state.me for record in one.records)
    ]
    return _ranking(state, others, words, now, nearness) or _ranking(state, others, words, now, _nearly)


def _nearly(typed: str, written: str) -> int:
    return nearness(typed, written) or int(misspelt(typed, written))


def _ranking(
    state: AppState,
    others: Sequence[Colleague],
    words: list[str],
    now: Instant,
    near: Callable[[str, str], int],
) -> tuple[RankedExpert, ...]:
    """Those who fit, as `near` sees it."""
    found: list[tuple[bool, RankedExpert, str]] = []
    for person, records in others:
        fit = _fit(person, words, near)
        if fit is None:
            continue
        seen = sightings(state, records)
        past = next((state.past_help[one.id] for one in records if one.id in state.past_help), None)
        ranked = _ranked(person, counting(seen, now), past, fit, now)
        if near is _nearly:
            ranked = replace(ranked, reasons=(Sentence("experts.spelled_like_it"), *ranked.reasons))
        name = fold(person.name)
        found.append((_names(words, name), replace(ranked, sightings=seen) if len(records) > 1 else ranked, name))
    found.sort(key=lambda entry: (not entry[0], -entry[1].score, entry[2], entry[1].person.id))
    return tuple(ranked for _, ranked, _ in found)


def _names(words: list[str], name: str) -> bool:
    """Whether two or more typed words are the beginnings of a folded name's words, in order."""
    parts = iter(name.replace("-", " ").split())
    return len(words) > 1 and all(any(part.startswith(word) for part in parts) for word in words)


def _fit(person: Person, words: list[str], near: Callable[[str, str], int]) -> tuple[str, float] | None:
    """The skill that was asked for ("" if none) and how well the words fit (0..0.5); None when one does not."""
    if not words:
        return "", 0.0
    name, team, title = fold(person.name), fold(person.team), fold(person.title)
    skills = [(skill, fold(skill)) for skill in person.skills]
    best: tuple[int, int, str] = (0, 0, "")
    total = 0
    whole = " ".join(words)
    for word in words:
        by_skill = 0
        for skill, folded in skills:
            fits = max(near(word, folded), near(whole, folded))
            by_skill = max(by_skill, fits)
            best = max(best, (fits, person.skills[skill], skill)) if fits else best
        fits = max(by_skill, near(word, name), near(word, team), near(word, title))
        if not fits:
            return None
        total += fits
    return best[2], total / len(words) / 10


def _ranked(
    person: Person, seen: Sighting | None, past: PastHelp | None, fit: tuple[str, float], now: Instant
) -> RankedExpert:
    presence = seen.presence if seen is not None else None
    skill, quality = fit
    base, reasons = _presence(presence, now)
    age = None
    if seen is not None:
        age = max(0.0, now - seen.seen_at)
        if age > STALE_AFTER:
            # what was seen long ago tends towards knowing nothing
            base = _UNKNOWN + (base - _UNKNOWN) * STALE_AFTER / age
            reasons.append(_span("experts.seen", age))
    level = min(_HIGHEST, max(_LOWEST, person.skills.get(skill, 0)))
    if skill:
        reasons.append(Sentence("experts.skill", skill=skill, level=level, highest=_HIGHEST))
    score = base + _PER_LEVEL * level + quality
    if past is not None and past.asked > 0:
        score += _HELP * min(1.0, max(0.0, past.helped / past.asked))
        reasons.append(Sentence("experts.helped", helped=past.helped, asked=past.asked))
    state = PresenceState.UNKNOWN if presence is None else presence.state
    reachable = bool(person.address) and state not in {PresenceState.OFFLINE, PresenceState.DO_NOT_DISTURB}
    return RankedExpert(person, presence, score, skill, level, age, tuple(reasons), reachable)


def _presence(presence: Presence | None, now: Instant) -> tuple[float, list[Sentence]]:
    if presence is None:
        return _UNKNOWN, [Sentence("experts.unknown")]
    state = presence.state
    word = state.value
    base = _STEPS[state]
    if state is PresenceState.AVAILABLE and (presence.in_call or presence.in_meeting):
        # the person said available, the device says otherwise: believe the device, but not that it was meant
        state, base = PresenceState.BUSY, _STEPS[PresenceState.BUSY]
        word = "in_call" if presence.in_call else "in_meeting"
    elif state is PresenceState.AVAILABLE and fold(presence.activity) in {"idle", "inactive", "available idle"}:
        base, word = _STEPS[PresenceState.AWAY], "idle"
    reasons = [Sentence(f"experts.{word}")]
    if state is PresenceState.BUSY and presence.until is not None and now <= presence.until:
        left = presence.until - now
        if left <= SOON:
            base = _BUSY_SOON_FREE - left / SOON
        reasons.append(_span("experts.free", left))
    return base, reasons


def _span(what: str, seconds: float) -> Sentence:
    """A time to come or past, in its largest unit alone."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size:
            return Sentence(f"{what}_{unit}", n=int(seconds // size))
    return Sentence(f"{what}_seconds", n=int(seconds))
